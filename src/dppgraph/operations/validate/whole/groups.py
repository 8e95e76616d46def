"""Sorted lines, node by node: what is stated of each, in all graphs together and in each of them."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dppgraph.core.quads import parse_line

Group = dict[str, list[str]]
"""Predicate to objects, each once."""


class Node(NamedTuple):
    """A node with what is stated of it.

    Attributes:
        term: the node.
        rows: predicate, object and graph of each statement, sorted.
        merged: what is stated of it in any graph.
    """

    term: str
    rows: list[tuple[str, str, str]]
    merged: Group

    def within(self, graph: str) -> Group:
        """What is stated of it in a graph."""
        found: Group = {}
        for predicate, obj, there in self.rows:
            if there == graph:
                found.setdefault(predicate, []).append(obj)
        return found


def nodes(lines: Iterable[str]) -> Iterator[Node]:
    """The nodes that sorted lines are about.

    Raises:
        BadRdf: a line is not canonical.
    """
    current, rows = "", list[tuple[str, str, str]]()
    for line in lines:
        subject, _, rest = line.partition(" ")
        predicate, _, rest = rest.partition(" ")
        obj, _, graph = rest.rstrip(" .\n").rpartition(" ")
        if graph[:1] != "<" or graph[-1] != ">" or '"' in graph:
            # In the default graph.
            subject, predicate, obj, graph = parse_line(line.rstrip("\n"))
        if subject != current:
            if rows:
                yield Node(current, rows, _merged(rows))
            current, rows = subject, []
        rows.append((predicate, obj, graph))
    if rows:
        yield Node(current, rows, _merged(rows))


def _merged(rows: list[tuple[str, str, str]]) -> Group:
    found: Group = {}
    last = ""
    for predicate, obj, _ in rows:
        if predicate in found:
            # The same statement of another graph stands next to it.
            if obj != last:
                found[predicate].append(obj)
        else:
            found[predicate] = [obj]
        last = obj
    return found
