"""All results of all shapes, for data that may be too large to be held: read once, and looked up where it matters."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from dppgraph.core.iris import graph_iri
from dppgraph.core.quads import Quad, parse_line
from dppgraph.operations.sources import Shapes
from dppgraph.operations.validate.again.graph import ViewGraph
from dppgraph.operations.validate.again.shaped import NotRead, Shaped
from dppgraph.operations.validate.again.view import Change, View
from dppgraph.operations.validate.facts import Facts
from dppgraph.operations.validate.here import Here
from dppgraph.operations.validate.judge import graph_of, judged
from dppgraph.operations.validate.names import unknown_names
from dppgraph.operations.validate.report import Result
from dppgraph.operations.validate.whole.exact import Exact, Index
from dppgraph.operations.validate.whole.groups import Node, nodes
from dppgraph.operations.validate.whole.kinds import BLANK, ODD
from dppgraph.operations.validate.whole.naming import Names
from dppgraph.operations.validate.whole.quoting import Quoting
from dppgraph.operations.validate.whole.scope import Scope, is_sure
from dppgraph.operations.validate.whole.sieve import Sieve
from dppgraph.operations.validate.whole.there import There

_AT_ONCE: Final = 2
"""Queries that the engine is asked at once."""


@dataclass(frozen=True, slots=True)
class Whole:
    """What is judged: what is stated and inferred, and nothing else.

    Attributes:
        lines: gives its canonical lines, sorted, with or without their ends; asked once, or twice where the shapes
            cannot be read.
        index: the engine, with these quads and no others.
    """

    lines: Callable[[], Iterable[str]]
    index: Index


class Checks:
    """The shapes, read once.

    Args:
        shapes: the shapes.
        base: the base of the data.
    """

    def __init__(self, shapes: Shapes, base: str) -> None:
        by_graph = {f"<{graph_iri(name, base)}>": quads for name, quads in sorted(shapes.by_graph.items())}
        self._base = base
        self._here = Here(shapes.merged, base)
        self._quads: dict[str | None, list[Quad]] = {None: shapes.merged} if shapes.merged else {}
        self._quads.update(by_graph)
        self._shaped: dict[str | None, Shaped] = {}
        for graph, quads in self._quads.items():
            with suppress(NotRead):
                self._shaped[graph] = Shaped(quads, base, followed=False)

    @property
    def read(self) -> list[str | None]:
        """The graphs, as terms, whose shapes are read, so that pySHACL judges few nodes; None is all together."""
        return list(self._shaped)

    def results(self, whole: Whole) -> list[Result]:
        """What all checks find, each result once, sorted.

        Raises:
            BadRdf: there is something that shapes cannot judge, or the shapes are not well-formed.
        """
        sieves = {
            graph: Sieve(shaped, whole.index, Scope(whole.index, graph)) for graph, shaped in self._shaped.items()
        }
        names, quoting = Names(whole.index, self._here, self._base), Quoting(whole.index)
        try:
            # Without shapes for all graphs together there is none that says anything of these.
            exact = _sifted(whole, sieves, (names, quoting) if None in self._quads else ())
        except _Unnamed:
            held = _held(whole)
            return sorted({*self._all(held, self._quads), *self._beside(held)})
        found = [result for graph, sieve in sieves.items() for result in _judged(sieve, exact, graph)]
        found += names.found
        found += self._here.disagreeing(quoting.quotes())
        unread = self._quads.keys() - sieves.keys()
        if unread:
            found += self._all(_held(whole), unread)
        return sorted(set(found))

    def _all(self, held: list[Quad], graphs: Iterable[str | None]) -> Iterator[Result]:
        """What pySHACL finds, judging all of some graphs."""
        for graph in graphs:
            yield from judged([quad for quad in held if graph in (None, quad.graph)], self._quads[graph])

    def _beside(self, held: list[Quad]) -> Iterator[Result]:
        """What is judged beside the shapes, of all quads."""
        inferred = f"<{graph_iri('inferred', self._base)}>"
        yield from self._here.quotes(held)
        yield from self._here.names(unknown_names(Facts(quad for quad in held if quad.graph != inferred), self._base))


def _held(whole: Whole) -> list[Quad]:
    return [parse_line(line.rstrip("\n")) for line in whole.lines()]


def _judged(sieve: Sieve, exact: Exact, graph: str | None) -> Iterator[Result]:
    """What is found at the nodes that are left to judge."""
    view = ViewGraph(View(exact, Change(), lambda _: True, graph))
    for unit in sieve.shaped.units:
        roots = [root for root in sieve.roots if root.unit is unit]
        left = {term for root in roots for term in root.left}
        everything = any(root.all for root in roots)
        if left or everything:
            yield from sieve.shaped.judged(unit, None if everything else sorted(left), view)


class _Unnamed(Exception):
    """There are blank nodes, which are not looked up by their names."""


def _sifted(whole: Whole, sieves: dict[str | None, Sieve], beside: Sequence[Names | Quoting]) -> Exact:
    """Has the sieves find what is left to judge."""
    there = There()
    odd: list[Quad] = []
    merged = sieves.get(None)
    for node in nodes(whole.lines()):
        if node.term.startswith("_"):
            raise _Unnamed
        new = _odd(node, there)
        for one in beside:
            one.look(node)
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
    asked = [(sieve, text) for sieve in sieves.values() for text in sieve.asks(there)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        # The engine works while Python waits.
        for answer in [pool.submit(sieve.ask, text) for sieve, text in asked]:
            answer.result()
    for within, sieve in sieves.items():
        sieve.scope.exact = exact
        sieve.finish(there, [quad for quad in (*odd, *exact.held) if within in (None, quad.graph)])
    return exact


def _odd(node: Node, there: There) -> list[Quad]:
    """The quads of a node whose literals are not plain; with them those that the engine may take for the same."""
    predicates = set()
    for predicate, values in node.merged.items():
        special = there.note(predicate, values)
        if not special:
            continue
        if ODD in special:
            predicates.add(predicate)
        if BLANK in special:
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
