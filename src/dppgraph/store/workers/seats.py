"""Who may ask now: a few workers that take new queries, a few more that are busy with long ones, and a bounded queue.

A query that outlives a short slice has its worker's priority lowered, and a fresh worker takes its seat, up to a
bounded number in all.
So a runaway query costs the others nothing but memory. A lowered worker retires after its answer.
"""

import asyncio
from collections import deque
from collections.abc import Coroutine, Iterable
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from dppgraph.errors import DppgraphError, EngineDied, QueueFull
from dppgraph.store.workers.control import Control, Forked

SLICE: Final = 0.1
"""Seconds after which a query counts as long."""

_RETRY_AFTER: Final = 2
_RECONNECT_EVERY: Final = 0.05
_LONGEST_PAUSE: Final = 2.0
_SHORTEST_PAUSE: Final = 0.02
_AWAY: Final = "the query processes went away: ask again in a moment"


@dataclass(slots=True, eq=False)
class Seat:
    """A worker, and whether its query has been a long one."""

    worker: Forked
    lowered: bool = False
    proven: bool = False
    """Whether it has been asked anything: one that ends before that may be the first of many."""


class Sitter(Protocol):
    """Somebody who wants a seat."""

    def sit(self, seat: Seat) -> None:
        """Takes the seat."""
        ...

    def turned_away(self, error: DppgraphError) -> None:
        """Hears that there will be none."""
        ...


@dataclass(frozen=True, slots=True)
class Load:
    """How much the workers have to do.

    Attributes:
        idle: workers that nobody asks.
        busy: workers that answer a query which has just begun.
        long: workers that answer a long one.
        waiting: queries that wait for a worker.
        running: queries that run or wait.
    """

    idle: int
    busy: int
    long: int
    waiting: int
    running: int = 0

    @classmethod
    def together(cls, loads: "Iterable[Load]") -> "Load":
        """The load of several."""
        return cls(*map(sum, zip(*map(astuple, loads), strict=True)))


