"""A text in Turtle or TriG, cut into its statements: where each begins and ends, and what is said around it.

Only texts that parsed before come here (RDF 1.1 Turtle, section 6; TriG, section 4). A statement is all that is said of
one subject up to its full stop.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from dppgraph.core.query_text import Token, tokens
from dppgraph.core.turtle_text import turtle_tokens

_OPENING: Final = "[("
_CLOSING: Final = "])"
_NUMBER: Final = re.compile(r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+)")
"""What SPARQL's tokens are several of: RDF 1.1 Turtle, section 6.5, productions 19 to 21."""


@dataclass(frozen=True, slots=True)
class Part:
    """A property of a statement with one of its values.

    Attributes:
        predicate: where the property is written, from and to; the values after the first share it.
        object: where the value is written, with its language, its datatype, or what stands in its brackets.
        separator: where the ``,`` or ``;`` in front of it is; None for the first of the statement.
        follows: whether it is a further value of the property before it.
    """

    predicate: tuple[int, int]
    object: tuple[int, int]
    separator: int | None
    follows: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said of one subject, up to the full stop.

    Attributes:
        start: where it begins.
        stop: where its full stop is, or what ends it without one (the ``}`` of a graph).
        end: where it ends, its full stop included.
        subject: where its subject is written.
        parts: its properties and values, in their order.
        graph: the name of the graph around it, as it is written; empty where none is.
        prologue: how much of the prologue stands before it (an index into that of the text).
        labels: the labels of blank nodes in it.
    """

    start: int
    stop: int
    end: int
    subject: tuple[int, int]
    parts: tuple[Part, ...]
    graph: str
    prologue: int
    labels: frozenset[str]


@dataclass(slots=True)
class Cut:
    """A text and its statements.

    Attributes:
        text: the text.
        prologue: the declarations of prefixes and bases, in their order.
        statements: the statements.
    """

    text: str
    prologue: list[str] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)

    def before(self, statement: Statement) -> str:
        """The declarations that hold for a statement."""
        return "\n".join(self.prologue[: statement.prologue])


def cut(text: str) -> Cut:
    """The statements of a text."""
    found = Cut(text)
    pieces = list(_terms(text))
    graph, at = "", 0
    while at < len(pieces):
        start, end, word = pieces[at]
        if word.lstrip("@").upper() in ("PREFIX", "BASE"):
            at = _declaration(text, pieces, at, found)
        elif word.upper() == "GRAPH":
            at += 1
        elif word == "}":
            graph, at = "", at + 1
        elif word == "{":
            at += 1
        elif at + 1 < len(pieces) and pieces[at + 1][2] == "{":
            graph, at = text[start:end], at + 1
        else:
            at = _statement(text, pieces, at, found, graph)
    return found


_Piece = tuple[int, int, str]
"""From, to, and the word or mark that it is; a term in brackets is one piece."""


def _terms(text: str) -> Iterator[_Piece]:
    """The terms and marks of a text: brackets with what is in them, literals with language and datatype, are one."""
    found = list(turtle_tokens(text))
    at = 0
    while at < len(found):
        first = at
        at = _after_term(found, at, text)
        start, end = found[first].start, found[at - 1].end
        yield start, end, found[first].text if at == first + 1 else ""


def _after_term(found: list[Token], at: int, text: str) -> int:
    """The index after the term or the mark at an index."""
    token = found[at]
    if token.text in _OPENING and token.kind == "mark":
        return _after_brackets(found, at)
    if token.text == "<" and token.kind == "mark":
        return _after_iri(found, at, text)
    if token.kind in ("number", "mark") and (number := _NUMBER.match(text, token.start)):
        return _first_from(found, at, number.end())
    at += 1
    if token.kind == "string":
        if at < len(found) and found[at].kind == "lang":
            return at + 1
        if at + 1 < len(found) and found[at].text == found[at + 1].text == "^":
            return _after_term(found, at + 2, text)
    return at


def _after_brackets(found: list[Token], at: int) -> int:
    depth = 0
    while at < len(found):
        if found[at].kind == "mark":
            depth += (found[at].text in _OPENING) - (found[at].text in _CLOSING)
        at += 1
        if depth == 0:
            break
    return at


def _after_iri(found: list[Token], at: int, text: str) -> int:
    """After an IRI with an escape in it, which no SPARQL tokenizer takes for one; or after a triple term."""
    start = found[at].start
    closing = ")>>" if text.startswith("<<(", start) else ">>" if text.startswith("<<", start) else ">"
    return max(at + 1, _first_from(found, at, text.find(closing, start) + len(closing)))


def _first_from(found: list[Token], at: int, end: int) -> int:
    """The index of the first token that starts at an offset or after it."""
    while at < len(found) and found[at].start < end:
        at += 1
    return at


def _declaration(text: str, pieces: list[_Piece], at: int, found: Cut) -> int:
    start, _, word = pieces[at]
    last = at + (1 if word.lstrip("@").upper() == "BASE" else 2)
    end = pieces[last][1]
    if word.startswith("@"):
        last, end = last + 1, pieces[last + 1][1]
    found.prologue.append(text[start:end])
    return last + 1


def _statement(text: str, pieces: list[_Piece], at: int, found: Cut, graph: str) -> int:
    subject = pieces[at][:2]
    first, parts = at, list[Part]()
    at += 1
    predicate: tuple[int, int] | None = None
    separator: int | None = None
    follows = False
    while at < len(pieces) and pieces[at][2] not in (".", "}"):
        start, end, word = pieces[at]
        if word in (",", ";"):
            separator, follows = start, word == ","
            predicate = predicate if follows else None
        elif predicate is None:
            predicate = (start, end)
        else:
            parts.append(Part(predicate, (start, end), separator, follows))
        at += 1
    stopped = at < len(pieces) and pieces[at][2] == "."
    last = pieces[at - 1][1]
    stop = pieces[at][0] if stopped else last
    labels = frozenset(token.text for token in tokens(text[subject[0] : last]) if token.kind == "blank")
    end = pieces[at][1] if stopped else last
    found.statements.append(
        Statement(pieces[first][0], stop, end, subject, tuple(parts), graph, len(found.prologue), labels)
    )
    return at + 1 if stopped else at
