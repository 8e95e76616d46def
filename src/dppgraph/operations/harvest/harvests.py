"""Which of them are open."""

from collections import OrderedDict
from contextlib import AbstractContextManager
from threading import Lock
from typing import Final

from dppgraph.errors import Damaged, StoreUnavailable, Unknown
from dppgraph.operations.dumps import DumpFolders
from dppgraph.operations.harvest.harvest import Harvest
from dppgraph.operations.harvest.past import PastHarvest
from dppgraph.operations.licence import licence_of
from dppgraph.store.history import History
from dppgraph.store.versions import Manifest, VersionStore

_OPEN: Final = 3
"""Harvests that are open at the same time: that of the current version, and of those that were asked last."""


class Harvests:
    """The harvests of a store's versions, opened when they are asked for.

    Args:
        store: the store.
        url: where the server answers, or where the files will be that are written in place of one.
        frozen: whether no server answers, so that what needs one is not spoken of.

    Attributes:
        frozen: likewise.
        dumps: where the dumps lie.
        versions: the store.
    """

    def __init__(self, store: VersionStore, url: str, *, frozen: bool = False) -> None:
        self.frozen = frozen
        self.versions = store
        self.dumps = DumpFolders(store, store.harvest_path)
        self._store = store
        self._url = url
        self._history = History(store.history_path)
        self._open: OrderedDict[int, Harvest] = OrderedDict()
        self._lock = Lock()

    def of(self, manifest: Manifest) -> Harvest:
        """The harvest of a version; may be called by several threads.

        Raises:
            StoreUnavailable: it is not there.
        """
        with self._lock:
            harvest = self._open.get(manifest.version)
            if harvest is None:
                harvest = Harvest(self._store, manifest, self._url, self._history, frozen=self.frozen)
                self._open[manifest.version] = harvest
                while len(self._open) > _OPEN:
                    _, before = self._open.popitem(last=False)
                    before.close()
            self._open.move_to_end(manifest.version)
            return harvest

    def past(self, number: int, current: Manifest) -> "Harvest":
        """What there is of a version for good, whether it is current or not.

        Args:
            number: the version.
            current: the one that is current.

        Raises:
            Unknown: there is no such version.
            Gone: it was pruned.
            StoreUnavailable: its statements cannot be had.
        """
        if number > current.version:
            raise Unknown(f"there is no version {number}: the current one is {current.version}")
        self._store.require_kept(number)
        manifest, there = self._store.manifest(number), self.of(current).there
        try:
            return PastHarvest(self._store, manifest, self._url, self._history, there)
        except Damaged:
            # It may have been pruned just now.
            self._store.require_kept(number)
            raise

    def still(self) -> AbstractContextManager[None]:
        """Has the thread that runs the block see each version whole, though it be pruned meanwhile.

        What is begun in it is not left open: nobody is waited for in it.
        """
        return self._history.still()

    def forget(self) -> None:
        """Opens them anew when they are asked next: a harvest has been made since."""
        with self._lock:
            while self._open:
                self._open.popitem()[1].close()

    def licence(self, manifest: Manifest) -> str:
        """The IRI of the licence that a version names for the whole graph; empty where it names none that is known."""
        try:
            with self._history.still():
                return licence_of(self._history.at(manifest.version), manifest.base)
        except Damaged:
            return ""

    def statistics(self, number: int) -> list[str]:
        """The VoID description of a version, as the server says it; empty where it is not kept."""
        try:
            return self.of(self._store.manifest(number)).void()
        except (StoreUnavailable, Unknown):
            return []
