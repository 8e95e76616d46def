"""All results of all shapes, for data that may be too large to be held: read once, and looked up where it matters."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dppgraph.core.iris import graph_iri
from dppgraph.core.quads import Quad, parse_line
from dppgraph.operations.sources import Shapes
from dppgraph.operations.validate.again.graph import ViewGraph
from dppgraph.operations.validate.again.shaped import NotRead, Shaped
from dppgraph.operations.validate.again.view import Change, View
from dppgraph.operations.validate.judge import graph_of, judged
from dppgraph.operations.validate.report import Result
from dppgraph.operations.validate.whole.exact import Exact, Index
from dppgraph.operations.validate.whole.groups import Node, nodes
from dppgraph.operations.validate.whole.kinds import BLANK, ODD
from dppgraph.operations.validate.whole.scope import Scope, is_sure
from dppgraph.operations.validate.whole.sieve import Sieve
from dppgraph.operations.validate.whole.there import There


@dataclass(frozen=True, slots=True)
class Whole:
    """What is judged: what is stated and inferred, and nothing else.

    Attributes:
        lines: gives its canonical lines, sorted, with or without their ends; asked once, or twice where shapes cannot be
            read.
        index: the engine, with these quads and no others.
    """

    lines: Callable[[], Iterable[str]]
    index: Index


def shape_results(whole: Whole, shapes: Shapes, base: str) -> list[Result]:
    """What the shapes find, as pySHACL finds it.

    Args:
        whole: what is judged.
        shapes: the shapes.
        base: the base of the data.

    Raises:
        BadRdf: there is something that shapes cannot judge, or the shapes are not well-formed.
    """
    by_graph = {f"<{graph_iri(name, base)}>": quads for name, quads in sorted(shapes.by_graph.items())}
    asked: dict[str | None, list[Quad]] = {None: shapes.merged, **by_graph}
    sieves: dict[str | None, Sieve] = {}
    unread: list[str | None] = []
    for graph, quads in asked.items():
        try:
            sieves[graph] = Sieve(Shaped(quads, base), whole.index, Scope(whole.index, graph))
        except NotRead:
            unread.append(graph)
    try:
        exact = _sifted(whole, sieves)
    except _Unnamed:
        sieves, unread, exact = {}, list(asked), Exact(whole.index, ())
    found: list[Result] = []
    for graph, sieve in sieves.items():
        view = ViewGraph(View(exact, Change(), lambda _: True, graph))
        for unit in sieve.shaped.units:
            roots = [root for root in sieve.roots if root.unit is unit]
            left = {term for root in roots for term in root.left}
            everything = any(root.all for root in roots)
            if left or everything:
                found += sieve.shaped.judged(unit, None if everything else sorted(left), view)
    if unread:
        held = [parse_line(line.rstrip("\n")) for line in whole.lines()]
        for graph in unread:
            found += judged([quad for quad in held if graph in (None, quad.graph)], asked[graph])
    return found


class _Unnamed(Exception):
    """There are blank nodes, which are not looked up by their names."""


def _sifted(whole: Whole, sieves: dict[str | None, Sieve]) -> Exact:
    """Has the sieves find what is left to judge."""
    there = There()
    odd: list[Quad] = []
    merged = sieves.get(None)
    for node in nodes(whole.lines()):
        if node.term.startswith("_"):
            raise _Unnamed
        new = _odd(node, there)
        sure = is_sure(quad.object for quad in new)
        odd += new
        if merged:
            merged.look(node.term, node.merged, sure=sure)
            merged.scope.remember(node.term, node.merged)
        graphs = {row[2] for row in node.rows}
        for graph in graphs & sieves.keys():
            group = node.merged if len(graphs) == 1 else node.within(graph or "")
            sieves[graph].look(node.term, group, sure=sure)
            sieves[graph].scope.remember(node.term, group)
    exact = Exact(whole.index, odd)
    # What the engine has instead is there for it alone, and what was written for the judge alone: both can matter.
    for graph, sieve in sieves.items():
        sieve.scope.exact = exact
        sieve.finish(there, [quad for quad in (*odd, *exact.held) if graph in (None, quad.graph)])
    return exact


def _odd(node: Node, there: There) -> list[Quad]:
    """The quads of a node whose literals are not plain; with them those that the engine may take for the same."""
    predicates = set()
    for predicate, values in node.merged.items():
        kinds = there.note(predicate, values)
        if ODD in kinds:
            predicates.add(predicate)
        if BLANK in kinds:
            raise _Unnamed
    if not predicates:
        return []
    found = [
        Quad(node.term, predicate, obj, graph)
        for predicate, obj, graph in node.rows
        if predicate in predicates and obj[0] in '"<' and (obj[0] == '"' or obj.startswith("<<"))
    ]
    new = [quad for quad in found if quad.object.startswith("<<") or "--" in quad.object[quad.object.rindex('"') :]]
    if new:
        graph_of(new)
    return found


def whole_results(whole: Whole, shapes: Shapes, base: str) -> list[Result]:
    """What all checks find, each once, sorted.

    Raises:
        BadRdf: there is something that shapes cannot judge, or the shapes are not well-formed.
    """
    return sorted(set(shape_results(whole, shapes, base)))
