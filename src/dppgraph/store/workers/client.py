"""A front's side of the workers: a query in, an answer out, and the truth about whatever ended it."""

import asyncio
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dppgraph import errors
from dppgraph.core import formats
from dppgraph.errors import AnswerTooLarge, DppgraphError, EngineDied, InvalidInput, QueryMemory, QueryTimeout
from dppgraph.store.interface import Answer, QueryRequest
from dppgraph.store.workers import frames
from dppgraph.store.workers.frames import Kind
from dppgraph.store.workers.seats import SLICE, Seat, Seats

_REASON_PATIENCE: Final = 1.0
"""Seconds to wait for the pool parent to say what ended a worker."""


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
    """A published version, asked through workers that can be killed. Implements ``GraphStore``.

    Args:
        address: where the pool parent listens.
        version: the number of the version that it holds.
        limits: what one caller may have.
    """

    def __init__(self, address: Path, version: int, limits: Limits) -> None:
        self._version = version
        self._limits = limits
        self._seats = Seats(address, limits.workers, limits.max_workers, limits.queue)

    async def open(self) -> None:
        """Has the first workers made.

        Raises:
            EngineDied: there is no pool parent.
        """
        await self._seats.open()

    async def query(self, request: QueryRequest) -> Answer:
        """As ``GraphStore.query``; the deadline covers all: waiting for a worker, evaluation, sending."""
        timeout = min(request.timeout or self._limits.timeout, self._limits.timeout)
        deadline = asyncio.get_running_loop().time() + timeout
        seat = await self._seats.take(timeout)
        run = _Run(self._seats, seat, timeout, deadline, self._limits.max_bytes)
        try:
            format_ = await run.begin(request)
        except BaseException:
            await run.aclose()
            raise
        return Answer(format_, self._version, run)

    async def close(self) -> None:
        """Ends the workers."""
        await self._seats.close()


class _Run(AsyncIterator[bytes]):
    """One query in one worker: its clock, and the chunks of its answer."""

    def __init__(self, seats: Seats, seat: Seat, timeout: float, deadline: float, max_bytes: int) -> None:
        self._seats = seats
        self._seat = seat
        self._timeout = timeout
        self._left = max_bytes
        self._over = False
        self._deadline = deadline
        self._slice = asyncio.get_running_loop().call_later(SLICE, seats.lower, seat)

    async def begin(self, request: QueryRequest) -> formats.Format:
        """Sends the query and waits for the beginning of its answer; the format that it comes in."""
        said = {
            "text": request.text,
            "results": request.results.name if request.results else None,
            "rdf": request.rdf.name if request.rdf else None,
            "default_graphs": request.default_graphs,
            "named_graphs": request.named_graphs,
            "substitutions": dict(request.substitutions),
        }
        self._seat.worker.writer.write(frames.encoded_json(Kind.QUERY, said))
        kind, payload = await self._receive()
        if kind != Kind.BEGUN:
            raise EngineDied(f"a query process said {kind.name} where an answer begins")
        return formats.named(frames.decoded(payload), formats.RESULTS + formats.RDF)

    async def __anext__(self) -> bytes:
        if self._over:
            raise StopAsyncIteration
        try:
            kind, payload = await self._receive()
        except BaseException:
            await self.aclose()
            raise
        if kind == Kind.END:
            self._slice.cancel()
            self._over = True
            self._seats.give_back(self._seat)
            raise StopAsyncIteration
        self._left -= len(payload)
        if self._left < 0:
            await self.aclose()
            raise AnswerTooLarge("the answer is larger than this server sends: add a LIMIT, or ask for less")
        return payload

    async def aclose(self) -> None:
        """Ends the query if it still runs; its worker goes with it, as nothing else can stop it."""
        self._slice.cancel()
        if not self._over:
            self._over = True
            self._seats.kill(self._seat)

    async def _receive(self) -> tuple[Kind, bytes]:
        try:
            async with asyncio.timeout_at(self._deadline):
                kind, payload = await frames.receive_async(self._seat.worker.reader)
        except TimeoutError as error:
            raise QueryTimeout(
                f"the query ran for {self._timeout:g} seconds, longer than it may: narrow it, or add a LIMIT"
            ) from error
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise await self._reason() from error
        if kind == Kind.ERROR:
            self._slice.cancel()
            self._over = True
            self._seats.give_back(self._seat)
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
