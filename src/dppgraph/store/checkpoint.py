"""A writable copy of a version, in which a change is tried before anybody sees it: on disk, or in memory."""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import pyoxigraph

from dppgraph.core.quads import Delta, parse_line
from dppgraph.store.history import ExactQuads
from dppgraph.store.rdf import engine_quads
from dppgraph.store.versions import Manifest, VersionStore, sharing_anew
from dppgraph.store.versions.index import apply_delta, build_index

_MOST_STEPS: Final = 1000
"""Changes that are made to what is held in memory before it is read anew."""


class Checkpoint:
    """The copy. Its threads belong to this process: whoever forks opens none.

    Args:
        versions: where the version is.
        manifest: the version.
        folder: where the copy is made; it is not there yet.

    Raises:
        OSError: it cannot be made.
        Damaged: the version's files are not what was published.

    Attributes:
        store: the engine's copy, which is written to.
    """

    def __init__(self, versions: VersionStore, manifest: Manifest, folder: Path) -> None:
        self._folder = folder
        self._sharing = versions.sharing(manifest.version)
        index = versions.index_path(manifest.version)
        if self._sharing or not (index.is_dir() and _linked(index, folder)):
            build_index(folder, versions.stream(manifest.version), merge=False)
        self.store = pyoxigraph.Store(folder)

    def apply(self, delta: Delta, about: Callable[[str], Iterable[str]]) -> None:
        """Brings it further.

        Args:
            delta: what is added to its quads, and removed from them.
            about: gives the lines of a subject that there are then; asked only where it cannot be told without.
        """
        apply_delta(self.store, delta, about)

    def finish(self, delta: Delta, before: ExactQuads, lines: Callable[[], Iterable[str]]) -> Path:
        """The folder of a database that can be taken as that of the version which comes of the change.

        Where graphs have triples in common it is another one, with their merge as well. It is made here, since whoever
        publishes opens none.

        Args:
            delta: all that the version adds and removes.
            before: the quads of the version before.
            lines: gives all lines of the new one; asked only where it cannot be told without.
        """
        self.store.flush()
        del self.store
        if not self._sharing | sharing_anew(delta, before):
            return self._folder
        merged = self._folder.with_name(f"{self._folder.name}-merged")
        build_index(merged, lines(), merge=True)
        return merged


class Held:
    """The quads of a version in the memory of a process, which tries each change in a copy of itself.

    It costs a fraction of what opening a database does. The version that comes of a change gets no database with it;
    whoever asks it from disk makes one.

    Args:
        lines: the quads.
        version: the number of the version.

    Attributes:
        version: the number of the version.
        store: the engine's copy; written to by :meth:`advance`, and else in a copy of this process alone.
    """

    def __init__(self, lines: Iterable[str], version: int) -> None:
        self.store = pyoxigraph.Store()
        self.store.extend(engine_quads(map(parse_line, lines)))
        self.version = version
        self._steps = 0

    @property
    def is_stale(self) -> bool:
        """Whether it is better made anew: the engine keeps in memory what was removed."""
        return self._steps >= _MOST_STEPS

    def advance(self, version: int, delta: Delta, about: Callable[[str], Iterable[str]]) -> None:
        """Makes it the version after it.

        Args:
            version: its number.
            delta: what it added and removed.
            about: gives its lines of a subject; asked only where it cannot be told without.
        """
        apply_delta(self.store, delta, about)
        self.version = version
        self._steps += 1


def _linked(index: Path, folder: Path) -> bool:
    try:
        # Read-only, so that a folder that lost its files is an error and not a new, empty database.
        pyoxigraph.Store.read_only(str(index)).backup(folder)
    except OSError:
        # A cache that somebody damaged: it is made anew.
        shutil.rmtree(folder, ignore_errors=True)
        return False
    return True
