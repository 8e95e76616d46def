"""A store in this process, for our own queries over our own data: rules and checks, never what a caller wrote."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import pyoxigraph

from dppgraph.core.quads import Quad
from dppgraph.errors import QuerySyntax
from dppgraph.store.history import QuadPattern
from dppgraph.store.rdf import batched, engine_quads, exact_term

_SCHEME: Final = re.compile("[A-Za-z][A-Za-z0-9+.-]*:")
_MUCH: Final = 2 << 20
"""Bytes of lines from which on it pays that the engine sorts what it has anew, after it has loaded them as a whole."""
_PAIRS_FOR_ONE: Final = 5
"""Quads that are read in the time in which one is looked up."""
_FEW: Final = 20
"""Triples that share an object from which on they are looked for together."""


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
        """Likewise, some at a time: what is there after an error is of no use."""
        self.add_lines("".join(f"{quad.line()}\n" for quad in quads).encode())

    def add_lines(self, lines: bytes) -> None:
        """Likewise, canonical lines, each with its line end, that the engine wrote itself."""
        # Much is loaded as a whole: the engine writes files of its own, and looks up none of it.
        load = self._store.bulk_load if len(lines) >= _MUCH else self._store.load
        load(lines, pyoxigraph.RdfFormat.N_QUADS, lenient=True)

    def said(self, triples: Iterable[Quad]) -> set[Quad]:
        """Those that any graph says; two that differ only in how a literal is written are the same."""
        found: set[Quad] = set()
        rest: list[Quad] = []
        for (predicate, object_), some in _alike(triples).items():
            there = self._pairs(predicate, object_, len(some) * _PAIRS_FOR_ONE) if predicate else None
            if there is None:
                rest += some
            else:
                found.update(triple for triple in some if (triple.subject, triple.object) in there)
        for some in batched(rest):
            for triple, quad in zip(some, engine_quads(some), strict=True):
                if next(self._store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None), None):
                    found.add(triple)
        return found

    def _pairs(self, predicate: str, object_: str, most: int) -> set[tuple[str, str]] | None:
        """The subjects and objects of a property, perhaps of one object; None where they are too many to be read."""
        property_, end = (pyoxigraph.NamedNode(term[1:-1]) if term else None for term in (predicate, object_))
        quads = list(islice(self._store.quads_for_pattern(None, property_, end, None), most))
        return {(str(quad.subject), str(quad.object)) for quad in quads} if len(quads) < most else None

    def remove(self, quads: Iterable[Quad]) -> None:
        """Removes quads; of two that differ only in how a literal is written, both go."""
        for quad in engine_quads(quads):
            self._store.remove(quad)

    def drop(self, graph: str) -> None:
        """Removes a graph, given as an IRI, with its name: one without quads is still there for a query."""
        self._store.remove_graph(pyoxigraph.NamedNode(graph))

    def construct(
        self, text: str, *, base: str, graph: str = "", graphs: Collection[str] | None = None
    ) -> Iterator[Quad]:
        """The triples of a CONSTRUCT over the union of all graphs, as quads.

        Args:
            text: the query.
            base: what relative IRIs in it are relative to.
            graph: the term of the graph that they are put into; empty for the default graph.
            graphs: the IRIs of the graphs that it is asked of, in place of all.

        Raises:
            QuerySyntax: the text is no CONSTRUCT that parses.
        """
        answer = self._triples(text, base, graphs)
        return (Quad(str(triple.subject), str(triple.predicate), exact_term(triple.object), graph) for triple in answer)

    def constructed(self, text: str, *, base: str, graph: str, graphs: Collection[str] | None = None) -> bytes:
        """Likewise, as canonical lines, each with its line end: they never become objects of Python one by one.

        Args:
            text: the query.
            base: what relative IRIs in it are relative to.
            graph: the term of the graph that they are put into.
            graphs: the IRIs of the graphs that it is asked of, in place of all.

        Raises:
            QuerySyntax: the text is no CONSTRUCT that parses.
        """
        found = self._triples(text, base, graphs).serialize(format=pyoxigraph.RdfFormat.N_TRIPLES) or b""
        # A line end is nowhere but at a line's end.
        return found.replace(b" .\n", f" {graph} .\n".encode())

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
        if any(term and _is_relative(term) for term in pattern):
            # As a shape's query may have one; it is in no store.
            return
        terms = [_engine_term(term) for term in pattern]
        for quad in self._store.quads_for_pattern(*terms):  # type: ignore[arg-type]
            graph = "" if isinstance(quad.graph_name, pyoxigraph.DefaultGraph) else str(quad.graph_name)
            yield Quad(str(quad.subject), str(quad.predicate), exact_term(quad.object), graph)

    def named_graphs(self) -> list[str]:
        """The IRIs of the named graphs that there are."""
        return [graph.value for graph in self._store.named_graphs() if isinstance(graph, pyoxigraph.NamedNode)]

    def _triples(self, text: str, base: str, graphs: Collection[str] | None) -> pyoxigraph.QueryTriples:
        answer = self._query(text, base, graphs)
        if not isinstance(answer, pyoxigraph.QueryTriples):
            raise QuerySyntax("a rule is a CONSTRUCT")
        return answer

    def _query(self, text: str, base: str, graphs: Collection[str] | None) -> object:
        try:
            if graphs is None:
                return self._store.query(text, base_iri=base, use_default_graph_as_union=True)
            named: list[pyoxigraph.NamedNode | pyoxigraph.BlankNode] = [pyoxigraph.NamedNode(iri) for iri in graphs]
            return self._store.query(text, base_iri=base, default_graph=list(named), named_graphs=named)
        except SyntaxError as error:
            raise QuerySyntax(str(error)) from error


def _alike(triples: Iterable[Quad]) -> dict[tuple[str, str], list[Quad]]:
    """Triples by their property and, where many share one, their object; empty stands for those to be looked up."""
    by_property: dict[str, list[Quad]] = defaultdict(list)
    for triple in triples:
        plain = triple.object.startswith("<") and not triple.object.startswith("<<")
        by_property[triple.predicate if plain else ""].append(triple)
    found: dict[tuple[str, str], list[Quad]] = defaultdict(list)
    for predicate, some in by_property.items():
        share = predicate and len({triple.object for triple in some}) * _FEW < len(some)
        for triple in some:
            found[predicate, triple.object if share else ""].append(triple)
    return found


def _is_relative(term: str) -> bool:
    """Whether a term is an IRI without a scheme (RFC 3986, section 4.2)."""
    return term.startswith("<") and not term.startswith("<<") and _SCHEME.match(term, 1) is None


def _engine_term(term: str | None) -> object:
    if term is None:
        return None
    if term.startswith("<") and not term.startswith("<<"):
        return pyoxigraph.NamedNode(term[1:-1])
    if not term:
        return pyoxigraph.DefaultGraph()
    return next(engine_quads([Quad("<a:a>", "<a:a>", term)])).object
