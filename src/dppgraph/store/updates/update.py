"""A SPARQL update from its text to the exact lines that it adds and removes (SPARQL 1.1 Update)."""

from dppgraph.core.quads import parse_line
from dppgraph.core.update_text import Operation, names_graphs
from dppgraph.errors import BadCall, BadRdf
from dppgraph.store.updates.graphs import manage
from dppgraph.store.updates.guard import operations_of
from dppgraph.store.updates.ledger import Ledger
from dppgraph.store.updates.modify import modify
from dppgraph.store.updates.scope import Dataset, Scope, named_graph, resolved, scope_of
from dppgraph.store.updates.target import Stated, Target


def updated(text: str, target: Target, default: tuple[str, ...] = (), named: tuple[str, ...] = ()) -> Stated:
    """Carries an update out, all of it or nothing.

    Args:
        text: the update.
        target: what is written to.
        default: ``using-graph-uri`` of the request (SPARQL 1.1 Protocol, section 2.2.3).
        named: ``using-named-graph-uri``.

    Raises:
        QuerySyntax: the text does not parse.
        BadParameter: text and request both name graphs, or one of these has no absolute IRI.
        Refused: it reaches outside, or writes where nothing is written.
        Unknown: a graph that it names is not there.
        InvalidInput: it cannot be carried out otherwise.
    """
    ledger = Ledger(target.store, target.exact)
    dataset = Dataset(default, named)
    created: set[str] = set()
    operations = operations_of(text, target.base)
    scopes = [scope_of(operation, target, dataset) for operation in operations]
    for operation, scope in zip(operations, scopes, strict=True):
        _carry_out(operation, scope, ledger, target, created)
    return Stated(ledger.delta())


def patched(graph: str | None, text: str, target: Target) -> Stated:
    """Carries out an update of one graph (SPARQL 1.1 Graph Store HTTP Protocol, section 5.7).

    Args:
        graph: its IRI; None for the default graph. It is the default graph of all that is asked and written.
        text: the update; it names no other graph, and comes to none.
        target: what is written to.

    Raises:
        DppgraphError: as :func:`updated`; BadCall, too, where another graph is named.
    """
    term = named_graph(graph) if graph else ""
    ledger = Ledger(target.store, target.exact)
    created: set[str] = set()
    there = ledger.has_graph(term)
    own = (graph,) if graph else ()
    scope = Scope(target.store, target.base, target.union, own or ("",), own, term)
    operations = operations_of(text, target.base)
    for operation in operations:
        _refuse_others(operation, term, target.base)
    for operation in operations:
        _carry_out(_about(operation, term), scope, ledger, target, created)
    delta = ledger.delta()
    # A template may take its graph from a solution.
    for quad in map(parse_line, (*delta.added, *delta.removed)):
        if quad.graph != term:
            raise _about_another(quad.graph or "the default graph")
    return Stated(delta, bool(term and delta.added and not there))


def _carry_out(operation: Operation, scope: Scope, ledger: Ledger, target: Target, created: set[str]) -> None:
    try:
        if operation.verb in ("data", "modify"):
            modify(operation, ledger, scope, gated=target.gated)
        else:
            manage(operation, ledger, target.base, created)
    except (SyntaxError, ValueError, RecursionError) as error:
        # A term that was made by the update, and that the engine itself does not read.
        raise BadRdf(f"the update makes something that is no RDF: {str(error)[:200]}") from error


def _refuse_others(operation: Operation, term: str, base: str) -> None:
    texts = (operation.delete, operation.insert, operation.where)
    beside = (operation.with_, *operation.using, *operation.using_named, *operation.graphs)
    for graph in (*filter(None, beside), *(name for text in texts for name in names_graphs(text))):
        if graph in ("NAMED", "ALL") or (graph != "DEFAULT" and resolved(graph, operation, base) != term):
            raise _about_another(graph)


def _about_another(graph: str) -> BadCall:
    return BadCall(f"a patch is about one graph, and names {graph[:200]}: send it to /sparql as an update")


def _about(operation: Operation, term: str) -> Operation:
    """The operation with the graph that is patched in place of DEFAULT."""
    graphs = tuple(term if graph == "DEFAULT" and term else graph for graph in operation.graphs)
    return Operation(
        operation.verb,
        operation.prologue,
        operation.delete,
        operation.insert,
        operation.where,
        silent=operation.silent,
        graphs=graphs,
    )
