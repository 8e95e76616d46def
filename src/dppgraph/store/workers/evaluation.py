"""Asking the engine: what the query's default graph is, which columns it answers, and what is wrong with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import pyoxigraph

from dppgraph.core.iris import PREFIXES
from dppgraph.core.prebinding import with_values
from dppgraph.core.query_text import QueryText, tokens, with_columns
from dppgraph.errors import BadParameter, QuerySyntax, ServiceForbidden
from dppgraph.store.merge import MERGED, merged

Evaluated = pyoxigraph.QuerySolutions | pyoxigraph.QueryBoolean | pyoxigraph.QueryTriples

_Term = pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal | pyoxigraph.Triple
_TWO: Final = 2
_PREFIXES: Final = tuple((f"{prefix}:", prefix, iri) for prefix, iri in PREFIXES.items())
_PLACE = re.compile(r"error at (\d+):(\d+): ")


@dataclass(frozen=True)
class Dataset:
    """What a worker asks.

    Attributes:
        store: the quads.
        base: what relative IRIs in a query are relative to.
        union: whether the default graph of a query is the union of all graphs.
        sharing: the graphs that have a triple in common with another graph (``store.merge``).
    """

    store: pyoxigraph.Store
    base: str
    union: bool
    sharing: frozenset[str] = frozenset()

    @cached_property
    def named(self) -> list[pyoxigraph.NamedNode | pyoxigraph.BlankNode]:
        """The named graphs that there are."""
        return [graph for graph in self.store.named_graphs() if graph != MERGED]


def evaluated(
    dataset: Dataset, query: QueryText, text: str, default: list[str], named: list[str], values: dict[str, str]
) -> Evaluated:
    """The engine's answer to a query, not yet computed where it can be computed bit by bit.

    Args:
        dataset: what is asked.
        query: what is known about the query.
        text: the query.
        default: the graphs of the default graph, as the request says; with ``named`` they win over FROM.
        named: the graphs that GRAPH may reach, likewise.
        values: variable name to the term (as in N-Triples) that stands in its place.

    Raises:
        BadParameter: a value cannot stand where its variable stands, or a graph's name is none.
        QuerySyntax: the query does not parse.
        ServiceForbidden: the query reaches outside, past the guard.
    """
    options: dict[str, Any] = {"base_iri": dataset.base, "prefixes": known_prefixes(text)}
    terms = {name: str(term_of(value)) for name, value in values.items()}
    try:
        asked = with_values(_with_columns(text, query, options), terms)
        store, graphs = _dataset(dataset, query, default, named)
        return store.query(asked, **graphs, **options)
    except SyntaxError as error:
        own = _syntax_error_in(text, options) if values else error
        if own is None:
            said = "a value cannot stand where its variable stands: an IRI may be wanted there"
            raise BadParameter(said) from error
        raise syntax_error(str(own), text) from error
    except (RuntimeError, ValueError) as error:
        raise BadParameter(f"the query cannot be answered as it is asked: {error}") from error
    except OSError as error:
        raise outside() from error


def known_prefixes(text: str) -> Mapping[str, str]:
    """The well-known prefixes that a query may use without a declaration: to tell the engine of all costs it more."""
    if "\\" in text:
        return PREFIXES
    return {prefix: iri for used, prefix, iri in _PREFIXES if used in text}


def outside() -> ServiceForbidden:
    """What is said when the second wall stopped a query: whatever slipped past the guard fails there."""
    return ServiceForbidden("the query reaches outside this server, which is not allowed here")


def _dataset(
    dataset: Dataset, query: QueryText, default: list[str], named: list[str]
) -> tuple[pyoxigraph.Store, dict[str, Any]]:
    """The store to ask, and what to tell it of graphs.

    An RDF merge (SPARQL 1.1, section 13.1) holds each triple once. The engine, told of several default graphs, finds a
    triple once in each of them; so where graphs share triples, they are merged for it.
    """
    if default or named:
        return _stated(dataset, default, named)
    if query.graphs:
        if not dataset.sharing and len(query.graphs) < _TWO:
            return dataset.store, {}
        if None in query.graphs:
            raise QuerySyntax("write each graph after FROM as <an absolute IRI>, or with a prefix declared once")
        graphs = [graph for graph in query.graphs if graph]
        return _stated(
            dataset,
            [resolved(graph.iri, graph.base or dataset.base) for graph in graphs if not graph.named],
            [resolved(graph.iri, graph.base or dataset.base) for graph in graphs if graph.named],
        )
    if not dataset.sharing:
        return dataset.store, {"use_default_graph_as_union": dataset.union}
    default_graph = MERGED if dataset.union else pyoxigraph.DefaultGraph()
    return dataset.store, {"default_graph": [default_graph], "named_graphs": dataset.named}


def _stated(dataset: Dataset, default: list[str], named: list[str]) -> tuple[pyoxigraph.Store, dict[str, Any]]:
    """Likewise where the query or the request says which graphs."""
    graphs = {"default_graph": _graphs(default), "named_graphs": _graphs(named)}
    if len(dataset.sharing.intersection(default)) < _TWO:
        return dataset.store, graphs
    return merged(dataset.store, default, named), graphs | {"default_graph": [pyoxigraph.DefaultGraph()]}


def resolved(iri: str, base: str) -> str:
    """An IRI as the engine has it, relative to the base."""
    try:
        (quad,) = pyoxigraph.parse(f"<a:a> <a:a> <{iri}> .".encode(), pyoxigraph.RdfFormat.TURTLE, base_iri=base)
    except (SyntaxError, ValueError) as error:
        raise QuerySyntax(f"<{iri}> is no IRI: write each graph after FROM as <an absolute IRI>") from error
    return quad.object.value if isinstance(quad.object, pyoxigraph.NamedNode) else iri


def _with_columns(text: str, query: QueryText, options: dict[str, Any]) -> str:
    """Spells out ``SELECT *`` in order of first appearance: the engine would sort the columns by name."""
    if query.star is None:
        return text
    # Asked of nothing: the engine says which variables are in scope, and evaluates none of it.
    solutions = pyoxigraph.Store().query(text, **options)
    if not isinstance(solutions, pyoxigraph.QuerySolutions):
        return text
    visible = {variable.value for variable in solutions.variables}
    columns = [name for name in query.variables if name in visible]
    return with_columns(text, query, columns) if len(columns) == len(visible) else text


def _graphs(iris: list[str]) -> list[pyoxigraph.NamedNode]:
    try:
        # Named twice, the engine would find each triple of a graph twice.
        return [pyoxigraph.NamedNode(iri) for iri in dict.fromkeys(iris)]
    except ValueError as error:
        raise BadParameter(f"a graph is named by an absolute IRI: {error}") from error


def _syntax_error_in(text: str, options: dict[str, Any]) -> SyntaxError | None:
    """What is wrong with a text itself, before values were put into it."""
    try:
        pyoxigraph.Store().query(text, **options)
    except SyntaxError as error:
        return error
    return None


def term_of(text: str) -> _Term:
    """The term that a substitution stands for, given as in N-Triples."""
    try:
        (quad,) = pyoxigraph.parse(f"<a:a> <a:a> {text} .".encode(), pyoxigraph.RdfFormat.N_TRIPLES)
    except (SyntaxError, ValueError) as error:
        raise BadParameter(f"{text!r} is no IRI or literal as in N-Triples") from error
    if not isinstance(quad.object, pyoxigraph.NamedNode | pyoxigraph.Literal):
        raise BadParameter(f"{text!r} is no IRI or literal as in N-Triples")
    return quad.object


def syntax_error(message: str, text: str, *, what: str = "query", above: int = 0) -> QuerySyntax:
    """What the engine says of a text, as a person can use it.

    Args:
        message: what the engine says.
        text: what was written.
        what: what it is called.
        above: how many lines more the engine saw above what is wrong.
    """
    place = _PLACE.match(message)
    if place is None:
        return QuerySyntax(f"the {what} does not parse: {message[:300]}")
    line, column = max(1, int(place.group(1)) - above), int(place.group(2))
    lines = text.split("\n")
    offset = sum(len(before) + 1 for before in lines[: line - 1]) + column - 1
    # The engine names the furthest character that it got to; what is wrong is the word that it stands in.
    column -= next((offset - token.start for token in tokens(text) if token.start < offset < token.end), 0)
    rest = lines[line - 1][column - 1 :] if line <= len(lines) else ""
    near = f"at {rest[:30]!r}" if rest.strip() else "where it ends" if line >= len(lines) else "at the end of the line"
    return QuerySyntax(f"the {what} does not parse: line {line}, column {column}, {near}", line=line, column=column)
