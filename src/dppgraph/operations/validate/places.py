"""Where in the files something is said: the file and the line of a subject, of its property, of a value.

The parser gives no positions, so Turtle, TriG, N-Triples and N-Quads are read once more here, in one linear pass over
their tokens (RDF 1.1 Turtle, section 6). It is no parser: only files that parsed before come here, and what it does not
understand costs a line number and nothing else. Of files in other formats only the name is known.
"""

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urljoin

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.iris import PREFIXES, rebased
from dppgraph.core.quads import Quad
from dppgraph.core.query_text import Token, tokens
from dppgraph.core.skolem import GENID
from dppgraph.store.rdf import literal_text, read_file

_SCANNED: Final = (formats.TURTLE, formats.TRIG, formats.NTRIPLES, formats.NQUADS)
_TYPE: Final = PREFIXES["rdf"] + "type"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPED: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_LONG_QUOTES: Final = 3


class Place(NamedTuple):
    """A file, as its reader would call it, and a line counted from 1; 0 if the line is not known."""

    file: str
    line: int


class _Said(NamedTuple):
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


@dataclass(slots=True)
class _Found:
    """What the files say, first come, first kept."""

    values: dict[tuple[str, str, str], Place] = field(default_factory=dict)
    links: dict[tuple[str, str], Place] = field(default_factory=dict)
    properties: dict[tuple[str, str], Place] = field(default_factory=dict)
    subjects: dict[str, Place] = field(default_factory=dict)
    mentions: dict[str, Place] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    nodes: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))


class Places:
    """Where things are said in some files; what two files say is in the first of them.

    Args:
        files: the files, in the order of preference; each parses.
        base: the base of the data.
        quads: what the files say together, with names for blank nodes.
        rest: files that are only looked into for what is in none of the others.
    """

    def __init__(self, files: Iterable[Path], base: str, quads: Iterable[Quad], rest: Iterable[Path] = ()) -> None:
        self._found = _Found()
        for path in dict.fromkeys(files):
            _index(path, base, self._found)
        self._rest = list(rest)
        self._base = base
        self._stated: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for quad in quads:
            self._stated[quad.subject].add((quad.predicate, quad.object))

    def of(self, focus: str, path: str = "", value: str = "") -> Place | None:
        """Where a value of a property stands; else where the property, the subject or its mention does.

        Without a property it is where subject and value are linked, in whichever direction.

        Args:
            focus: the term of the subject.
            path: the term of the property, or empty.
            value: the term of the value, or empty.
        """
        place = self._look_up(focus, path, value)
        if place or not self._rest:
            return place
        for file in self._rest:
            _index(file, self._base, self._found)
        self._rest = []
        return self._look_up(focus, path, value)

    def _look_up(self, focus: str, path: str, value: str) -> Place | None:
        found = self._found
        subject, predicate, said = self._name(focus), _plain(path), _plain(value)
        linked = found.links.get((subject, said)) or found.links.get((said, subject))
        return (
            found.values.get((subject, predicate, said))
            or found.properties.get((subject, predicate))
            or (None if path else linked)
            or found.subjects.get(subject)
            or found.mentions.get(_plain(focus))
        )

    def _name(self, term: str) -> str:
        """What the scan calls a subject: its IRI, or the node without a name that got this IRI (core/skolem.py)."""
        iri = _plain(term)
        if iri in self._found.subjects or term not in self._stated:
            return iri
        below = (f"<{iri}#", f"<{self._base}{GENID}")
        said = {
            (_plain(predicate), _plain(value)) for predicate, value in self._stated[term] if not value.startswith(below)
        }
        alike = [node for node, pairs in self._found.nodes.items() if pairs == said]
        owner, mark, _ = iri.partition("#")
        if mark:
            name = self._name(f"<{owner}>")
            alike = [node for node in alike if self._found.owners.get(node) == name]
        return alike[0] if alike else iri


def files_below(folder: Path) -> list[Path]:
    """The RDF files below a folder, hidden ones left out, in the order in which they are read."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and formats.of_file(path.name)
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def shown(path: Path) -> str:
    """A file's name as its reader would write it: relative to the working folder if it is below that, else as given."""
    here = os.path.relpath(path)
    return here if path.is_absolute() and not here.startswith("..") else str(path)


def _index(path: Path, base: str, found: _Found) -> None:
    format_ = formats.of_file(path.name)
    if format_ is None:
        return
    name = shown(path)
    for said in _said(path, format_, base):
        subject, predicate, value = (Place(name, line) for line in said.lines)
        found.values.setdefault(said[:3], value)
        found.links.setdefault((said.subject, said.object), value)
        found.properties.setdefault(said[:2], predicate)
        found.subjects.setdefault(said.subject, subject)
        found.mentions.setdefault(said.object, value)
        if said.object.startswith("_:"):
            found.owners.setdefault(said.object, said.subject)
        elif said.subject.startswith("_:"):
            found.nodes[said.subject].add((said.predicate, said.object))


def _said(path: Path, format_: Format, base: str) -> Iterator[_Said]:
    if format_ in _SCANNED:
        yield from _Scan(path.read_text(encoding="utf-8"), base, f"_:{path}:").run()
        return
    for quad in read_file(path, format_, graph="", base=base):
        subject, predicate, value = (_plain(rebased(term, base)) for term in quad[:3])
        yield _Said(subject, predicate, value)


def _plain(term: str) -> str:
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


class _Scan:
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
        self._said: list[_Said] = []
        self._count = 0
        self._line = 1
        self._counted = 0

    def run(self) -> list[_Said]:
        """What the text says, in the order of writing."""
        # Up to where the tokens read so far belong to a term: a literal's language and datatype are no terms.
        passed = 0
        found = [part for token in tokens(self._text) for part in _turtle_tokens(token)]
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
            self._said.append(_Said(frame.subject, frame.predicate, term, lines))

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


def _turtle_tokens(token: Token) -> Iterator[Token]:
    """A token as Turtle has it: the full stop after a name is not part of it."""
    name = token.text.rstrip(".") if token.kind in ("name", "word", "blank") else token.text
    yield token._replace(text=name)
    for offset in range(len(name), len(token.text)):
        yield Token("mark", ".", token.start + offset)


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
