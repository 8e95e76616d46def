"""What is to be known of all lines of a version before it is published, found in one pass over them."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from dppgraph.core.digest import Tree, bucket_of
from dppgraph.core.quads import Delta, Graphs, by_subject, entity_of, subject_of
from dppgraph.store.merge import rewritten, sharing


@dataclass(slots=True)
class Overview:
    """What a pass over sorted lines comes to.

    Attributes:
        tree: the tree of their digest.
        graphs: graph to how many quads it has; sorted.
        sharing: the graphs that have a triple in common with another one.
        entities: thing to how many lines are about it.
    """

    tree: Tree
    graphs: dict[str, int]
    sharing: frozenset[str]
    entities: Counter[str]


class Overlooking:
    """An overview of lines that come subject by subject, in order, each once."""

    def __init__(self) -> None:
        self._buckets: dict[str, Any] = {}
        self._graphs: Counter[str] = Counter()
        self._entities: Counter[str] = Counter()
        self._shared: set[str] = set()
        self._graphs_of = Graphs().of

    def take(self, group: Sequence[str]) -> None:
        """Takes all lines of the next subject."""
        name = bucket_of(group[0])
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = self._buckets[name] = hashlib.sha256(b"bucket\n")
        bucket.update(("\n".join(group) + "\n").encode())
        self._entities[entity_of(group[0])] += len(group)
        graphs = self._graphs_of(group)
        if graphs.count(graphs[0]) == len(graphs):
            self._graphs[graphs[0]] += len(graphs)
        else:
            self._graphs.update(graphs)
            self._share(group, graphs)

    def overview(self) -> Overview:
        """What came so far."""
        tree = {name: self._buckets[name].hexdigest() for name in sorted(self._buckets)}
        sizes = {graph.strip("<>"): number for graph, number in sorted(self._graphs.items())}
        return Overview(tree, sizes, frozenset(self._shared), self._entities)

    def _share(self, group: Sequence[str], graphs: Sequence[str]) -> None:
        """Notes those of a subject's graphs that share a triple; looked at closely only where one may."""
        begin = len(subject_of(group[0])) + 1
        first: dict[str, str] = {}
        several = set()
        for line, graph in zip(group, graphs, strict=True):
            predicate = line[begin : line.index(" ", begin)]
            if first.setdefault(predicate, graph) != graph:
                several.add(predicate)
        if several:
            lines = [line for line in group if line[begin : line.index(" ", begin)] in several]
            pairs = zip(lines, self._graphs_of(lines), strict=True)
            triples = {line[: -len(graph) - len(" .")].rstrip(" ") for line, graph in pairs}
            if len(triples) < len(lines) or any(map(rewritten, triples)):
                self._shared |= sharing(lines)


def overview(lines: Iterable[str]) -> Overview:
    """What there is to know of lines: sorted, each once."""
    found = Overlooking()
    for group in by_subject(lines):
        found.take(group)
    return found.overview()


def differing(old: Iterable[str], new: Collection[str]) -> Delta:
    """What must be added to and removed from the lines ``old`` to get ``new``; both sorted, each line once."""
    added: list[str] = []
    removed: list[str] = []
    before, after = iter(old), iter(new)
    was, is_ = next(before, None), next(after, None)
    while was is not None or is_ is not None:
        if was == is_:
            was, is_ = next(before, None), next(after, None)
        elif is_ is None or (was is not None and was < is_):
            removed.append(was or "")
            was = next(before, None)
        else:
            added.append(is_)
            is_ = next(after, None)
    return Delta(added, removed)
