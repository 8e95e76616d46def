"""A graph that parses each query once. Imported only where a validation runs, as rdflib takes a while to load."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from rdflib import Graph
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result
from rdflib.term import Identifier


class PreparedGraph(Graph):
    """An rdflib graph for pySHACL, which sends one text for many focus nodes: parsing costs more than evaluation."""

    def query(  # type: ignore[override] # pySHACL asks in no other way
        self,
        query_object: str | Query,
        processor: str = "sparql",
        result: str = "sparql",
        initNs: Mapping[str, Any] | None = None,  # noqa: N803 - rdflib's names
        initBindings: Mapping[str, Identifier] | None = None,  # noqa: N803 - likewise
        *arguments: Any,
        **options: Any,
    ) -> Result:
        """As ``Graph.query``."""
        if isinstance(query_object, str):
            namespaces = initNs or dict(self.namespaces())
            query_object = _prepared(query_object, tuple(sorted((name, str(iri)) for name, iri in namespaces.items())))
        return super().query(query_object, processor, result, initNs, initBindings, *arguments, **options)


@lru_cache(maxsize=1024)
def _prepared(text: str, namespaces: tuple[tuple[str, str], ...]) -> Query:
    return prepareQuery(text, dict(namespaces))
