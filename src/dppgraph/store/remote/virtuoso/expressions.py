"""Expressions of a query, written so that Virtuoso comes to the values that SPARQL 1.1 has.

To Virtuoso a comparison is a number, 1 or 0: where its value is wanted, and not whether it holds, it is made a boolean.
Whole numbers are divided to a whole number there, and IF is no condition.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from dppgraph.errors import BadParameter
from dppgraph.store.remote.virtuoso.literals import FALSE, KEPT, OPAQUE, TRUE, XSD
from dppgraph.store.remote.virtuoso.reading import Reading
from dppgraph.store.remote.virtuoso.triples import number

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_INTEGER: Final = f"<{XSD}integer>"
_NOTHING: Final = f'{_INTEGER}("-")'
"""An expression with no value."""
_COMPARISONS: Final = ("!=", "<=", ">=", "=", "<", ">")
_TESTS: Final = frozenset(
    "BOUND ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC REGEX CONTAINS STRSTARTS STRENDS LANGMATCHES SAMETERM".split()
)
_AGGREGATES: Final = frozenset("COUNT SUM AVG MIN MAX SAMPLE GROUP_CONCAT".split())
_WRONG: Final = MappingProxyType(
    {
        "ENCODE_FOR_URI": "it leaves letters that are not in ASCII as they are",
        **dict.fromkeys(("MD5", "SHA1", "SHA256", "SHA384", "SHA512"), "of texts that are not in ASCII it is wrong there"),
    }
)
_PLAIN: Final = ('"', "'", "STR(", "LANG(")
_LANGUAGE: Final = re.compile(r"[\"']@[A-Za-z0-9-]+\Z")
_COUNTED: Final = re.compile(r"(?<![\\\])}\]])([A-Za-z0-9 ])\{(?=\d)")
"""In a regular expression a letter that has to stand there so many times: Virtuoso finds it only in brackets."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an expression.

    Attributes:
        text: it, as Virtuoso is to read it where its value is wanted.
        truth: likewise where it is wanted whether it holds.
        is_test: whether ``text`` is a number to Virtuoso and a boolean in SPARQL.
    """

    text: str
    truth: str
    is_test: bool = False

    @property
    def value(self) -> str:
        """Its value."""
        if not self.is_test:
            return self.text
        return f"IF({self.truth}, {TRUE}, {FALSE})"


class Expressions:
    """Reads expressions, and writes them anew.

    Args:
        reading: where they stand.
        group: reads the pattern of an EXISTS, from its bracket on.
    """

    def __init__(self, reading: Reading, group: Callable[[], str]) -> None:
        self._reading = reading
        self._group = group

    def any(self) -> Piece:
        """An expression: what ``||`` joins."""
        return self._joined("||", lambda: self._joined("&&", self._compared))

    def one(self) -> Piece:
        """A bracketed expression, a call, or a term: what may follow FILTER, HAVING and BY."""
        return self._primary()

    def _joined(self, mark: str, part: Callable[[], Piece]) -> Piece:
        first = part()
        if not self._reading.is_marks(mark):
            return first
        parts = [first.truth]
        while self._reading.is_marks(mark):
            self._reading.at += len(mark)
            parts.append(part().truth)
        return _test(f" {mark} ".join(parts))

    def _compared(self) -> Piece:
        left = self._added()
        reading = self._reading
        for mark in _COMPARISONS:
            if reading.is_marks(mark):
                reading.at += len(mark)
                return _test(_comparison(left.value, mark, self._added().value))
        if reading.word == "IN" or (reading.word == "NOT" and reading.then == "IN"):
            is_not = reading.take().upper() == "NOT" and bool(reading.take())
            return _test(_membership(left.value, [part.value for part in self._arguments()], is_not=is_not))
        return left

    def _added(self) -> Piece:
        left = self._multiplied()
        while self._reading.word in ("+", "-"):
            mark = self._reading.take()
            left = _plain(f"{left.value} {mark} {self._multiplied().value}")
        return left

    def _multiplied(self) -> Piece:
        left = self._signed()
        while self._reading.word in ("*", "/"):
            mark = self._reading.take()
            right = self._signed()
            left = _plain(f"{left.value} * {right.value}" if mark == "*" else _quotient(left.value, right.value))
        return left

    def _signed(self) -> Piece:
        mark = self._reading.word
        if mark == "!":
            self._reading.take()
            return _test(f"!({self._signed().truth})")
        if mark in ("+", "-"):
            self._reading.take()
            return _plain(f"{mark}{self._signed().value}")
        return self._primary()

    def _primary(self) -> Piece:
        reading = self._reading
        kind, word = reading.next.kind, reading.word
        if word == "(":
            reading.take()
            inner = self.any()
            reading.expect(")")
            return Piece(f"({inner.text})", f"({inner.truth})", inner.is_test)
        if kind == "string":
            return _plain(reading.literal())
        if kind == "number" or word == ".":
            return _plain(number(reading))
        if kind in ("iri", "name"):
            iri = reading.iri(reading.next)
            name = reading.take()
            return self._cast(iri) if reading.word == "(" else _plain(name)
        if kind == "variable":
            return _maybe(reading.take())
        if kind != "word":
            raise reading.refused("an expression is missing")
        return self._worded(word)

    def _worded(self, word: str) -> Piece:
        reading = self._reading
        if word in ("TRUE", "FALSE"):
            reading.take()
            return Piece(TRUE if word == "TRUE" else FALSE, word.lower())
        if word == "NOT":
            reading.take()
            return self._existing("NOT ")
        if word == "EXISTS":
            return self._existing("")
        if reading.then != "(":
            raise reading.refused(f"{word} cannot stand there")
        if word in _WRONG:
            raise BadParameter(f"{word} cannot be asked of the engine behind this server: {_WRONG[word]}")
        reading.take()
        if word in _AGGREGATES:
            return self._aggregate(word)
        return self._called(word)

    def _existing(self, before: str) -> Piece:
        self._reading.expect("EXISTS")
        return _test(f"{before}EXISTS {self._group()}")

    def _called(self, word: str) -> Piece:
        given = self._arguments()
        values = ", ".join(part.value for part in given)
        if word == "IF" and len(given) == len(("condition", "then", "else")):
            when, then, otherwise = given
            truth = f"((({when.truth}) && ({then.truth})) || (!({when.truth}) && ({otherwise.truth})))"
            return Piece(f"IF({when.truth}, {then.value}, {otherwise.value})", truth)
        if word == "DATATYPE" and len(given) == 1:
            return _plain(_datatype(given[0].value))
        if word == "CONCAT":
            return _plain(_concatenated(given))
        if word == "SECONDS":
            return _plain(f"<{XSD}decimal>(SECONDS({values}))")
        if word in ("REGEX", "REPLACE") and len(given) > 1 and given[1].text.startswith(('"', "'")):
            values = ", ".join([given[0].value, _COUNTED.sub(r"[\1]{", given[1].text), *(more.value for more in given[2:])])
        if word == "COALESCE":
            return _maybe(f"COALESCE({values})")
        if word == "STRDT":
            return _typed(values)
        return _test(f"{word}({values})") if word in _TESTS else _plain(f"{word}({values})")

    def _aggregate(self, word: str) -> Piece:
        reading = self._reading
        reading.expect("(")
        distinct = f"{reading.take()} " if reading.word == "DISTINCT" else ""
        inner = reading.take() if reading.word == "*" else self.any().value
        after = ""
        if word == "GROUP_CONCAT":
            after = '; SEPARATOR=" "'
            if reading.word == ";":
                reading.take()
                reading.expect("SEPARATOR")
                reading.expect("=")
                after = f"; SEPARATOR={reading.take()}"
        reading.expect(")")
        text = f"{word}({distinct}{inner}{after})"
        # Of nothing at all, the sum is 0 (SPARQL 1.1, section 18.5.1.3).
        return _maybe(text) if word not in ("SUM", "AVG") else _plain(f"IF(COUNT(*) = 0, 0, {text})")

    def _cast(self, iri: str) -> Piece:
        values = [part.value for part in self._arguments()]
        if iri == f"{XSD}boolean" and len(values) == 1:
            return _boolean(values[0])
        if iri == f"{XSD}string" and len(values) == 1:
            return _plain(f"STR({values[0]})")
        if iri in OPAQUE and len(values) == 1:
            return _plain(f"STRDT(STR({values[0]}), <{KEPT}{iri}>)")
        return _plain(f"<{iri}>({', '.join(values)})")

    def _arguments(self) -> list[Piece]:
        reading = self._reading
        reading.expect("(")
        given: list[Piece] = []
        while reading.word != ")":
            if given:
                reading.expect(",")
            elif reading.word == "DISTINCT":
                reading.take()
            given.append(self.any())
        reading.take()
        return given


def _plain(text: str) -> Piece:
    return Piece(text, text)


def _test(text: str) -> Piece:
    return Piece(text, text, is_test=True)


def _maybe(text: str) -> Piece:
    """What may be a boolean, which is a text to Virtuoso; or else has the truth of a number or a text."""
    return Piece(text, f"({text} = {TRUE} || ({text} != {FALSE} && {text}))")


def _comparison(left: str, mark: str, right: str) -> str:
    """Where a value under a datatype of ours is worked out, it is found not to differ, but not to be equal."""
    if mark == "=" and (_is_kept(left) or _is_kept(right)):
        return f"!({left} != {right})"
    return f"{left} {mark} {right}"


def _membership(value: str, given: list[str], *, is_not: bool) -> str:
    if any(map(_is_kept, given)):
        said = " || ".join(_comparison(value, "=", one) for one in given)
        return f"!({said})" if is_not else f"({said})"
    return f"{value} {'NOT IN' if is_not else 'IN'} ({', '.join(given)})"


def _is_kept(value: str) -> bool:
    return f'"^^<{KEPT}' in value


def _typed(values: str) -> Piece:
    """STRDT, with the datatype under which such literals are kept."""
    text, _, datatype = values.rpartition(", ")
    if datatype == f"<{XSD}boolean>":
        return _maybe(f'IF({text} = "true", {TRUE}, IF({text} = "false", {FALSE}, {_NOTHING}))')
    if datatype[1:-1] in OPAQUE:
        return _plain(f"STRDT({text}, <{KEPT}{datatype[1:-1]}>)")
    return _plain(f"STRDT({values})")


def _quotient(left: str, right: str) -> str:
    """Of two whole numbers the quotient is a decimal (SPARQL 1.1, section 17.4.1.7, numeric divide)."""
    are_whole = f"DATATYPE({left}) = {_INTEGER} && DATATYPE({right}) = {_INTEGER}"
    return f"IF({are_whole}, {left} * 1.0 / {right}, {left} / {right})"


def _boolean(value: str) -> Piece:
    """XPath's cast to a boolean, which Virtuoso says is true whatever comes."""
    truth = f'(STR({value}) IN ("true", "1") || (isNumeric({value}) && {value} != 0))'
    falsehood = f'STR({value}) IN ("false", "0") || (isNumeric({value}) && {value} = 0)'
    return Piece(f"IF({truth}, {TRUE}, IF({falsehood}, {FALSE}, {_NOTHING}))", truth)


def _datatype(value: str) -> str:
    """Virtuoso knows none of a text with a language, and has one for an IRI."""
    known = f'IRI(REPLACE(STR(COALESCE(DATATYPE({value}), <{_RDF}langString>)), "^{KEPT}", ""))'
    return f"IF(isLiteral({value}), {known}, {_NOTHING})"


def _concatenated(given: list[Piece]) -> str:
    """Of texts of which one is plain, all is plain (SPARQL 1.1, section 17.4.3.12); there it would have a language."""
    values = [part.value for part in given]
    if any(value.startswith(_PLAIN) and not _LANGUAGE.search(value) for value in values):
        values = [value if value.startswith(_PLAIN) else f"STR({value})" for value in values]
    return f"CONCAT({', '.join(values)})"
