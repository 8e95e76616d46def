"""What the first page shows: the plans in time, and three answers that most people come for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from dppgraph.operations.compare import Comparison, Pair, compare, pairs
from dppgraph.operations.facts import Facts
from dppgraph.operations.timeline import Event, Plan, Target, Timeline, read_timeline, span_of


class Approved(NamedTuple):
    """That a plan was approved.

    Attributes:
        date: when, as a literal; empty where nobody says so.
        plan: the plan.
        event: the approval.
    """

    date: str
    plan: Plan
    event: Event


@dataclass(frozen=True, slots=True)
class Home:
    """What the first page shows.

    Attributes:
        timeline: the plans in time.
        promises: the targets by the year of their deadline, in order.
        approvals: who approved what, the earliest first.
        pair: two plans that follow each other and that somebody compared; None where there are none.
        comparison: how they compare.
    """

    timeline: Timeline
    promises: Mapping[int, list[Target]]
    approvals: list[Approved]
    pair: Pair | None
    comparison: Comparison | None


def read_home(facts: Facts) -> Home:
    """What the first page shows of a version."""
    timeline = read_timeline(facts)
    pair = next((pair for pair in pairs(facts, timeline.plans) if pair.is_compared), None)
    found = compare(facts, pair.older.term, pair.newer.term) if pair else None
    return Home(timeline, _promises(timeline.targets), _approvals(timeline.plans), pair, found)


def _promises(targets: Iterable[Target]) -> dict[int, list[Target]]:
    found: dict[int, list[Target]] = {}
    for target in targets:
        for year in sorted({span.last.year for literal in target.deadlines if (span := span_of(literal))}):
            found.setdefault(year, []).append(target)
    return dict(sorted(found.items()))


def _approvals(plans: Iterable[Plan]) -> list[Approved]:
    found = [
        Approved(date, plan, event)
        for plan in plans
        for event in plan.events
        if event.is_approval
        for date in event.dates or ("",)
    ]
    # A term begins with the characters of the literal: dates sort as they are written, what has none comes last.
    return sorted(found, key=lambda one: (not one.date, one.date, one.plan.term, one.event.term))
