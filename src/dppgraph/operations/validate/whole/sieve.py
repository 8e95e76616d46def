"""The shapes of one graph, and which nodes are left for pySHACL to judge."""

# mypy: allow-untyped-calls
# Some methods of pySHACL say no types.

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from pyshacl.constraints.sparql.sparql_based_constraints import SPARQLBasedConstraint
from pyshacl.shape import Shape
from rdflib import SH
from rdflib.plugins.sparql.sparql import Query

from dppgraph.core.iris import NAMESPACE
from dppgraph.core.quads import Quad
from dppgraph.operations.touched import NotFollowed, touched
from dppgraph.operations.touched.sparql import sites_in
from dppgraph.operations.validate.again.graph import prepared_query, term_of
from dppgraph.operations.validate.again.shaped import Shaped, Unit
from dppgraph.operations.validate.algebra import ANCHOR
from dppgraph.operations.validate.given import can_be_given
from dppgraph.operations.validate.whole.asked import Blind, Plain
from dppgraph.operations.validate.whole.exact import Index
from dppgraph.operations.validate.whole.groups import Group
from dppgraph.operations.validate.whole.holds import Conformance
from dppgraph.operations.validate.whole.scope import TYPE, Known, Later, Scope, Unsure
from dppgraph.operations.validate.whole.there import There
from dppgraph.operations.validate.whole.told import Holds

_SOME: Final = 500
"""Nodes that one query is given."""


@dataclass(slots=True)
class Root:
    """A shape with targets.

    Attributes:
        unit: what it is judged with.
        holds: tells whether a node conforms to what it says without SPARQL; None where it says nothing of the kind.
        found_by: its targets in SPARQL.
        broken_by: its constraints in SPARQL.
        named: whether it has targets that are not in SPARQL.
        left: the nodes that are left to judge.
        waiting: those that are looked at when all lines are read.
        all: whether any of its targets may be left.
    """

    unit: Unit
    holds: Holds | None
    found_by: list["Asking"]
    broken_by: list["Asking"]
    named: bool
    left: set[str] = field(default_factory=set)
    waiting: set[str] = field(default_factory=set)
    all: bool = False


@dataclass(frozen=True, slots=True)
class Asking:
    """A query about nodes.

    Attributes:
        query: as rdflib reads it; None where a node is not all that it is given.
        given: whether the nodes are given to it.
    """

    query: Query | None
    given: bool


