"""Tests of one value alone: whether it surely is as a constraint wants it, surely is not, or may or may not be."""

import re
from collections.abc import Callable, Set
from decimal import Decimal
from typing import Any, Final

from rdflib import RDF, SH, XSD, Literal
from rdflib.term import Node

from dppgraph.operations.validate.again.graph import term_of
from dppgraph.operations.validate.whole import kinds
from dppgraph.operations.validate.whole.kinds import kind_of
from dppgraph.operations.validate.whole.told import Test
from dppgraph.store.rdf import literal_text

SINGLE: Final[frozenset[Node]] = frozenset({SH.datatype, SH.nodeKind, SH.minLength, SH.maxLength})
"""Parameters that a shape has once."""

_KINDS: Final[dict[Node, str]] = {
    XSD.string: kinds.TEXT,
    RDF.langString: kinds.TAGGED,
    XSD.integer: kinds.INTEGER,
    XSD.decimal: kinds.DECIMAL,
    XSD.date: kinds.DATE,
}
_NODE_KINDS: Final[dict[Node, tuple[bool, bool]]] = {
    SH.IRI: (True, False),
    SH.Literal: (False, True),
    SH.BlankNodeOrIRI: (True, False),
    SH.BlankNodeOrLiteral: (False, True),
    SH.IRIOrLiteral: (True, True),
    SH.BlankNode: (False, False),
}
"""Whether an IRI, and whether a literal is of the kind."""
_NUMBERS: Final = (kinds.INTEGER, kinds.DECIMAL)


def _datatype(said: Node) -> Test | None:
    kind = _KINDS.get(said)
    ending = f"^^<{said}>"

    def test(value: str) -> bool | None:
        found = kind_of(value)
        if found == kinds.IRI:
            return False
        if found == kind or (found == kinds.OTHER and value.endswith(ending)):
            return True
        if found == kinds.ODD and kind in _NUMBERS and value.endswith(ending):
            # Written otherwise than the engine would, such as 1.0.
            return ((kind == kinds.DECIMAL or "." not in value[: -len(ending)]) and _number(value) is not None) or None
        return None if found in (kinds.ODD, kinds.BLANK) else False

    # For pySHACL, any literal is of these.
    return None if str(said).endswith(("#Literal", "#Datatype")) else test


def _node_kind(said: Node) -> Test | None:
    if said not in _NODE_KINDS:
        return None
    iri, literal = _NODE_KINDS[said]
    return lambda value: iri if value[0] == "<" else literal if value[0] == '"' else None


def _pattern(said: Node) -> Test | None:
    if not isinstance(said, Literal):
        return None
    try:
        pattern = re.compile(str(said))
    except re.error:
        return None

    def test(value: str) -> bool | None:
        if value[0] == "_":
            return None
        text = value[1:-1] if value[0] == "<" else literal_text(value)
        return pattern.search(text) is not None

    return test


def _length(holds: Callable[[int, int], bool]) -> Callable[[Node], Test | None]:
    def make(said: Node) -> Test | None:
        if not isinstance(said, Literal) or not isinstance(said.value, int) or said.value < 0:
            return None
        wanted = said.value

        def test(value: str) -> bool | None:
            if value[0] == "_":
                return None
            return holds(len(value[1:-1] if value[0] == "<" else literal_text(value)), wanted)

        return test

    return make


_XSD: Final = re.escape(str(XSD))
_NUMBER: Final = re.compile(
    rf'"(?P<text>[+-]?\d{{1,17}})"\^\^<{_XSD}integer>|"(?P<more>[+-]?\d{{1,17}}(?:\.\d{{1,17}})?)"\^\^<{_XSD}decimal>',
    re.ASCII,
)


def _number(value: str) -> Decimal | None:
    found = _NUMBER.fullmatch(value)
    return Decimal(found["text"] or found["more"]) if found else None


def _compared(holds: Callable[[Decimal, Decimal], bool]) -> Callable[[Node], Test | None]:
    def make(said: Node) -> Test | None:
        if not isinstance(said, Literal) or kind_of(term_of(said)) not in _NUMBERS:
            return None
        wanted = Decimal(str(said))

        def test(value: str) -> bool | None:
            number = _number(value)
            return None if number is None else holds(number, wanted)

        return test

    return make


def is_one_of(wanted: Set[str]) -> Test:
    """Tests whether a value is one of some terms."""
    iris = all(one[0] == "<" for one in wanted)
    return lambda value: True if value in wanted else False if iris else None


TESTS: Final[dict[Node, Callable[[Any], Test | None]]] = {
    SH.datatype: _datatype,
    SH.nodeKind: _node_kind,
    SH.pattern: _pattern,
    SH.minLength: _length(lambda length, least: length >= least),
    SH.maxLength: _length(lambda length, most: length <= most),
    SH.minInclusive: _compared(lambda value, least: value >= least),
    SH.minExclusive: _compared(lambda value, least: value > least),
    SH.maxInclusive: _compared(lambda value, most: value <= most),
    SH.maxExclusive: _compared(lambda value, most: value < most),
}
"""What makes a test of what a constraint's parameter says; None where it is left to the judge."""
