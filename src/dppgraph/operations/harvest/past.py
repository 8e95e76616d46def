"""What there is of a version for good: its own statements, looked up in the history, and no files beside them.

Nothing is opened for one version, made of it or kept: a thousand versions that are asked for one after the other cost
no more than one.
"""

from collections.abc import Sequence

from dppgraph.errors import StoreUnavailable
from dppgraph.operations.harvest.harvest import Harvest, Published
from dppgraph.operations.licence import licence_of
from dppgraph.store.history import History
from dppgraph.store.search import SearchIndex
from dppgraph.store.versions import Manifest, VersionStore


class PastHarvest(Harvest):
    """A version as it is named by its number: what is told of it is the same whichever version is current.

    Args:
        store: where it is.
        manifest: the version.
        url: where the server answers.
        history: the quads of all versions.
        there: the paths of what can be read here now.

    Raises:
        Damaged: the history does not have it.
    """

    def __init__(
        self, store: VersionStore, manifest: Manifest, url: str, history: History, there: Sequence[str]
    ) -> None:
        self.frozen = False
        published = Published(history.at(manifest.version), (), manifest.base, url)
        self._begin(store, manifest, manifest, published)
        self._there = list(there)

    @property
    def is_past(self) -> bool:
        """Whether the address says which version it is."""
        return True

    @property
    def index(self) -> SearchIndex:
        """There is none: words are looked for in what is current.

        Raises:
            StoreUnavailable: always.
        """
        raise StoreUnavailable(f"version {self.manifest.version} has no index of words: search the current one")

    @property
    def changed(self) -> str:
        """When it was published: it has not changed since."""
        return self.manifest.created

    def licence(self) -> str:
        """As ``Harvest`` has it."""
        return licence_of(self.published.exact, self.manifest.base)

    @property
    def catalogue_size(self) -> int:
        """It has no document."""
        return 0

    def _lines(self, name: str) -> list[str]:  # noqa: ARG002 - no file has any
        return []
