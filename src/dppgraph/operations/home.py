"""What the first page shows: the plans in time, and three answers that most people come for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from dppgraph.operations.compare import Comparison, Pair, beside_of, compare
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.timeline import (
    Event,
    Outline,
    Outlined,
    Promised,
    Target,
    approval_in_time,
    outline_of,
    span_of,
    target_in_time,
)

_APPROVALS: Final = 5
_YEARS: Final = 2
_TARGETS: Final = 2
"""What is shown of each: approvals, years with promises, and promises of such a year."""


class Approved(NamedTuple):
    """That a plan was approved.

    Attributes:
        date: when, as a literal; empty where nobody says so.
        plan: the plan.
        event: the approval.
    """

    date: str
    plan: Outlined
    event: Event


@dataclass(frozen=True, slots=True)
class Home:
    """What the first page shows.

    Attributes:
        timeline: the plans in time, in outline.
        promises: some targets of the first two years that have a deadline, by these; the years after them have none.
        approvals: who approved what, the earliest first: a few.
        approved: how many there are.
        pair: two plans that follow each other and that somebody compared; None where there are none.
        comparison: how they compare.
    """

    timeline: Outline
    promises: Mapping[int, list[Target]]
    approvals: list[Approved]
    approved: int
    pair: Pair | None
    comparison: Comparison | None


def read_home(harvest: Harvest, facts: Facts) -> Home:
    """What the first page shows of a version."""
    outline = outline_of(harvest, facts)
    beside = beside_of(harvest, facts)
    pair = next((pair for pair in beside.pairs if pair.is_compared), None)
    found = compare(facts, pair.older.term, pair.newer.term) if pair else None
    approvals = _approvals(outline.plans)
    few = [
        Approved(date, plan, approval_in_time(facts, plan.term, event)) for date, plan, event in approvals[:_APPROVALS]
    ]
    return Home(outline, _promises(facts, outline.targets), few, len(approvals), pair, found)


def _promises(facts: Facts, targets: Iterable[Promised]) -> dict[int, list[Target]]:
    found: dict[int, list[Promised]] = {}
    for target in targets:
        for year in sorted({span.last.year for literal in target.deadlines if (span := span_of(literal))}):
            found.setdefault(year, []).append(target)
    return {
        year: [target_in_time(facts, target) for target in found[year][:_TARGETS]] if place < _YEARS else []
        for place, year in enumerate(sorted(found))
    }


def _approvals(plans: Iterable[Outlined]) -> list[tuple[str, Outlined, str]]:
    found = [(date, plan, event) for plan in plans for event, dates in plan.approvals for date in dates or ("",)]
    # A term begins with the characters of the literal: dates sort as they are written, what has none comes last.
    return sorted(found, key=lambda one: (not one[0], one[0], one[1].term, one[2]))
