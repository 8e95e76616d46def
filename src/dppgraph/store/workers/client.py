"""A front's side of the workers: a query in, an answer out, and the truth about whatever ended it."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from dppgraph import errors
from dppgraph.core import formats
from dppgraph.errors import AnswerTooLarge, DppgraphError, EngineDied, InvalidInput, QueryMemory, QueryTimeout
from dppgraph.store.interface import Answer, QueryRequest
from dppgraph.store.workers import frames
from dppgraph.store.workers.frames import Kind
from dppgraph.store.workers.seats import SLICE, Load, Seat, Seats
from dppgraph.store.workers.spool import Spool

OUT_OF_MEMORY: Final = signal.SIGUSR1
"""What ends a worker when all of them together use more memory than they may (``cli.memory``)."""

_REASON_PATIENCE: Final = 1.0
"""Seconds to wait for the pool parent to say what ended a worker."""


_FORMATS: Final = {known.name: known for known in formats.RESULTS + formats.RDF}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one caller may have.

    Attributes:
        timeout: seconds for one query.
        max_bytes: bytes of one answer.
        workers: processes that take new queries.
        max_workers: processes in all.
        queue: queries that may wait.
    """

    timeout: float
    max_bytes: int
    workers: int
    max_workers: int
    queue: int


class WorkerStore:
    """One published version, asked through workers that can be killed.

    Args:
        address: where the pool parent listens.
        version: the number of the version that it holds.
        limits: what one caller may have.
        spool: room for answers that their readers have not taken yet.
    """

    def __init__(self, address: Path, version: int, limits: Limits, spool: Spool) -> None:
        self.version = version
        self._limits = limits
        self._spool = spool
        self._seats = Seats(address, limits.workers, limits.max_workers, limits.queue)
        self._loop: asyncio.AbstractEventLoop
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def running(self) -> int:
        """How many queries are being evaluated, or wait for a worker."""
        return self._running

    def load(self) -> Load:
        """How much the workers have to do."""
        return replace(self._seats.load(), running=self._running)

    async def open(self) -> None:
        """Has the first workers made; where it is used, as they belong to one event loop.

        Raises:
            EngineDied: there is no pool parent.
        """
        self._loop = asyncio.get_running_loop()
        await self._seats.open()

    async def query(self, request: QueryRequest) -> Answer:
        """As ``GraphStore.query``; the deadline is for waiting and evaluation, sending has its own clock."""
        timeout = min(request.timeout or self._limits.timeout, self._limits.timeout)
        deadline = self._loop.time() + timeout
        self._begins()
        try:
            run = await self._begun(request, timeout, deadline)
        except BaseException:
            self._ends()
            raise
        if run.content is not None:
            return Answer(run.format, self.version, len(run.content), WholeAnswer(run.content), run.lasting)
        return Answer(run.format, self.version, None, self._spool.answer(run), run.lasting)

    async def close(self) -> None:
        """Ends the workers."""
        await self._seats.close()

    async def retire(self) -> None:
        """Ends the workers, once all queries that run have been evaluated."""
        await self._idle.wait()
        await self.close()

    async def _begun(self, request: QueryRequest, timeout: float, deadline: float) -> "_Run":
        run = self._run(await self._seats.take(timeout), timeout, deadline)
        try:
            if not await run.begin(request):
                await run.hand_back()
                run = self._run(await self._seats.take_apart(deadline - self._loop.time()), timeout, deadline)
                await run.begin(request)
        except BaseException:
            await run.aclose()
            raise
        if run.content is None:
            run.ended = self._ends
        else:
            self._ends()
        return run

    def _run(self, seat: Seat, timeout: float, deadline: float) -> "_Run":
        return _Run(self._loop, self._seats, seat, timeout, deadline, self._limits.max_bytes)

    def _begins(self) -> None:
        self._running += 1
        self._idle.clear()

    def _ends(self) -> None:
        self._running -= 1
        if not self._running:
            self._idle.set()


class WholeAnswer(AsyncIterator[bytes]):
    """An answer that is there: bytes to read, and nothing to wait for; its worker is free before anybody reads.

    Attributes:
        content: all of its bytes.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content
        self._chunks = iter((content,) if content else ())

    async def length(self) -> int:
        """How many bytes it has."""
        return len(self.content)

    async def __anext__(self) -> bytes:
        for chunk in self._chunks:
            return chunk
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Gives up what was not read."""
        self._chunks = iter(())


