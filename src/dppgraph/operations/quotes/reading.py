"""Reading a source: a page of its quotes with the facts that rest on them, the gaps between them, and its text."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from dppgraph.core.intervals import Interval
from dppgraph.core.iris import PREFIXES
from dppgraph.errors import Gone, Unknown
from dppgraph.operations.facts import Facts, Text
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.quotes.coverage import places_of
from dppgraph.operations.quotes.segments import Segment, segments
from dppgraph.operations.quotes.sources import QuotedSource, quoted_sources, source_of
from dppgraph.operations.quotes.texts import Texts
from dppgraph.store.history import Pattern
from dppgraph.store.search import Passage

_QUOTES: Final = 100
"""Quotes on a page."""
_FACTS: Final = 100
"""Facts of a quote that are shown."""
_LONGEST: Final = 20_000
"""Characters of a text after which a page ends, at the next quote."""
_RDF: Final = PREFIXES["rdf"]
_SUBJECT, _PREDICATE, _OBJECT = (f"<{_RDF}{name}>" for name in ("subject", "predicate", "object"))
_SHA256: Final = f"<{PREFIXES['dpp']}sha256>"


class Carried(NamedTuple):
    """A fact that rests on a quote: the statement that says so, and the triple that it describes; as terms."""

    statement: str
    provenance: str
    verification: str | None
    subject: str
    predicate: str
    object: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """A place in a source, with the facts that rest on it.

    Attributes:
        number: which one it is, in reading order, from 1.
        start: where its words begin, in code points from 0; None where that is not said.
        end: where they end, exclusive.
        text: the words; None where they are not given.
        facts: what rests on them; of very many, the first.
        count: how many that are.
        is_misplaced: whether the text of the source has other words there.
    """

    number: int
    start: int | None
    end: int | None
    text: Text | None
    facts: list[Carried]
    count: int
    is_misplaced: bool = False


class Gap(NamedTuple):
    """A stretch that no fact rests on, in code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A page of a source.

    Attributes:
        source: the source.
        sha256: that of its text; empty where it is not said.
        passages: quotes and gaps in reading order; then, on the last page, what rests on the source as a whole.
        text: the text of these stretches in pieces; None where it is not at hand.
        texts_given: whether there is a folder of texts.
        strangers: how many files in it are the text of no source.
        page: which page this is, from 1.
        pages: how many there are.
    """

    source: QuotedSource
    sha256: str
    passages: list[Quoted | Gap]
    text: list[Segment] | None
    texts_given: bool
    strangers: int
    page: int
    pages: int


def read_source(
    harvest: Harvest, facts: Facts, term: str, texts: Texts, page: int = 1, at: int | None = None
) -> Reading:
    """A page of a source.

    Args:
        harvest: the version.
        facts: what it says, for a reader of a language.
        term: the source.
        texts: the texts of sources.
        page: which page, from 1.
        at: an offset whose page is meant instead.

    Raises:
        Gone: an earlier version knew it.
        Unknown: nothing rests on it and it is no source, or there is no such page.
    """
    passages = harvest.index.passages(term)
    if not passages and term not in quoted_sources(harvest.index, facts):
        if harvest.published.is_gone(term[1:-1]):
            raise Gone(f"the source {term} was here in an earlier version, and is not any more")
        raise Unknown(f"there is no source {term}: /sources lists those there are")
    source = source_of(facts, term, passages)
    sha256 = next((facts.label(literal).text for literal in facts.all(term, _SHA256)), "")
    text = texts.of(sha256) if sha256 else None
    placed = places_of(passages)
    parts = _parts(placed, len(passages), max(source.coverage.length or 0, len(text or "")))
    if at is not None:
        page = next((number for number, part in enumerate(parts, 1) if part.start <= at < part.end), page)
    if page > len(parts):
        raise Unknown(f"the source {term} has {len(parts)} pages: there is no page {page}")
    part = parts[page - 1]
    quotes = [_quoted(facts, passages[at], at + 1, text) for at in range(part.first, part.stop)]
    gaps = [Gap(*gap) for gap in source.coverage.gaps if part.start <= gap[0] < part.end]
    return Reading(
        source,
        sha256,
        sorted([*quotes, *gaps], key=_order),
        segments(text, dict(enumerate(placed, 1)), part.start, part.end) if text is not None else None,
        texts.are_given,
        texts.strangers(_known(harvest)) if texts.are_given else 0,
        page,
        len(parts),
    )


class _Part(NamedTuple):
    """What a page is about: passages, from the first up to another one, and the stretch that they begin in."""

    first: int
    stop: int
    start: int
    end: int


def _parts(placed: Sequence[Interval], count: int, length: int) -> list[_Part]:
    """The pages of a source.

    Args:
        placed: the passages that have a place, in reading order; those that have none come after them.
        count: how many there are of both.
        length: of the text, as far as it is known.
    """
    cuts = [0]
    for at, (start, _) in enumerate(placed):
        if at - cuts[-1] >= _QUOTES or (at > cuts[-1] and start - placed[cuts[-1]][0] > _LONGEST):
            cuts.append(at)
    end = max([length, *(stop for _, stop in placed)])
    edges = [0, *(placed[cut][0] for cut in cuts[1:]), end]
    # What has no place follows on the last of these pages, and on more where it does not fit.
    full = max(len(placed), min(count, cuts[-1] + _QUOTES))
    more = [*range(full, count, _QUOTES), count] if full < count else [full]
    parts = [_Part(*part) for part in zip(cuts, [*cuts[1:], full], edges, edges[1:], strict=False)]
    return [*parts, *(_Part(first, stop, end, end) for first, stop in pairwise(more))]


def _quoted(facts: Facts, passage: Passage, number: int, text: str | None) -> Quoted:
    said = [(statement, facts.described(statement)) for statement in passage.statements[:_FACTS]]
    words = next((evidence.quote for _, evidence in said if evidence.quote), None) if passage.quoted else None
    carried = [
        Carried(
            statement,
            evidence.provenance,
            evidence.verification,
            *(facts.one(statement, name) or "" for name in (_SUBJECT, _PREDICATE, _OBJECT)),
        )
        for statement, evidence in said
    ]
    misplaced = bool(
        text is not None and words and passage.start is not None and text[passage.start : passage.end] != words.text
    )
    return Quoted(number, passage.start, passage.end, words, carried, len(passage.statements), misplaced)


def _order(one: Quoted | Gap) -> tuple[bool, int, int, int]:
    number = one.number if isinstance(one, Quoted) else 0
    if one.start is None or one.end is None:
        return True, 0, 0, number
    return False, one.start, -one.end, number


def _known(harvest: Harvest) -> list[str]:
    found = harvest.published.exact.match(Pattern(None, _SHA256, None))
    return [object_[1 : object_.rindex('"')] for _, _, object_ in found if object_.startswith('"')]
