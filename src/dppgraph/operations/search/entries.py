"""What can be found: things by what they are called and what is said of them in words, and quotes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from dppgraph.core.iris import NAMESPACE, PREFIXES, graph_iri
from dppgraph.core.quads import Quad, parse_line
from dppgraph.store.rdf import literal_text
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


def entries_of(lines: Iterable[str], base: str) -> Iterator[Entry]:
    """All that can be found in a version, in a fixed order; what :func:`~dppgraph.store.search.write_search` takes.

    Args:
        lines: the canonical lines of the version.
        base: the base of the data.
    """
    said = _said(lines, base)
    described = {
        subject for subject, found in said.items() if found.structure.keys() - {_SELECTOR, _EXACT, _START, _END}
    }
    things: dict[str, _Said] = defaultdict(_Said)
    for subject in sorted(said):
        owner = _owner(subject)
        if owner not in described and _kind(owner, base):
            # What a part is called is no name of its owner, but who looks for a number wants what has it.
            things[owner].labels += said[subject].labels
            things[owner].texts += said[subject].texts
    for thing in sorted(things):
        found = things[thing]
        if found.labels or found.texts:
            kind = _kind(thing, base)
            yield Entry(kind, thing, _WEIGHTS.get(kind, 1.0), _joined(found.labels), _joined(found.texts))
    yield from _passages(said)


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


def _passages(said: dict[str, _Said]) -> Iterator[Entry]:
    """The places of sources that statements rest on, each once, with their words."""
    passages: dict[tuple[str, bool, int, int, str], list[str]] = defaultdict(list)
    for statement, found in said.items():
        selectors = found.structure.get(_SELECTOR, [])
        exact = next((text for one in selectors for text in _of(said, one, _EXACT)), "")
        start, end = (_integer(text for one in selectors for text in _of(said, one, name)) for name in (_START, _END))
        placed = start is not None and end is not None
        for source in found.structure.get(_IN_DOCUMENT, []):
            passages[source, not placed, start or 0, end or 0, exact].append(statement)
    for (source, unplaced, start, end, exact), statements in sorted(passages.items()):
        place = Passage(source, None, None, tuple(sorted(set(statements))), bool(exact))
        passage = place if unplaced else place._replace(start=start, end=end)
        quote = _text(exact) if exact else ""
        yield Entry("quote" if exact else "", passage.statements[0], quote=quote, passage=passage)


def _of(said: dict[str, _Said], subject: str, name: str) -> list[str]:
    return said[subject].structure.get(name, []) if subject in said else []


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
