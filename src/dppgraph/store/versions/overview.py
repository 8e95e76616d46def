"""What is to be known of all lines of a version before it is published, found in one pass over them."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from dppgraph.core.digest import Tree, bucket_of
from dppgraph.core.quads import Delta, by_subject, entity_of, parse_line
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

    tree: Tree = field(default_factory=dict)
    graphs: dict[str, int] = field(default_factory=dict)
    sharing: frozenset[str] = frozenset()
    entities: Counter[str] = field(default_factory=Counter)


def overview(lines: Iterable[str]) -> Overview:
    """What there is to know of lines: sorted, each once."""
    buckets: dict[str, Any] = {}
    graphs: Counter[str] = Counter()
    entities: Counter[str] = Counter()
    shared: set[str] = set()
    graph_of = _Graphs()
    for group in by_subject(lines):
        name = bucket_of(group[0])
        bucket = buckets.get(name)
        if bucket is None:
            bucket = buckets[name] = hashlib.sha256(b"bucket\n")
        bucket.update("".join(f"{line}\n" for line in group).encode())
        entities[entity_of(group[0])] += len(group)
        found = [graph_of[line] for line in group]
        graphs.update(found)
        if found[0] != found[-1] or len(set(found)) > 1:
            shared |= _sharing(group, found)
    tree = {name: buckets[name].hexdigest() for name in sorted(buckets)}
    sizes = {graph.strip("<>"): number for graph, number in sorted(graphs.items())}
    return Overview(tree, sizes, frozenset(shared), entities)


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


class _Graphs(dict[str, str]):
    """The graph of each line, as a term: told from its last word, where that is one that was a graph before."""

    def __getitem__(self, line: str) -> str:
        word = line[line.rfind(" ", 0, -2) + 1 : -2]
        # Of three words, the last is an object.
        if word in self and line.count(" ") > len(("subject", "predicate", "object")):
            return word
        graph = parse_line(line).graph
        if graph:
            self[graph] = graph
        return graph


def _sharing(group: Sequence[str], graphs: Sequence[str]) -> frozenset[str]:
    """Those of a subject's graphs that share a triple; looked at closely only where it is possible."""
    triples = [line[: -len(graph) - len(" .")].rstrip(" ") for line, graph in zip(group, graphs, strict=True)]
    if len(set(triples)) == len(triples) and not any(map(rewritten, triples)):
        return frozenset()
    return sharing(group)