class Sieve:
    """Shapes, and what is left for them to judge.

    Args:
        shaped: the shapes.
        index: the engine.
        scope: gives what is stated of nodes.
    """

    def __init__(self, shaped: Shaped, index: Index, scope: Scope) -> None:
        self.shaped = shaped
        self.scope = scope
        self._index = index
        self._graphs = None if scope.graph is None else [scope.graph[1:-1]]
        self.roots: list[Root] = []
        self._by_class: dict[str, list[Root]] = defaultdict(list)
        self._by_subject: dict[str, list[Root]] = defaultdict(list)
        self._by_object: dict[str, list[Root]] = defaultdict(list)
        conformance = Conformance(scope)
        for unit in shaped.units:
            for shape, _ in unit.shapes:
                if not shape.deactivated:
                    self._read(unit, shape, conformance)
        self._objects: dict[str, set[str]] = {predicate: set() for predicate in self._by_object}
        self._answers: dict[str, set[str]] = {}
        self._of_kinds: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[Root, ...]] = {}

    def _read(self, unit: Unit, shape: Shape, conformance: Conformance) -> None:
        nodes, classes, implicit, objects_of, subjects_of = map(list, shape.target())
        targets = [found["qh"] for found in shape.advanced_target().values()]
        texts = [helper.apply_prefixes(helper.select_text) for helper in targets]
        found_by = [Asking(prepared_query(text), given=False) for text in texts]
        broken_by = list(_constraints(shape))
        named = bool(nodes or classes or implicit or objects_of or subjects_of)
        root = Root(unit, conformance.beside_queries(shape), found_by, broken_by, named)
        self.roots.append(root)
        root.waiting |= {term_of(node) for node in nodes}
        for kind in {*classes, *implicit}:
            for narrower in self.scope.narrower(term_of(kind)):
                self._by_class[narrower].append(root)
        for places, predicates in ((self._by_subject, subjects_of), (self._by_object, objects_of)):
            for predicate in predicates:
                places[term_of(predicate)].append(root)

    def look(self, term: str, group: Group, *, sure: bool) -> None:
        """Looks at a node.

        Args:
            term: the node.
            group: what is stated of it.
            sure: whether all that is stated of it can be told apart.
        """
        for predicate, objects in self._objects.items():
            if predicate in group:
                objects.update(group[predicate])
        kinds = tuple(group.get(TYPE, ())), tuple(filter(self._by_subject.__contains__, group))
        roots = self._of_kinds.get(kinds)
        if roots is None:
            roots = self._of_kinds[kinds] = self._meant(*kinds)
        for root in roots:
            if root.holds is not None:
                if sure:
                    _look(root, term, group, root.holds)
                else:
                    root.left.add(term)

    def _meant(self, types: Iterable[str], predicates: Iterable[str]) -> tuple[Root, ...]:
        """The shapes for nodes of some types and with some predicates, each once."""
        by_class = (root for kind in types for root in self._by_class.get(kind, ()))
        by_subject = (root for predicate in predicates for root in self._by_subject[predicate])
        return tuple({id(root): root for root in chain(by_class, by_subject)}.values())

    def asks(self, there: There) -> Iterator[str]:
        """The queries that will be asked when all lines are read."""
        for root in self.roots:
            for asking in (*root.found_by, *(root.broken_by if root.named or not root.found_by else ())):
                text = asking.query and Plain(asking.query, there).query(asking.query)
                if text:
                    yield text

    def ask(self, text: str) -> None:
        """Asks such a query ahead of time; several threads may do so at once."""
        self._answers[text] = {row[ANCHOR] for row in self._rows(text)}

    def finish(self, there: There, odd: Iterable[Quad]) -> None:
        """Looks at what had to wait until all lines were read."""
        triples: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
        triples[""] = {quad[:3] for quad in odd}
        for predicate, objects in self._objects.items():
            for root in self._by_object[predicate]:
                root.waiting |= objects
        for root in self.roots:
            if root.found_by:
                self._find(root, there, triples[""])
            if root.holds is not None:
                for term in root.waiting:
                    if term.startswith("<"):
                        _look(root, term, self.scope.of(term), root.holds)
                    else:
                        root.left.add(term)
            if root.named and not root.all:
                self._add(root, root.broken_by, there, triples[""])

    def _find(self, root: Root, there: There, odd: set[tuple[str, str, str]]) -> None:
        targets = Root(root.unit, None, [], [], named=False)
        self._add(targets, root.found_by, there, odd)
        root.all |= targets.all
        if root.broken_by and not root.named:
            root.left |= targets.left
        else:
            root.waiting |= targets.left
            root.named = True

    def _add(self, root: Root, queries: list[Asking], there: There, odd: set[tuple[str, str, str]]) -> None:
        for asking in queries:
            found = self._asked(asking, there, odd)
            if found is None:
                root.all = True
                return
            root.left |= found

    def _asked(self, asking: Asking, there: There, odd: set[tuple[str, str, str]]) -> set[str] | None:
        """The nodes that a query may find; None for any."""
        if asking.query is None:
            return None
        text = Plain(asking.query, there).query(asking.query)
        if text is None:
            return None
        found = self._select(text)
        if not all(term.startswith("<") for term in found):
            # The engine may have a literal otherwise than it was written.
            return None
        if not odd:
            return found
        try:
            sites = sites_in(asking.query, ANCHOR, given=asking.given)
        except NotFollowed:
            return None
        astray = touched(sites, ANCHOR, odd, self._rows)
        return None if astray is None else found | self._confirmed(asking.query, astray, there)

    def _confirmed(self, query: Query, nodes: Iterable[str], there: There) -> set[str]:
        """Those of some nodes that a query may find, whatever literals they have."""
        ordered = sorted(nodes)
        found: set[str] = set()
        for start in range(0, len(ordered), _SOME):
            some = ordered[start : start + _SOME]
            if not all(term.startswith("<") for term in some):
                return set(ordered)
            text = Blind(query, there).query(query, some)
            if text is None:
                return set(ordered)
            found |= self._select(text)
        return found

    def _select(self, text: str) -> set[str]:
        if text not in self._answers:
            self.ask(text)
        return self._answers.pop(text)

    def _rows(self, text: str) -> Iterable[Mapping[str, str]]:
        return self._index.select(text, base=NAMESPACE, graphs=self._graphs)


def _look(root: Root, term: str, group: Known, holds: Holds) -> None:
    try:
        told = holds(term, group)
    except Unsure:
        told = None
    except Later:
        root.waiting.add(term)
        return
    if told is not True:
        root.left.add(term)


def _constraints(shape: Shape) -> Iterable[Asking]:
    if not list(shape.objects(SH.sparql)):
        return
    for helper in SPARQLBasedConstraint(shape).sparql_constraints:
        if helper.deactivated:
            continue
        bound, text = helper.pre_bind_variables(shape.node)
        text = helper.apply_prefixes(text)
        query = prepared_query(text)
        known = set(bound) == {ANCHOR} and query.algebra.name == "SelectQuery" and can_be_given(query)
        yield Asking(query if known else None, given=True)
