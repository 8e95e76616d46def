"""The engines that hold the same versions: which of them live, what each holds, and whose turn it is.

Each is asked for its control graph now and then; that is its health check too. One that cannot be reached, or does not
say what it holds, gets no query until it does (a circuit breaker, of which only the check decides when it closes: what
clients ask can neither open nor close it by itself).
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from dppgraph.errors import DppgraphError, EndpointAway, EndpointFailed, NotPublished
from dppgraph.store.remote.control import Published, read_published
from dppgraph.store.remote.names import Held
from dppgraph.store.remote.wire import Wire, shown

Key = tuple[int, str]
"""A version's number and digest."""

_EVERY: Final = 1.0
"""Seconds between two checks of an engine that answers."""

_AGAIN: Final = 0.25
_LONGEST: Final = 5.0
"""Seconds until one that does not is asked again: at first, and after many times."""

_PATIENCE: Final = 10.0
"""Seconds in which a check has to be answered."""

_LONG_PATIENCE: Final = 60.0
"""Likewise that it gives as many rows as it may be asked for."""

_RETRY_AFTER: Final = 2
_log = logging.getLogger("dppgraph.endpoint")


@dataclass(eq=False, slots=True)
class Replica:
    """One engine.

    Attributes:
        wire: its connections.
        max_rows: rows that it has to be able to answer with.
        is_up: whether it answered when it was checked last, and no connection has failed since.
        is_checked: whether it was checked at all.
        published: what it holds, by the base of the data.
        running: queries that it answers now.
        requests: how many it was asked, by how they ended: done, failed, away.
    """

    wire: Wire
    max_rows: int
    is_up: bool = False
    is_checked: bool = False
    published: dict[str, Published] = field(default_factory=dict)
    running: int = 0
    requests: Counter[str] = field(default_factory=lambda: Counter(done=0, failed=0, away=0))
    _checking: asyncio.Event = field(default_factory=asyncio.Event)
    _is_known_down: bool = False
    _has_room: bool = False
    """Whether it is known not to cut answers short."""

    @property
    def name(self) -> str:
        """How numbers name it."""
        return shown(self.wire.address)

    def held(self, base: str, key: Key) -> Held | None:
        """A version, if it is there to be asked."""
        published = self.published.get(base)
        return published.whole.get(key) if self.is_up and published else None

    def note(self, error: DppgraphError | None) -> None:
        """Takes note of how a query ended: one that failed has the engine checked at once."""
        if isinstance(error, EndpointAway):
            self.requests["away"] += 1
            self.is_up = False
        else:
            self.requests["failed" if isinstance(error, EndpointFailed) else "done"] += 1
        if isinstance(error, EndpointFailed):
            self.check_soon()

    def check_soon(self) -> None:
        """Has it checked now, and not when its turn comes."""
        self._checking.set()

    async def watch(self, bases: Iterable[str], told: asyncio.Condition) -> None:
        """Checks it for ever.

        Args:
            bases: those of the data that are looked for; read anew each time.
            told: is notified after each check.
        """
        pause = _AGAIN
        while True:
            is_up = await self._check(list(bases))
            self.is_checked = True
            pause = _EVERY if is_up else min(pause * 2, _LONGEST)
            async with told:
                told.notify_all()
            self._checking.clear()
            try:
                async with asyncio.timeout(pause):
                    await self._checking.wait()
                # However many queries fail, checks keep a distance.
                await asyncio.sleep(_AGAIN)
            except TimeoutError:
                continue

    async def _check(self, bases: Sequence[str]) -> bool:
        try:
            async with asyncio.timeout(_PATIENCE):
                await self.wire.recognise()
            if not self._has_room:
                async with asyncio.timeout(_LONG_PATIENCE):
                    await self.wire.require_room(self.max_rows + 1)
                self._has_room = True
            async with asyncio.timeout(_PATIENCE):
                self.published = {base: await read_published(self.wire, base) for base in bases}
        except TimeoutError:
            return self._is_down(f"{self.wire} does not answer in time")
        except EndpointAway as error:
            # Where it starts anew, its settings may be others.
            self._has_room = False
            return self._is_down(str(error))
        except Exception as error:  # noqa: BLE001 - whatever an engine says, it has to be asked again
            return self._is_down(str(error) if isinstance(error, DppgraphError) else f"{self.wire}: {error!r}")
        if not self.is_up:
            dialect = self.wire.dialect
            tested = "" if dialect.tested else ", which is untested"
            _log.info("%s answers (%s%s)", self.wire, dialect.title, tested)
        self.is_up, self._is_known_down = True, False
        return True

    def _is_down(self, said: str) -> bool:
        if self.is_up or not self._is_known_down:
            _log.warning("%s; it is asked again until it answers", said)
        self.is_up, self._is_known_down = False, True
        return False


