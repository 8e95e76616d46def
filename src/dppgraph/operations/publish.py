"""Publishing a built version to an engine elsewhere, from which servers then answer queries."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from dppgraph.store.remote.address import Address
from dppgraph.store.remote.publishing import Arrived, Publishing
from dppgraph.store.remote.wire import Wire
from dppgraph.store.versions import VersionStore
from dppgraph.store.versions.lock import write_lock

_CONNECTIONS = 4


@dataclass(frozen=True, slots=True)
class Published:
    """What came of it.

    Attributes:
        arrived: the version, as the engine holds it.
        engine: which engine that is, as people call it.
        tested: whether dppgraph is tested with it.
    """

    arrived: Arrived
    engine: str
    tested: bool


@dataclass(frozen=True, slots=True)
class Publish:
    """Publishes versions of a store to one engine.

    Attributes:
        versions: the store.
        address: the engine.
        keep: how many versions it keeps, the current one included.
        grace: seconds from when nobody begins to ask a version any more until it is removed.
    """

    versions: VersionStore
    address: Address
    keep: int
    grace: float

    def __call__(self, number: int | None, progress: Callable[[str], None] = lambda _: None) -> Published:
        """Has the engine hold a version as its current one, whole, or changes nothing that anybody asks.

        Args:
            number: the version; None for the current one.
            progress: is told what is being done.

        Raises:
            StoreInUse: another process publishes from this store.
            DppgraphError: as ``Publishing.publish``.
        """
        number = self.versions.current() if number is None else number
        manifest = self.versions.manifest(number)
        self.versions.require_kept(number)
        # Not the lock for writing: the store may go on to its next version meanwhile.
        with write_lock(self.versions.folder / "publishing", "dppgraph publish"):
            return asyncio.run(self._publish(manifest.version, progress))

    async def _publish(self, number: int, progress: Callable[[str], None]) -> Published:
        wire = Wire(self.address, _CONNECTIONS)
        await wire.open()
        try:
            publishing = Publishing(wire, self.versions, self.keep, self.grace, progress)
            arrived = await publishing.publish(self.versions.manifest(number))
            return Published(arrived, wire.dialect.title, wire.dialect.tested)
        finally:
            await wire.close()
