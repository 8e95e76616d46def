"""What is to be known of all lines of a version before it is published, found in one pass over them."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import compress, count
from operator import ne

from dppgraph.core.digest import Buckets, Tree
from dppgraph.core.quads import Delta, Graphs, by_subject, entity_of
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
    """An overview, but for the tree, of lines that come subject by subject, in order, each once."""

    def __init__(self) -> None:
        self._graphs: Counter[str] = Counter()
        self._entities: Counter[str] = Counter()
        self._shared: set[str] = set()
        self._graphs_of = Graphs().of

    def take(self, group: Sequence[str], graphs: Sequence[str] | None = None) -> None:
        """Takes all lines of the next subject; with the graph of each, as a term, where somebody has them."""
        graphs = graphs or self._graphs_of(group)
        self._entities[entity_of(group[0])] += len(group)
        self._graphs.update(graphs)
        if graphs.count(graphs[0]) < len(graphs):
            self._compare(group, graphs)

    def take_more(self, group: Sequence[str], more: Sequence[str]) -> None:
        """Takes all lines of a subject that came before, now that there are more of them, which are given as well."""
        self._entities[entity_of(group[0])] += len(more)
        self._graphs.update(self._graphs_of(more))
        self._compare(group, self._graphs_of(group))

    def overview(self, tree: Tree) -> Overview:
        """What came so far, with its tree."""
        sizes = {graph.strip("<>"): number for graph, number in sorted(self._graphs.items())}
        return Overview(tree, sizes, frozenset(self._shared), self._entities)

    def _compare(self, lines: Sequence[str], graphs: Sequence[str]) -> None:
        """Notes which graphs share a triple, given all lines of a subject and the graph of each."""
        end = 0
        predicate = lines[0].index(" ") + 1
        for place in compress(count(), map(ne, graphs, graphs[1:])):
            # What one subject has of one property stands together: two graphs that say it stand next to each other.
            line = lines[place]
            begin = line[: line.index(" ", predicate) + 1]
            if place < end or not lines[place + 1].startswith(begin):
                continue
            first, end = place, place + 1
            while first and lines[first - 1].startswith(begin):
                first -= 1
            while end < len(lines) and lines[end].startswith(begin):
                end += 1
            self._share(lines[first:end], graphs[first:end])

    def _share(self, lines: Sequence[str], graphs: Sequence[str]) -> None:
        """Notes those of some graphs that share a triple, given what they say with one subject and property."""
        triples = [line[: -len(graph) - len(" .")].rstrip(" ") for line, graph in zip(lines, graphs, strict=True)]
        forms = list(map(_form, triples))
        # Of two graphs, the engine may have one form for both.
        doubtful = {graph for form, graph in zip(forms, graphs, strict=True) if form is None}
        if len(set(forms)) < len(forms) or len(doubtful) > 1:
            self._shared |= sharing(lines)


def _form(triple: str) -> str | None:
    """A triple as the engine has it; None where only the engine knows."""
    text, mark, tag = triple.rpartition('"@')
    if mark and '"' not in tag and "<<(" not in triple:
        return f"{text}{mark}{tag.lower()}"
    return None if rewritten(triple) else triple


def overview(lines: Iterable[str]) -> Overview:
    """What there is to know of lines: sorted, each once."""
    found, buckets = Overlooking(), Buckets()
    for group in by_subject(lines):
        found.take(group)
        buckets.take(group)
    return found.overview(buckets.tree())


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
