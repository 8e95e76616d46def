"""The Oxigraph database of a version: what disk mode asks. A cache, never the truth."""

import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from itertools import chain
from pathlib import Path

import pyoxigraph

from dppgraph.core.quads import Delta, parse_line, subject_of
from dppgraph.store.merge import add_merged, rewritten
from dppgraph.store.rdf import batched, engine_quads


def build_index(target: Path, lines: Iterable[str], *, merge: bool) -> None:
    """Makes a database of all these lines in the new folder ``target``.

    Args:
        target: the folder; it appears whole, or not at all.
        lines: the quads.
        merge: whether graphs share triples, so that their merge is wanted as well (``store.merge``).
    """
    unfinished = target.with_name(f"{target.name}-unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    store = pyoxigraph.Store(unfinished)
    store.bulk_extend(chain.from_iterable(map(engine_quads, batched(map(parse_line, lines)))))
    if merge:
        add_merged(store)
    store.flush()
    del store
    unfinished.rename(target)


def derive_index(target: Path, parent: Path, delta: Delta, lines: Callable[[], Iterable[str]]) -> None:
    """Makes a database in ``target`` from its parent's: hard links, then the difference.

    Args:
        target: the new folder.
        parent: the folder of the parent's database, without a merge.
        delta: what the new version added and removed.
        lines: gives all of the new version.

    Raises:
        OSError: the parent's database cannot be opened or linked.
    """
    # Read-only, so that a folder that lost its files is an error and not a new, empty database.
    pyoxigraph.Store.read_only(str(parent)).backup(target)
    store = pyoxigraph.Store(target)
    apply_delta(store, delta, about_in(lines))
    store.flush()


def apply_delta(store: pyoxigraph.Store, delta: Delta, about: Callable[[str], Iterable[str]]) -> None:
    """Turns a store's quads into those of the next version.

    Args:
        store: the quads of the version before, without a merge.
        delta: what was added and removed.
        about: gives the lines of a subject in the next version; asked only where it cannot be told without.
    """
    removed = list(engine_quads(map(parse_line, delta.removed)))
    for quad in removed:
        store.remove(quad)
    store.extend(engine_quads(map(parse_line, [*delta.added, *_conflated(delta.removed, about)])))
    for graph in {quad.graph_name for quad in removed} - {pyoxigraph.DefaultGraph()}:
        if next(store.quads_for_pattern(None, None, None, graph), None) is None:
            # The engine keeps the name of a graph that has nothing in it, and GRAPH finds it.
            store.remove_graph(graph)


def about_in(lines: Callable[[], Iterable[str]]) -> Callable[[str], Iterable[str]]:
    """Gives the lines of a subject, out of all lines, which are asked for once they are needed."""

    @cache
    def by_subject() -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for line in lines():
            found[subject_of(line)].append(line)
        return found

    return lambda subject: by_subject().get(subject, ())


def _conflated(removed: Iterable[str], about: Callable[[str], Iterable[str]]) -> list[str]:
    """The lines that stay, and that the database may hold as the same quad as a removed one (``01`` and ``1``)."""
    doubtful = [line for line in removed if rewritten(line)]
    places = {line.partition(' "')[0] for line in doubtful if ' "' in line}
    triple_terms = {subject_of(line) for line in doubtful if "<<(" in line}
    subjects = {*map(subject_of, doubtful)}
    return [
        line
        for subject in sorted(subjects)
        for line in about(subject)
        if line.partition(' "')[0] in places or (subject in triple_terms and "<<(" in line)
    ]


def link_index(target: Path, index: Path) -> None:
    """Makes ``target`` the same database as ``index`` by hard links, so that pruning one leaves the other whole.

    Raises:
        OSError: it cannot be linked, or is not there.
    """
    shutil.copytree(index, target, copy_function=os.link)


def prune_indexes(folder: Path, keep: int) -> None:
    """Removes all but the newest ``keep`` databases of a folder of them, and what was begun of older ones.

    Each is named by the number of its version.
    """
    numbered = {path: path.name.partition("-")[0] for path in folder.iterdir()}
    kept = sorted(int(path.name) for path in numbered if path.name.isdigit())[-keep:]
    for path, number in numbered.items():
        if kept and number.isdigit() and int(number) < kept[0]:
            shutil.rmtree(path, ignore_errors=True)
