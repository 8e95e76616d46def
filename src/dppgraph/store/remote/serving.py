"""A front's view of the versions, where an engine answers: the current one, once it is there, and those still there.

Which version is current, the store on this machine says, as it does for all else that a front answers. A new one is
prepared, as far as queries go, when one of the engines holds it; until then the one before stays current. Each query is
answered by one version from beginning to end, since it names the graphs of that version and no others.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dppgraph.errors import NotPublished
from dppgraph.store.interface import Answer, Asked, Engine, QueryRequest
from dppgraph.store.loop_thread import LoopThread
from dppgraph.store.remote.asking import Asking
from dppgraph.store.remote.replicas import Replicas
from dppgraph.store.versions import Manifest, VersionStore
from dppgraph.store.workers.client import Limits
from dppgraph.store.workers.current import CurrentVersion
from dppgraph.store.workers.seats import Load
from dppgraph.store.workers.spool import Spool

_RETRY_AFTER = 30
_log = logging.getLogger("dppgraph.endpoint")


@dataclass(eq=False, slots=True)
class EndpointVersions:
    """The versions of one front that asks engines elsewhere. Implements ``ServingStore``.

    Attributes:
        versions: where they are read from, for all but queries.
        limits: what one caller may have; ``max_workers`` is how many queries the engines are asked at a time.
        spool: room for answers that their readers have not taken yet.
        first: the version to begin with.
        current: says which version is current.
        replicas: the engines.
        union: whether the default graph of a query is the union of all graphs.
        max_rows: rows or triples of one answer.
        changed: called when another version has become the current one here, before anything is answered from it.
        want: never called: what is not in an engine cannot be made ready.
        opened: likewise.
        prepared: told of a version that can be answered from here.
        failed: never called: an engine is waited for.
        done: told of a version that is not asked here any more.
        served: how many versions have been current here so far.
    """

    versions: VersionStore
    limits: Limits
    spool: Spool
    first: Manifest
    current: CurrentVersion
    replicas: Replicas
    union: bool
    max_rows: int
    changed: Callable[[Manifest], None] = lambda _: None
    want: Callable[[int], None] = lambda _: None
    opened: Callable[[int], None] = lambda _: None
    prepared: Callable[[int], None] = lambda _: None
    failed: Callable[[int], None] = lambda _: None
    done: Callable[[int], None] = lambda _: None
    served: int = 1
    _manifest: Manifest = field(init=False)
    _loop: LoopThread = field(init=False)
    _asking: Asking = field(init=False)
    _threads: ThreadPoolExecutor = field(init=False)
    _preparing: "tuple[int, asyncio.Task[None]] | None" = None
    _next: Manifest | None = None

    def __post_init__(self) -> None:
        self._manifest = self.first

    @property
    def manifest(self) -> Manifest:
        """The version that is current, in this moment."""
        self.follow()
        return self._manifest

    async def open(self) -> None:
        """Begins to look at the engines; none of them has to answer yet."""
        self._loop = LoopThread()
        self._threads = ThreadPoolExecutor(self.limits.max_workers, "endpoint")
        self._asking = Asking(self.replicas, self.limits, self.spool, self._threads, self.max_rows, union=self.union)
        self.replicas.bases.add(self._manifest.base)
        await self.replicas.open()

    async def query(self, request: QueryRequest) -> Answer:
        """As ``GraphStore.query``."""
        manifest = self.manifest
        if request.version is None or request.version == manifest.version:
            return await self._asking.asked(request, manifest)
        manifest = await asyncio.to_thread(self.versions.manifest, request.version)
        self.replicas.look_for(manifest.base)
        try:
            return await self._asking.asked(request, manifest)
        except NotPublished as error:
            await asyncio.to_thread(self.versions.require_kept, manifest.version)
            number = manifest.version
            said = f"version {number} is not, or no longer, in the query engine behind this server"
            again = f"publish it there (`dppgraph publish URL --version {number}`), or read its dump"
            raise NotPublished(f"{said}: {again}", retry_after=_RETRY_AFTER) from error

    def ask(self, request: QueryRequest, then: Asked) -> Callable[[], object] | None:  # noqa: ARG002 - as GraphStore
        """None: what goes over a network is worth a task."""
        return None

    @property
    def retries(self) -> int:
        """How many queries were asked of an engine again."""
        return self.replicas.retries

    def engines(self) -> Sequence[Engine]:
        """The engines, as they are now."""
        manifest = self._manifest
        key = manifest.version, manifest.digest
        return [
            Engine(
                replica.name,
                replica.is_up,
                replica.held(manifest.base, key) is not None,
                replica.running,
                dict(replica.requests),
            )
            for replica in self.replicas.replicas
        ]

    def load(self) -> Load:
        """How much the engines have to do for this front."""
        running, waiting = self._asking.load()
        return Load(idle=0, busy=running, long=0, waiting=waiting, running=running + waiting)

    def follow(self) -> None:
        """Answers from the version that is current from now on, if it is another one and is prepared."""
        if self._is_due():
            # Pages are made in threads, and whoever makes one may be the first to see the new version.
            self._loop.do(self._follow)

    def _is_due(self) -> bool:
        following = self._next
        return following is not None and following.version == self.current.number

    def _follow(self) -> None:
        following = self._next
        if following is None or not self._is_due():
            return
        before, self._manifest, self._next = self._manifest, following, None
        self.served += 1
        self.changed(following)
        self.done(before.version)

    def prepare(self, number: int, address: Path) -> None:  # noqa: ARG002 - as ServingStore
        """Begins to wait for an engine that holds a version; which one is current stays as it is."""
        self.follow()
        self._give_up()
        self._preparing = number, self._start(self._prepare(number))

    def drop(self, number: int) -> None:
        """Gives up a version that was to be prepared."""
        if self._preparing and self._preparing[0] == number:
            self._give_up()
        if self._next and self._next.version == number:
            self._next = None

    async def offer(self, number: int, address: Path | None) -> None:
        """Nothing: no version is made ready on this machine."""

    async def close(self) -> None:
        """Closes all connections."""
        self._give_up()
        await self.replicas.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _prepare(self, number: int) -> None:
        manifest = await asyncio.to_thread(self.versions.manifest, number)
        key = manifest.version, manifest.digest
        if self.replicas.held(manifest.base, key) is None:
            _log.info("version %s waits to be published to the query engine (`dppgraph publish URL`)", number)
        await self.replicas.wait_for(manifest.base, key)
        self._next = manifest
        self.prepared(number)
        self.follow()

    def _give_up(self) -> None:
        if self._preparing:
            self._preparing[1].cancel()
            self._preparing = None

    def _start(self, coroutine: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        return asyncio.get_running_loop().create_task(coroutine)
