"""Making it: everything goes into one folder, which the version store then puts into place.

The quads themselves are looked up in the history of all versions (``store.history``), which goes on with each version.
All else takes a while to make, so what a small change makes is of the version before until it is made for this one too.
"""

import json
from collections.abc import Collection
from contextlib import closing
from pathlib import Path
from typing import Final

from dppgraph import __version__
from dppgraph.core.quads import Delta, entity_of
from dppgraph.errors import Damaged, Unknown
from dppgraph.operations.catalogue import VersionNote, catalogue_document, catalogue_statements
from dppgraph.operations.dumps import DUMPS, Dump, link_alike, make_dumps
from dppgraph.operations.feed import make_members
from dppgraph.operations.search import entries_of
from dppgraph.operations.service import void_document
from dppgraph.store.history import History, add_version, catch_up, since_last
from dppgraph.store.search import SearchIndex, write_search
from dppgraph.store.versions import KEPT, Harvesting, Manifest, VersionStore

SEARCH: Final = "search.sqlite"
STATEMENTS: Final = "statements.nq"
"""What the catalogue says besides the version's own statements: how large the dumps are, for one."""
CATALOGUE: Final = "catalogue.nt"
VOID: Final = "void.nt"
GONE: Final = "gone.txt"
"""What the catalogue said something of before, and does not any more: an IRI on each line."""
_STAMP: Final = "harvest.json"
_FORMAT: Final = 3
"""The number of the folder's layout: what another number made is made anew."""


def harvesting(store: VersionStore) -> Harvesting:
    """What makes the harvest of a version of this store."""

    def make(folder: Path, manifest: Manifest, lines: Collection[str], delta: Delta) -> None:
        remember(store, manifest, delta, lines=lines)
        pack_into(store, folder, manifest, lines, delta)

    return make


def pack_into(store: VersionStore, folder: Path, manifest: Manifest, lines: Collection[str], delta: Delta) -> None:
    """Makes a version's harvest in a new folder, but for the history, which goes on with each version at once.

    Args:
        store: the store.
        folder: the folder.
        manifest: the version's.
        lines: its lines, sorted.
        delta: what it added to those of its parent, and removed from them.

    Raises:
        StoreUnavailable: the members of the feed cannot be made.
        OSError: a file cannot be written.
    """
    folder.mkdir()
    dumps = folder / DUMPS
    dumps.mkdir()
    held = list(lines)
    files = make_dumps(held, dumps, manifest.base)
    before = max((number for number in harvested(store) if number < manifest.version), default=0)
    link_alike(files, dumps, store.harvest_path(before) / DUMPS)
    _write_catalogue(store, folder, manifest, held, files)
    write_search(folder / SEARCH, entries_of(lines, manifest.base))
    make_members(store, manifest, lines, delta)
    (folder / _STAMP).write_text(json.dumps(_stamp(manifest)), encoding="utf-8")


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
    store: VersionStore, folder: Path, manifest: Manifest, lines: list[str], dumps: list[Dump]
) -> None:
    # As many as have files of their own.
    earlier = tuple(number for number in harvested(store) if number < manifest.version)[1 - KEPT :]
    note = VersionNote(manifest.base, manifest.version, manifest.digest, earlier, manifest.findings or {})
    statements = catalogue_statements(lines, dumps, note)
    documents = {
        STATEMENTS: statements,
        CATALOGUE: catalogue_document([*lines, *statements], manifest.base),
        VOID: void_document([*lines, *statements], manifest.base),
    }
    for name, said in documents.items():
        (folder / name).write_text("".join(f"{line}\n" for line in said), encoding="utf-8")
    gone = _described_before(store, manifest) - {entity_of(line) for line in statements}
    (folder / GONE).write_text("".join(f"{iri}\n" for iri in sorted(gone)), encoding="utf-8")


def _described_before(store: VersionStore, manifest: Manifest) -> set[str]:
    """What the catalogue of the harvest before said something of, and what is gone since."""
    before = max((number for number in harvested(store) if number < manifest.version), default=0)
    folder = store.harvest_path(before)
    try:
        described = (folder / STATEMENTS).read_text(encoding="utf-8").split("\n")[:-1]
        gone = (folder / GONE).read_text(encoding="utf-8").split("\n")[:-1]
    except OSError:
        return set()
    return {*gone, *map(entity_of, described)}


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
