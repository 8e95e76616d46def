"""The Oxigraph database of a version: what disk mode asks. A cache, never the truth."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph

from dppgraph.core.quads import Delta, parse_line
from dppgraph.store.rdf import engine_quads


def build_index(target: Path, lines: Iterable[str]) -> None:
    """Makes a database of all these lines in the new folder ``target``."""
    store = pyoxigraph.Store(target)
    store.bulk_extend(engine_quads(map(parse_line, lines)))
    store.flush()


def derive_index(target: Path, parent: Path, delta: Delta, lines: Iterable[str]) -> None:
    """Makes a database in ``target`` from its parent's: hard links, then the difference.

    Args:
        target: the new folder.
        parent: the folder of the parent's database.
        delta: what the new version added and removed.
        lines: all of the new version.

    Raises:
        OSError: the parent's database cannot be opened or linked.
    """
    # Read-only, so that a folder that lost its files is an error and not a new, empty database.
    pyoxigraph.Store.read_only(str(parent)).backup(target)
    store = pyoxigraph.Store(target)
    for quad in engine_quads(map(parse_line, delta.removed)):
        store.remove(quad)
    store.extend(engine_quads(map(parse_line, [*delta.added, *_conflated(delta.removed, lines)])))
    store.flush()


def _conflated(removed: list[str], lines: Iterable[str]) -> list[str]:
    """The lines that stay, and that the database may hold as the same quad as a removed one (``01`` and ``1``)."""
    places = {line.partition(' "')[0] for line in removed if ' "' in line}
    return [line for line in lines if line.partition(' "')[0] in places] if places else []


def prune(folder: Path, keep: int) -> None:
    """Removes all but the newest ``keep`` databases of a folder of them."""
    for old in sorted(folder.iterdir())[:-keep]:
        shutil.rmtree(old, ignore_errors=True)
