"""Where a shape looks at the graph, and how each place is connected with what is judged (SHACL, sections 2 to 5).

What pySHACL makes of a shape is not repeated here: only which triples it reads on the way. A constraint that is not
known reads everything. Loading pySHACL takes a while: imported where a validation runs.
"""

# mypy: allow-untyped-calls
# Some methods of pySHACL say no types.

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any, Final, Literal

from pyshacl.constraints import ALL_CONSTRAINT_PARAMETERS
from pyshacl.constraints.sparql.sparql_based_constraints import SPARQLBasedConstraint
from pyshacl.shape import Shape
from rdflib import RDF, RDFS, SH, URIRef
from rdflib.paths import AlternativePath, InvPath, MulPath, Path, SequencePath
from rdflib.term import Node

from dppgraph.operations.touched import NotFollowed, Pattern, Site
from dppgraph.operations.touched.paths import edges, pattern_of
from dppgraph.operations.touched.sparql import sites_of
from dppgraph.operations.validate.algebra import ANCHOR

EVERYTHING: Final = Site(Pattern("?_s", "?_p", "?_o"), None)

_TYPE: Final = f"<{RDF.type}>"
_SUBCLASS: Final = f"<{RDFS.subClassOf}>"
_ALONE: Final = {
    *(SH.datatype, SH.nodeKind, SH.minCount, SH.maxCount, SH.minExclusive, SH.minInclusive, SH.maxExclusive),
    *(SH.maxInclusive, SH.minLength, SH.maxLength, SH.pattern, SH.flags, SH.languageIn, SH.uniqueLang, SH.hasValue),
    *(SH["in"], SH.ignoredProperties, SH.qualifiedMinCount, SH.qualifiedMaxCount),
}
"""Parameters of constraints that look at the values alone, or that only say more about another one."""

_NESTED: Final = {SH.node, SH.property, SH["not"], SH.qualifiedValueShape}
_LISTED: Final = {SH["and"], SH["or"], SH.xone}
_PAIRS: Final = {SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals}
_REPEATED: Final[dict[Node, Literal["*", "+", "?"]]] = {
    SH.zeroOrMorePath: "*",
    SH.oneOrMorePath: "+",
    SH.zeroOrOnePath: "?",
}
_READ: Final = {*ALL_CONSTRAINT_PARAMETERS, SH.expression, SH.js}

Way = tuple[Pattern, ...]


def sites_of_shape(shape: Shape, base: str) -> tuple[Site, ...]:
    """All places that a shape with targets looks at, those that its targets depend on included.

    Args:
        shape: the shape.
        base: what relative IRIs in its queries are relative to.
    """
    reading = _Reading(base)
    return tuple(dict.fromkeys((*reading.targets(shape), *reading.shape(shape, f"?{ANCHOR}", (), ()))))


