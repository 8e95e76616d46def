"""Whether a node surely conforms to a shape, surely does not, or may or may not (SHACL, sections 2 to 4).

What pySHACL makes of a shape is not repeated here: only what is beyond doubt for the literals and shapes that there
usually are. Loading pySHACL takes a while: imported where a validation runs.
"""

# mypy: allow-untyped-calls
# Some methods of pySHACL say no types.

from collections.abc import Callable, Sequence
from typing import Any, Final

from pyshacl.constraints import ALL_CONSTRAINT_PARAMETERS
from pyshacl.shape import Shape
from rdflib import SH, Literal, URIRef
from rdflib.term import Node

from dppgraph.operations.validate.again.graph import term_of
from dppgraph.operations.validate.whole.kinds import ODD, TAGGED, kind_of
from dppgraph.operations.validate.whole.scope import Known, Scope
from dppgraph.operations.validate.whole.told import (
    Holds,
    NotTold,
    Test,
    Together,
    Values,
    all_of,
    both,
    each,
    either,
    opposite,
    unknown,
)
from dppgraph.operations.validate.whole.values import SINGLE, TESTS, is_one_of

_READ: Final = {*ALL_CONSTRAINT_PARAMETERS, SH.expression, SH.js, SH.flags}
_NOTHING: Final[Known] = dict[str, list[str]]()
_KNOWN: Final = 10_000
"""Values that are remembered to be of a class, by each shape that wants it."""
_BESIDE: Final = {SH.qualifiedMinCount, SH.qualifiedMaxCount}
"""Parameters that only say more about another one."""