@dataclass(slots=True)
class Seats:
    """The workers of one front.

    Attributes:
        address: where the pool parent listens.
        fresh: how many workers take new queries.
        most: how many there may be in all.
        queue: how many queries may wait.
    """

    address: Path
    fresh: int
    most: int
    queue: int
    _loop: asyncio.AbstractEventLoop = field(init=False)
    _control: Control | None = None
    _idle: list[Seat] = field(default_factory=list)
    _seats: set[Seat] = field(default_factory=set)
    _lowered: int = 0
    _starting: int = 0
    _waiting: deque[Sitter] = field(default_factory=deque)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _closed: bool = False
    _pause: float = 0.0
    """Seconds until the next worker is made: those made last did not live to answer anything."""

    async def open(self) -> None:
        """Connects and has the first workers made.

        Raises:
            EngineDied: there is no pool parent.
        """
        self._loop = asyncio.get_running_loop()
        await self._connect()
        self._seats_wanted()
        await asyncio.gather(*self._tasks)
        if not self._seats:
            raise EngineDied("the query processes did not start: see the messages above")

    def seat(self, sitter: Sitter) -> None:
        """Has somebody sit down: at once, or when it is their turn.

        Raises:
            QueueFull: too many wait already.
            EngineDied: all workers were ended, and no other will be made.
        """
        if self._closed:
            raise EngineDied(_AWAY)
        while self._idle:
            seat = self._idle.pop()
            if not seat.worker.ended.done() and not seat.worker.stream.lost:
                self._sit(sitter, seat)
                return
        self._seats_wanted()
        # Each worker that is being made takes one query out of the queue at once.
        if len(self._waiting) >= self.queue + self._starting:
            raise self._full()
        self._waiting.append(sitter)

    def leave(self, sitter: Sitter) -> None:
        """Says that somebody does not wait any more."""
        if sitter in self._waiting:
            self._waiting.remove(sitter)

    def none_free(self) -> DppgraphError:
        """Why somebody has waited in vain."""
        return self._full() if self._seats else EngineDied(_AWAY)

    async def take_apart(self, patience: float) -> Seat:
        """A worker made for one query that asks other endpoints; it is ended after its answer.

        Raises:
            QueueFull: there are as many workers as may be.
            EngineDied: none can be made.
        """
        if len(self._seats) + self._starting >= self.most:
            raise self._full()
        if self._control is None:
            raise EngineDied(_AWAY)
        # Counts as a long one from the start: nobody else sits down in its seat.
        self._lowered += 1
        self._starting += 1
        try:
            async with asyncio.timeout(patience):
                seat = Seat(await self._control.fork(network=True), lowered=True, proven=True)
        except BaseException as error:
            self._lowered -= 1
            if isinstance(error, TimeoutError):
                raise self._full() from error
            raise
        finally:
            self._starting -= 1
        self._seats.add(seat)
        seat.worker.ended.add_done_callback(lambda _: self._gone(seat))
        return seat

    def lower(self, seat: Seat) -> None:
        """Says that a seat's query is a long one: it yields to others, and somebody else may sit down."""
        if not seat.lowered and not seat.worker.ended.done():
            seat.lowered = True
            self._lowered += 1
            seat.worker.line.lower(seat.worker)
            self._seats_wanted()

    def give_back(self, seat: Seat) -> None:
        """Says that a seat's worker has answered its query to the end."""
        self._pause = 0.0
        if seat.lowered:
            self.kill(seat)
        elif not seat.worker.ended.done():
            self._hand_out(seat)

    def kill(self, seat: Seat) -> None:
        """Ends a seat's worker; another takes its place when it is gone."""
        seat.worker.line.kill(seat.worker)

    def load(self) -> Load:
        """How much the workers have to do."""
        idle, long = len(self._idle), sum(seat.lowered for seat in self._seats)
        return Load(idle, len(self._seats) - idle - long, long, len(self._waiting))

    async def close(self) -> None:
        """Ends all workers."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        if self._control:
            self._control.close()
        while self._waiting:
            self._waiting.popleft().turned_away(EngineDied(_AWAY))

    async def _connect(self) -> None:
        control = Control(self._lost)
        await control.connect(self.address)
        self._control = control

    def _lost(self) -> None:
        """The pool parent is gone, and all workers with it; another one will listen where it did."""
        self._control = None
        self._idle.clear()
        if not self._closed:
            self._start(self._reconnect())

    async def _reconnect(self) -> None:
        while not self._closed:
            try:
                await self._connect()
            except EngineDied:
                await asyncio.sleep(_RECONNECT_EVERY)
            else:
                self._seats_wanted()
                return

    def _seats_wanted(self) -> None:
        """Has as many workers made as may be, so that ``fresh`` of them take new queries."""
        while (
            not self._closed
            and self._control is not None
            and len(self._seats) - self._lowered + self._starting < self.fresh
            and len(self._seats) + self._starting < self.most
        ):
            self._starting += 1
            self._start(self._seat(self._control))

    async def _seat(self, control: Control) -> None:
        try:
            await asyncio.sleep(self._pause)
            worker = await control.fork()
        except (EngineDied, OSError):
            self._wait_longer()
            if self._waiting:
                asyncio.get_running_loop().call_later(self._pause, self._seats_wanted)
            return
        finally:
            self._starting -= 1
        seat = Seat(worker)
        self._seats.add(seat)
        worker.ended.add_done_callback(lambda _: self._gone(seat))
        self._hand_out(seat)

    def _gone(self, seat: Seat) -> None:
        self._seats.discard(seat)
        self._lowered -= seat.lowered
        if not seat.proven:
            self._wait_longer()
        seat.worker.stream.close()
        if seat in self._idle:
            self._idle.remove(seat)
        if not self._closed:
            self._seats_wanted()

    @staticmethod
    def _sit(sitter: Sitter, seat: Seat) -> None:
        seat.proven = True
        sitter.sit(seat)

    def _wait_longer(self) -> None:
        self._pause = min(max(2 * self._pause, _SHORTEST_PAUSE), _LONGEST_PAUSE)

    def _hand_out(self, seat: Seat) -> None:
        if self._waiting:
            self._sit(self._waiting.popleft(), seat)
        else:
            self._idle.append(seat)

    def _start(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _full(self) -> QueueFull:
        return QueueFull("too many queries are running or waiting: ask again in a moment", retry_after=_RETRY_AFTER)
