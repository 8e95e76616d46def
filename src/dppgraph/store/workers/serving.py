"""A front's view of the versions: the current one, a newer one when it comes, older ones when they are asked for.

Each query is answered by one version from beginning to end. When a new version is there, queries that come in go to
it, and those that run on the one before end where they began.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from dppgraph.errors import DppgraphError, NotYet
from dppgraph.store.interface import Answer, QueryRequest
from dppgraph.store.versions import Manifest, VersionStore
from dppgraph.store.workers.client import Limits, WorkerStore
from dppgraph.store.workers.seats import Load
from dppgraph.store.workers.spool import Spool

_OLDER_AT_ONCE: Final = 2
"""How many older versions may be asked at the same time."""

_OLDER_IDLE: Final = 60.0
"""Seconds after which an older version that nobody asks is let go."""

_PATIENCE: Final = 60.0
"""Seconds in which an older version has to be made ready."""

_RETRY_AFTER: Final = 3
_log = logging.getLogger("dppgraph.serving")


@dataclass(eq=False, slots=True)
class _Older:
    ready: "asyncio.Future[WorkerStore]"
    asked: float
    letting_go: asyncio.TimerHandle | None = None


@dataclass(eq=False, slots=True)
class ServedVersions:
    """The versions of one front. Implements ``GraphStore``.

    Attributes:
        versions: where they are read from.
        limits: what one caller may have.
        spool: room for answers that their readers have not taken yet.
        manifest: the version that is current here.
        served: how many versions have been current here so far.
        want: has whoever started this front make an older version ready; the answer is a call of :meth:`offer`.
        serving: tells it that a version is the current one here.
        done: tells it that a version is not asked here any more.
    """

    versions: VersionStore
    limits: Limits
    spool: Spool
    address: Path
    manifest: Manifest
    want: Callable[[int], None] = lambda _: None
    serving: Callable[[int], None] = lambda _: None
    done: Callable[[int], None] = lambda _: None
    served: int = 1
    _current: WorkerStore = field(init=False)
    _retiring: list[WorkerStore] = field(default_factory=list)
    _older: dict[int, _Older] = field(default_factory=dict)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    async def open(self) -> None:
        """Has the first workers made.

        Raises:
            EngineDied: there is no pool parent.
        """
        self._current = WorkerStore(self.address, self.manifest.version, self.limits, self.spool)
        await self._current.open()

    async def query(self, request: QueryRequest) -> Answer:
        """As ``GraphStore.query``."""
        if request.version is None or request.version == self.manifest.version:
            return await self._current.query(request)
        number = request.version
        manifest = await asyncio.to_thread(self.versions.manifest, number)
        store = await self._older_store(manifest.version)
        try:
            return await store.query(request)
        finally:
            self._let_go_later(number)

    def load(self) -> Load:
        """How much the workers have to do: those of the current version, and of those asked beside it or before it."""
        ready = [older.ready for older in self._older.values() if older.ready.done() and not older.ready.cancelled()]
        older = [store.result() for store in ready if not store.exception()]
        return Load.together(store.load() for store in (self._current, *self._retiring, *older))

    async def advance(self, number: int, address: Path) -> None:
        """Makes another version the current one, if its workers can be made; else all stays as it is."""
        following = WorkerStore(address, number, self.limits, self.spool)
        try:
            manifest = await asyncio.to_thread(self.versions.manifest, number)
            await following.open()
        except DppgraphError as error:
            await following.close()
            _log.warning("version %s cannot be served: %s", number, error)
            self.done(number)
            return
        before, self._current, self.manifest = self._current, following, manifest
        self.served += 1
        self._retiring.append(before)
        self.serving(number)
        await before.retire()
        self._retiring.remove(before)
        self.done(before.version)

    async def offer(self, number: int, address: Path | None) -> None:
        """Says where an older version is ready, or None where it cannot be had."""
        older = self._older.get(number)
        if older is None or older.ready.done():
            self.done(number)
            return
        error = NotYet(f"version {number} cannot be had now: ask again later", retry_after=_RETRY_AFTER)
        if address is None:
            self._refuse(older, error)
            return
        # Few at a time: most processes are for the current version.
        store = WorkerStore(address, number, replace(self.limits, workers=1), self.spool)
        try:
            await store.open()
        except DppgraphError:
            await store.close()
            self._refuse(older, error)
            self.done(number)
        else:
            older.ready.set_result(store)

    async def close(self) -> None:
        """Ends the workers of all versions."""
        for task in self._tasks:
            task.cancel()
        for older in self._older.values():
            if older.letting_go:
                older.letting_go.cancel()
            if older.ready.done() and not older.ready.cancelled() and not older.ready.exception():
                await older.ready.result().close()
            else:
                older.ready.cancel()
        await self._current.close()

    async def _older_store(self, number: int) -> WorkerStore:
        loop = asyncio.get_running_loop()
        older = self._older.get(number)
        if older is None:
            await self._make_room()
            older = self._older[number] = _Older(loop.create_future(), loop.time())
            self.want(number)
            self._let_go_later(number)
        older.asked = loop.time()
        try:
            async with asyncio.timeout(_PATIENCE):
                return await asyncio.shield(older.ready)
        except TimeoutError as error:
            raise self._not_yet() from error
        except DppgraphError:
            # Whoever comes next may have more luck.
            self._older.pop(number, None)
            raise

    async def _make_room(self) -> None:
        """Lets the older version go that was asked longest ago; only one is made ready at a time.

        Raises:
            NotYet: all that are open are being asked.
        """
        if any(not older.ready.done() for older in self._older.values()):
            raise self._not_yet()
        if len(self._older) >= _OLDER_AT_ONCE:
            idle = [number for number, older in self._older.items() if not older.ready.result().running]
            if not idle:
                raise self._not_yet()
            await self._let_go(min(idle, key=lambda number: self._older[number].asked))

    @staticmethod
    def _refuse(older: _Older, error: NotYet) -> None:
        older.ready.set_exception(error)
        # Asked for here, in case that whoever wanted it is gone.
        older.ready.exception()

    def _not_yet(self) -> NotYet:
        return NotYet("another older version is being made ready: ask again in a moment", retry_after=_RETRY_AFTER)

    def _let_go_later(self, number: int) -> None:
        older = self._older.get(number)
        if older is None:
            return
        if older.letting_go:
            older.letting_go.cancel()
        older.letting_go = asyncio.get_running_loop().call_later(_OLDER_IDLE, self._start_letting_go, number)

    def _start_letting_go(self, number: int) -> None:
        task = asyncio.get_running_loop().create_task(self._let_go(number))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _let_go(self, number: int) -> None:
        older = self._older.pop(number, None)
        if older is None:
            return
        if older.letting_go:
            older.letting_go.cancel()
        if older.ready.done() and not older.ready.exception():
            await older.ready.result().retire()
            self.done(number)
        else:
            older.ready.cancel()
