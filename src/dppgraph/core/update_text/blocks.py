"""What stands in the braces of an update, as TriG (RDF 1.2 TriG, section 2), so that a parser of RDF can read it.

Literals stay as they are written. Where TriG says less than SPARQL, marks stand in: IRIs that begin with a text which
nobody else uses. ``<MARKname>`` is the variable ``?name``; ``<MARK>`` is what no quad can have in that place, such as a
literal for a subject (SPARQL 1.1 Update, section 3.1.3: such a triple is left out).
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from dppgraph.core.query_text import Token, tokens
from dppgraph.core.query_text.tokens import token_at

_NUMBER: Final = re.compile(
    r"[+-]?(?:[0-9]+\.[0-9]*[eE][+-]?[0-9]+|\.?[0-9]+[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+)", re.ASCII
)
_MARKS: Final = re.compile(r"<<\(|\)>>|<<|>>|\{\||\|\}|\^\^")
_DIFFERS: Final = re.compile(r"[?$(]|<<|graph|\s[@^]|\^\s", re.IGNORECASE)
"""What is in each block that means something else in TriG, and in few others."""
_ONE_GRAPH: Final = re.compile(
    r"\s*GRAPH\s+(?P<name><[^<>\s]*>|[A-Za-z][\w-]*:[\w-]*)\s*\{(?P<inside>[^{}]*)\}\s*", re.IGNORECASE
)
_OPENING: Final = ("(", "[", "<<", "<<(", "{|")
_CLOSING: Final = (")", "]", ">>", ")>>", "|}")
_NO_SPACE_BEFORE: Final = ("lang", "^^")
_PLAIN_WORDS: Final = ("a", "true", "false", "graph")
_PATH_MARKS: Final = "/|*+?^!"


def variables(*texts: str) -> tuple[str, ...]:
    """The names of the variables in some pieces of an update, in order of appearance."""
    found = (token.text[1:] for text in texts for token in tokens(text) if token.kind == "variable")
    return tuple(dict.fromkeys(found))


def names_graphs(text: str) -> Iterator[str]:
    """The graphs that stand after GRAPH, as they are written."""
    found = list(tokens(text))
    for token, after in pairwise(found):
        if token.kind == "word" and token.text.upper() == "GRAPH" and after.kind in ("iri", "name"):
            yield after.text


def as_trig(block: str, mark: str) -> str:
    """The quads of a block of data, a template, or a pattern without operators.

    Args:
        block: what stands between the braces.
        mark: what the IRIs that stand in for others begin with.
    """
    return _Writer(block, mark).written()


def verbatim(block: str) -> str:
    """A block of data as TriG without a look at each of its tokens, where both certainly say the same; else nothing."""
    graph = _ONE_GRAPH.fullmatch(block)
    inside = graph["inside"] if graph else block
    if _DIFFERS.search(inside):
        return ""
    return f"GRAPH {graph['name']} {{{inside}\n}}" if graph else f"{{{inside}\n}}"


def leading(where: str) -> str:
    """The triples that a pattern begins with and that each of its solutions is made of, as a block of their own."""
    inside = where.strip()[1:-1]
    end, depth = 0, 0
    pieces = list(_pieces(inside))
    for index, piece in enumerate(pieces):
        if piece.text in ("{", *_OPENING):
            depth += 1
        elif piece.text in ("}", *_CLOSING):
            depth -= 1
        if depth < 0 or (piece.text == "{" and not _is_graph(pieces, index)) or _operates(piece):
            # An operator stands after a triple, within a pattern of a graph, or within a triple.
            ended = not depth and piece.kind == "word"
            return inside[: piece.start if ended else end]
        if not depth and piece.text in (".", "}"):
            end = piece.end
    return inside


def _is_graph(pieces: list[Token], brace: int) -> bool:
    return brace > 1 and pieces[brace - 2].text.upper() == "GRAPH"


def _operates(piece: Token) -> bool:
    if piece.kind == "word":
        return piece.text.lower() not in _PLAIN_WORDS
    return piece.kind == "mark" and piece.text in _PATH_MARKS


def _pieces(text: str) -> Iterator[Token]:
    """The tokens of a block, those of SPARQL 1.2 and numbers in one piece."""
    at = 0
    while at < len(text):
        found = _MARKS.match(text, at) or _NUMBER.match(text, at)
        token = Token("number" if found[0][-1].isdigit() else "mark", found[0], at) if found else token_at(text, at)
        at = token.end
        if token.kind != "space":
            yield token


class _Writer:
    """Writes one block."""

    def __init__(self, block: str, mark: str) -> None:
        self._pieces = list(_pieces(block))
        self._at = 0
        self._mark = mark
        self._nothing = f"<{mark}>"
        self._out = ["{"]
        self._depth = 0
        self._subject = True
        """Whether a subject is what comes next."""
        self._bare = False
        """Whether the subject may be all of the statement, as a collection may be in SPARQL and not in TriG."""

    def written(self) -> str:
        while piece := self._next():
            if self._depth:
                self._term(piece)
            elif not self._between(piece):
                if self._subject and _is_ill_placed(piece):
                    self._leave_out(piece)
                else:
                    self._term(piece)
        self._fill()
        return "".join([*self._out, " }"])

    def _next(self) -> Token | None:
        self._at += 1
        return self._pieces[self._at - 1] if self._at <= len(self._pieces) else None

    def _between(self, piece: Token) -> bool:
        """Whether a piece belongs to no triple, but stands between them; it is written then."""
        if piece.text == ".":
            self._fill()
            # After the braces of a graph a full stop ends nothing.
            self._out.append("" if self._subject else " .")
        elif piece.text == "}":
            self._fill()
            self._out.append(" } {")
        elif piece.kind == "word" and piece.text.upper() == "GRAPH":
            self._fill()
            graph, _brace = self._next(), self._next()
            self._out.append(f" }} GRAPH {self._named(graph) if graph else ''} {{")
        else:
            return False
        self._subject = True
        return True

    def _fill(self) -> None:
        if self._bare:
            self._out.append(f" {self._nothing} {self._nothing}")
        self._bare = False

    def _leave_out(self, piece: Token) -> None:
        """Writes a mark in place of a subject that can be none: a literal or a triple term."""
        self._out.append(f" {self._nothing}")
        self._subject = False
        depth = int(piece.text == "<<(")
        while depth and (inner := self._next()):
            depth += (inner.text == "<<(") - (inner.text == ")>>")
        if piece.kind == "string" and self._at < len(self._pieces):
            after = self._pieces[self._at]
            self._at += (after.kind == "lang") + 2 * (after.text == "^^")

    def _term(self, piece: Token) -> None:
        if piece.text in _OPENING:
            self._bare = self._bare or (self._subject and not self._depth and piece.text != "[")
            self._depth += 1
        elif piece.text in _CLOSING:
            self._depth -= 1
        elif not self._depth:
            self._bare = False
        self._subject = False
        glued = piece.kind in _NO_SPACE_BEFORE or piece.text in _NO_SPACE_BEFORE or self._out[-1] == "^^"
        self._out.append(self._named(piece) if glued else f" {self._named(piece)}")

    def _named(self, piece: Token) -> str:
        return f"<{self._mark}{piece.text[1:]}>" if piece.kind == "variable" else piece.text


def _is_ill_placed(piece: Token) -> bool:
    return piece.kind in ("string", "number", "word") or piece.text == "<<("
