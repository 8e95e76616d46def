"""From a query as a client asks it to what an engine is sent: guarded, pre-bound, pinned to one version."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pyoxigraph

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.pinning import Pins, pinned
from dppgraph.core.prebinding import with_values
from dppgraph.core.query_text import QueryText, guard, read_query, tokens, unescaped
from dppgraph.errors import BadParameter, QuerySyntax, ServiceForbidden
from dppgraph.store.interface import QueryRequest
from dppgraph.store.remote.dialect import Dialect
from dppgraph.store.remote.names import Held
from dppgraph.store.remote.wire import JSON, Form
from dppgraph.store.workers.evaluation import resolved, term_of
from dppgraph.store.workers.written import format_named

_TABLES: Final = ("select", "ask")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A query for an engine.

    Attributes:
        format: what the client wants its answer in.
        lasting: whether the same query is answered so again by the same version.
        text: what is asked.
        default_graphs: the engine's graphs that make up the default graph.
        named_graphs: those that GRAPH may reach.
    """

    format: Format
    lasting: bool
    text: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]

    @property
    def is_tabular(self) -> bool:
        """Whether its answer is a table."""
        return self.format in formats.RESULTS

    def accept(self, dialect: Dialect) -> str:
        """What the engine is asked to write."""
        return JSON if self.is_tabular else dialect.triples_type

    def form(self, dialect: Dialect, seconds: float) -> Form:
        """What is sent to an engine, which has so many seconds left."""
        late = [(dialect.timeout, str(max(1, round(seconds * dialect.per_second))))] if dialect.timeout else []
        return [
            ("query", self.text),
            *(("default-graph-uri", name) for name in self.default_graphs),
            *(("named-graph-uri", name) for name in self.named_graphs),
            *late,
        ]


def prepare(request: QueryRequest, held: Held, dialect: Dialect, *, union: bool) -> Prepared:
    """What an engine is to be asked. Takes time for a long text, so it is done in a thread.

    Args:
        request: what the client asks.
        held: the version, as the engine holds it.
        dialect: the engine's.
        union: whether the default graph of a query is the union of all graphs.

    Raises:
        DppgraphError: it is not asked at all; as ``GraphStore.query``.
    """
    query = read_query(request.text)
    guard(query)
    if query.form is None:
        raise QuerySyntax("the query does not parse: it begins with none of SELECT, ASK, CONSTRUCT, DESCRIBE")
    _refuse_insides(query, dialect)
    wanted = request.results if query.form in _TABLES else request.rdf
    format_ = format_named(wanted.name if wanted else None, tabular=query.form in _TABLES)
    default, named = _dataset(request, query, held, union=union)
    reachable = {iri: name for iri, name in held.named.items() if iri in named}
    nothing = held.naming.nothing
    pins = Pins(reachable, nothing, dialect.graphs_at_once, held.naming.base, resolved)
    return Prepared(
        format_,
        query.lasting,
        dialect.asked(pinned(_with_values(request, query), pins)),
        held.merge(default) or (nothing,),
        tuple(reachable.values()) or (nothing,),
    )


def _with_values(request: QueryRequest, query: QueryText) -> str:
    values = {name: str(term_of(value)) for name, value in request.substitutions.items()}
    if values and query.star is not None:
        raise BadParameter("a query with values for its variables has to name its columns: write them in place of *")
    return with_values(request.text, values)


def _dataset(request: QueryRequest, query: QueryText, held: Held, *, union: bool) -> tuple[list[str], list[str]]:
    """The IRIs of the graphs of a query's dataset: those of the default graph, and the named ones."""
    if request.default_graphs or request.named_graphs:
        return _absolute(request.default_graphs), _absolute(request.named_graphs)
    if query.graphs:
        if None in query.graphs:
            raise QuerySyntax("write each graph after FROM as <an absolute IRI>, or with a prefix declared once")
        base = held.naming.base
        said = [(resolved(graph.iri, graph.base or base), graph.named) for graph in query.graphs if graph]
        return [iri for iri, is_named in said if not is_named], [iri for iri, is_named in said if is_named]
    return (list(held.graphs) if union else [""]), list(held.named)


def _absolute(iris: Iterable[str]) -> list[str]:
    try:
        return [pyoxigraph.NamedNode(iri).value for iri in iris]
    except ValueError as error:
        raise BadParameter(f"a graph is named by an absolute IRI: {error}") from error


def _refuse_insides(query: QueryText, dialect: Dialect) -> None:
    """Stops what would reach something in the engine that is no graph, such as its functions in another language."""
    if not dialect.forbidden:
        return
    beginnings = tuple(f"{scheme}:" for scheme in dialect.forbidden)
    for token in tokens(query.text):
        said = token.text[1:] if token.kind == "iri" else token.text if token.kind in ("name", "word") else ""
        if said and unescaped(said).lower().startswith(beginnings):
            raise ServiceForbidden(f"{beginnings[0]} and the like reach into the engine, and are not allowed here")
