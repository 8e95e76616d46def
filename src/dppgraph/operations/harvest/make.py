"""Making it: everything goes into one folder, which the version store then puts into place."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from dppgraph import __version__
from dppgraph.core.quads import Delta, entity_of
from dppgraph.errors import Damaged
from dppgraph.store.exact import ExactQuads, write_exact
from dppgraph.store.versions import Harvesting, Manifest, VersionStore

EXACT: Final = "exact.sqlite"
_STAMP: Final = "harvest.json"


def harvesting(store: VersionStore) -> Harvesting:
    """What makes the harvest of a version of this store."""

    def make(folder: Path, manifest: Manifest, lines: list[str], delta: Delta) -> None:
        folder.mkdir()
        write_exact(folder / EXACT, lines, _gone(store, manifest, lines, delta))
        (folder / _STAMP).write_text(json.dumps(_stamp(manifest)), encoding="utf-8")

    return make


def is_made(store: VersionStore, manifest: Manifest) -> bool:
    """Whether the harvest of a version is there, and is what this software makes."""
    try:
        text = (store.harvest_path(manifest.version) / _STAMP).read_text(encoding="utf-8")
        return bool(json.loads(text) == _stamp(manifest))
    except (OSError, ValueError):
        return False


def _stamp(manifest: Manifest) -> dict[str, str]:
    return {"software": __version__, "digest": manifest.digest, "base": manifest.base}


def _gone(store: VersionStore, manifest: Manifest, lines: Iterable[str], delta: Delta) -> set[str]:
    """The things that an earlier version knew, and this one does not."""
    present = {entity_of(line) for line in lines}
    if manifest.parent is None:
        return set()
    try:
        once = set(ExactQuads(store.harvest_path(manifest.parent) / EXACT).gone()) | set(map(entity_of, delta.removed))
    except Damaged:
        once = {entity for number in range(1, manifest.parent + 1) for entity in store.changes(number)}
        once |= set(map(entity_of, delta.removed))
    return once - present
