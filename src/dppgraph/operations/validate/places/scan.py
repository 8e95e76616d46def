"""What a text in Turtle, TriG, N-Triples or N-Quads says, with the line of each term.

One linear pass over the text's tokens (RDF 1.1 Turtle, section 6). It is no parser: only files that parsed before come
here, and what it does not understand costs a line number and nothing else.
"""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import urljoin

from dppgraph.core.iris import PREFIXES, rebased
from dppgraph.core.query_text import Token
from dppgraph.core.turtle_text import turtle_tokens
from dppgraph.store.rdf import literal_text

_TYPE: Final = PREFIXES["rdf"] + "type"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPED: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_LONG_QUOTES: Final = 3


class Said(NamedTuple):
    """A statement as it is written. An IRI is itself, a literal ``@language"text``, a node ``_:``."""

    subject: str
    predicate: str
    object: str
    lines: tuple[int, int, int] = (0, 0, 0)


@dataclass(slots=True)
class _Frame:
    """What is being read: a statement, the inside of ``[ ]``, or (without a subject of its own) a list."""

    subject: str = ""
    predicate: str = ""
    is_list: bool = False
    subject_line: int = 0
    predicate_line: int = 0


def plain(term: str) -> str:
    """A term as the scan has it."""
    if term.startswith("<"):
        return term[1:-1]
    if not term.startswith('"'):
        return term
    _, marked, language = term.rpartition('"@')
    # A direction after the language (RDF 1.2) is not scanned.
    return _literal(literal_text(term), language.partition("--")[0] if marked and '"' not in language else "")


def _literal(text: str, language: str = "") -> str:
    """A literal as the scan has it. Its language is in any case, its datatype is left out."""
    return f'@{language.lower()}"{text}' if language else f'"{text}'


class Scan:
    """One pass over the text of a file.

    Args:
        text: the text.
        base: what relative IRIs are relative to, and what IRIs of ours begin with.
        mark: what the names of its blank nodes begin with.
    """

    def __init__(self, text: str, base: str, mark: str) -> None:
        self._text = text
        self._moved = self._base = base
        self._mark = mark
        self._prefixes: dict[str, str] = {}
        self._stack = [_Frame()]
        self._declares: list[str] = []
        self._said: list[Said] = []
        self._count = 0
        self._line = 1
        self._counted = 0

    def run(self) -> list[Said]:
        """What the text says, in the order of writing."""
        # Up to where the tokens read so far belong to a term: a literal's language and datatype are no terms.
        passed = 0
        found = list(turtle_tokens(self._text))
        for index, token in enumerate(found):
            if token.start < passed:
                continue
            self._line += self._text.count("\n", self._counted, token.start)
            self._counted = token.start
            passed = self._take(token, found, index)
        return self._said

    def _take(self, token: Token, found: list[Token], index: int) -> int:
        """Takes a token, and says where the next one may start."""
        if token.kind == "mark" and token.text != "<":
            self._punctuate(token.text)
            return token.end
        if token.kind == "lang" or (token.kind == "word" and token.text.upper() in ("PREFIX", "BASE")):
            self._declares = [token.text.lstrip("@").lower()]
            return token.end
        if token.kind == "word" and token.text.upper() == "GRAPH":
            return token.end
        end = _end_of_term(self._text, token, found, index)
        if self._declares:
            self._declare(self._text[token.start : end])
        else:
            self._term(self._resolved(token, end))
        return end

    def _declare(self, text: str) -> None:
        """The rest of ``@prefix name: <iri>`` or ``@base <iri>``."""
        if not text.startswith("<"):
            self._declares.append(text[:-1])
            return
        iri = self._absolute(text[1:-1])
        if self._declares[0] == "base":
            self._base = iri
        else:
            self._prefixes[self._declares[-1]] = iri
        self._declares = []

    def _resolved(self, token: Token, end: int) -> str:
        text = self._text[token.start : end]
        if token.kind == "blank":
            return f"{self._mark}{text}"
        if token.kind == "string":
            after = text[len(token.text) :]
            return _literal(_unescaped(_unquoted(token.text)), after[1:] if after.startswith("@") else "")
        if token.kind == "name":
            prefix, _, local = text.partition(":")
            return self._ours(self._prefixes.get(prefix, f"{prefix}:") + local.replace("\\", ""))
        if text.startswith("<"):
            return self._ours(self._absolute(text[1:-1]))
        return _TYPE if text == "a" else f'"{text}'

    def _absolute(self, reference: str) -> str:
        iri = _unescaped(reference)
        if _SCHEME.match(iri):
            return iri
        # urljoin drops an empty fragment, with which many a namespace ends.
        return urljoin(self._base, iri.removesuffix("#")) + "#" * iri.endswith("#")

    def _ours(self, iri: str) -> str:
        return rebased(f"<{iri}>", self._moved)[1:-1]

    def _term(self, term: str) -> None:
        frame = self._stack[-1]
        if frame.is_list:
            return
        if not frame.subject:
            frame.subject, frame.subject_line = term, self._line
        elif not frame.predicate:
            frame.predicate, frame.predicate_line = term, self._line
        else:
            lines = (frame.subject_line, frame.predicate_line, self._line)
            self._said.append(Said(frame.subject, frame.predicate, term, lines))

    def _punctuate(self, mark: str) -> None:
        frame = self._stack[-1]
        if mark == ";":
            frame.predicate = ""
        elif mark in ".{}":
            # What stood before a bracket was the name of a graph.
            del self._stack[1:]
            self._stack[0] = _Frame()
        elif mark in "[(":
            self._count += 1
            node = f"{self._mark}{self._count}"
            self._term(node)
            self._stack.append(_Frame(node, is_list=mark == "(", subject_line=self._line))
        elif mark in "])" and len(self._stack) > 1:
            self._stack.pop()


def _end_of_term(text: str, token: Token, found: list[Token], index: int) -> int:
    """Where a term ends: a literal with its language or datatype, a number with its sign and exponent."""
    if token.text == "<":
        # An IRI with an escape in it, which no SPARQL tokenizer takes for one.
        return text.find(">", token.start) + 1 or token.end
    end = token.end
    typed = False
    if token.kind not in ("string", "number"):
        return end
    for at in range(index + 1, len(found)):
        after = found[at]
        glued = after.start == end and token.kind == "number" and after.kind in ("word", "number")
        if token.kind == "string" and after.text == "^":
            typed = True
        elif typed and after.kind in ("iri", "name"):
            return after.end
        elif not glued and not (token.kind == "string" and after.kind == "lang" and after.start == end):
            return end
        end = after.end
    return end


def _unquoted(text: str) -> str:
    width = _LONG_QUOTES if text.startswith(('"""', "'''")) and len(text) >= 2 * _LONG_QUOTES else 1
    return text[width:-width]


def _unescaped(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        code = match.group(1) or match.group(2)
        return chr(int(code, 16)) if code else _ESCAPED.get(match.group(3), match.group(3))

    return _ESCAPE.sub(character, text) if "\\" in text else text
