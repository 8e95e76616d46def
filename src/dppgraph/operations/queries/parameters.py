"""What a question can be asked with: parameters, their types, and how a value becomes a term."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import literal
from dppgraph.errors import BadParameter

_XSD: Final = PREFIXES["xsd"]
_NOT_IN_AN_IRI: Final = re.compile(r'[\x00-\x20<>"{}|\\^`]|%(?![0-9A-Fa-f]{2})')
_IN_DATA: Final = re.compile(r"(id/)?[a-z][a-z-]*/[^/].*")
"""A thing of the data as tables show it: ``plan/x``, or ``id/plan/x``."""


@dataclass(frozen=True, slots=True)
class ParameterType:
    """How the values of a type are written.

    Attributes:
        name: as in a header.
        pattern: what a value has to look like.
        datatype: the datatype of its literals; empty for a plain text, and for an IRI.
        expected: what a value is, in words, with an example.
        schema: the JSON Schema of a value, for ``/openapi.json``.
    """

    name: str
    pattern: re.Pattern[str]
    datatype: str
    expected: str
    schema: Mapping[str, str]


def _type(name: str, looks: str, datatype: str, expected: str, **schema: str) -> tuple[str, ParameterType]:
    return name, ParameterType(name, re.compile(looks, re.ASCII | re.DOTALL), datatype, expected, schema)


TYPES: Final[Mapping[str, ParameterType]] = dict(
    (
        _type(
            "iri", r".+", "", "an IRI such as id/plan/x or https://example.org/x", type="string", format="iri-reference"
        ),
        _type("language", r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", "", "a language code such as nl or en", type="string"),
        _type("date", r"\d{4}-\d\d-\d\d", f"{_XSD}date", "a day such as 2013-05-01", type="string", format="date"),
        _type("year", r"\d{4}", f"{_XSD}gYear", "a year such as 2020", type="string", pattern="^[0-9]{4}$"),
        _type("integer", r"[+-]?\d{1,18}", f"{_XSD}integer", "a whole number such as 3", type="integer"),
        _type("decimal", r"[+-]?\d{1,18}(\.\d{1,18})?", f"{_XSD}decimal", "a number such as 0.8", type="number"),
        _type("boolean", r"true|false", f"{_XSD}boolean", "true or false", type="boolean"),
        _type("string", r".*", "", "a text", type="string"),
    )
)
"""The types of parameters, by name."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a question can be asked with.

    Attributes:
        name: what callers write.
        variable: the variable of the query that the value stands for.
        type: how values are read.
        of: for an IRI, the class of things that it names (as ``dpp:PolicyInstrument``), or empty.
        required: whether it has to be given.
        default: its value where it is not given; None where its variable is left free then.
        example: a value that makes sense with the shipped data, or None.
        descriptions: what it means, by language.
    """

    name: str
    variable: str
    type: ParameterType
    of: str
    required: bool
    default: str | None
    example: str | None
    descriptions: Mapping[str, str]

    @property
    def expected(self) -> str:
        """What a value is, in words."""
        what = self.type.expected
        return f"an IRI such as {self.example}" if self.of and self.example else what

    def term(self, value: str, base: str) -> str:
        """The term that a value stands for, as in canonical N-Triples.

        Args:
            value: as the caller wrote it.
            base: what ``id/...`` is relative to.

        Raises:
            BadParameter: it is none of this type; says what is expected.
        """
        if not self.type.pattern.fullmatch(value):
            raise self._bad(value)
        if self.type.name == "iri":
            return f"<{self._iri(value, base)}>"
        if self.type.name == "date":
            try:
                date.fromisoformat(value)
            except ValueError as error:
                raise self._bad(value) from error
        written = value.lower() if self.type.name == "language" else value
        return literal(written, datatype=self.type.datatype or None)

    def _iri(self, value: str, base: str) -> str:
        iri = value[1:-1] if value.startswith("<") and value.endswith(">") else value
        scheme, colon, rest = iri.partition(":")
        if scheme in PREFIXES and not rest.startswith("//"):
            iri = PREFIXES[scheme] + rest
        elif _IN_DATA.fullmatch(iri):
            iri = f"{base}id/{iri.removeprefix('id/')}"
        elif not colon or not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*", scheme) or not rest:
            raise self._bad(value)
        if _NOT_IN_AN_IRI.search(iri):
            raise self._bad(value)
        try:
            _ = urlsplit(iri).port
        except ValueError as error:
            raise self._bad(value) from error
        return iri

    def _bad(self, value: str) -> BadParameter:
        return BadParameter(f"{self.name} is {value!r}: it must be {self.expected}")