class _Run(AsyncIterator[bytes]):
    """One query in one worker: its clock, and the chunks of its answer.

    Attributes:
        format: how the answer is written, once it has begun.
        content: all of it, if it is there when it begins; the worker has been handed back then.
        lasting: whether the same query is answered so again by the same version.
        ended: called once when the worker is free or gone.
    """

    format: formats.Format
    content: bytes | None = None
    lasting: bool = False

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        seats: Seats,
        seat: Seat,
        timeout: float,
        deadline: float,
        max_bytes: int,
    ) -> None:
        self.ended: Callable[[], None] | None = None
        self._seats = seats
        self._seat = seat
        self._timeout = timeout
        self._left = max_bytes
        self._over = False
        self._deadline = deadline
        # One timer at a time: most queries are over before the first.
        self._timer = loop.call_at(min(loop.time() + SLICE, deadline), self._on_time, loop)

    async def begin(self, request: QueryRequest) -> bool:
        """Sends the query and waits for the beginning of its answer; False if this worker may not ask what it asks."""
        said = {
            "text": request.text,
            "results": request.results.name if request.results else None,
            "rdf": request.rdf.name if request.rdf else None,
            "default_graphs": request.default_graphs,
            "named_graphs": request.named_graphs,
            "substitutions": dict(request.substitutions),
        }
        self._seat.worker.stream.send(frames.encoded_json(Kind.QUERY, said))
        kind, payload = await self._receive()
        if kind is Kind.WHOLE:
            self.format, self.lasting, content = frames.decoded_answer(payload)
            await self.hand_back()
            self._count(len(content))
            self.content = content
        elif kind is Kind.BEGUN:
            begun = frames.decoded(payload)
            self.format, self.lasting = _FORMATS[begun["format"]], begun["lasting"]
        elif kind is not Kind.CALLS_OUT:
            raise EngineDied(f"a query process said {kind.name} where an answer begins")
        return kind is not Kind.CALLS_OUT

    async def __anext__(self) -> bytes:
        if self._over:
            raise StopAsyncIteration
        try:
            kind, payload = await self._receive()
        except BaseException:
            await self.aclose()
            raise
        if kind == Kind.END:
            await self.hand_back()
            raise StopAsyncIteration
        try:
            self._count(len(payload))
        except AnswerTooLarge:
            await self.aclose()
            raise
        return payload

    async def hand_back(self) -> None:
        """Says that the worker is done with this query, and may have another one."""
        if not self._over:
            self._finish()
            self._seats.give_back(self._seat)

    async def aclose(self) -> None:
        """Ends the query if it still runs; its worker goes with it, as nothing else can stop it."""
        if not self._over:
            self._finish()
            self._seats.kill(self._seat)

    def _count(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise AnswerTooLarge("the answer is larger than this server sends: add a LIMIT, or ask for less")

    def _finish(self) -> None:
        self._over = True
        self._timer.cancel()
        if self.ended:
            self.ended()

    def _on_time(self, loop: asyncio.AbstractEventLoop) -> None:
        """The slice is over, or the deadline is there."""
        if loop.time() < self._deadline:
            self._timer = loop.call_at(self._deadline, self._on_time, loop)
            self._seats.lower(self._seat)
            return
        said = f"the query ran for {self._timeout:g} seconds, longer than it may: narrow it, or add a LIMIT"
        self._seat.worker.stream.fail(QueryTimeout(said))

    async def _receive(self) -> tuple[Kind, bytes]:
        try:
            kind, payload = await self._seat.worker.stream.receive()
        except ConnectionError as error:
            raise await self._reason() from error
        if kind == Kind.ERROR:
            await self.hand_back()
            raise _raised(frames.decoded(payload))
        return kind, payload

    async def _reason(self) -> DppgraphError:
        """Why the worker ended on its own."""
        try:
            async with asyncio.timeout(_REASON_PATIENCE):
                ended = await asyncio.shield(self._seat.worker.ended)
        except TimeoutError:
            ended = 0
        if ended == signal.SIGABRT:
            return QueryMemory("the query needs more memory than one query may have: narrow it, or add a LIMIT")
        if ended == OUT_OF_MEMORY:
            return QueryMemory("all queries together need more memory than there is, this one most: narrow it")
        if ended in (signal.SIGSEGV, signal.SIGBUS):
            return InvalidInput("the query is too deeply nested to be read: write it flatter")
        return EngineDied("the process that ran the query was ended: ask again")


def _raised(said: dict[str, Any]) -> DppgraphError:
    """The error that a worker described, as the same class here."""
    kind = getattr(errors, said.pop("error"), None)
    message = said.pop("message")
    if not (isinstance(kind, type) and issubclass(kind, DppgraphError)):
        return EngineDied(message)
    if issubclass(kind, errors.NotAcceptable):
        return kind(message, offered=tuple(said["offered"]))
    return kind(message, **said)
