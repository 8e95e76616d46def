"""The sources of a version, each with how much of it facts rest on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.facts import Facts, Text
from dppgraph.operations.paging import pages_of
from dppgraph.operations.quotes.coverage import Coverage, coverage_of, places_of

if TYPE_CHECKING:
    from dppgraph.store.search import Passage, SearchIndex

_DPP: Final = PREFIXES["dpp"]
_DOCUMENT: Final = f"<{_DPP}SourceDocument>"
_A: Final = f"<{PREFIXES['rdf']}type>"
_LENGTH: Final = f"<{_DPP}length>"
_PAGE: Final = f"<{PREFIXES['foaf']}page>"
_LONGEST: Final = 9
SOURCES: Final = 100
"""Sources on a page."""


@dataclass(frozen=True, slots=True)
class QuotedSource:
    """A source.

    Attributes:
        term: the document.
        label: what it is called.
        page: its own address, as a term.
        language: the language that it is in (BCP 47); empty where that is not said.
        quotes: how many different quotes are taken from it.
        statements: how many statements name it as their source, with a quote or without.
        coverage: how much of it they rest on.
    """

    term: str
    label: Text
    page: str | None
    language: str
    quotes: int
    statements: int
    coverage: Coverage


def quoted_sources(index: "SearchIndex", facts: Facts) -> list[str]:
    """All sources, as terms: those that facts rest on and those that are only described; sorted."""
    return sorted({*index.sources(), *facts.subjects(_A, _DOCUMENT)})


@dataclass(frozen=True, slots=True)
class SourceList:
    """A page of the sources: those that most is quoted of first.

    Attributes:
        sources: the sources.
        count: how many there are in all.
        page: which page this is, from 1.
        pages: how many there are.
    """

    sources: list[QuotedSource]
    count: int
    page: int
    pages: int


def list_sources(index: "SearchIndex", facts: Facts, page: int = 1) -> SourceList:
    """A page of the sources.

    Raises:
        Unknown: there is no such page.
    """
    counts = index.sources()
    terms = sorted(quoted_sources(index, facts), key=lambda term: (-counts.get(term, 0), term))
    pages = pages_of(len(terms), page, SOURCES)
    shown = terms[(page - 1) * SOURCES : page * SOURCES]
    return SourceList([source_of(facts, term, index.passages(term)) for term in shown], len(terms), page, pages)


def source_of(facts: Facts, term: str, passages: "list[Passage]") -> QuotedSource:
    """A source, given the passages of it."""
    return QuotedSource(
        term,
        facts.label(term),
        facts.one(term, _PAGE),
        facts.language_of(term),
        sum(passage.quoted for passage in passages),
        len({statement for passage in passages for statement in passage.statements}),
        coverage_of(places_of(passages), _length(facts, term)),
    )


def _length(facts: Facts, term: str) -> int | None:
    texts = (facts.label(literal).text for literal in facts.all(term, _LENGTH))
    return next((int(text) for text in texts if text.isascii() and text.isdigit() and len(text) <= _LONGEST), None)
