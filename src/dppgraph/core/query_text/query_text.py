"""A query's form, its columns, what it names, how deep it nests."""

import re
from dataclasses import dataclass
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

# Wherever it stands, and whatever stands right before it: in a text or a name it does no harm to think worse of the
# query than it is.
_PASSING = re.compile(r"(?:now|rand|uuid|bnode)(?=[\x00-\x20(#])|service", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class QueryText:
    """What is known about a query.

    Attributes:
        form: what kind of answer it asks for; None where no keyword says so (the engine will say what is wrong).
        star: the offset of the ``*`` in the outermost ``SELECT *``, or None.
        variables: the names of all variables in order of first appearance (for ``SELECT *``: after the star).
        graphs: what FROM and FROM NAMED name; None for a graph whose name cannot be told.
        services: the absolute addresses that SERVICE names; None for one that cannot be told.
        glued: whether it may hold a FROM that is not set apart, so that ``graphs`` cannot be relied on.
        depth: how deep its brackets nest.
        lasting: whether it certainly asks neither the clock, nor chance, nor another endpoint.
    """

    form: QueryForm | None
    star: int | None
    variables: tuple[str, ...]
    graphs: tuple[Graph | None, ...]
    services: tuple[str | None, ...]
    glued: bool
    depth: int
    lasting: bool


def read_query(text: str) -> QueryText:
    """What can be known about a query's text. Never raises: what cannot be told is None or empty."""
    found = list(tokens(text))
    head = _head(found)
    form = _FORMS[found[head].text.upper()] if head is not None else None
    star = _star(found, head) if head is not None and form == "select" else None
    body = found[star + 1 :] if star is not None else found
    names = dict.fromkeys(token.text[1:] for token in body if token.kind == "variable")
    return QueryText(
        form=form,
        star=found[star].start if star is not None else None,
        variables=tuple(names),
        graphs=graphs(found),
        services=services(text, found),
        glued=is_glued(text, found),
        depth=_depth(found),
        lasting=not _PASSING.search(unescaped(text) if "\\" in text else text),
    )


def with_columns(text: str, query: QueryText, columns: list[str]) -> str:
    """The text with ``SELECT *`` spelled out as these columns (each a variable's name)."""
    if query.star is None or not columns:
        return text
    spelled = " ".join(f"?{name}" for name in columns)
    return f"{text[: query.star]} {spelled} {text[query.star + 1 :]}"


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


def _depth(found: list[Token]) -> int:
    depth = deepest = 0
    for token in found:
        if token.kind == "mark":
            if token.text in "({[":
                depth += 1
                deepest = max(deepest, depth)
            elif token.text in ")}]":
                depth -= 1
    return deepest
