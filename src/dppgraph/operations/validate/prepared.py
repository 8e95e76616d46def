"""A graph that parses each query once. Imported only where a validation runs, as rdflib takes a while to load."""

from functools import lru_cache
from typing import Any, Final

from rdflib import Graph
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result

_PREFIXES: Final = slice(2, 3)
"""Where ``initNs`` is among the arguments that follow the text, if it is said by position."""


class PreparedGraph(Graph):
    """An rdflib graph for pySHACL, which sends one text for many focus nodes: parsing costs more than evaluation."""

    def query(self, query_object: str | Query, *arguments: Any, **options: Any) -> Result:
        """As ``Graph.query``; a text comes with prefixes of its own, or has those of the graph."""
        if isinstance(query_object, str) and not (options.get("initNs") or any(arguments[_PREFIXES])):
            namespaces = tuple(sorted((name, str(iri)) for name, iri in self.namespaces()))
            query_object = _prepared(query_object, namespaces)
        return super().query(query_object, *arguments, **options)


@lru_cache(maxsize=1024)
def _prepared(text: str, namespaces: tuple[tuple[str, str], ...]) -> Query:
    return prepareQuery(text, dict(namespaces))
