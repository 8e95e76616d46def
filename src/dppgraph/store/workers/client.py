"""A front's side of the workers: a query in, an answer out."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from dppgraph.errors import DppgraphError
from dppgraph.store.interface import Answer, Asked, QueryRequest
from dppgraph.store.workers.run import Run
from dppgraph.store.workers.seats import Load, Seats
from dppgraph.store.workers.spool import Spool


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
        begun: asyncio.Future[Answer] = self._loop.create_future()
        give_up = self.ask(request, partial(_settle, begun))
        try:
            return await begun
        except asyncio.CancelledError:
            if begun.done() and not begun.cancelled() and not begun.exception():
                # It came in the moment in which nobody wanted it any more.
                await begun.result().chunks.aclose()
            give_up()
            raise

    def ask(self, request: QueryRequest, then: Asked) -> Callable[[], None]:
        """Likewise without a task.

        Args:
            request: the query.
            then: is told of the answer, once it has begun, or why there is none; but not of what is raised here.

        Returns:
            What gives the query up; ``then`` is told nothing any more, if it was not told before.

        Raises:
            QueueFull: too many wait already.
        """
        timeout = min(request.timeout or self._limits.timeout, self._limits.timeout)
        self._begins()
        begun = partial(self._tell, then)
        run = Run(self._loop, self._seats, request, timeout, self._limits.max_bytes, begun, self._ends)
        run.ask()
        return run.give_up

    async def close(self) -> None:
        """Ends the workers."""
        await self._seats.close()

    async def retire(self) -> None:
        """Ends the workers, once all queries that run have been evaluated."""
        await self._idle.wait()
        await self.close()

    def _tell(self, then: Asked, begun: Run | DppgraphError) -> None:
        if isinstance(begun, DppgraphError):
            then(begun)
        elif begun.content is not None:
            chunks = WholeAnswer(begun.content)
            then(Answer(begun.format, self.version, len(begun.content), chunks, begun.lasting))
        else:
            then(Answer(begun.format, self.version, None, self._spool.answer(begun), begun.lasting))

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


def _settle(begun: "asyncio.Future[Answer]", what: Answer | DppgraphError) -> None:
    if begun.done():
        return
    if isinstance(what, DppgraphError):
        begun.set_exception(what)
    else:
        begun.set_result(what)