class _Reading:
    """Reads one shape; gives variables names that are used nowhere else."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._count = count()

    def _fresh(self) -> str:
        return f"?_v{next(self._count)}"

    def targets(self, shape: Shape) -> Iterator[Site]:
        """Where its targets come from."""
        this = f"?{ANCHOR}"
        _, classes, implicit, objects_of, subjects_of = shape.target()
        if [*classes, *implicit]:
            yield from self._class(this, ())
        yield from (Site(Pattern(self._fresh(), f"<{iri}>", this), ()) for iri in objects_of)
        yield from (Site(Pattern(this, f"<{iri}>", self._fresh()), ()) for iri in subjects_of)
        for target in shape.advanced_target().values():
            if "qh" in target:
                text = target["qh"].apply_prefixes(target["qh"].select_text)
                yield from sites_of(text, ANCHOR, self._base)
            else:
                yield EVERYTHING

    def shape(self, shape: Shape, at: str, way: Way, above: tuple[Shape, ...]) -> Iterator[Site]:
        """What a shape looks at.

        Args:
            shape: the shape.
            at: the variable that stands for the node that it is judged on.
            way: what connects that node with the anchor.
            above: the shapes that it is nested in.
        """
        if shape.deactivated:
            return
        if shape in above:
            yield EVERYTHING
            return
        value, inner = at, way
        if shape.is_property_shape:
            path, value = _path(shape.sg.graph, shape.path()), self._fresh()
            yield from (Site(edge, (*beside, *way)) for edge, beside in edges(at, path, value, self._fresh))
            inner = (pattern_of(at, path, value), *way)
        parameters = {parameter for parameter in shape.sg.graph.predicates(shape.node) if parameter in _READ}
        for parameter in sorted(parameters - _ALONE, key=str):
            yield from self._constraint(shape, parameter, (at, way), (value, inner), (*above, shape))

    def _constraint(
        self, shape: Shape, parameter: Node, focus: tuple[str, Way], values: tuple[str, Way], above: tuple[Shape, ...]
    ) -> Iterator[Site]:
        """What a constraint looks at besides the values, given where focus node and values are."""
        said = list(shape.objects(parameter))
        value, inner = values
        if parameter in _NESTED:
            yield from self._nested(shape, said, values, above)
        elif parameter in _LISTED:
            yield from self._nested(shape, (one for head in said for one in shape.sg.graph.items(head)), values, above)
        elif parameter in _PAIRS:
            at, way = focus
            yield from (Site(Pattern(at, f"<{iri}>", self._fresh()), way) for iri in said)
        elif parameter == SH["class"]:
            yield from self._class(value, inner)
        elif parameter == SH.closed:
            yield Site(Pattern(value, self._fresh(), self._fresh()), inner)
        elif parameter == SH.sparql:
            yield from self._sparql(shape, *focus)
        else:
            yield EVERYTHING

    def _nested(
        self, shape: Shape, nodes: Iterable[Node], values: tuple[str, Way], above: tuple[Shape, ...]
    ) -> Iterator[Site]:
        for node in nodes:
            other = shape.get_other_shape(node)
            if other is None:
                yield EVERYTHING
            else:
                yield from self.shape(other, *values, above)

    def _class(self, value: str, way: Way) -> Iterator[Site]:
        kind, below, above = self._fresh(), self._fresh(), self._fresh()
        is_a = Pattern(value, _TYPE, kind)
        yield Site(is_a, way)
        yield Site(Pattern(below, _SUBCLASS, above), (Pattern(kind, f"({_SUBCLASS}*)", below), is_a, *way))

    def _sparql(self, shape: Shape, at: str, way: Way) -> Iterator[Site]:
        for helper in SPARQLBasedConstraint(shape).sparql_constraints:
            if helper.deactivated:
                continue
            bound, text = helper.pre_bind_variables(shape.node)
            if ANCHOR not in bound:
                yield EVERYTHING
                continue
            for site in sites_of(helper.apply_prefixes(text), ANCHOR, self._base, given=True):
                yield self._moved(site, at, way)

    def _moved(self, site: Site, at: str, way: Way) -> Site:
        """A site of a query that is asked about another node than the anchor."""
        if at == f"?{ANCHOR}" or site.way is None:
            return site
        names: dict[str, str] = {f"?{ANCHOR}": at}

        def named(pattern: Pattern) -> Pattern:
            terms = (names.setdefault(term, self._fresh()) if term.startswith("?") else term for term in pattern)
            return Pattern(*terms)

        return Site(named(site.pattern), (*map(named, site.way), *way))


def _path(graph: Any, node: Node) -> URIRef | Path:
    """A path of SHACL (section 2.3.1) as rdflib has those of SPARQL."""
    if isinstance(node, URIRef):
        # For pySHACL a node with a name is a property, whatever is said of it.
        return node
    if (node, RDF.first, None) in graph:
        return SequencePath(*(_path(graph, part) for part in graph.items(node)))
    for kind, path in graph.predicate_objects(node):
        if kind == SH.inversePath:
            return InvPath(_path(graph, path))
        if kind == SH.alternativePath:
            return AlternativePath(*(_path(graph, part) for part in graph.items(path)))
        if kind in _REPEATED:
            return MulPath(_path(graph, path), _REPEATED[kind])
    raise NotFollowed(f"a path that is none: {node}")
