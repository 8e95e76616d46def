"""Making it: everything goes into one folder, which the version store then puts into place.

The quads themselves are looked up in the history of all versions (``store.history``), which goes on with each version.
All else takes a while to make, so what a small change makes is of the version before until it is made for this one too.
"""

import json
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing, nullcontext
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final

from dppgraph import __version__
from dppgraph.core.quads import Delta, entity_of
from dppgraph.errors import Damaged, Unknown
from dppgraph.operations.catalogue import VersionNote, listed_in, stated_besides, told_of_catalogue
from dppgraph.operations.dumps import DUMPS, Dump, LookedUp, link_alike, make_dumps
from dppgraph.operations.feed import make_members
from dppgraph.operations.search import entries_of
from dppgraph.operations.service import void_document
from dppgraph.store.history import History, add_version, begin, catch_up, since_last
from dppgraph.store.runs import LinesFile, Runs, written
from dppgraph.store.search import SearchIndex, write_search
from dppgraph.store.versions import KEPT, Harvesting, Manifest, VersionStore
from dppgraph.store.workers.apart import called

SEARCH: Final = "search.sqlite"
STATEMENTS: Final = "statements.nq"
"""What the catalogue says besides the version's own statements: how large the dumps are, for one."""
CATALOGUE: Final = "catalogue.nt"
LISTED: Final = "listed.txt"
"""The terms of the catalogue and of the data sets that it lists, in the order of its page; or nothing."""
LOOKED_UP: Final = "statements.sqlite"
"""The same statements, to be looked up, where they are more than memory should hold."""
VOID: Final = "void.nt"
GONE: Final = "gone.txt"
"""What the catalogue said something of before, and does not any more: an IRI on each line."""
_STAMP: Final = "harvest.json"
_MANY: Final = 20_000
"""Statements that are looked up in a file."""
_FORMAT: Final = 4
"""The number of the folder's layout: what another number made is made anew."""


def harvesting(store: VersionStore, progress: Callable[[str], None] = lambda _: None) -> Harvesting:
    """What makes the harvest of a version of this store.

    Args:
        store: the store.
        progress: told what is going on.
    """

    def make(folder: Path, manifest: Manifest, lines: Collection[str], delta: Delta) -> None:
        progress("taking down its statements")
        remember(store, manifest, delta, lines=lines)
        pack_into(store, folder, manifest, lines, delta, progress)

    return make


def pack_into(
    store: VersionStore,
    folder: Path,
    manifest: Manifest,
    lines: Collection[str],
    delta: Delta,
    progress: Callable[[str], None] = lambda _: None,
) -> None:
    """Makes a version's harvest in a new folder, but for the history, which goes on with each version at once.

    Of lines in a file little is in memory, and processes of their own make it: what is to be looked up is looked up in
    the history.

    Args:
        store: the store.
        folder: the folder.
        manifest: the version's.
        lines: its lines, sorted.
        delta: what it added to those of its parent, and removed from them.
        progress: told what is going on.

    Raises:
        StoreUnavailable: the members of the feed cannot be made.
        OSError: a file cannot be written.
    """
    folder.mkdir()
    apart = isinstance(lines, LinesFile)
    looked_up = LookedUp(store.history_path, manifest.version) if apart else None
    dumps = folder / DUMPS
    dumps.mkdir()
    progress("writing the dumps")
    files = make_dumps(lines, dumps, manifest.base, looked_up=looked_up)
    before = max((number for number in harvested(store) if number < manifest.version), default=0)
    link_alike(files, dumps, store.harvest_path(before) / DUMPS)
    progress("making the search index, the feed and the catalogue")
    works = (
        partial(_write_search, folder / SEARCH, lines, manifest.base, looked_up),
        partial(make_members, store, manifest, lines, delta),
        partial(_write_catalogue, store, folder, manifest, lines, files),
    )
    called(works, apart=apart)
    (folder / _STAMP).write_text(json.dumps(_stamp(manifest)), encoding="utf-8")


def _write_search(path: Path, lines: Collection[str], base: str, looked_up: LookedUp | None) -> None:
    with looked_up.opened() if looked_up else nullcontext() as statements:
        write_search(path, entries_of(lines, base, statements))


