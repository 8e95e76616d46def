"""A store in this process, for our own queries over our own data: rules and checks, never what a caller wrote."""

from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final

import pyoxigraph

from dppgraph.core.quads import Quad
from dppgraph.errors import QuerySyntax
from dppgraph.store.history import QuadPattern
from dppgraph.store.rdf import batched, engine_quads, exact_term

_MANY: Final = 5_000
"""Quads from which on the engine writes files of their own for them."""


class MemoryStore:
    """Quads in memory. Literals come back as Oxigraph rewrites them: fit to reason with, not to publish."""

    def __init__(self, quads: Iterable[Quad] = ()) -> None:
        self._store = pyoxigraph.Store()
        self.add(quads)

    @classmethod
    def over(cls, store: pyoxigraph.Store) -> "MemoryStore":
        """The same over a store that is there already, perhaps on disk, and that is then written to."""
        found = cls.__new__(cls)
        found._store = store
        return found

    @classmethod
    def at(cls, folder: Path) -> "MemoryStore":
        """The same over a database on disk, which is only read."""
        return cls.over(pyoxigraph.Store.read_only(str(folder)))

    def add(self, quads: Iterable[Quad]) -> None:
        """Adds quads; those that are there already stay."""
        self._store.extend(engine_quads(quads))

    def add_many(self, quads: Collection[Quad]) -> None:
        """Likewise, faster with very many; what is there after an error is of no use then."""
        if len(quads) < _MANY:
            self.add(quads)
        else:
            self._store.bulk_extend(chain.from_iterable(map(engine_quads, batched(quads))))

    def said(self, triples: Iterable[Quad]) -> set[Quad]:
        """Those that any graph says; two that differ only in how a literal is written are the same."""
        found: set[Quad] = set()
        for some in batched(triples):
            for triple, quad in zip(some, engine_quads(some), strict=True):
                there = self._store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
                if next(there, None) is not None:
                    found.add(triple)
        return found

    def remove(self, quads: Iterable[Quad]) -> None:
        """Removes quads; of two that differ only in how a literal is written, both go."""
        for quad in engine_quads(quads):
            self._store.remove(quad)

    def drop(self, graph: str) -> None:
        """Removes a graph, given as an IRI, with its name: one without quads is still there for a query."""
        self._store.remove_graph(pyoxigraph.NamedNode(graph))

    def construct(self, text: str, *, base: str, graphs: Collection[str] | None = None) -> Iterator[Quad]:
        """The triples of a CONSTRUCT over the union of all graphs, as quads of the default graph.

        Args:
            text: the query.
            base: what relative IRIs in it are relative to.
            graphs: the IRIs of the graphs that it is asked of, in place of all.

        Raises:
            QuerySyntax: the text is no CONSTRUCT that parses.
        """
        answer = self._query(text, base, graphs)
        if not isinstance(answer, pyoxigraph.QueryTriples):
            raise QuerySyntax("a rule is a CONSTRUCT")
        return (Quad(str(triple.subject), str(triple.predicate), exact_term(triple.object)) for triple in answer)

    def select(self, text: str, *, base: str, graphs: Collection[str] | None = None) -> Iterator[dict[str, str]]:
        """The rows of a SELECT over the union of all graphs: column to term, unbound columns absent.

        Args:
            text: the query.
            base: what relative IRIs in it are relative to.
            graphs: the IRIs of the graphs that it is asked of, in place of all.

        Raises:
            QuerySyntax: the text is no SELECT that parses.
        """
        answer = self._query(text, base, graphs)
        if not isinstance(answer, pyoxigraph.QuerySolutions):
            raise QuerySyntax("this is to be a SELECT")
        names = [variable.value for variable in answer.variables]
        return ({name: exact_term(row[name]) for name in names if row[name] is not None} for row in answer)

    def quads(self, pattern: QuadPattern) -> Iterator[Quad]:
        """The quads that a pattern fits, whose terms are those that the engine has."""
        if any(term and term.startswith('"') for term in (pattern.subject, pattern.predicate, pattern.graph)):
            return
        terms = [_engine_term(term) for term in pattern]
        for quad in self._store.quads_for_pattern(*terms):  # type: ignore[arg-type]
            graph = "" if isinstance(quad.graph_name, pyoxigraph.DefaultGraph) else str(quad.graph_name)
            yield Quad(str(quad.subject), str(quad.predicate), exact_term(quad.object), graph)

    def named_graphs(self) -> list[str]:
        """The IRIs of the named graphs that there are."""
        return [graph.value for graph in self._store.named_graphs() if isinstance(graph, pyoxigraph.NamedNode)]

    def _query(self, text: str, base: str, graphs: Collection[str] | None) -> object:
        try:
            if graphs is None:
                return self._store.query(text, base_iri=base, use_default_graph_as_union=True)
            named: list[pyoxigraph.NamedNode | pyoxigraph.BlankNode] = [pyoxigraph.NamedNode(iri) for iri in graphs]
            return self._store.query(text, base_iri=base, default_graph=list(named), named_graphs=named)
        except SyntaxError as error:
            raise QuerySyntax(str(error)) from error


def _engine_term(term: str | None) -> object:
    if term is None:
        return None
    if term.startswith("<") and not term.startswith("<<"):
        return pyoxigraph.NamedNode(term[1:-1])
    if not term:
        return pyoxigraph.DefaultGraph()
    return next(engine_quads([Quad("<a:a>", "<a:a>", term)])).object
