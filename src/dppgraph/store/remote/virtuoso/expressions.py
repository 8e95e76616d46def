"""Expressions of a query, written so that Virtuoso comes to the values that SPARQL 1.1 has.

To Virtuoso a comparison is a number, 1 or 0: where its value is wanted, and not whether it holds, it is made a boolean.
Whole numbers are divided to a whole number there, and IF is no condition.
"""

import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from dppgraph.errors import BadParameter
from dppgraph.store.remote.virtuoso.literals import FALSE, KEPT, OPAQUE, TRUE, XSD
from dppgraph.store.remote.virtuoso.ordering import ordered
from dppgraph.store.remote.virtuoso.pieces import (
    NUMBER,
    TEXT,
    Piece,
    boolean,
    concatenated,
    datatype,
    equality,
    kind_of,
    matching,
    maybe,
    membership,
    plain,
    quotient,
    test,
    typed,
)
from dppgraph.store.remote.virtuoso.reading import Reading
from dppgraph.store.remote.virtuoso.triples import number

_VARIABLE: Final = re.compile(r"[?$](\w+)")
_EQUALITIES: Final = ("!=", "=")
_COMPARISONS: Final = ("!=", "<=", ">=", "=", "<", ">")
_ABOUT_TERMS: Final = ("BOUND", "ISIRI", "ISURI", "ISBLANK", "ISLITERAL", "ISNUMERIC", "SAMETERM")
_ABOUT_TEXTS: Final = ("REGEX", "CONTAINS", "STRSTARTS", "STRENDS", "LANGMATCHES")
_TESTS: Final = frozenset((*_ABOUT_TERMS, *_ABOUT_TEXTS))
_OF_TEXTS: Final = ("SUBSTR", "UCASE", "LCASE", "STRBEFORE", "STRAFTER")
"""What makes a plain text of a plain text."""

_KINDS: Final = MappingProxyType(
    dict.fromkeys(
        ("STRLEN", "ABS", "CEIL", "FLOOR", "ROUND", "RAND", "YEAR", "MONTH", "DAY", "HOURS", "MINUTES"), NUMBER
    )
    | dict.fromkeys(("STR", "LANG", "TZ", "STRUUID"), TEXT)
)
_AGGREGATES: Final = frozenset(("COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT"))
_WRONG: Final = MappingProxyType(
    dict.fromkeys(
        ("ENCODE_FOR_URI", "MD5", "SHA1", "SHA256", "SHA384", "SHA512"), "of what is not in ASCII it is wrong"
    )
)
_Given = list[Piece]
_CALLS: Final[MappingProxyType[str, Callable[[_Given], Piece]]] = MappingProxyType(
    {
        "COALESCE": lambda given: maybe(f"COALESCE({_values(given)})"),
        "CONCAT": concatenated,
        "DATATYPE": lambda given: plain(datatype(given[0])),
        "REGEX": lambda given: test(f"REGEX({matching(given)})"),
        "REPLACE": lambda given: plain(f"REPLACE({matching(given)})", given[0].kind),
        "SECONDS": lambda given: plain(f"<{XSD}decimal>(SECONDS({_values(given)}))", NUMBER),
        "STRDT": lambda given: typed(_values(given)),
    }
)
"""The functions that are not called as they are."""


