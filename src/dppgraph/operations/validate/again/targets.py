"""Which of some nodes are targets of a shape (SHACL, section 2.1.3, and SPARQL-based targets of SHACL-AF)."""

# mypy: allow-untyped-calls
# Some methods of pySHACL say no types.

from collections.abc import Iterable
from typing import Any

from pyshacl.shape import Shape
from rdflib import Graph
from rdflib.term import Node

from dppgraph.operations.validate.again.graph import ViewGraph, prepared_query
from dppgraph.operations.validate.algebra import ANCHOR
from dppgraph.operations.validate.given import can_be_given


class Targets:
    """The targets of a shape.

    Args:
        shape: the shape.

    Attributes:
        any: whether it may have any.
        queries: those that are in SPARQL.
    """

    def __init__(self, shape: Shape) -> None:
        nodes, classes, implicit, objects_of, subjects_of = shape.target()
        self._shape = shape
        self._nodes = set(nodes)
        self._classes = {*classes, *implicit}
        self._objects_of, self._subjects_of = set(objects_of), set(subjects_of)
        texts = [found["qh"].apply_prefixes(found["qh"].select_text) for found in shape.advanced_target().values()]
        self.queries = [prepared_query(text) for text in texts]
        self._given = all(map(can_be_given, self.queries))
        self.any = any((self._nodes, self._classes, self._objects_of, self._subjects_of, self.queries))

    def all(self, graph: Graph) -> set[Node]:
        """All of them."""
        return set(self._shape.focus_nodes(graph))

    def among(self, nodes: Iterable[Node], graph: ViewGraph) -> set[Node]:
        """Those of some nodes that are among them."""
        if not self._given:
            return self.all(graph).intersection(nodes)
        return {node for node in nodes if self._has(node, graph)}

    def _has(self, node: Any, graph: ViewGraph) -> bool:
        return (
            node in self._nodes
            or any(graph.is_of(node, kind) for kind in self._classes)
            or any((node, predicate, None) in graph for predicate in self._subjects_of)
            or any((None, predicate, node) in graph for predicate in self._objects_of)
            # The first solution is enough, and the others cost time.
            or any(True for query in self.queries for _ in graph.query(query, initBindings={ANCHOR: node}))
        )
