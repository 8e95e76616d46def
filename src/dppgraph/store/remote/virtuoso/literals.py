"""Literals that Virtuoso would change, take for others, or not take: they go under a datatype that it does not know.

It keeps ``"2009"^^xsd:gYear`` as a date, and so loses it beside ``"2009-01-01"^^xsd:date``, and ``true`` as the number
1; it writes a double with six digits, and takes no ``xsd:duration``. Under a datatype of our own each is a text to it,
which it keeps, compares and sorts as a text; for years that is the same.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Final

from dppgraph.core.quads import datatype_of
from dppgraph.store.merge import as_the_engine_has_them

KEPT: Final = "urn:dppgraph:kept:"
"""What the datatype of a literal begins with that Virtuoso does not look into; the datatype itself follows."""

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_GEO: Final = "http://www.opengis.net/ont/geosparql#"
_MARK: Final = f'"^^<{KEPT}'

TRUE: Final = f'"true"^^<{KEPT}{XSD}boolean>'
FALSE: Final = f'"false"^^<{KEPT}{XSD}boolean>'

OPAQUE: Final = frozenset(
    {
        *(
            XSD + name
            for name in (
                "boolean",
                "gYear",
                "gYearMonth",
                "gMonthDay",
                "gMonth",
                "gDay",
                "time",
                "duration",
                "dayTimeDuration",
                "yearMonthDuration",
            )
        ),
        *(_GEO + name for name in ("wktLiteral", "gmlLiteral")),
        "http://www.openlinksw.com/schemas/virtrdf#Geometry",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral",
    }
)
"""The datatypes of which all literals are kept so."""

_SMALLEST, _LARGEST = -(2**63), 2**63 - 1
_DECIMAL: Final = re.compile(r"-?\d{1,20}(\.\d{1,15})?")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d(Z|[+-]\d\d:\d\d)?")
_DATE_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)?")
_DIGITS: Final = 6
_BOOLEANS: Final = MappingProxyType({"1": "true", "0": "false"})
_SPELT_OTHERWISE: Final = tuple(f'"^^<{XSD}{name}>' for name in ("double", "float", "dateTime", "decimal"))


def loaded(terms: Sequence[str]) -> list[str]:
    """Terms as they are written into an INSERT DATA: as the embedded store has them, those it would harm put aside."""
    return [kept(term) if term.startswith('"') else term for term in as_the_engine_has_them(terms)]


def kept(literal: str) -> str:
    """A literal, put aside if Virtuoso would not keep it as it is."""
    datatype = datatype_of(literal)
    if datatype not in OPAQUE:
        survives = _SURVIVES.get(datatype)
        if survives is None or survives(literal[1 : literal.rindex('"')]):
            return literal
    return f'{literal[: literal.rindex(chr(34))]}"^^<{KEPT}{datatype}>'


def read(term: str) -> str:
    """A term that came from Virtuoso, as the embedded store has it."""
    if not term.startswith('"'):
        return term
    if _MARK in term:
        return term.replace(_MARK, '"^^<')
    if term.endswith(f'"^^<{XSD}boolean>'):
        text = term[1 : term.rindex('"')]
        return f'"{_BOOLEANS.get(text, text)}"^^<{XSD}boolean>'
    if term.endswith(_SPELT_OTHERWISE) or '"@' in term:
        return as_the_engine_has_them([term])[0]
    return term


def probe(rows: int) -> str:
    """A query with more rows than so many, all of them small, to see whether they all come."""
    tens = " ".join(f"VALUES ?d{place} {{ 0 1 2 3 4 5 6 7 8 9 }}" for place in range(len(str(rows))))
    return f"SELECT (1 AS ?x) {{ {tens} }} LIMIT {rows + 1}"


def _is_whole_number(text: str) -> bool:
    return bool(re.fullmatch(r"-?\d{1,19}", text)) and _SMALLEST <= int(text) <= _LARGEST


def _is_short_decimal(text: str) -> bool:
    return bool(_DECIMAL.fullmatch(text))


def _is_short_number(text: str) -> bool:
    """Whether six digits are all that a double has, which is what is written of it; NaN would break its index."""
    try:
        number = float(text)
        return Decimal(f"{number:.{_DIGITS}g}") == Decimal(repr(number)) == Decimal(text)
    except (ValueError, InvalidOperation):
        return False


def _is_short_float(text: str) -> bool:
    try:
        return Decimal(f"{float(text):.{_DIGITS}g}") == Decimal(text)
    except (ValueError, InvalidOperation):
        return False


def _is_date(text: str) -> bool:
    return bool(_DATE.fullmatch(text)) and not text.startswith("0000")


def _is_date_time(text: str) -> bool:
    return bool(_DATE_TIME.fullmatch(text)) and not text.startswith("0000")


_SURVIVES: Final[Mapping[str, Callable[[str], bool]]] = MappingProxyType(
    {
        XSD + "integer": _is_whole_number,
        **{
            XSD + name: _is_whole_number
            for name in (
                "int",
                "long",
                "short",
                "byte",
                "nonNegativeInteger",
                "positiveInteger",
                "nonPositiveInteger",
                "negativeInteger",
                "unsignedInt",
                "unsignedLong",
                "unsignedShort",
                "unsignedByte",
            )
        },
        XSD + "decimal": _is_short_decimal,
        XSD + "double": _is_short_number,
        XSD + "float": _is_short_float,
        XSD + "date": _is_date,
        XSD + "dateTime": _is_date_time,
    }
)
"""For each datatype that Virtuoso looks into: whether a text comes back as it is."""
