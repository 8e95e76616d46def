"""What can be found: things by what they are called and what is said of them in words, and quotes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from dppgraph.core.iris import NAMESPACE, PREFIXES, graph_iri
from dppgraph.core.quads import Quad, parse_line, subject_of
from dppgraph.operations.describe import Held, Statements
from dppgraph.store.rdf import literal_text
from dppgraph.store.runs import Runs, regrouped, work_beside
from dppgraph.store.search import Entry, Passage

KINDS: Final = (
    "plan",
    "line-of-action",
    "objective",
    "target",
    "result",
    "finding",
    "evaluation",
    "approval",
    "event",
    "quote",
    "question",
    "agent",
    "concept",
    "term",
    "source",
    "document",
    "data",
    "other",
)
"""The kinds of what can be found, in the order in which they are offered; the last holds what is none of the rest."""

_WEIGHTS: Final = {"plan": 3.0, "line-of-action": 1.5, "term": 0.7, "data": 0.5, "other": 0.7}
_CALLED: Final = {
    "scheme": "concept",
    "graph": "data",
    "dataset": "data",
    "distribution": "data",
    "service": "data",
    "catalogue": "data",
    "query": "question",
}
"""Kinds of names (``id/KIND/...``) that go by that of others."""

_NAMING: Final = frozenset(
    f"<{PREFIXES[prefix]}{name}>"
    for prefix, name in (
        ("skos", "prefLabel"),
        ("skos", "altLabel"),
        ("skos", "notation"),
        ("dct", "title"),
        ("dct", "alternative"),
        ("dct", "identifier"),
        ("rdfs", "label"),
        ("foaf", "name"),
        ("sh", "name"),
    )
)
_QUERIES: Final = frozenset(f"<{PREFIXES['sh']}{name}>" for name in ("select", "construct", "ask"))
_LONGEST: Final = 9
"""Digits of an offset."""
_DPP: Final = PREFIXES["dpp"]
_ABOUT: Final = f"<{PREFIXES['rdf']}subject>"
_IN_DOCUMENT: Final = f"<{_DPP}inDocument>"
_SELECTOR: Final = f"<{PREFIXES['oa']}hasSelector>"
_EXACT: Final = f"<{PREFIXES['oa']}exact>"
_START: Final = f"<{PREFIXES['oa']}start>"
_END: Final = f"<{PREFIXES['oa']}end>"
_STRUCTURE: Final = frozenset((_ABOUT, _IN_DOCUMENT, _SELECTOR, _EXACT, _START, _END, f"<{_DPP}newerLine>"))


@dataclass(slots=True)
class _Said:
    """What the lines say of a thing, as far as it counts here: texts, and the structure of a statement."""

    labels: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    structure: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def entries_of(lines: Collection[str], base: str, statements: Statements | None = None) -> Iterator[Entry]:
    """All that can be found in a version, in a fixed order; what :func:`~dppgraph.store.search.write_search` takes.

    Args:
        lines: the canonical lines of the version, sorted, each once.
        base: the base of the data.
        statements: where to look up what a statement has neither as a part nor of itself; None to hold all lines in
            memory, should one have such a thing.
    """
    with work_beside(lines) as work:
        passages = _Passages(Runs(work, "passages"), _Elsewhere(lines, base, statements))
        # Parts are told with what they are parts of, which may stand far from them.
        for owner, group in regrouped(lines, lambda line: _owner(subject_of(line))):
            said = _said(group, base)
            if not _is_described(said.get(owner)):
                yield from _thing(owner, said, base)
            passages.take(said)
        yield from passages.entries()


def _is_described(said: _Said | None) -> bool:
    """Whether it is a statement or the like, which is told by what it is about and has no entry of its own."""
    return said is not None and bool(said.structure.keys() - {_SELECTOR, _EXACT, _START, _END})


def _thing(owner: str, said: Mapping[str, _Said], base: str) -> Iterator[Entry]:
    kind = _kind(owner, base)
    # What a part is called is no name of its owner, but who looks for a number wants what has it.
    labels = [label for found in said.values() for label in found.labels]
    texts = [text for found in said.values() for text in found.texts]
    if kind and (labels or texts):
        yield Entry(kind, owner, _WEIGHTS.get(kind, 1.0), _joined(labels), _joined(texts))


def _said(lines: Iterable[str], base: str) -> dict[str, _Said]:
    # What shapes tell authors is no part of what plans say.
    left_out = f"<{graph_iri('shapes', base)}>"
    found: dict[str, _Said] = defaultdict(_Said)
    for quad in map(parse_line, lines):
        if quad.graph != left_out:
            _note(quad, found)
    return found


def _note(quad: Quad, found: dict[str, _Said]) -> None:
    if quad.predicate in _STRUCTURE:
        found[quad.subject].structure[quad.predicate].append(quad.object)
    elif quad.object.startswith('"') and not quad.object.endswith(">") and quad.predicate not in _QUERIES:
        said = found[quad.subject]
        (said.labels if quad.predicate in _NAMING else said.texts).append(quad.object)


class _Elsewhere:
    """What is said of things that are no part of what is read.

    Args:
        lines: all lines.
        base: the base of the data.
        statements: where they are looked up; None for the lines.
    """

    def __init__(self, lines: Collection[str], base: str, statements: Statements | None) -> None:
        self._lines, self._base = lines, base
        self._statements = statements

    def of(self, thing: str) -> _Said | None:
        """What is said of one."""
        if self._statements is None:
            self._statements = Held(self._lines)
        return _said(self._statements.about(thing), self._base).get(thing)


class _Passages:
    """The places of sources that statements rest on, each once, with their words.

    Args:
        runs: sorts them.
        elsewhere: what is said of selectors that are no parts of a statement.
    """

    def __init__(self, runs: Runs, elsewhere: _Elsewhere) -> None:
        self._runs, self._elsewhere = runs, elsewhere

    def take(self, said: Mapping[str, _Said]) -> None:
        """Takes what is said of a thing and its parts."""
        for statement, found in said.items():
            sources = found.structure.get(_IN_DOCUMENT, ())
            if not sources:
                continue
            selectors = [
                selector
                for one in found.structure.get(_SELECTOR, ())
                if (selector := said[one] if one in said else self._elsewhere.of(one))
            ]
            exact = next((text for one in selectors for text in one.structure.get(_EXACT, ())), "")
            start, end = (
                _integer(text for one in selectors for text in one.structure.get(name, ())) for name in (_START, _END)
            )
            unplaced = start is None or end is None
            for source in sources:
                # Figures are as many for all, so that text is in the order of numbers.
                at = (f"{offset or 0:0{_LONGEST}}" for offset in (start, end))
                self._runs.take("\t".join((source, f"{unplaced:d}", *at, exact, f"{statement}\n")).encode())

    def entries(self) -> Iterator[Entry]:
        """All of them, in the order of their sources and places."""
        rows = (line.rpartition("\t") for line in self._runs.lines())
        for said, found in groupby(rows, key=lambda row: row[0]):
            source, unplaced, start, end, exact = said.split("\t")
            statements = tuple(statement for _, _, statement in found)
            place = Passage(source, None, None, statements, bool(exact))
            passage = place if unplaced == "1" else place._replace(start=int(start), end=int(end))
            quote = _text(exact) if exact else ""
            yield Entry("quote" if exact else "", statements[0], quote=quote, passage=passage)


def _integer(literals: Iterator[str]) -> int | None:
    texts = (_text(literal) for literal in literals)
    return next((int(text) for text in texts if text.isascii() and text.isdigit() and len(text) <= _LONGEST), None)


def _kind(thing: str, base: str) -> str:
    """The kind of a thing; empty for one that has no name of ours."""
    iri = thing[1:-1]
    if iri.startswith(NAMESPACE):
        return "term"
    start = f"{base}id/"
    if not iri.startswith(start):
        return ""
    kind = iri.removeprefix(start).partition("/")[0]
    kind = _CALLED.get(kind, kind)
    return kind if kind in KINDS else "other"


def _owner(subject: str) -> str:
    """The thing that a subject is or is a part of; a term of the ontology is its own."""
    if not subject.startswith("<") or subject.startswith(f"<{NAMESPACE}"):
        return subject
    owner, mark, _ = subject.partition("#")
    return f"{owner}>" if mark else subject


def _joined(literals: Iterable[str]) -> str:
    # Between two texts stands what no phrase can have.
    return " \u2029 ".join(map(_text, sorted(set(literals))))


def _text(literal: str) -> str:
    return literal_text(literal) if "\\" in literal else literal[1 : literal.rindex('"')]
