"""The shapes of one graph, read once, and judged on some nodes alone: by pySHACL, as all of them are.

Loading pySHACL takes a while: imported where a validation runs.
"""

# mypy: allow-untyped-calls
# Some methods of pySHACL say no types.

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import rdflib
from pyshacl.constraints.sparql.sparql_based_constraints import SPARQLBasedConstraint
from pyshacl.errors import ConstraintLoadError, ReportableRuntimeError, ShapeLoadError, ValidationFailure
from pyshacl.functions import gather_functions
from pyshacl.graph_abstraction import DataGraph
from pyshacl.rules import gather_rules
from pyshacl.shape import Shape
from pyshacl.target import gather_target_types
from pyshacl.validator import Validator
from rdflib import SH, BNode

from dppgraph.core.quads import Quad
from dppgraph.errors import BadRdf
from dppgraph.operations.touched import Ask, NotFollowed, Site, touched
from dppgraph.operations.validate.again.graph import ViewGraph, node_of, prepared_query
from dppgraph.operations.validate.again.looks import sites_of_shape
from dppgraph.operations.validate.again.targets import Targets
from dppgraph.operations.validate.again.view import Triple
from dppgraph.operations.validate.algebra import ANCHOR
from dppgraph.operations.validate.judge import ENDLESS, graph_of, results_of, templates_of
from dppgraph.operations.validate.report import Result


class NotRead(Exception):
    """Shapes cannot be judged in part: they have rules, functions or constraints of their own, or are malformed."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Shapes whose results cannot be told apart by the shape that they name; most often one.

    Attributes:
        shapes: those with targets.
        names: the shapes, as IRIs, that their results name.
        sites: where they look, by predicate; without one where it is a variable.
        whole: whether a result may be about another node than the one that was judged.
    """

    shapes: tuple[tuple[Shape, Targets], ...]
    names: frozenset[str]
    sites: Mapping[str, tuple[Site, ...]]
    whole: bool

    def touched(self, changed: Mapping[str, Collection[Triple]], ask: Ask) -> set[str] | None:
        """The nodes that a change can matter to; None where it may be any.

        Args:
            changed: the triples that come and go, by predicate; all of them without one.
            ask: answers queries on the graph before and the one after, taken together.
        """
        found: set[str] = set()
        for predicate in self.sites.keys() & changed.keys():
            nodes = touched(self.sites[predicate], ANCHOR, changed[predicate], ask)
            if nodes is None:
                return None
            found |= nodes
        return None if found and self.whole else found


class Shaped:
    """The shapes.

    Args:
        quads: the shapes.
        base: what relative IRIs in their queries are relative to.
        followed: whether it is read where they look, so that it can be told what a change can matter to.

    Attributes:
        units: those with targets.

    Raises:
        NotRead: they cannot be judged in part.
    """

    def __init__(self, quads: Iterable[Quad], base: str, *, followed: bool = True) -> None:
        quads = list(quads)
        try:
            validator = Validator(
                DataGraph.from_rdflib(rdflib.Graph()),
                shacl_graph=graph_of(quads),
                options={"advanced": True, "inplace": True},
            )
            self._graph = validator.shacl_graph
            self._executor = validator.make_executor()
            self._templates = templates_of(quads)
            # As pySHACL leaves it once it has the shapes: what queries make is normalised, what is read is not.
            rdflib.NORMALIZE_LITERALS = True
            self.units = tuple(self._read(base, followed))
        except (
            ConstraintLoadError,
            ReportableRuntimeError,
            ShapeLoadError,
            ValidationFailure,
            NotFollowed,
            BadRdf,
        ) as error:
            raise NotRead(str(error)) from error

    def _read(self, base: str, followed: bool) -> Iterator[Unit]:
        graph, executor = self._graph, self._executor
        if (
            gather_functions(executor, graph)
            or gather_rules(executor, graph)
            or gather_target_types(graph)
            or graph.custom_constraints
        ):
            raise NotRead("rules, functions or constraints of their own")
        shapes = list(graph.shapes)
        roots = []
        for shape in shapes:
            shape.set_advanced(True)
            targets = Targets(shape)
            if targets.any:
                roots.append((shape, targets))
            if (shape.node, SH.sparql, None) in graph.graph:
                _prepare(shape)
        for together in _together(roots):
            sites = [site for shape, _ in together for site in sites_of_shape(shape, base)] if followed else []
            by_predicate: dict[str, list[Site]] = {}
            for site in dict.fromkeys(sites):
                predicate = site.pattern.predicate
                by_predicate.setdefault("" if predicate.startswith("?") else predicate, []).append(site)
            said = [_said_by(shape) for shape, _ in together]
            yield Unit(
                tuple(together),
                frozenset(str(one.node) for nested in said for one in nested),
                {predicate: tuple(found) for predicate, found in by_predicate.items()},
                any(below for nested in said for below in nested.values()),
            )

    def judged(self, unit: Unit, nodes: Iterable[str] | None, view: ViewGraph) -> list[Result]:
        """What the shapes of a unit find.

        Args:
            unit: the unit.
            nodes: the nodes that are judged, as far as they are targets; None for all targets.
            view: the data.

        Raises:
            BadRdf: the shapes are not well-formed.
        """
        rows: list[Any] = []
        known = None if nodes is None else [node_of(node) for node in nodes]
        try:
            for shape, targets in unit.shapes:
                focus: Iterable[Any] = targets.all(view) if known is None else targets.among(known, view)
                if focus:
                    rows += shape.validate(self._executor, view, focus=list(focus))[1]
        except (ConstraintLoadError, ReportableRuntimeError, ShapeLoadError, ValidationFailure) as error:
            raise BadRdf(f"the shapes cannot be judged by: {error}") from error
        except RecursionError as error:
            raise BadRdf(ENDLESS) from error
        if not rows:
            return []
        report, _ = Validator.create_validation_report(self._graph, conforms=False, results=rows)
        return results_of(report, self._templates)


def _prepare(shape: Shape) -> None:
    """Reads the queries of a shape."""
    for helper in SPARQLBasedConstraint(shape).sparql_constraints:
        if not helper.deactivated:
            prepared_query(helper.apply_prefixes(helper.pre_bind_variables(shape.node)[1]))


def _said_by(shape: Shape) -> dict[Shape, bool]:
    """The shapes that results of a shape name, and whether they may be about another node than it is judged on."""
    found: dict[Shape, bool] = {}
    waiting = [(shape, False)]
    while waiting:
        one, below = waiting.pop()
        if below <= found.get(one, False) and one in found:
            continue
        if isinstance(one.node, BNode):
            raise NotRead("a shape has no name, by which its results could be told")
        found[one] = below
        for node in one.objects(SH.property):
            other = one.get_other_shape(node)
            if other is None or not other.is_property_shape:
                raise NotRead(f"{node} is no property shape")
            waiting.append((other, below or one.is_property_shape))
    return found


def _together(roots: Iterable[tuple[Shape, Targets]]) -> list[list[tuple[Shape, Targets]]]:
    """Shapes with targets, those together whose results name the same shapes."""
    groups: list[tuple[set[Shape], list[tuple[Shape, Targets]]]] = []
    for root in roots:
        names, together = set(_said_by(root[0])), [root]
        apart = []
        for other, members in groups:
            if names.isdisjoint(other):
                apart.append((other, members))
            else:
                names |= other
                together += members
        groups = [*apart, (names, together)]
    return [members for _, members in groups]