class Conformance:
    """Reads shapes.

    Args:
        scope: gives what is stated of a node, in the graph that is judged.
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def beside_queries(self, shape: Shape) -> Holds | None:
        """Tells whether nodes conform to a shape, but for its constraints in SPARQL; None where it has no others."""
        if set(shape.sg.graph.predicates(shape.node)) & _READ <= {SH.sparql}:
            return None
        return self._shape(shape, frozenset(), without_queries=True)

    def _shape(self, shape: Shape, above: frozenset[Node], without_queries: bool = False) -> Holds:
        if shape.deactivated:
            return lambda _, __: True
        if shape.node in above:
            return unknown
        parameters = {parameter for parameter in shape.sg.graph.predicates(shape.node) if parameter in _READ}
        if without_queries:
            parameters -= {SH.sparql}
        if parameters & _BESIDE and SH.qualifiedValueShape not in parameters:
            return unknown
        try:
            made = [self._values(shape, one, above | {shape.node}) for one in sorted(parameters - _BESIDE, key=str)]
        except NotTold:
            return unknown
        return self._property(shape, made) if shape.is_property_shape else self._node(made)

    def _node(self, made: list[Values]) -> Holds:
        if not made:
            return lambda _, __: True

        def holds(term: str, group: Known) -> bool | None:
            return all_of(made, (term,), group)

        return holds

    def _property(self, shape: Shape, made: list[Values]) -> Holds:
        path = shape.path()
        if not isinstance(path, URIRef):
            return unknown
        predicate = f"<{path}>"
        # Most nodes have no values of most properties.
        of_none = all_of(made, (), None)

        def holds(_: str, group: Known) -> bool | None:
            values = group.get(predicate)
            return all_of(made, values, None) if values else of_none

        return holds

    def _values(self, shape: Shape, parameter: Node, above: frozenset[Node]) -> Values:
        said = list(shape.objects(parameter))
        if parameter in TESTS:
            if parameter in SINGLE and len(said) > 1:
                raise NotTold
            return each([_told(TESTS[parameter], one) for one in said])
        read = getattr(self, _READERS.get(parameter, ""), None)
        if read is None:
            raise NotTold
        made: Values = read(shape, said, above)
        return made

    def _class(self, _: Shape, said: list[Node], __: frozenset[Node]) -> Values:
        self._scope.wanted = True
        wanted = [self._scope.narrower(f"<{one}>") for one in said]
        known: set[str] = set()

        def holds(values: Sequence[str], _: Known | None) -> bool | None:
            for value in values:
                if value in known:
                    continue
                kinds = self._scope.types(value) if value[0] == "<" else ()
                if any(one.isdisjoint(kinds) for one in wanted):
                    return False
                if len(known) >= _KNOWN:
                    known.clear()
                known.add(value)
            return True

        return holds

    def _min_count(self, shape: Shape, said: list[Node], _: frozenset[Node]) -> Values:
        least = _number(shape, said)
        return lambda values, _: len(values) >= least

    def _max_count(self, shape: Shape, said: list[Node], _: frozenset[Node]) -> Values:
        most = _number(shape, said)
        return lambda values, _: len(values) <= most

    def _unique_lang(self, shape: Shape, said: list[Node], _: frozenset[Node]) -> Values:
        if not shape.is_property_shape or len(said) != 1 or getattr(said[0], "value", None) is not True:
            raise NotTold

        def holds(values: Sequence[str], _: Known | None) -> bool | None:
            tags = [value[value.rindex('"') :] for value in values if value[0] == '"' and value[-1] not in '">']
            return len(tags) == len(set(tags)) or None

        return holds

    def _language_in(self, shape: Shape, said: list[Node], _: frozenset[Node]) -> Values:
        if len(said) != 1:
            raise NotTold
        listed = list(shape.sg.graph.items(said[0]))
        if not all(isinstance(one, Literal) and isinstance(one.value, str) for one in listed):
            raise NotTold
        wanted = {str(one).lower() for one in listed}

        def test(value: str) -> bool | None:
            kind = kind_of(value)
            if kind == TAGGED:
                tag = value[value.rindex("@") + 1 :]
                return tag in wanted or tag.partition("-")[0] in wanted or "*" in wanted
            return None if kind == ODD else False

        return each([test])

    def _has_value(self, _: Shape, said: list[Node], __: frozenset[Node]) -> Values:
        wanted = [term_of(one) for one in said]

        def holds(values: Sequence[str], _: Known | None) -> bool | None:
            there = set(values)
            if there.issuperset(wanted):
                return True
            return False if any(one[0] == "<" and one not in there for one in wanted) else None

        return holds

    def _in(self, shape: Shape, said: list[Node], _: frozenset[Node]) -> Values:
        if len(said) != 1:
            raise NotTold
        return each([is_one_of({term_of(one) for one in shape.sg.graph.items(said[0])})])

    def _closed(self, shape: Shape, said: list[Node], _: frozenset[Node]) -> Values:
        if len(said) != 1 or not isinstance(said[0], Literal) or said[0].value is not True:
            raise NotTold
        paths = [other.path() for other in map(shape.get_other_shape, shape.objects(SH.property)) if other]
        lists = list(shape.objects(SH.ignoredProperties))
        ignored = [one for head in lists for one in shape.sg.graph.items(head)]
        known = {f"<{one}>" for one in (*paths, *ignored) if isinstance(one, URIRef)}

        def holds(values: Sequence[str], group: Known | None) -> bool | None:
            return all(known.issuperset(self._scope.of(one) if group is None else group) for one in values) or None

        return holds

    def _ignored(self, shape: Shape, _: list[Node], __: frozenset[Node]) -> Values:
        if not list(shape.objects(SH.closed)):
            raise NotTold
        return lambda _, __: True

    def _nested(self, shape: Shape, said: list[Node], above: frozenset[Node]) -> Values:
        others = [self._other(shape, one, above) for one in said]

        def holds(values: Sequence[str], group: Known | None) -> bool | None:
            there = ((one, self._at(one, group)) for one in values)
            return both(other(one, known) for one, known in there for other in others)

        return holds

    def _not(self, shape: Shape, said: list[Node], above: frozenset[Node]) -> Values:
        others = [self._other(shape, one, above) for one in said]

        def holds(values: Sequence[str], group: Known | None) -> bool | None:
            return both(opposite(other(one, self._at(one, group))) for one in values for other in others)

        return holds

    def _listed(self, shape: Shape, said: list[Node], above: frozenset[Node], together: "Together") -> Values:
        lists = [[self._other(shape, one, above) for one in shape.sg.graph.items(head)] for head in said]

        def holds(values: Sequence[str], group: Known | None) -> bool | None:
            return both(
                together(other(one, self._at(one, group)) for other in others) for one in values for others in lists
            )

        return holds

    def _or(self, shape: Shape, said: list[Node], above: frozenset[Node]) -> Values:
        return self._listed(shape, said, above, either)

    def _and(self, shape: Shape, said: list[Node], above: frozenset[Node]) -> Values:
        return self._listed(shape, said, above, both)

    def _qualified(self, shape: Shape, said: list[Node], above: frozenset[Node]) -> Values:
        if list(shape.objects(SH.qualifiedValueShapesDisjoint)) or not shape.is_property_shape:
            raise NotTold
        others = [self._other(shape, one, above) for one in said]
        least, most = (
            _number(shape, found) if (found := list(shape.objects(parameter))) else default
            for parameter, default in ((SH.qualifiedMinCount, 0), (SH.qualifiedMaxCount, 1 << 60))
        )

        def holds(values: Sequence[str], group: Known | None) -> bool | None:
            for other in others:
                told = [other(one, self._at(one, group)) for one in values]
                sure, perhaps = told.count(True), told.count(None)
                if sure < least or sure + perhaps > most:
                    return False if sure + perhaps < least or sure > most else None
            return True

        return holds

    def _other(self, shape: Shape, node: Node, above: frozenset[Node]) -> Holds:
        other = shape.get_other_shape(node)
        if other is None:
            raise NotTold
        self._scope.wanted = True
        return self._shape(other, above)

    def _at(self, term: str, group: Known | None) -> Known:
        if group is not None:
            return group
        return self._scope.of(term) if term[0] == "<" else _NOTHING


_READERS: Final[dict[Node, str]] = {
    SH["class"]: "_class",
    SH.minCount: "_min_count",
    SH.maxCount: "_max_count",
    SH.uniqueLang: "_unique_lang",
    SH.languageIn: "_language_in",
    SH.hasValue: "_has_value",
    SH["in"]: "_in",
    SH.closed: "_closed",
    SH.ignoredProperties: "_ignored",
    SH.property: "_nested",
    SH.node: "_nested",
    SH["not"]: "_not",
    SH["or"]: "_or",
    SH["and"]: "_and",
    SH.qualifiedValueShape: "_qualified",
}
"""How a parameter is read, where it is not a test of each value alone."""


def _told(make: Callable[[Any], Test | None], said: Node) -> Test:
    test = make(said)
    if test is None:
        raise NotTold
    return test


def _number(shape: Shape, said: list[Node]) -> int:
    if not shape.is_property_shape or len(said) != 1 or not isinstance(said[0], Literal):
        raise NotTold
    number = said[0].value
    if not isinstance(number, int) or isinstance(number, bool):
        raise NotTold
    return number
