"""Lines of action: in which order a plan has them, and how one continues another."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from dppgraph.operations.facts import Evidence, Facts, Text
from dppgraph.operations.others import Property, others_of
from dppgraph.operations.paging import Paging
from dppgraph.operations.said import Name, Said, in_language, name_of, prefixed, rests_on, said, values
from dppgraph.store.history import Pattern

_NO_PLACE: Final = 1 << 62
_DIGITS: Final = 18
_FEW: Final = 100
"""Up to so many lines are looked up one by one."""

_NAMES: Final = """
    rdf:type skos:prefLabel dct:subject dpp:lineOf dpp:position dpp:partOfLine dpp:hasSubLine dpp:theme
    dpp:mentionsLevel dpp:continues dpp:continuedBy dpp:relatesTo
"""
_TOLD: Final = frozenset(map(prefixed, _NAMES.split()))
"""What has a place of its own on the page of a line."""


class Placed(NamedTuple):
    """A line in its place.

    Attributes:
        line: the line, as a term.
        number: its place among its siblings after that of the line it stands under, as ``3.2``.
        depth: how many lines it stands under.
    """

    line: str
    number: str
    depth: int


@dataclass(frozen=True, slots=True)
class Continuity:
    """A reading that one line continues another, seen from one of the two.

    Attributes:
        reading: the reading, as a term; None where the relation is stated with no more about it.
        line: the other line.
        plans: the plans that the other line is of.
        kind: how it continues, as a concept.
        confidence: how sure the reading is, 0 to 1.
        rationale: why it is read so.
        attributed: who reads it so.
        is_plain: whether the relation is also stated plainly, which is done where the reading is sure enough.
        evidence: what describes that statement.
    """

    reading: str | None
    line: Name
    plans: list[Name]
    kind: Name | None
    confidence: Decimal | None
    rationale: Text | None
    attributed: Name | None
    is_plain: bool
    evidence: list[Evidence]


@dataclass(frozen=True, slots=True)
class ListedLine:
    """A line in the list of its plan.

    Attributes:
        term: the line.
        label: its words.
        number: its place, as :class:`Placed` has it.
        depth: how many lines it stands under.
        evidence: what it rests on that the plan has this line.
        themes: what it is about.
        older: the older lines that it continues.
        newer: the newer lines that continue it.
    """

    term: str
    label: Text
    number: str
    depth: int
    evidence: list[Evidence]
    themes: list[Said]
    older: list[Continuity]
    newer: list[Continuity]


@dataclass(frozen=True, slots=True)
class LineOfAction:
    """All about one line of action.

    Attributes:
        term: the line.
        labels: its words, the best language first.
        plans: the plans that list it.
        place: its place in the first of these, as :class:`Placed` has it; empty where it is in none.
        depth: how many lines it stands under there.
        position: its place on the page, counted within the line that it stands under.
        above: the lines that it stands under, the outermost first.
        below: the lines that stand under it, in order; those of the page.
        paging: which page of them this is.
        themes: what it is about.
        levels: the policy levels that it speaks of.
        older: the older lines that it continues.
        newer: the newer lines that continue it.
        related: what it is related to more loosely.
        before: the line before it under the same line or plan.
        after: the line after it there.
        others: what else is said of it.
    """

    term: str
    labels: list[Said]
    plans: list[Said]
    place: str
    depth: int
    position: list[Said]
    above: list[Name]
    below: list[ListedLine]
    paging: Paging
    themes: list[Said]
    levels: list[Said]
    older: list[Continuity]
    newer: list[Continuity]
    related: list[Said]
    before: Name | None
    after: Name | None
    others: list[Property]

    @property
    def label(self) -> Text:
        """Its words in the best language."""
        return self.labels[0].label if self.labels else Text(self.term[1:-1])


def line_of(facts: Facts, line: str, page: int = 1) -> LineOfAction:
    """All about a line of action.

    Args:
        facts: where to look.
        line: the line, as a term.
        page: which page of the lines that stand under it.

    Raises:
        Unknown: there is no such page.
    """
    plans = said(facts, line, "dpp:lineOf", "dpp:hasLineOfAction")
    placed = ordered(facts, plans[0].term) if plans else []
    here = next((one for one in placed if one.line == line), Placed(line, "", 0))
    siblings = _siblings(placed, here)
    at = siblings.index(line) if line in siblings else 0
    under = [one for one in placed if here.number and one.number.startswith(f"{here.number}.")]
    paging = Paging.of(len(under), page)
    return LineOfAction(
        term=line,
        labels=in_language(facts, line, "skos:prefLabel", "rdfs:label", "dct:title"),
        plans=plans,
        place=here.number,
        depth=here.depth,
        position=said(facts, line, "dpp:position"),
        above=[name_of(facts, term) for term in reversed(_above(facts, line))],
        below=[listed(facts, one, plans[0].term) for one in paging.cut(under)],
        paging=paging,
        themes=said(facts, line, "dpp:theme"),
        levels=said(facts, line, "dpp:mentionsLevel"),
        older=continuities(facts, line, newer=False),
        newer=continuities(facts, line, newer=True),
        related=said(facts, line, "dpp:relatesTo", "dpp:relatesTo"),
        before=name_of(facts, siblings[at - 1]) if at > 0 else None,
        after=name_of(facts, siblings[at + 1]) if at + 1 < len(siblings) else None,
        others=others_of(facts, line, _TOLD),
    )


def listed(facts: Facts, placed: Placed, plan: str) -> ListedLine:
    """A line as its plan lists it."""
    line = placed.line
    return ListedLine(
        term=line,
        label=facts.label(line),
        number=placed.number,
        depth=placed.depth,
        evidence=rests_on(facts, plan, line, "dpp:hasLineOfAction", "dpp:lineOf"),
        themes=said(facts, line, "dpp:theme"),
        older=continuities(facts, line, newer=False),
        newer=continuities(facts, line, newer=True),
    )


def lines_of(facts: Facts, plan: str) -> list[str]:
    """The lines of a plan, sub-lines among them, sorted by name."""
    return values(facts, plan, "dpp:hasLineOfAction", "dpp:lineOf")


def ordered(facts: Facts, plan: str) -> list[Placed]:
    """The lines of a plan in page order, each followed by those that stand under it.

    What stands under no line of the plan is one of its own; so is the first of some that stand under each other.
    """
    lines = lines_of(facts, plan)
    places = {line: _number(found) for line, found in _each(facts, lines, "dpp:position").items()}
    known, below = set(lines), defaultdict[str, list[str]](list)
    tops = []
    wider = _each(facts, lines, "dpp:partOfLine")
    for line in sorted(lines, key=lambda line: (places.get(line, _NO_PLACE), line)):
        under = [term for term in wider.get(line, ()) if term in known and term != line]
        if under:
            below[under[0]].append(line)
        else:
            tops.append(line)
    seen = set[str]()
    found = list(_walk(tops, below, 0, seen))
    for line in sorted(known - seen):
        if line not in seen:
            # They stand under each other in a ring, which has no beginning: one of them is made it.
            found += _walk([line], below, len(tops), seen)
            tops.append(line)
    return found


def continuities(facts: Facts, line: str, *, newer: bool) -> list[Continuity]:
    """The readings by which a line continues older ones, or ``newer`` ones continue it; the surest first."""
    mine, other = ("dpp:olderLine", "dpp:newerLine") if newer else ("dpp:newerLine", "dpp:olderLine")
    plain = ("dpp:continuedBy", "dpp:continues") if newer else ("dpp:continues", "dpp:continuedBy")
    stated = values(facts, line, *plain)
    readings = [
        (there, reading)
        for reading in facts.subjects(prefixed(mine), line)
        for there in facts.all(reading, prefixed(other))
    ]
    unread = set(stated).difference(there for there, _ in readings)
    pairs: list[tuple[str, str | None]] = [*readings, *((there, None) for there in sorted(unread))]
    found = [
        _continuity(facts, reading, there, rests_on(facts, line, there, *plain) if there in stated else None)
        for there, reading in pairs
    ]
    return sorted(found, key=lambda one: (-(one.confidence or 0), one.line))


def _continuity(facts: Facts, reading: str | None, line: str, evidence: list[Evidence] | None) -> Continuity:
    """What is told of a reading about another line; the evidence is that of the plain statement, None for none."""
    kind = facts.one(reading, prefixed("dpp:continuityKind")) if reading else None
    described = facts.described(reading) if reading else None
    attributed = described.attributed if described else None
    return Continuity(
        reading=reading,
        line=name_of(facts, line),
        plans=[name_of(facts, plan) for plan in values(facts, line, "dpp:lineOf", "dpp:hasLineOfAction")],
        kind=name_of(facts, kind) if kind else None,
        confidence=described.confidence if described else None,
        rationale=described.rationale if described else None,
        attributed=name_of(facts, attributed) if attributed else None,
        is_plain=evidence is not None,
        evidence=evidence or [],
    )


def _each(facts: Facts, lines: list[str], predicate: str) -> dict[str, list[str]]:
    """The values of a property for each of some lines that has one."""
    if len(lines) <= _FEW:
        found = {line: facts.all(line, prefixed(predicate)) for line in lines}
        return {line: terms for line, terms in found.items() if terms}
    # All that have the property at once: of many lines most are meant anyhow.
    wanted, by_line = set(lines), defaultdict[str, list[str]](list)
    for line, _, term in facts.published.exact.match(Pattern(None, prefixed(predicate), None)):
        if line in wanted:
            by_line[line].append(term)
    return by_line


def _number(terms: list[str]) -> int:
    """The first position that a line is given, for sorting."""
    texts = (term[1:].partition('"')[0].strip() for term in terms)
    return min((int(text) for text in texts if text.isdecimal() and len(text) <= _DIGITS), default=_NO_PLACE)


def _walk(tops: Iterable[str], below: Mapping[str, list[str]], already: int, seen: set[str]) -> Iterator[Placed]:
    """Lines and what is below them, depth first, each that was not seen yet, which it is then.

    By a list, since a thousand tiers are more than Python calls.
    """
    left = [Placed(line, str(already + place), 0) for place, line in enumerate(tops, 1)][::-1]
    while left:
        placed = left.pop()
        if placed.line in seen:
            continue
        seen.add(placed.line)
        yield placed
        under = below.get(placed.line, [])
        left += [Placed(line, f"{placed.number}.{at}", placed.depth + 1) for at, line in enumerate(under, 1)][::-1]


def _siblings(placed: list[Placed], here: Placed) -> list[str]:
    stem = here.number.rpartition(".")[0]
    return [one.line for one in placed if here.number and one.number.rpartition(".")[0] == stem]


def _above(facts: Facts, line: str) -> list[str]:
    """The lines that a line stands under, the nearest first; a ring is gone round once."""
    found: dict[str, None] = {}
    while wider := [term for term in facts.all(line, prefixed("dpp:partOfLine")) if term not in found]:
        line = wider[0]
        found[line] = None
    return list(found)