@dataclass(eq=False, slots=True)
class Replicas:
    """All of them.

    Attributes:
        replicas: the engines.
        bases: the bases of the data that are looked for.
        retries: how many queries were asked again.
    """

    replicas: Sequence[Replica]
    bases: set[str] = field(default_factory=set)
    retries: int = 0
    _told: asyncio.Condition = field(default_factory=asyncio.Condition)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)
    _turn: int = 0

    async def open(self) -> None:
        """Begins to look at them, and waits for what the first look finds."""
        for replica in self.replicas:
            await replica.wire.open()
            task = asyncio.get_running_loop().create_task(replica.watch(self.bases, self._told))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        # A moment for all of them to be up; longer for whoever was not even asked to the end once.
        await self._wait(_EVERY, lambda replica: replica.is_up)
        await self._wait(_PATIENCE, lambda replica: replica.is_checked)

    async def _wait(self, seconds: float, is_so: Callable[[Replica], bool]) -> None:
        """Waits until it is so for all of them, so many seconds at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._told:
                await self._told.wait_for(lambda: all(map(is_so, self.replicas)))

    async def close(self) -> None:
        """Closes all connections."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for replica in self.replicas:
            await replica.wire.close()

    def look_for(self, base: str) -> None:
        """Has versions of the data with a base looked for."""
        if base not in self.bases:
            self.bases.add(base)
            for replica in self.replicas:
                replica.check_soon()

    def held(self, base: str, key: Key) -> Held | None:
        """A version, if one of them holds it and lives."""
        found = (replica.held(base, key) for replica in self.replicas)
        return next((held for held in found if held), None)

    async def wait_for(self, base: str, key: Key) -> None:
        """Waits until one of them holds a version."""
        self.look_for(base)
        async with self._told:
            await self._told.wait_for(lambda: self.held(base, key) is not None)

    def pick(self, base: str, key: Key, tried: Iterable[Replica]) -> Replica:
        """The one that holds a version and has least to do.

        Args:
            base: the base of the data.
            key: the version.
            tried: those that have failed already; taken where there is no other.

        Raises:
            EndpointAway: none lives.
            NotPublished: those that live do not hold it.
        """
        able = [replica for replica in self.replicas if replica.held(base, key)]
        if not able:
            raise self.lack(key[0])
        self._turn += 1
        order = {id(replica): (place + self._turn) % len(able) for place, replica in enumerate(able)}
        failed = {id(replica) for replica in tried}
        return min(able, key=lambda replica: (id(replica) in failed, replica.running, order[id(replica)]))

    def lack(self, version: int) -> DppgraphError:
        """Why a version cannot be asked."""
        if not any(replica.is_up for replica in self.replicas):
            return EndpointAway("the query engine behind this server does not answer: ask again in a moment")
        said = f"version {version} is not in the query engine behind this server"
        return NotPublished(f"{said}: publish it there (`dppgraph publish URL`)", retry_after=_RETRY_AFTER)
