"""Making it: everything goes into one folder, which the version store then puts into place."""

import json
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from dppgraph import __version__
from dppgraph.core.quads import Delta, entity_of
from dppgraph.errors import Damaged, Unknown
from dppgraph.operations.catalogue import VersionNote, catalogue_document, catalogue_statements
from dppgraph.operations.dumps import DUMPS, Dump, make_dumps
from dppgraph.operations.feed import make_members
from dppgraph.operations.search import entries_of
from dppgraph.operations.service import void_document
from dppgraph.store.exact import ExactQuads, write_exact
from dppgraph.store.search import SearchIndex, write_search
from dppgraph.store.versions import KEPT, Harvesting, Manifest, VersionStore

EXACT: Final = "exact.sqlite"
SEARCH: Final = "search.sqlite"
STATEMENTS: Final = "statements.nq"
"""What the catalogue says besides the version's own statements: how large the dumps are, for one."""
CATALOGUE: Final = "catalogue.nt"
VOID: Final = "void.nt"
_STAMP: Final = "harvest.json"
_FORMAT: Final = 2
"""The number of the folder's layout: what another number made is made anew."""


def harvesting(store: VersionStore) -> Harvesting:
    """What makes the harvest of a version of this store."""

    def make(folder: Path, manifest: Manifest, lines: list[str], delta: Delta) -> None:
        folder.mkdir()
        present = {entity_of(line) for line in lines}
        before, gone = _known_before(store, manifest)
        changed = {entity_of(line) for part in delta for line in part}
        things = {
            iri: manifest.version if iri in changed else before.get(iri, manifest.version)
            for iri in present
            if iri.startswith(f"{manifest.base}id/")
        }
        dumps = folder / DUMPS
        dumps.mkdir()
        described = _write_catalogue(folder, manifest, lines, make_dumps(lines, dumps, manifest.base))
        write_exact(folder / EXACT, lines, things, (gone | changed) - present - described)
        write_search(folder / SEARCH, entries_of(lines, manifest.base))
        make_members(store, manifest, lines, delta)
        (folder / _STAMP).write_text(json.dumps(_stamp(manifest)), encoding="utf-8")

    return make


def _write_catalogue(folder: Path, manifest: Manifest, lines: list[str], dumps: list[Dump]) -> set[str]:
    """Writes what the catalogue says; the things that it says it of besides those in the lines."""
    # As many as have files of their own.
    earlier = tuple(range(max(1, manifest.version - KEPT + 1), manifest.version))
    note = VersionNote(manifest.base, manifest.version, manifest.digest, earlier, manifest.findings or {})
    statements = catalogue_statements(lines, dumps, note)
    documents = {
        STATEMENTS: statements,
        CATALOGUE: catalogue_document([*lines, *statements], manifest.base),
        VOID: void_document([*lines, *statements], manifest.base),
    }
    for name, said in documents.items():
        (folder / name).write_text("".join(f"{line}\n" for line in said), encoding="utf-8")
    return {entity_of(line) for line in statements}


def made(store: VersionStore, manifest: Manifest) -> float:
    """When the harvest of a version was made, in seconds since 1970."""
    return (store.harvest_path(manifest.version) / _STAMP).stat().st_mtime


def is_made(store: VersionStore, manifest: Manifest) -> bool:
    """Whether the harvest of a version is there, can be read, and is what this software makes."""
    folder = store.harvest_path(manifest.version)
    try:
        if json.loads((folder / _STAMP).read_text(encoding="utf-8")) != _stamp(manifest):
            return False
        with closing(ExactQuads(folder / EXACT)), closing(SearchIndex(folder / SEARCH)):
            return True
    except (OSError, ValueError, Damaged):
        return False


def _stamp(manifest: Manifest) -> dict[str, object]:
    return {"format": _FORMAT, "software": __version__, "digest": manifest.digest, "base": manifest.base}


def _known_before(store: VersionStore, manifest: Manifest) -> tuple[dict[str, int], set[str]]:
    """What earlier versions knew: things, each with the version that changed it last; and what was gone."""
    if manifest.parent is not None:
        with suppress(Damaged, OSError), closing(ExactQuads(store.harvest_path(manifest.parent) / EXACT)) as parent:
            described = (store.harvest_path(manifest.parent) / STATEMENTS).read_text(encoding="utf-8").split("\n")[:-1]
            return dict(parent.things()), {*parent.gone(), *map(entity_of, described)}
    # It was let go, or never made: whatever is not there any more is gone.
    last: dict[str, int] = {}
    for number in range(1, manifest.version):
        # What a version changed that cannot be read any more, nobody knows.
        with suppress(Damaged, Unknown):
            last |= dict.fromkeys(store.changes(number), number)
    return last, set(last)
