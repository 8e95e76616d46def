"""What uses a thing: what points at it, by property, a page at a time, each with what it belongs to and rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from dppgraph.operations.facts import Evidence, Facts
from dppgraph.operations.paging import PAGE, Paging
from dppgraph.operations.said import Name, Said, name_of, prefixed, said

_OWNERS: Final = (
    ("dpp:lineOf", "dpp:hasLineOfAction"),
    ("dpp:decidesOn", "dpp:approvedIn"),
    ("dpp:eventOf", ""),
    ("dpp:concerns", ""),
    ("dpp:evaluates", ""),
    ("", "dpp:hasResult"),
    ("", "dpp:hasObjective"),
    ("", "dpp:setsTarget"),
    ("", "dpp:contributesTo"),
)
"""By which properties a thing hangs on a plan: those of its own, and those of the plan."""

_DESCRIBING: Final = frozenset(map(prefixed, ("rdf:subject", "rdf:predicate", "rdf:object")))
"""A description of a statement uses nothing: it tells of what does."""


@dataclass(frozen=True, slots=True)
class Use:
    """One thing that uses another.

    Attributes:
        name: what uses it.
        owners: the plans that this hangs on.
        reading: what a reading is about: the statement that it describes, or the two lines; empty for anything else.
        dates: when it was, where it is an event.
        evidence: what it rests on that it uses it.
    """

    name: Name
    owners: list[Name]
    reading: list[Name]
    dates: list[Said]
    evidence: list[Evidence]


@dataclass(frozen=True, slots=True)
class UsesBy:
    """The uses by one property.

    Attributes:
        property: the property, read from what uses to what is used.
        total: how many there are on all pages.
        shown: those of this page.
    """

    property: Name
    total: int
    shown: list[Use]


@dataclass(frozen=True, slots=True)
class Uses:
    """A page of what uses a thing.

    Attributes:
        paging: which page, and how many uses there are.
        groups: the uses of the page, by property.
    """

    paging: Paging
    groups: list[UsesBy]


def uses_of(
    facts: Facts, thing: str, page: int = 1, *, without: frozenset[str] = frozenset(), first: Sequence[str] = ()
) -> Uses:
    """A page of what uses a thing.

    Args:
        facts: where to look.
        thing: the thing, as a term.
        page: which page.
        without: the properties, as terms, that are told elsewhere.
        first: the properties, as terms, that come first, in this order; then the others in that of their IRIs.

    Raises:
        Unknown: there is no such page.
    """
    counted = facts.published.count_by_predicate(thing)
    found = {term: count for term, count in counted.items() if term not in without and term not in _DESCRIBING}
    ranks = {term: rank for rank, term in enumerate(first)}
    order = sorted(found, key=lambda term: (ranks.get(term, len(ranks)), term))
    paging = Paging.of(sum(found.values()), page)
    return Uses(paging, _groups(facts, thing, {term: found[term] for term in order}, paging))


def _groups(facts: Facts, thing: str, found: Mapping[str, int], paging: Paging) -> list[UsesBy]:
    """Those of the groups, one after the other, that the page has some of."""
    start = (paging.page - 1) * PAGE
    groups = []
    for (predicate, count), end in zip(found.items(), accumulate(found.values()), strict=True):
        before = end - count
        if before < start + PAGE and end > start:
            subjects = facts.subjects(predicate, thing)[max(0, start - before) : start + PAGE - before]
            shown = [_use(facts, subject, predicate, thing) for subject in subjects]
            groups.append(UsesBy(name_of(facts, predicate), count, shown))
    return groups


def _use(facts: Facts, subject: str, predicate: str, thing: str) -> Use:
    dates = [*said(facts, subject, "dpp:decisionDate"), *said(facts, subject, "dpp:eventDate")]
    once = {date.term: date for date in reversed(dates)}
    return Use(
        name=name_of(facts, subject),
        owners=_owners(facts, subject),
        reading=_reading(facts, subject),
        dates=sorted(once.values(), key=lambda date: date.label),
        evidence=facts.evidence(subject, predicate, thing),
    )


def _owners(facts: Facts, subject: str) -> list[Name]:
    found: list[str] = []
    for own, of_owner in _OWNERS:
        found += facts.all(subject, prefixed(own)) if own else []
        found += facts.subjects(prefixed(of_owner), subject) if of_owner else []
    return [name_of(facts, term) for term in dict.fromkeys(found)]


def _reading(facts: Facts, subject: str) -> list[Name]:
    places = ("rdf:subject", "rdf:predicate", "rdf:object", "dpp:newerLine", "dpp:olderLine")
    return [name_of(facts, term) for place in places for term in facts.all(subject, prefixed(place))]
