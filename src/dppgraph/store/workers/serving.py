"""A front's view of the versions: the current one, a newer one when it comes, older ones when they are asked for.

Each query is answered by one version from beginning to end. A new version is prepared while the one before is current.
Which one that is, all fronts read in one place (``current.py``) whenever a request comes: queries that come in go to
it, and those that run on the one before end where they began.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from dppgraph.errors import DppgraphError, EngineDied, NotYet
from dppgraph.store.interface import Answer, Asked, Engine, QueryRequest
from dppgraph.store.loop_thread import LoopThread
from dppgraph.store.versions import Manifest, VersionStore
from dppgraph.store.workers.client import Limits, WorkerStore
from dppgraph.store.workers.current import CurrentVersion
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
class _Next:
    store: WorkerStore
    manifest: Manifest


@dataclass(eq=False, slots=True)
class ServedVersions:
    """The versions of one front. Implements ``ServingStore``.

    Attributes:
        versions: where they are read from.
        limits: what one caller may have.
        spool: room for answers that their readers have not taken yet.
        address: where the pool parent of the first version listens.
        first: the version to begin with.
        current: says which version is current.
        changed: called when another version has become the current one here, before anything is answered from it.
        want: has whoever started this front make an older version ready; the answer is a call of :meth:`offer`.
        opened: tells it that an older version is ready here.
        prepared: tells it that all is ready here to answer from a version.
        failed: tells it that a version cannot be answered from here.
        done: tells it that a version is not asked here any more.
        served: how many versions have been current here so far.
    """

    versions: VersionStore
    limits: Limits
    spool: Spool
    address: Path
    first: Manifest
    current: CurrentVersion
    changed: Callable[[Manifest], None] = lambda _: None
    want: Callable[[int], None] = lambda _: None
    opened: Callable[[int], None] = lambda _: None
    prepared: Callable[[int], None] = lambda _: None
    failed: Callable[[int], None] = lambda _: None
    done: Callable[[int], None] = lambda _: None
    served: int = 1
    _manifest: Manifest = field(init=False)
    _loop: LoopThread = field(init=False)
    _store: WorkerStore = field(init=False)
    _preparing: int | None = None
    _next: _Next | None = None
    _changes: asyncio.Event = field(default_factory=asyncio.Event)
    _others: set[WorkerStore] = field(default_factory=set)
    """Those that are being prepared or are prepared, and those that end the queries they have."""
    _older: dict[int, _Older] = field(default_factory=dict)
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._manifest = self.first

    @property
    def manifest(self) -> Manifest:
        """The version that is current, in this moment."""
        self.follow()
        return self._manifest

    async def open(self) -> None:
        """Has the first workers made.

        Raises:
            EngineDied: there is no pool parent.
        """
        self._loop = LoopThread()
        self._store = WorkerStore(self.address, self._manifest.version, self.limits, self.spool)
        await self._store.open()

    async def query(self, request: QueryRequest) -> Answer:
        """As ``GraphStore.query``."""
        manifest = self.manifest
        if request.version is None and self.current.number != manifest.version:
            await self._caught_up()
        if request.version is None or request.version == manifest.version:
            return await self._store.query(request)
        number = request.version
        manifest = await asyncio.to_thread(self.versions.manifest, number)
        await asyncio.to_thread(self.versions.require_kept, number)
        store = await self._older_store(manifest.version)
        try:
            return await store.query(request)
        except EngineDied as error:
            if self._has(number, store):
                raise
            # It had to make room for another one before this question came to it.
            raise self._not_yet() from error
        finally:
            self._let_go_later(number)

    def ask(self, request: QueryRequest, then: Asked) -> Callable[[], object] | None:
        """As ``GraphStore.ask``: the current version, where all is ready to answer from it."""
        number = self.manifest.version
        if request.version not in (None, number) or self.current.number != number:
            return None
        return self._store.ask(request, then)

    @property
    def retries(self) -> int:
        """None: what went wrong in a query process is told to whoever asked."""
        return 0

    def engines(self) -> Sequence[Engine]:
        """None: queries are answered on this machine."""
        return ()

    def load(self) -> Load:
        """How much the workers have to do: those of the current version, and of those asked beside it or before it."""
        ready = [older.ready for older in self._older.values() if older.ready.done() and not older.ready.cancelled()]
        older = [store.result() for store in ready if not store.exception()]
        return Load.together(store.load() for store in (self._store, *self._others, *older))

    def follow(self) -> None:
        """Answers from the version that is current from now on, if it is another one and is prepared."""
        if self._is_due():
            # Pages are made in threads, and whoever makes one may be the first to see the new version.
            self._loop.do(self._follow)

    def _is_due(self) -> bool:
        following = self._next
        return following is not None and following.manifest.version == self.current.number

    def _follow(self) -> None:
        following = self._next
        if following is None or not self._is_due():
            return
        before, self._store, self._manifest, self._next = self._store, following.store, following.manifest, None
        self._others ^= {before, following.store}
        self.served += 1
        self.changed(following.manifest)
        self._changes.set()
        self._start(self._retire(before))

    def prepare(self, number: int, address: Path) -> None:
        """Begins to make all ready to answer from another version; which one is current stays as it is.

        Args:
            number: the version.
            address: where its pool parent listens, or will.
        """
        self.follow()
        self._preparing = number
        store = WorkerStore(address, number, self.limits, self.spool)
        self._others.add(store)
        self._start(self._prepare(store))

    def drop(self, number: int) -> None:
        """Gives up a version that was to be prepared."""
        if self._preparing == number:
            self._preparing = None
        following = self._next
        if following and following.manifest.version == number:
            self._next = None
            self._start(self._close(following.store))

    async def offer(self, number: int, address: Path | None) -> None:
        """Says where an older version is ready, or None where it cannot be had, or not any more."""
        older = self._older.get(number)
        if address is None:
            await self._lose(number)
            return
        if older is None or older.ready.done():
            self.done(number)
            return
        # Few at a time: most processes are for the current version.
        store = WorkerStore(address, number, replace(self.limits, workers=1), self.spool)
        try:
            await store.open()
        except DppgraphError:
            await store.close()
            self._refuse(older, number)
            self.done(number)
        else:
            older.ready.set_result(store)
            self.opened(number)

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
        for store in (self._store, *self._others):
            await store.close()

    async def _caught_up(self) -> None:
        """Waits until all is ready to answer from the current version, where the one before is lost.

        Raises:
            EngineDied: it does not get ready.
        """
        try:
            async with asyncio.timeout(self.limits.timeout):
                while self.current.number != self.manifest.version:
                    self._changes.clear()
                    await self._changes.wait()
        except TimeoutError as error:
            raise EngineDied("the query processes went away: ask again in a moment") from error

    async def _prepare(self, store: WorkerStore) -> None:
        number = store.version
        try:
            manifest = await asyncio.to_thread(self.versions.manifest, number)
            await store.open()
        except DppgraphError as error:
            await self._close(store)
            if self._preparing == number:
                self._preparing = None
                _log.warning("version %s cannot be served: %s", number, error)
                self.failed(number)
            return
        if self._preparing != number:
            await self._close(store)
            return
        self._preparing, self._next = None, _Next(store, manifest)
        self.prepared(number)
        # Where there was nothing to answer from any more, it has become current without having been waited for.
        self.follow()

    async def _retire(self, store: WorkerStore) -> None:
        await store.retire()
        self._others.discard(store)
        self.done(store.version)

    async def _close(self, store: WorkerStore) -> None:
        await store.close()
        self._others.discard(store)

    async def _lose(self, number: int) -> None:
        """Forgets an older version that nobody has at hand any more."""
        older = self._older.get(number)
        if older is None:
            return
        if not older.ready.done():
            self._refuse(older, number)
        elif not older.ready.cancelled() and not older.ready.exception():
            del self._older[number]
            if older.letting_go:
                older.letting_go.cancel()
            await older.ready.result().close()

    async def _older_store(self, number: int) -> WorkerStore:
        loop = asyncio.get_running_loop()
        older = self._older.get(number)
        if older is None:
            # Not interrupted: whoever asks next finds that this one is being made ready.
            leaving = self._leaving()
            older = self._older[number] = _Older(loop.create_future(), loop.time())
            self._start(self._make_ready(number, leaving))
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

    def _has(self, number: int, store: WorkerStore) -> bool:
        older = self._older.get(number)
        return older is not None and older.ready.done() and older.ready.result() is store

    async def _make_ready(self, number: int, leaving: int | None) -> None:
        if leaving is not None:
            await self._let_go(leaving)
        self.want(number)

    def _leaving(self) -> int | None:
        """The older version that makes room, which was asked longest ago; only one is made ready at a time.

        Raises:
            NotYet: all that are open are being asked.
        """
        if any(not older.ready.done() for older in self._older.values()):
            raise self._not_yet()
        if len(self._older) < _OLDER_AT_ONCE:
            return None
        idle = [number for number, older in self._older.items() if not older.ready.result().running]
        if not idle:
            raise self._not_yet()
        return min(idle, key=lambda number: self._older[number].asked)

    @staticmethod
    def _refuse(older: _Older, number: int) -> None:
        error = NotYet(f"version {number} cannot be had now: ask again later", retry_after=_RETRY_AFTER)
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
        self._start(self._let_go(number))

    def _start(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
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
