"""Exact quads: what is published, digested, compared and exported.

A quad is four terms as canonical N-Quads writes them (RDF 1.2 N-Quads, section 4), so that no literal is ever
rewritten: ``"01"^^xsd:integer`` stays ``01``. A *line* is such a quad as one line of N-Quads, without its line end; a
graph's canonical form is its lines, sorted by code point.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from operator import methodcaller
from typing import NamedTuple

from dppgraph.errors import BadRdf

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_SPACES = methodcaller("count", " ")
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"(?:@[A-Za-z0-9-]+|\^\^<[^>]*>)?')


class Quad(NamedTuple):
    """One statement in one graph; ``graph`` is empty for the default graph."""

    subject: str
    predicate: str
    object: str
    graph: str = ""

    def line(self) -> str:
        """The quad as one line of canonical N-Quads, without a line end."""
        graph = f" {self.graph}" if self.graph else ""
        return f"{self.subject} {self.predicate} {self.object}{graph} ."


class Delta(NamedTuple):
    """What turns one set of lines into another; both parts sorted, each line once."""

    added: Collection[str]
    removed: Collection[str]


def parse_line(line: str) -> Quad:
    """The quad that a canonical line stands for.

    Raises:
        BadRdf: it is no canonical line.
    """
    try:
        subject, predicate, rest = line.split(" ", 2)
        if rest.startswith('"'):
            literal = _LITERAL.match(rest)
            end = literal.end() if literal else -1
        elif rest.startswith("<<("):
            end = rest.rindex(")>>") + 3
        else:
            end = rest.index(" ")
        object_, tail = rest[:end], rest[end:]
    except ValueError as error:
        raise BadRdf(f"this is no line of canonical N-Quads: {line[:80]}") from error
    if end < 0 or not (tail.startswith(" ") and tail.endswith(" .")):
        raise BadRdf(f"this is no line of canonical N-Quads: {line[:80]}")
    return Quad(subject, predicate, object_, tail[1:-2] if len(tail) > len(" .") else "")


def with_leaves(term: str, change: Callable[[str], str]) -> str:
    """The term with ``change`` done to it, or, in a triple term (RDF 1.2), to the terms that it is made of."""
    if not term.startswith("<<("):
        return change(term)
    subject, predicate, object_, _ = parse_line(f"{term[len('<<( ') : -len(' )>>')]} .")
    return f"<<( {with_leaves(subject, change)} {change(predicate)} {with_leaves(object_, change)} )>>"


def canonical(quads: Iterable[Quad]) -> list[str]:
    """The canonical form of a set of quads: their lines, each once, sorted."""
    return sorted({quad.line() for quad in quads})


def difference(old: Iterable[str], new: Iterable[str]) -> Delta:
    """What must be added to and removed from the lines ``old`` to get ``new``."""
    before, after = set(old), set(new)
    return Delta(sorted(after - before), sorted(before - after))


def applied(lines: Iterable[str], delta: Delta) -> list[str]:
    """Sorted lines, after a delta."""
    return sorted({*lines}.difference(delta.removed).union(delta.added))


_ESCAPES = {
    **{chr(code): f"\\u{code:04X}" for code in [*range(0x20), 0x7F, 0xFFFE, 0xFFFF]},
    **{'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"},
}


def literal(text: str, *, language: str | None = None, datatype: str | None = None) -> str:
    """A literal as canonical N-Quads writes it; ``datatype`` is an IRI, absent for a plain string."""
    quoted = '"' + "".join(_ESCAPES.get(character, character) for character in text) + '"'
    if language:
        return f"{quoted}@{language}"
    return f"{quoted}^^<{datatype}>" if datatype else quoted


def datatype_of(term: str) -> str:
    """The IRI of a literal's datatype (RDF 1.1 Concepts, section 3.3; RDF 1.2 for a text with a direction)."""
    after = term[term.rindex('"') + 1 :]
    if after.startswith("^^"):
        return after[3:-1]
    if after.startswith("@"):
        return _RDF + ("dirLangString" if "--" in after else "langString")
    return _XSD + "string"


def subject_of(line: str) -> str:
    """The subject of a canonical line, as a term."""
    return line[: line.index(" ")]


def by_subject(lines: Iterable[str]) -> Iterator[list[str]]:
    """Sorted lines, those of each subject together."""
    group: list[str] = []
    # A comparison with the beginning of the line is all that most lines cost.
    begin = "\n"
    for line in lines:
        if line.startswith(begin):
            group.append(line)
        else:
            if group:
                yield group
            group = [line]
            begin = f"{subject_of(line)} "
    if group:
        yield group


class Graphs:
    """The graphs of canonical lines, told from their last words, where these were graphs before.

    >>> Graphs().of(["<https://example.org/a> <p> <o> <https://example.org/graph> ."])
    ['<https://example.org/graph>']
    """

    def __init__(self) -> None:
        self._known: set[str] = set()

    def of(self, lines: Sequence[str]) -> list[str]:
        """The graph of each line, as a term; empty for the default graph."""
        words = [line[line.rfind(" ", 0, -2) + 1 : -2] for line in lines]
        if self._known.issuperset(words) and self.are_named(lines):
            return words
        graphs = [parse_line(line).graph for line in lines]
        self._known.update(filter(None, graphs))
        return graphs

    @staticmethod
    def are_named(lines: Sequence[str]) -> bool:
        """Whether lines that end like those of a named graph are of one: of three words, the last is an object."""
        return bool(min(map(_SPACES, lines)) > len(("subject", "predicate", "object")))

    def split(self, lines: Sequence[str], begin: int) -> list[tuple[str, str, str]]:
        """Predicate, object and graph of lines whose predicates begin at an offset."""
        known, found = self._known, []
        for line in lines:
            end, cut = line.find(" ", begin), line.rfind(" ", 0, -2)
            graph = line[cut + 1 : -2]
            if end == cut or graph not in known:
                (graph,) = self.of([line])
                cut = -len(graph) - 3 if graph else -2
            found.append((line[begin:end], line[end + 1 : cut], graph))
        return found


def entity_of(line: str) -> str:
    """The thing that a line is about: its subject without the fragment that names a dependent part of it.

    >>> entity_of('<https://example.org/id/plan/x#period> <p> <o> .')
    'https://example.org/id/plan/x'
    """
    subject = subject_of(line)
    return subject[1:-1].partition("#")[0] if subject.startswith("<") else subject


def changes_of(delta: Delta) -> dict[str, tuple[int, int]]:
    """Entity to how many statements about it a delta adds and removes; sorted."""
    added, removed = Counter(map(entity_of, delta.added)), Counter(map(entity_of, delta.removed))
    return {entity: (added[entity], removed[entity]) for entity in sorted({*added, *removed})}
