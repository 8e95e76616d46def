"""A view as a graph of rdflib, so that pySHACL judges it where it is: nothing is copied.

Loading rdflib takes a while: imported where a validation runs.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from rdflib import RDF, RDFS, BNode, Graph, Literal, URIRef
from rdflib.plugins.sparql.evaluate import evalQuery
from rdflib.plugins.sparql.processor import SPARQLResult
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result
from rdflib.store import Store
from rdflib.term import Identifier, Node

from dppgraph.core.quads import literal
from dppgraph.operations.validate.again.view import Triple, View
from dppgraph.operations.validate.prepared import PreparedGraph, prepared
from dppgraph.store.rdf import literal_text

_NAMESPACES: Final = tuple(sorted((name, str(iri)) for name, iri in PreparedGraph().namespaces()))


@lru_cache(maxsize=1 << 17)
def node_of(term: str) -> Identifier:
    """A term as rdflib has it after reading it from N-Triples; a literal as it is written."""
    if term.startswith("<"):
        return URIRef(term[1:-1])
    if not term.startswith('"'):
        return BNode(term[2:])
    text, after = literal_text(term), term[term.rindex('"') + 1 :]
    if after.startswith("@"):
        return Literal(text, lang=after[1:], normalize=False)
    return Literal(text, datatype=URIRef(after[3:-1]) if after else None, normalize=False)


def term_of(node: Node) -> str:
    """One of rdflib's terms as N-Triples writes it."""
    match node:
        case Literal():
            return literal(str(node), language=node.language, datatype=node.datatype)
        case BNode():
            return f"_:{node}"
        case _:
            return f"<{node}>"


class ViewStore(Store):
    """The triples of a view, for reading; with the prefixes that a graph has without being told.

    Args:
        view: the view.
    """

    def __init__(self, view: View) -> None:
        super().__init__()
        self._view = view
        self._found: dict[tuple[Any, ...], list[tuple[Node, Node, Node]]] = {}
        self._names = {name: URIRef(iri) for name, iri in _NAMESPACES}

    def triples(self, triple: Any, context: Any = None) -> Iterator[Any]:  # noqa: ARG002 - as a store has it
        """Those that a pattern fits, as in rdflib's own memory."""
        found = self._found.get(triple)
        if found is None:
            found = self._found[triple] = self._looked_up(*triple)
        for one in found:
            yield one, iter(())

    def _looked_up(
        self, subject: Node | None, predicate: Node | None, obj: Node | None
    ) -> list[tuple[Node, Node, Node]]:
        # For rdflib, languages that differ only in capitals are one: such an object is compared by rdflib.
        compared = isinstance(obj, Literal) and obj.language is not None
        given = [term_of(node) if node is not None else None for node in (subject, predicate, obj)]
        if compared:
            given[2] = None
        rows = dict.fromkeys(_nodes(row) for row in self._view.triples(*given))
        return [row for row in rows if row[2] == obj] if compared else list(rows)

    def __len__(self, context: Any = None) -> int:
        return len(self._view.triples())

    def bind(self, prefix: str, namespace: URIRef, override: bool = True) -> None:  # noqa: ARG002 - as a store has it
        """Remembers a prefix, by which pySHACL shortens names in its texts."""
        self._names[prefix] = namespace

    def prefix(self, namespace: URIRef) -> str | None:
        """The prefix of a namespace."""
        return next((name for name, iri in self._names.items() if iri == namespace), None)

    def namespace(self, prefix: str) -> URIRef | None:
        """The namespace of a prefix."""
        return self._names.get(prefix)

    def namespaces(self) -> Iterator[tuple[str, URIRef]]:
        """The prefixes and their namespaces."""
        return iter(list(self._names.items()))


class ViewGraph(Graph):
    """A view as a graph.

    Args:
        view: the view.
    """

    def __init__(self, view: View) -> None:
        super().__init__(store=ViewStore(view), bind_namespaces="none")
        self._types: dict[Node, frozenset[Any]] = {}
        self._below: dict[Node, frozenset[Any]] = {}

    def is_of(self, node: Node, kind: Node) -> bool:
        """Whether a node is a SHACL instance of a class (SHACL, section 1.1)."""
        if node not in self._types:
            self._types[node] = frozenset(self.objects(node, RDF.type))
        if kind not in self._below:
            below = self.transitive_subjects(RDFS.subClassOf, kind)
            self._below[kind] = frozenset(node for node in below if node is not None)
        return not self._types[node].isdisjoint(self._below[kind])

    def __bool__(self) -> bool:
        """Nothing is counted where pySHACL asks whether there is a graph at all."""
        return True

    def query(self, query_object: str | Query, *_: Any, **options: Any) -> Result:
        """As ``Graph.query``, of a text that is asked of many nodes: prepared once, and evaluated without detours."""
        query = prepared_query(query_object) if isinstance(query_object, str) else query_object
        bindings: Mapping[str, Identifier] = options.get("initBindings") or {}
        return SPARQLResult(evalQuery(self, query, bindings))


def prepared_query(text: str) -> Query:
    """A query with the prefixes that a graph has without being told."""
    return prepared(text, _NAMESPACES)


def _nodes(row: Triple) -> tuple[Node, Node, Node]:
    return node_of(row[0]), node_of(row[1]), node_of(row[2])