class Expressions:
    """Reads expressions, and writes them anew.

    Args:
        reading: where they stand.
        group: reads the pattern of an EXISTS, from its bracket on.
    """

    def __init__(self, reading: Reading, group: Callable[[], str]) -> None:
        self._reading = reading
        self._group = group
        self._kinds: dict[str, str] = {}

    def note(self, variable: str, piece: Piece) -> None:
        """Notes that a variable stands for an expression: it is of its kind, if it stands for no other."""
        known = self._kinds.setdefault(variable[1:], piece.kind)
        if known != piece.kind:
            self._kinds[variable[1:]] = ""

    def found(self, pattern: str) -> None:
        """Notes that the variables of a pattern stand for what is found, of whatever kind that is."""
        for name in _VARIABLE.findall(pattern):
            self._kinds[name] = ""

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
        return test(f" {mark} ".join(parts))

    def _compared(self) -> Piece:
        left = self._added()
        reading = self._reading
        for mark in _COMPARISONS:
            if reading.is_marks(mark):
                reading.at += len(mark)
                right = self._added()
                if mark in _EQUALITIES:
                    return test(equality(left.value, mark, right.value))
                return test(ordered(left, mark, right))
        if reading.word == "IN" or (reading.word == "NOT" and reading.then == "IN"):
            is_not = reading.take().upper() == "NOT" and bool(reading.take())
            return test(membership(left.value, [part.value for part in self._arguments()], is_not=is_not))
        return left

    def _added(self) -> Piece:
        left = self._multiplied()
        while self._reading.word in ("+", "-"):
            mark = self._reading.take()
            left = plain(f"{left.value} {mark} {self._multiplied().value}", NUMBER)
        return left

    def _multiplied(self) -> Piece:
        left = self._signed()
        while self._reading.word in ("*", "/"):
            mark = self._reading.take()
            right = self._signed()
            left = plain(f"{left.value} * {right.value}" if mark == "*" else quotient(left.value, right.value), NUMBER)
        return left

    def _signed(self) -> Piece:
        mark = self._reading.word
        if mark == "!":
            self._reading.take()
            return test(f"!({self._signed().truth})")
        if mark in ("+", "-"):
            self._reading.take()
            return plain(f"{mark}{self._signed().value}", NUMBER)
        return self._primary()

    def _primary(self) -> Piece:
        reading = self._reading
        kind, word = reading.next.kind, reading.word
        if word == "(":
            reading.take()
            inner = self.any()
            reading.expect(")")
            return Piece(f"({inner.text})", f"({inner.truth})", inner.is_test, inner.kind)
        if kind == "string":
            return _literal(reading.literal())
        if kind == "number" or word == ".":
            return plain(number(reading), NUMBER)
        if kind in ("iri", "name"):
            iri = reading.iri(reading.next)
            name = reading.take()
            return self._cast(iri) if reading.word == "(" else plain(name)
        if kind == "variable":
            name = reading.take()
            return maybe(name, self._kinds.get(name[1:], ""))
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
            raise reading.refused("that cannot stand there")
        if word in _WRONG:
            raise BadParameter(f"{word} cannot be asked of the engine behind this server: {_WRONG[word]}")
        reading.take()
        if word in _AGGREGATES:
            return self._aggregate(word)
        return self._called(word)

    def _existing(self, before: str) -> Piece:
        self._reading.expect("EXISTS")
        return test(f"{before}EXISTS {self._group()}")

    def _called(self, word: str) -> Piece:
        given = self._arguments()
        if word == "IF" and len(given) == len(("condition", "then", "else")):
            when, then, otherwise = given
            truth = f"((({when.truth}) && ({then.truth})) || (!({when.truth}) && ({otherwise.truth})))"
            kind = then.kind if then.kind == otherwise.kind else ""
            return Piece(f"IF({when.truth}, {then.value}, {otherwise.value})", truth, kind=kind)
        if word in _CALLS and given:
            return _CALLS[word](given)
        text = f"{word}({_values(given)})"
        if word in _TESTS:
            return test(text)
        if word in _OF_TEXTS and given and given[0].kind == TEXT:
            return plain(text, TEXT)
        return plain(text, _KINDS.get(word, ""))

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
        return maybe(text) if word not in ("SUM", "AVG") else plain(f"IF(COUNT(*) = 0, 0, {text})")

    def _cast(self, iri: str) -> Piece:
        values = [part.value for part in self._arguments()]
        if iri == f"{XSD}boolean" and len(values) == 1:
            return boolean(values[0])
        if iri == f"{XSD}string" and len(values) == 1:
            return plain(f"STR({values[0]})", TEXT)
        if iri in OPAQUE and len(values) == 1:
            return plain(f"STRDT(STR({values[0]}), <{KEPT}{iri}>)")
        return plain(f"<{iri}>({', '.join(values)})", kind_of(iri))

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


def _values(given: _Given) -> str:
    return ", ".join(part.value for part in given)


def _literal(text: str) -> Piece:
    """A literal, of the kind that its datatype says."""
    if text in (TRUE, FALSE):
        return Piece(text, "true" if text == TRUE else "false")
    _, mark, datatype_ = text.rpartition('"^^<')
    if not mark:
        return plain(text, "" if "@" in text[max(text.rfind(chr(34)), text.rfind("'")) :] else TEXT)
    return plain(text, kind_of(datatype_[:-1].removeprefix(KEPT)))
