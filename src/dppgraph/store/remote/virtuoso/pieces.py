"""Parts of expressions as Virtuoso is to read them: what its value is, and whether it holds."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dppgraph.store.remote.virtuoso.literals import FALSE, KEPT, OPAQUE, TRUE, XSD

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_INTEGER: Final = f"<{XSD}integer>"
_NOTHING: Final = "COALESCE()"
"""An expression with no value."""

_NUMBERS: Final = frozenset(f"{XSD}{name}" for name in ("integer", "decimal", "double", "float"))
NUMBER: Final = "number"
TEXT: Final = "text"
_VARIABLE: Final = re.compile(r"[?$]\w+")
_COUNTED: Final = re.compile(r"(?<![\\\])}\]])([A-Za-z0-9 ])\{(?=\d)")
"""In a regular expression a letter that has to stand there so many times: Virtuoso finds it only in brackets."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an expression.

    Attributes:
        text: it, as Virtuoso is to read it where its value is wanted.
        truth: likewise where it is wanted whether it holds.
        is_test: whether ``text`` is a number to Virtuoso and a boolean in SPARQL.
        kind: what it is for certain: ``NUMBER``, ``TEXT`` (a plain one), or the IRI of a datatype; else empty.
    """

    text: str
    truth: str
    is_test: bool = False
    kind: str = ""

    @property
    def value(self) -> str:
        """Its value."""
        if not self.is_test:
            return self.text
        return f"IF({self.truth}, {TRUE}, {FALSE})"


def plain(text: str, kind: str = "") -> Piece:
    """What is no boolean."""
    return Piece(text, text, kind=kind)


def test(text: str) -> Piece:
    """A test: a number to Virtuoso, a boolean in SPARQL."""
    return Piece(text, text, is_test=True)


def maybe(text: str, kind: str = "") -> Piece:
    """What may be a boolean, which is a text to Virtuoso; or else has the truth of a number or a text."""
    truth = text if kind in (NUMBER, TEXT) else f"({text} = {TRUE} || ({text} != {FALSE} && {text}))"
    return Piece(text, truth, kind=kind)


def kind_of(datatype_: str) -> str:
    """The kind of what has a datatype; none where Virtuoso may have another one for it."""
    if datatype_ in _NUMBERS:
        return NUMBER
    return TEXT if datatype_ == f"{XSD}string" else datatype_


def equality(left: str, mark: str, right: str) -> str:
    """``=`` or ``!=``. A value under a datatype of ours that is worked out does not differ, but is not found equal."""
    if mark == "=" and (_is_kept(left) or _is_kept(right)):
        return f"!({left} != {right})"
    return f"{left} {mark} {right}"


def membership(value: str, given: list[str], *, is_not: bool) -> str:
    """IN, or NOT IN."""
    if any(map(_is_kept, given)):
        said = " || ".join(equality(value, "=", one) for one in given)
        return f"!({said})" if is_not else f"({said})"
    return f"{value} {'NOT IN' if is_not else 'IN'} ({', '.join(given)})"


def _is_kept(value: str) -> bool:
    return f'"^^<{KEPT}' in value


def typed(values: str) -> Piece:
    """STRDT, with the datatype under which such literals are kept."""
    text, _, datatype = values.rpartition(", ")
    if datatype == f"<{XSD}boolean>":
        return maybe(f'IF({text} = "true", {TRUE}, IF({text} = "false", {FALSE}, {_NOTHING}))')
    if datatype[1:-1] in OPAQUE:
        return plain(f"STRDT({text}, <{KEPT}{datatype[1:-1]}>)")
    return plain(f"STRDT({values})")


def quotient(left: str, right: str) -> str:
    """Of two whole numbers the quotient is a decimal (SPARQL 1.1, section 17.4.1.7, numeric divide)."""
    are_whole = f"DATATYPE({left}) = {_INTEGER} && DATATYPE({right}) = {_INTEGER}"
    return f"IF({are_whole}, {left} * 1.0 / {right}, {left} / {right})"


def boolean(value: str) -> Piece:
    """XPath's cast to a boolean, which Virtuoso says is true whatever comes."""
    truth = f'(STR({value}) IN ("true", "1") || (isNumeric({value}) && {value} != 0))'
    falsehood = f'STR({value}) IN ("false", "0") || (isNumeric({value}) && {value} = 0)'
    return Piece(f"IF({truth}, {TRUE}, IF({falsehood}, {FALSE}, {_NOTHING}))", truth)


def datatype(given: Piece) -> str:
    """Virtuoso knows none of a text that has a language, or that is worked out, and has one for what is no literal."""
    value = given.value
    is_literal = f"isLiteral({value})"
    if _VARIABLE.fullmatch(value):
        is_literal = f"BOUND({value}) && {is_literal}"
    if given.kind == TEXT:
        return f"IF({is_literal}, <{XSD}string>, {_NOTHING})"
    text = f'IF(LANG({value}) = "", <{XSD}string>, <{_RDF}langString>)'
    known = f'IRI(REPLACE(STR(COALESCE(DATATYPE({value}), {text})), "^{KEPT}", ""))'
    return f"IF({is_literal}, {known}, {_NOTHING})"


def concatenated(given: Sequence[Piece]) -> Piece:
    """Of texts of which one is plain, all is plain (SPARQL 1.1, section 17.4.3.12); there it would have a language."""
    is_plain = any(part.kind == TEXT for part in given)
    values = [f"STR({part.value})" if is_plain and part.kind != TEXT else part.value for part in given]
    return plain(f"CONCAT({', '.join(values)})", TEXT if is_plain else "")


def matching(given: Sequence[Piece]) -> str:
    """The arguments of REGEX or REPLACE."""
    values = [part.value for part in given]
    if len(values) > 1 and values[1].startswith(('"', "'")):
        values[1] = _COUNTED.sub(r"[\1]{", values[1])
    return ", ".join(values)
