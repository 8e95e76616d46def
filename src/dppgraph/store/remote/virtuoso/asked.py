"""The text of a query as Virtuoso is sent it."""

import re
from collections.abc import Callable
from typing import Final

from dppgraph.store.remote.virtuoso.expressions import Expressions
from dppgraph.store.remote.virtuoso.reading import Reading
from dppgraph.store.remote.virtuoso.triples import begins_triples, number, triples

_FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_HEADS: Final = ("SELECT", "HAVING", "GROUP", "ORDER", "VALUES", "{")
_VARIABLE: Final = re.compile(r"[?$]\w+")
_DESCRIBING: Final = 'define sql:describe-mode "CBD" '
"""Otherwise what is said of other things with the one described for its object would be in the answer too."""


def asked(text: str) -> str:
    """A query of SPARQL 1.1 as Virtuoso has to be asked it, to answer as SPARQL 1.1 has it.

    Raises:
        QuerySyntax: it is none. Virtuoso would take words of its own, that reach graphs which the request does not.
        BadParameter: it asks for what Virtuoso answers wrongly.
    """
    reading = Reading(text)
    reading.pass_prologue()
    described = _DESCRIBING if reading.word == "DESCRIBE" else ""
    return described + _Writing(reading).whole()


class _Writing:
    """A query, written anew from left to right."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._expressions = Expressions(reading, self._existing)
        self._out: list[str] = []
        self._closing = 0
        """Where in ``_out`` the end of the group is that was closed last: a place for more."""
        self._keys = 0

    def whole(self) -> str:
        while not self._reading.ends:
            self._listed()
        return " ".join(filter(None, self._out))

    def _listed(self) -> None:
        """What comes next outside of a pattern, or in the head of a query within it."""
        reading, out = self._reading, self._out
        word = reading.word
        if word == "{":
            self._group()
            return
        out.append(reading.take())
        if word == "SELECT":
            self._head()
        elif word == "HAVING":
            out.append(f"({' && '.join(self._several(lambda: self._expressions.one().truth))})")
        elif word == "GROUP":
            out.append(reading.expect("BY"))
            keys = self._several(self._group_key)
            out += keys
        elif word == "ORDER":
            out.append(reading.expect("BY"))
            keys = self._several(self._order_key)
            out += keys
        elif word == "VALUES":
            self._block()

    def _head(self) -> None:
        """What SELECT lists, up to the pattern."""
        reading = self._reading
        while not reading.ends and reading.word not in ("{", "WHERE", "FROM"):
            self._out.append(self._bound() if reading.word == "(" else reading.take())

    def _bound(self) -> str:
        """``(expression AS ?variable)``, or in brackets an expression alone."""
        value, name = self._named()
        return f"({value} AS {name})" if name else f"({value})"

    def _named(self) -> tuple[str, str]:
        """The expression and the variable of ``(expression AS ?variable)``, which may be empty."""
        reading = self._reading
        reading.expect("(")
        piece = self._expressions.any()
        name = ""
        if reading.word == "AS":
            reading.take()
            name = reading.take()
            self._expressions.note(name, piece)
        reading.expect(")")
        return piece.value, name

    def _group_key(self) -> str:
        """A key of GROUP BY: of an expression Virtuoso may make a group for each of its variables' values."""
        reading = self._reading
        value, name = self._named() if reading.word == "(" else (self._expressions.one().value, "")
        if not name and _VARIABLE.fullmatch(value):
            return value
        if not name:
            self._keys += 1
            name = f"?dppgraph_key_{self._keys}"
        self._out[self._closing] += f" BIND({value} AS {name})"
        return name

    def _order_key(self) -> str:
        reading = self._reading
        if reading.word in ("ASC", "DESC"):
            return f"{reading.take()}{self._bound()}"
        if reading.word == "(":
            return self._bound()
        value = self._expressions.one().value
        return value if _VARIABLE.fullmatch(value) else f"({value})"

    def _several(self, one: Callable[[], str]) -> list[str]:
        """What follows HAVING or BY: one of them or more."""
        reading = self._reading
        found = [one()]
        while (
            reading.word == "("
            or reading.next.kind in ("variable", "iri", "name")
            or (reading.next.kind == "word" and reading.then == "(" and reading.word != "HAVING")
        ):
            found.append(one())
        return found

    def _group(self) -> None:
        """A pattern in its brackets."""
        reading, out = self._reading, self._out
        out.append(reading.expect("{"))
        while reading.word != "}":
            self._in_group()
        self._closing = len(out)
        out += ["", reading.take()]

    def _in_group(self) -> None:
        reading, out = self._reading, self._out
        word = reading.word
        if word == "FILTER":
            out += [reading.take(), f"({self._expressions.one().truth})"]
        elif word == "BIND":
            out += [reading.take(), self._bound()]
        elif word in _HEADS:
            self._listed()
        elif begins_triples(reading):
            out.append(triples(reading))
            self._expressions.found(out[-1])
        elif word in (".", ";", ","):
            out.append(reading.take())
        elif reading.next.kind == "word":
            self._worded()
        else:
            raise reading.refused("that cannot stand there")

    def _worded(self) -> None:
        """GRAPH and its name, OPTIONAL, UNION, MINUS, or SERVICE, which the guard has looked at."""
        reading, out = self._reading, self._out
        is_graph = reading.word == "GRAPH"
        out.append(reading.take())
        if is_graph or reading.next.kind == "iri":
            out.append(reading.take())

    def _existing(self) -> str:
        """The pattern of an EXISTS."""
        start = len(self._out)
        self._group()
        text = " ".join(filter(None, self._out[start:]))
        del self._out[start:]
        return text

    def _block(self) -> None:
        """The data of VALUES: its variables, and a row for each solution."""
        reading, out = self._reading, self._out
        start = len(out)
        is_first = out[start - 2 : start - 1] == ["{"]
        while reading.word != "{":
            out.append(reading.take())
        self._expressions.found(" ".join(out[start:]))
        out.append(reading.take())
        while reading.word != "}":
            if reading.next.kind == "string":
                out.append(reading.literal())
            elif reading.next.kind == "number" or reading.word in ("+", "-"):
                out.append(number(reading))
            else:
                out.append(reading.take())
        out.append(reading.take())
        variable, *_, value, _ = said = out[start:]
        if is_first and len(said) == len(("variable", "{", "value", "}")) and value.startswith(("<", '"')):
            # Of one value in each part of a UNION, it knows only the first within an EXISTS.
            out[start - 1 :] = [f"BIND({value} AS {variable})"]
