"""Operations about whole graphs: CLEAR, DROP, CREATE, ADD, MOVE, COPY (SPARQL 1.1 Update, section 3.2).

They work on exact quads, so every literal keeps its form. A graph is there as long as something is said in it: there
are no empty ones, so CREATE makes none that outlasts its request, and DROP is CLEAR.
"""

from dppgraph.core.update_text import Operation
from dppgraph.errors import BadCall, DppgraphError, Unknown
from dppgraph.store.history import QuadPattern
from dppgraph.store.updates.ledger import Ledger
from dppgraph.store.updates.scope import resolved


def manage(operation: Operation, ledger: Ledger, base: str, created: set[str]) -> None:
    """Carries one operation out.

    Args:
        operation: the operation.
        ledger: what is there, and where it is noted.
        base: what relative IRIs are relative to.
        created: the graphs that were created in the same request, and are empty; more are noted there.

    Raises:
        Unknown: a graph is not there, and the operation is not SILENT.
        BadCall: a graph to be created is there, likewise.
    """
    places = [_place(graph, operation, base) for graph in operation.graphs]
    try:
        if operation.verb == "load":
            # Nothing is ever fetched; whoever says SILENT goes on without.
            return
        if operation.verb == "create":
            _create(places[0], ledger, created)
        elif operation.verb in ("clear", "drop"):
            _clear(places[0], ledger, created)
            if operation.verb == "drop":
                created.discard(places[0])
        else:
            _transfer(operation, places[0], places[1], ledger, created)
    except DppgraphError:
        if not operation.silent:
            raise


def _place(graph: str, operation: Operation, base: str) -> str:
    """A graph's term, ``""`` for the default graph, ``NAMED`` or ``ALL``."""
    if graph in ("NAMED", "ALL"):
        return graph
    return "" if graph == "DEFAULT" else resolved(graph, operation, base)


def _create(place: str, ledger: Ledger, created: set[str]) -> None:
    if ledger.has_graph(place) or place in created:
        raise BadCall(f"the graph {place} is there already: write CREATE SILENT, or leave it out")
    created.add(place)


def _clear(place: str, ledger: Ledger, created: set[str]) -> None:
    if place in ("NAMED", "ALL"):
        quads = ledger.quads(QuadPattern())
        ledger.change([quad for quad in quads if quad.graph or place == "ALL"], [])
    else:
        _refuse_unknown(place, ledger, created)
        ledger.change(ledger.in_graph(place), [])


def _transfer(operation: Operation, source: str, target: str, ledger: Ledger, created: set[str]) -> None:
    _refuse_unknown(source, ledger, created)
    if source == target:
        return
    taken = ledger.in_graph(source)
    there = set(ledger.in_graph(target))
    brought = {quad._replace(graph=target) for quad in taken}
    replaced = there - brought if operation.verb != "add" else set()
    moved = taken if operation.verb == "move" else []
    ledger.change([*replaced, *moved], sorted(brought - there), brought)


def _refuse_unknown(place: str, ledger: Ledger, created: set[str]) -> None:
    if place and not ledger.has_graph(place) and place not in created:
        raise Unknown(f"there is no graph {place}: correct its name, or write SILENT")