def remember(
    store: VersionStore,
    manifest: Manifest,
    delta: Delta,
    *,
    results: Delta | None = None,
    lines: Collection[str] | None = None,
) -> None:
    """Has the history of a store go as far as a version, which need not be published yet.

    Args:
        store: the store; whoever calls holds its lock, if the version is not published.
        manifest: the version's.
        delta: what it added to the lines of its parent, and removed from them.
        results: what the shapes found that they had not found of its parent, and the other way round; None where nobody
            knows.
        lines: its lines; asked for where it does not follow the version before it, as after damage.

    Raises:
        StoreUnavailable: the disk did not take it.
    """
    catch_up(store, store.history_path)
    if manifest.version in store.numbers():
        return
    path = store.history_path
    if lines is not None and manifest.parent != manifest.version - 1:
        delta = since_last(path, lines)
    add_version(path, manifest, delta, results)


def _write_catalogue(
    store: VersionStore, folder: Path, manifest: Manifest, lines: Collection[str], dumps: list[Dump]
) -> None:
    # As many as have files of their own.
    earlier = tuple(number for number in harvested(store) if number < manifest.version)[1 - KEPT :]
    note = VersionNote(manifest.base, manifest.version, manifest.digest, earlier, manifest.findings or {})
    statements = _put(folder / STATEMENTS, stated_besides(lines, dumps, note))
    if len(statements) >= _MANY:
        begin(folder / LOOKED_UP, manifest, statements, None)
    both = _Both(lines, statements)
    document = _put(folder / CATALOGUE, told_of_catalogue(both, manifest.base))
    (folder / LISTED).write_text("".join(f"{term}\n" for term in listed_in(document)), encoding="utf-8")
    _put(folder / VOID, void_document(both, manifest.base))
    gone = _described_before(store, manifest) - set(map(entity_of, statements))
    (folder / GONE).write_text("".join(f"{iri}\n" for iri in sorted(gone)), encoding="utf-8")


def _put(path: Path, lines: Iterable[str]) -> LinesFile:
    """Lines in any order in a new file: sorted, each once."""
    with tempfile.TemporaryDirectory(dir=path.parent) as work:
        runs = Runs(Path(work), "lines")
        for line in lines:
            runs.take(f"{line}\n".encode())
        return written(runs.lines(), path)


class _Both(Collection[str]):
    """The lines of two collections, one after the other: of a subject they stand together in each."""

    def __init__(self, first: Collection[str], second: Collection[str]) -> None:
        self._parts = first, second

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def __iter__(self) -> Iterator[str]:
        return chain.from_iterable(self._parts)

    def __contains__(self, line: object) -> bool:
        return any(line in part for part in self._parts)


def _described_before(store: VersionStore, manifest: Manifest) -> set[str]:
    """What the catalogue of the harvest before said something of, and what is gone since."""
    before = max((number for number in harvested(store) if number < manifest.version), default=0)
    folder = store.harvest_path(before)
    try:
        gone = (folder / GONE).read_text(encoding="utf-8").split("\n")[:-1]
        return {*gone, *map(entity_of, LinesFile(folder / STATEMENTS, 0))}
    except OSError:
        return set()


def harvested(store: VersionStore) -> list[int]:
    """The numbers of the versions that have a harvest, oldest first."""
    folder = store.harvest_path(0).parent
    names = (path.name for path in folder.iterdir()) if folder.is_dir() else ()
    return sorted(int(name) for name in names if name.isdigit())


def made(store: VersionStore, manifest: Manifest) -> float:
    """When the harvest of a version was made, in seconds since 1970."""
    return (store.harvest_path(manifest.version) / _STAMP).stat().st_mtime


def is_made(store: VersionStore, manifest: Manifest) -> bool:
    """Whether all that is made of a version is there, can be read, and is what this software makes."""
    try:
        with closing(History(store.history_path)) as history:
            history.at(manifest.version)
    except Damaged:
        return False
    return is_packed(store, manifest)


def is_packed(store: VersionStore, manifest: Manifest) -> bool:
    """Whether the harvest of a version is there, can be read, and is what this software makes."""
    folder = store.harvest_path(manifest.version)
    try:
        if json.loads((folder / _STAMP).read_text(encoding="utf-8")) != _stamp(manifest):
            return False
        with closing(SearchIndex(folder / SEARCH)):
            return True
    except (OSError, ValueError, Damaged):
        return False


def packed(store: VersionStore, manifest: Manifest) -> Manifest | None:
    """The newest version up to this one that has a harvest; None where none has."""
    for number in reversed(harvested(store)):
        if number <= manifest.version:
            try:
                of = manifest if number == manifest.version else store.manifest(number)
            except (Damaged, Unknown):
                continue
            if of.base == manifest.base and is_packed(store, of):
                return of
    return None


def _stamp(manifest: Manifest) -> dict[str, object]:
    return {"format": _FORMAT, "software": __version__, "digest": manifest.digest, "base": manifest.base}
