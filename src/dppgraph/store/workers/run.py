"""One query in one worker: its seat, its clock, the beginning of its answer, and the truth about whatever ended it.

Up to the first frame of its answer it has no task: a small query is over by then, and a task costs more than it does.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, Final

from dppgraph.core import formats
from dppgraph.errors import (
    AnswerTooLarge,
    DppgraphError,
    EngineDied,
    InvalidInput,
    QueryMemory,
    QueryTimeout,
    QueueFull,
    error_of,
)
from dppgraph.store.interface import QueryRequest
from dppgraph.store.workers import frames
from dppgraph.store.workers.frames import Kind
from dppgraph.store.workers.seats import SLICE, Seat, Seats

OUT_OF_MEMORY: Final = signal.SIGUSR1
"""What ends a worker when all of them together use more memory than they may (``cli.memory``)."""

_REASON_PATIENCE: Final = 1.0
"""Seconds to wait for the pool parent to say what ended a worker."""

_FORMATS: Final = {known.name: known for known in formats.RESULTS + formats.RDF}

Begun = Callable[["Run | DppgraphError"], object]
"""Is told once: a query's answer has begun, or why there is none."""


class Run(AsyncIterator[bytes]):
    """A query that is asked; to read it is to read its answer, once that has begun.

    Args:
        loop: the event loop.
        seats: where its worker comes from.
        request: the query.
        timeout: seconds for all but the sending of its answer.
        max_bytes: bytes that its answer may have.
        begun: is told of the beginning of the answer, from the event loop; never if it is given up before.
        ended: is called once, when it needs no worker any more.

    Attributes:
        format: how the answer is written, once it has begun.
        content: all of it, if it is there when it begins.
        lasting: whether the same query is answered so again by the same version.
    """

    format: formats.Format
    content: bytes | None = None
    lasting: bool = False

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        seats: Seats,
        request: QueryRequest,
        timeout: float,
        max_bytes: int,
        begun: Begun,
        ended: Callable[[], object],
    ) -> None:
        self._loop = loop
        self._seats = seats
        self._seat: Seat | None = None
        self._request = request
        self._timeout = timeout
        self._left = max_bytes
        self._begun: Begun | None = begun
        self._ended = ended
        self._over = False
        self._task: asyncio.Task[None] | None = None
        self._since = now = loop.time()
        self._deadline = now + timeout
        # One timer at a time: most queries are over before the first.
        self._timer = loop.call_at(min(now + SLICE, self._deadline), self._on_time)

    def ask(self) -> None:
        """Sits down, or waits for a seat.

        Raises:
            QueueFull: too many wait already.
        """
        try:
            self._seats.seat(self)
        except QueueFull:
            self._finish()
            raise

    def sit(self, seat: Seat) -> None:
        """Asks a worker, whose turn it is now."""
        self._seat = seat
        self._since = self._loop.time()
        stream = seat.worker.stream
        stream.send(frames.encoded_query(self._request))
        # A worker may be gone before anybody has heard of its end.
        stream.listen(self._hear)

    def turned_away(self, error: DppgraphError) -> None:
        """Hears that there will be no seat."""
        self._fail(error)

    async def __anext__(self) -> bytes:
        if self._over or self._seat is None:
            raise StopAsyncIteration
        try:
            kind, payload = await self._seat.worker.stream.receive()
        except ConnectionError as error:
            reason = await self._reason(self._seat)
            self.give_up()
            raise reason from error
        except BaseException:
            self.give_up()
            raise
        if kind is Kind.END:
            self._hand_back()
            raise StopAsyncIteration
        if kind is Kind.ERROR:
            self._hand_back()
            raise error_of(frames.decoded(payload))
        try:
            self._count(len(payload))
        except AnswerTooLarge:
            self.give_up()
            raise
        return payload

    def give_up(self) -> None:
        """Ends the query if it still runs; its worker goes with it, as nothing else can stop it."""
        if self._over:
            return
        self._finish()
        if self._task:
            self._task.cancel()
        if self._seat:
            self._seats.kill(self._seat)
        else:
            self._seats.leave(self)

    async def aclose(self) -> None:
        """As :meth:`give_up`."""
        self.give_up()

    # --- Until it has begun ------------------------------------------------------------------------------------------

    def _hear(self) -> None:
        """Something has come from the worker, or nothing will."""
        seat = self._seat
        if seat is None or self._over:
            return
        try:
            frame = seat.worker.stream.next()
        except ConnectionError:
            self._start(self._fail_for_its_reason(seat))
            return
        except DppgraphError as error:
            self._seats.kill(seat)
            self._fail(error)
            return
        if frame is not None:
            seat.worker.stream.listen(None)
            self._begin(*frame)

    def _begin(self, kind: Kind, payload: bytes) -> None:
        if kind is Kind.WHOLE:
            self.format, self.lasting, content = frames.decoded_answer(payload)
            self._hand_back()
            if len(content) > self._left:
                self._tell(_too_large())
                return
            self.content = content
            self._tell(self)
        elif kind is Kind.BEGUN:
            begun = frames.decoded(payload)
            self.format, self.lasting = _FORMATS[begun["format"]], begun["lasting"]
            self._tell(self)
        elif kind is Kind.ERROR:
            self._hand_back()
            self._tell(error_of(frames.decoded(payload)))
        elif kind is Kind.CALLS_OUT and self._seat:
            seat, self._seat = self._seat, None
            self._start(self._sit_apart())
            self._seats.give_back(seat)
        else:
            self.give_up()
            self._tell(EngineDied(f"a query process said {kind.name} where an answer begins"))

    async def _sit_apart(self) -> None:
        """Asks a worker that may ask other endpoints."""
        try:
            seat = await self._seats.take_apart(self._deadline - self._loop.time())
        except DppgraphError as error:
            self._fail(error)
        except OSError as error:
            self._fail(EngineDied(f"no query process can be reached ({error.strerror}): ask again"))
        else:
            self.sit(seat)

    async def _fail_for_its_reason(self, seat: Seat) -> None:
        reason = await self._reason(seat)
        self._seats.kill(seat)
        self._fail(reason)

    def _fail(self, error: DppgraphError) -> None:
        if not self._over:
            self._finish()
            self._tell(error)

    def _tell(self, what: "Run | DppgraphError") -> None:
        begun, self._begun = self._begun, None
        if begun:
            begun(what)

    # --- Its seat and its clock --------------------------------------------------------------------------------------

    def _hand_back(self) -> None:
        """Says that the worker is done with this query, and may have another one."""
        seat = self._seat
        if not self._over and seat:
            self._finish()
            self._seats.give_back(seat)

    def _finish(self) -> None:
        self._over = True
        self._timer.cancel()
        if self._seat:
            self._seat.worker.stream.listen(None)
            # The deadline may have come while the last of the answer was on its way.
            self._seat.worker.stream.forgive()
        self._ended()

    def _on_time(self) -> None:
        """The slice is over, or the deadline is there."""
        seat, now = self._seat, self._loop.time()
        if now >= self._deadline:
            self._be_late(seat)
        elif seat is None:
            self._wake_at(now + SLICE)
        elif now < self._since + SLICE:
            self._wake_at(self._since + SLICE)
        else:
            self._wake_at(self._deadline)
            self._seats.lower(seat)

    def _wake_at(self, then: float) -> None:
        self._timer = self._loop.call_at(min(then, self._deadline), self._on_time)

    def _be_late(self, seat: Seat | None) -> None:
        if seat is None and (self._task is None or self._task.done()):
            self._seats.leave(self)
            self._fail(self._seats.none_free())
            return
        if seat is None:
            # Whoever makes a worker apart knows the deadline too, and may just have made it.
            self._timer = self._loop.call_later(SLICE, self._on_time)
            return
        said = f"the query ran for {self._timeout:g} seconds, longer than it may: narrow it, or add a LIMIT"
        seat.worker.stream.fail(QueryTimeout(said))

    def _count(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise _too_large()

    async def _reason(self, seat: Seat) -> DppgraphError:
        """Why the worker ended on its own."""
        try:
            async with asyncio.timeout(_REASON_PATIENCE):
                ended = await asyncio.shield(seat.worker.ended)
        except TimeoutError:
            ended = 0
        if ended == signal.SIGABRT:
            # The engine also aborts where what it sorts is in no order, as numbers among texts are.
            said = "the query needs more memory than one query may have, or sorts values of several kinds"
            return QueryMemory(f"{said}: narrow it, add a LIMIT, or ORDER BY STR(...)")
        if ended == OUT_OF_MEMORY:
            return QueryMemory("all queries together need more memory than there is, this one most: narrow it")
        if ended in (signal.SIGSEGV, signal.SIGBUS):
            return InvalidInput("the query is too deeply nested to be read: write it flatter")
        return EngineDied("the process that ran the query was ended: ask again")

    def _start(self, coroutine: Coroutine[Any, Any, None]) -> None:
        self._task = self._loop.create_task(coroutine)


def _too_large() -> AnswerTooLarge:
    return AnswerTooLarge("the answer is larger than this server sends: add a LIMIT, or ask for less")
