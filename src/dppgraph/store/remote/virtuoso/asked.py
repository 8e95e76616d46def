"""The text of a query as Virtuoso is sent it."""

from collections.abc import Callable
from typing import Final

from dppgraph.store.remote.virtuoso.expressions import Expressions
from dppgraph.store.remote.virtuoso.reading import Reading

_FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_DESCRIBING: Final = 'define sql:describe-mode "CBD" '
"""Otherwise what is said of other things with the one described for its object would be in the answer too."""


def asked(text: str) -> str:
    """A query of SPARQL 1.1 as Virtuoso has to be asked it, to answer as SPARQL 1.1 has it.

    Raises:
        QuerySyntax: it is none. Virtuoso would take words of its own, that reach graphs which the request does not.
        BadParameter: it asks for what Virtuoso answers wrongly.
    """
    return _Asked(text).written()


class _Asked:
    def __init__(self, text: str) -> None:
        self._reading = Reading(text)
        self._expressions = Expressions(self._reading, self._group)
        self._form = ""

    def written(self) -> str:
        pieces = []
        while not self._reading.ends:
            pieces.append(self._listed())
        return (_DESCRIBING if self._form == "DESCRIBE" else "") + "".join(pieces)

    def _listed(self) -> str:
        """What comes next outside of a pattern, or in the head of a query within it."""
        reading = self._reading
        gap = reading.gap() or (" " if reading.at else "")
        word = reading.word
        if word == "{":
            return gap + self._group()
        if word in _FORMS:
            self._form = self._form or word
            return gap + reading.take() + (self._head() if word == "SELECT" else "")
        if word == "HAVING":
            return gap + reading.take() + self._having()
        if word in ("GROUP", "ORDER"):
            return f"{gap}{reading.take()} {reading.expect('BY')}{self._by()}"
        if word == "VALUES":
            return gap + reading.take() + self._block()
        return gap + reading.take()

    def _head(self) -> str:
        """What SELECT lists, up to the pattern."""
        reading = self._reading
        pieces = []
        while not reading.ends and reading.word not in ("{", "WHERE", "FROM"):
            pieces.append(f" {self._bound() if reading.word == '(' else reading.take()}")
        return "".join(pieces)

    def _bound(self) -> str:
        """``(expression AS ?variable)``, or in brackets an expression alone."""
        reading = self._reading
        reading.expect("(")
        value = self._expressions.any().value
        named = f" {reading.take()} {reading.take()}" if reading.word == "AS" else ""
        reading.expect(")")
        return f"({value}{named})"

    def _having(self) -> str:
        return self._several(lambda: f" ({self._expressions.one().truth})")

    def _by(self) -> str:
        return self._several(self._key)

    def _key(self) -> str:
        reading = self._reading
        if reading.word in ("ASC", "DESC"):
            return f" {reading.take()}{self._bound()}"
        if reading.word == "(":
            return f" {self._bound()}"
        piece = self._expressions.one()
        return f" {piece.value}" if piece.text.startswith(("?", "$")) else f" ({piece.value})"

    def _several(self, one: Callable[[], str]) -> str:
        """What follows HAVING or BY: one of them or more."""
        pieces = [one()]
        reading = self._reading
        while reading.word == "(" or reading.next.kind in ("variable", "iri", "name") or self._is_call():
            pieces.append(one())
        return "".join(pieces)

    def _is_call(self) -> bool:
        return self._reading.next.kind == "word" and self._reading.then == "("

    def _group(self) -> str:
        """A pattern in its brackets."""
        reading = self._reading
        pieces = [reading.expect("{")]
        while reading.word != "}":
            pieces.append(self._in_group())
        return "".join([*pieces, reading.gap(), reading.take()])

    def _in_group(self) -> str:
        reading = self._reading
        gap, word = reading.gap(), reading.word
        if word == "FILTER":
            return f"{gap or ' '}{reading.take()} ({self._expressions.one().truth})"
        if word == "BIND":
            return f"{gap or ' '}{reading.take()} {self._bound()}"
        if word == ">":
            raise reading.refused("> cannot stand there")
        if reading.next.kind == "string":
            return gap + reading.literal()
        if word in ("SELECT", "HAVING", "GROUP", "ORDER", "VALUES", "{"):
            return self._listed()
        return gap + reading.take()

    def _block(self) -> str:
        """The data of VALUES: its variables, and a row for each solution."""
        reading = self._reading
        pieces = []
        while reading.word != "{":
            pieces.append(f" {reading.take()}")
        pieces.append(f" {reading.take()}")
        while reading.word != "}":
            gap = reading.gap()
            pieces.append(gap + (reading.literal() if reading.next.kind == "string" else reading.take()))
        return "".join([*pieces, reading.gap(), reading.take()])
