"""What is to be published, told by all its lines or by its difference, and what is new about it."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from dppgraph.core.digest import Tree, changed_tree
from dppgraph.core.quads import Delta, applied, changes_of, parse_line, subject_of
from dppgraph.store.merge import sharing
from dppgraph.store.versions.manifest import Kind, Manifest
from dppgraph.store.versions.overview import Overview, differing, overview

if TYPE_CHECKING:
    from dppgraph.store.versions.versions import VersionStore


class Before(Protocol):
    """The quads of a parent, looked up: what a change costs is then its own size."""

    def in_bucket(self, bucket: str) -> list[str]:
        """The lines of a bucket of the digest's tree."""
        ...

    def about(self, subject: str) -> list[str]:
        """The lines of a subject."""
        ...


@dataclass(frozen=True, slots=True)
class Publication:
    """What is to be published, and what is said of it; the fields are those of the manifest.

    Attributes:
        lines: all lines of the version, sorted, each once; None where it is told by its difference.
        report: what the shapes found, as the file that is kept of it; None where the gate was off.
        delta: what it adds to the lines of its parent, and removes from them, where ``lines`` does not say so.
        before: the quads of its parent, likewise.
        index: a folder with its database, which is taken; None where it is to be made.
        indexed: whether it gets one with it: a database is a cache, which whoever asks it can make.
        stated: the lines that are stated in a graph which also holds what is made; None where they are those of the
            version before, or nobody knows.
        overview: what is known of ``lines`` already.
    """

    lines: Collection[str] | None
    agent: str
    message: str
    software: str
    base: str
    inputs: str
    findings: dict[str, int] | None
    data: str | None = None
    shapes: str | None = None
    report: bytes | None = None
    kind: Kind = "build"
    of: int | None = None
    delta: Delta | None = None
    before: Before | None = None
    index: Path | None = None
    indexed: bool = True
    stated: list[str] | None = None
    overview: Overview | None = None


@dataclass(frozen=True, slots=True)
class New:
    """What is new about a version.

    Attributes:
        what: as it was told.
        before: its parent's manifest.
        delta: how it differs from its parent.
        tree: that of its digest.
        graphs: graph to how many quads it has.
        sharing: the graphs that have a triple in common with another one.
        entities: thing to how many lines about it are added and removed.
        all_lines: gives all its lines, which may have to be made.
    """

    what: Publication
    before: Manifest | None
    delta: Delta
    tree: Tree
    graphs: dict[str, int]
    sharing: frozenset[str]
    entities: dict[str, tuple[int, int]]
    all_lines: Callable[[], Collection[str]]


def new_of(store: "VersionStore", what: Publication, parent: int | None) -> New:
    """What is new about a version, whichever way it is told.

    Args:
        store: where it is to be published.
        what: its quads and what is said of them.
        parent: the number of the version that it follows, or None for the first.

    Raises:
        Damaged: the parent's files are not what was published.
    """
    before = store.manifest(parent) if parent else None
    if what.lines is not None:
        seen = what.overview or overview(what.lines)
        if parent:
            delta = differing(store.stream(parent), what.lines)
            entities = changes_of(delta)
        else:
            # All of it is new: no copy is made of what may be more than memory holds.
            delta = Delta(what.lines, [])
            entities = {entity: (seen.entities[entity], 0) for entity in sorted(seen.entities)}
        return New(what, before, delta, seen.tree, seen.graphs, seen.sharing, entities, lambda: what.lines or [])
    if before is None or what.delta is None or what.before is None:
        raise ValueError("a version without a parent is told by all its lines")
    tree = changed_tree(store.tree(before.version), what.delta, what.before.in_bucket)
    graphs = _changed_sizes(before.graphs, what.delta)
    shared = store.sharing(before.version) | sharing_anew(what.delta, what.before)
    delta, number = what.delta, before.version
    entities = changes_of(delta)
    return New(what, before, delta, tree, graphs, shared, entities, lambda: applied(store.lines(number), delta))


def sharing_anew(delta: Delta, before: Before) -> frozenset[str]:
    """The graphs that have a triple in common with another one by what is added."""
    removed = set(delta.removed)
    subjects = sorted({subject_of(line) for line in delta.added})
    beside = (line for subject in subjects for line in before.about(subject) if line not in removed)
    # Neither has a space in it, and of another property there is nothing to compare.
    about = {tuple(line.split(" ", 2)[:2]) for line in delta.added}
    return sharing(sorted({*delta.added, *(line for line in beside if tuple(line.split(" ", 2)[:2]) in about)}))


def _graph_sizes(lines: Iterable[str]) -> dict[str, int]:
    sizes = Counter(parse_line(line).graph.strip("<>") for line in lines)
    return dict(sorted(sizes.items()))


def _changed_sizes(sizes: Mapping[str, int], delta: Delta) -> dict[str, int]:
    found = Counter(sizes)
    found.update(_graph_sizes(delta.added))
    found.subtract(_graph_sizes(delta.removed))
    return {graph: size for graph, size in sorted(found.items()) if size}
