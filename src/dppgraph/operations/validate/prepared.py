"""A graph that parses each query once. Imported only where a validation runs, as rdflib takes a while to load."""

from functools import lru_cache
from typing import Any, Final

from rdflib import Graph, Variable
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.evaluate import evalQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result

from dppgraph.operations.validate.algebra import ANCHOR
from dppgraph.operations.validate.given import can_be_given
from dppgraph.operations.validate.narrowing import Narrowing

_THIS: Final = Variable(ANCHOR)
_PREFIXES: Final = slice(2, 3)
"""Where ``initNs`` is among the arguments that follow the text, if it is said by position."""
_BINDINGS: Final = slice(3, 4)
"""Likewise ``initBindings``."""


class PreparedGraph(Graph):
    """An rdflib graph for pySHACL, which sends one text for many focus nodes: parsing costs more than evaluation.

    Attributes:
        narrowing: the same quads, in which targets are looked for first; None where they are looked for here.
    """

    narrowing: Narrowing | None = None

    def query(self, query_object: str | Query, *arguments: Any, **options: Any) -> Result:
        """As ``Graph.query``; a text comes with prefixes of its own, or has those of the graph."""
        if isinstance(query_object, str) and not (options.get("initNs") or any(arguments[_PREFIXES])):
            namespaces = tuple(sorted((name, str(iri)) for name, iri in self.namespaces()))
            query_object = prepared(query_object, namespaces)
            if not (options.get("initBindings") or any(arguments[_BINDINGS])):
                found = self._targets(query_object)
                if found is not None:
                    return found
        return super().query(query_object, *arguments, **options)

    def _targets(self, query: Query) -> Result | None:
        """What a query finds as ``?this``, each node once; None where it is to be asked of all nodes.

        Without values, pySHACL asks for targets alone.
        """
        if self.narrowing is None or query.algebra.name != "SelectQuery" or not can_be_given(query):
            return None
        nodes = self.narrowing.nodes(query)
        if nodes is None:
            return None
        found = Result("SELECT")
        found.vars = [_THIS]
        asked = ((node, evalQuery(self, query, {ANCHOR: node})) for node in nodes)
        found.bindings = [{_THIS: node} for node, answer in asked if any(True for _ in answer["bindings"])]
        return found


@lru_cache(maxsize=1024)
def prepared(text: str, namespaces: tuple[tuple[str, str], ...]) -> Query:
    """A query as rdflib evaluates it, read once."""
    return prepareQuery(text, dict(namespaces))
