"""A query's form, its columns, what it names, how deep it nests."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from dppgraph.core.query_text.addresses import Graph, graphs, is_glued, services
from dppgraph.core.query_text.tokens import Token, tokens, unescaped

QueryForm = Literal["select", "ask", "construct", "describe", "update"]

_FORMS: dict[str, QueryForm] = {
    "SELECT": "select",
    "ASK": "ask",
    "CONSTRUCT": "construct",
    "DESCRIBE": "describe",
    **dict.fromkeys(("INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD"), "update"),
}
_PROLOGUE = {"PREFIX", "BASE", "VERSION"}
_AFTER_THE_FORM = 2
"""Tokens that may belong to the form: DISTINCT or REDUCED, and the star."""

_SHORT = 2_000

# Wherever it stands, and whatever stands right before it: in a text or a name it does no harm to think worse of the
# query than it is.
_PASSING = re.compile(r"(?:now|rand|uuid|bnode)(?=[\x00-\x20(#])|service", re.IGNORECASE)
_PASSING_WORDS = ("now", "rand", "uuid", "bnode", "service")


@dataclass(frozen=True, slots=True)
class QueryText:
    """What is known about a query.

    Attributes:
        text: the query.
        form: what kind of answer it asks for; None where no keyword says so (the engine will say what is wrong).
        star: the offset of the ``*`` in the outermost ``SELECT *``, or None.
        graphs: what FROM and FROM NAMED name; None for a graph whose name cannot be told.
        services: the absolute addresses that SERVICE names; None for one that cannot be told.
        glued: whether it may hold a FROM that is not set apart, so that ``graphs`` cannot be relied on.
        lasting: whether it certainly asks neither the clock, nor chance, nor another endpoint.
    """

    text: str
    form: QueryForm | None
    star: int | None
    graphs: tuple[Graph | None, ...]
    services: tuple[str | None, ...]
    glued: bool
    lasting: bool

    @property
    def variables(self) -> tuple[str, ...]:
        """The names of all variables in order of first appearance (for ``SELECT *``: after the star)."""
        start = 0 if self.star is None else self.star + 1
        return tuple(dict.fromkeys(token.text[1:] for token in tokens(self.text, start) if token.kind == "variable"))

    @property
    def depth(self) -> int:
        """How deep its brackets nest."""
        return _depth(tokens(self.text))

    def is_deeper_than(self, most: int) -> bool:
        """Whether its brackets nest deeper; one with fewer brackets than that is not looked at for it."""
        brackets = self.text.count("{") + self.text.count("(") + self.text.count("[")
        return brackets > most and self.depth > most


def read_query(text: str) -> QueryText:
    """What can be known about a query's text. Never raises: what cannot be told is None or empty."""
    lowered = text.lower()
    # Most queries have nothing in them that could be a graph or an endpoint, however it is read: they are read as far
    # as their form.
    plain = text.isascii() and "\\" not in text and "from" not in lowered and "service" not in lowered
    found: list[Token] = [] if plain else list(tokens(text))
    form, star = _beginning(text) if plain else _form(found)
    return QueryText(
        text=text,
        form=form,
        star=star,
        graphs=() if plain else graphs(found),
        services=() if plain else services(text, found),
        glued=not plain and is_glued(text, found),
        lasting=_is_lasting(text, lowered),
    )


def with_columns(text: str, query: QueryText, columns: list[str]) -> str:
    """The text with ``SELECT *`` spelled out as these columns (each a variable's name)."""
    if query.star is None or not columns:
        return text
    spelled = " ".join(f"?{name}" for name in columns)
    return f"{text[: query.star]} {spelled} {text[query.star + 1 :]}"


def _beginning(text: str) -> tuple[QueryForm | None, int | None]:
    """The form of a query and the offset of its star, read as far as needed."""
    # Those who ask many queries begin them alike.
    start = text[: text.find("{") + 1]
    known = _known_beginning(start) if 0 < len(start) < _SHORT else None
    return known or _form(_first_tokens(text)[0])


@lru_cache(maxsize=256)
def _known_beginning(start: str) -> tuple[QueryForm | None, int | None] | None:
    """Likewise from a part of it; None where the rest may matter too."""
    found, enough = _first_tokens(start)
    # The last one may go on, as a comment or a string can hold what the part was cut at.
    return _form(found) if enough and found[-1].end < len(start) else None


def _first_tokens(text: str) -> tuple[list[Token], bool]:
    """The tokens up to the keyword that says the form, and the two after it; whether all of these are there."""
    found: list[Token] = []
    left = -1
    for token in tokens(text):
        found.append(token)
        if left > 0:
            left -= 1
        elif token.kind == "word" and token.text.upper() not in _PROLOGUE:
            left = _AFTER_THE_FORM
        if not left:
            return found, True
    return found, False


def _form(found: list[Token]) -> tuple[QueryForm | None, int | None]:
    head = _head(found)
    form = _FORMS[found[head].text.upper()] if head is not None else None
    star = _star(found, head) if head is not None and form == "select" else None
    return form, found[star].start if star is not None else None


def _is_lasting(text: str, lowered: str) -> bool:
    if "\\" in text:
        return not _PASSING.search(unescaped(text))
    return not (any(word in lowered for word in _PASSING_WORDS) and _PASSING.search(text))


def _head(found: list[Token]) -> int | None:
    """The index of the keyword that says the form: the first one after the prologue."""
    for index, token in enumerate(found):
        if token.kind == "word":
            keyword = token.text.upper()
            if keyword in _FORMS:
                return index
            if keyword not in _PROLOGUE:
                return None
    return None


def _star(found: list[Token], head: int) -> int | None:
    following = head + 1
    if following < len(found) and found[following].text.upper() in ("DISTINCT", "REDUCED"):
        following += 1
    return following if following < len(found) and found[following].text == "*" else None


def _depth(found: Iterable[Token]) -> int:
    depth = deepest = 0
    for token in found:
        if token.kind == "mark":
            if token.text in "({[":
                depth += 1
                deepest = max(deepest, depth)
            elif token.text in ")}]":
                depth -= 1
    return deepest
