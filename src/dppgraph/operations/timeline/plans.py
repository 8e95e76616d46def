"""What a timeline is made of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple, Protocol, TypeVar

from dppgraph.operations.facts import Evidence, Text
from dppgraph.operations.said import Name
from dppgraph.operations.timeline.dates import Span, day_of, span_of

Standing = Literal["upcoming", "in-force", "ended", "unknown"]
"""Where a plan stands on a day."""


class Period(NamedTuple):
    """A period of a plan.

    Attributes:
        start: its start as stated, as a literal (a term); None where none is.
        end: likewise its end.
        first: its first day, ``yyyy-mm-dd``; empty where it is not known.
        last: its last day, inclusive; likewise.
        is_open: whether a source says that it has no end.
    """

    start: str | None
    end: str | None
    first: str
    last: str
    is_open: bool

    def standing(self, day: str) -> Standing:
        """Where the period stands on a day, ``yyyy-mm-dd``. One whose start or end is unknown may be over, or not."""
        # As text, like the question plan-in-force: yyyy-mm-dd sorts by itself.
        if self.first and self.first > day:
            return "upcoming"
        if self.last and self.last < day:
            return "ended"
        return "in-force" if self.first and (self.last or self.is_open) else "unknown"

    @property
    def begins(self) -> date | None:
        """The day that it begins on, or may at the earliest as it was stated; None where it is not known."""
        return day_of(self.first) or ((span := span_of(self.start or "")) and span.first)

    @property
    def ends(self) -> date | None:
        """The day that it ends on, or may at the latest; likewise."""
        return day_of(self.last) or ((span := span_of(self.end or "")) and span.last)


def standing_of(periods: Iterable[Period], day: str) -> Standing:
    """Where a plan of some periods stands on a day, ``yyyy-mm-dd``."""
    found = {period.standing(day) for period in periods}
    order: tuple[Standing, ...] = ("in-force", "unknown", "upcoming", "ended")
    return next((standing for standing in order if standing in found), "unknown")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a plan.

    Attributes:
        term: the event; the plan itself where a date of publication is all that is known.
        kind: ``approved``, ``issued``, or the kind's notation (``presented``); empty where none is known.
        kind_label: the kind, in words; None where the data has no words for it.
        label: what the event is called.
        dates: when, as literals: several where sources differ, none where none says so.
        bodies: who did it.
        evidence: what it rests on that it happened to this plan.
    """

    term: str
    kind: str
    kind_label: Text | None
    label: Text
    dates: tuple[str, ...]
    bodies: tuple[Name, ...]
    evidence: tuple[Evidence, ...]

    @property
    def is_approval(self) -> bool:
        """Whether it is a decision that adopted the plan."""
        return self.kind == "approved"


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan in time.

    Attributes:
        term: the plan.
        title: its title.
        level: the policy level that it is of; None where it is not known.
        periods: its periods: one, none, or, in data that nobody checked, several.
        events: what happened to it, the earliest first.
        older: the plans that it directly succeeds, as terms; sorted.
        newer: the plans that directly succeed it; sorted.
        chain: the number of the succession that it belongs to, among the plans of its level.
    """

    term: str
    title: Text
    level: Name | None
    periods: tuple[Period, ...]
    events: tuple[Event, ...]
    older: tuple[str, ...]
    newer: tuple[str, ...]
    chain: int = 0

    def standing(self, day: str) -> Standing:
        """Where the plan stands on a day, ``yyyy-mm-dd``."""
        return standing_of(self.periods, day)


@dataclass(frozen=True, slots=True)
class Target:
    """What was promised by a date.

    Attributes:
        term: the target.
        label: what it is called.
        deadlines: by when, as literals.
        plans: the plans that set it or contribute to it; in the order of their terms.
        evidence: the words of the promise: those of the statement that it is a target, or else of its deadline.
    """

    term: str
    label: Text
    deadlines: tuple[str, ...]
    plans: tuple[Name, ...]
    evidence: tuple[Evidence, ...]


class Gap(NamedTuple):
    """Days between a plan and its earliest direct successor that neither covers.

    Attributes:
        before: the plan, as a term.
        after: its successor.
        days: from the first to the last of them.
    """

    before: str
    after: str
    days: Span


@dataclass(frozen=True, slots=True)
class Timeline:
    """All plans in time.

    Attributes:
        plans: by policy level, those of a succession together, the earliest first.
        targets: by deadline.
        gaps: by their first day.
    """

    plans: tuple[Plan, ...]
    targets: tuple[Target, ...]
    gaps: tuple[Gap, ...]

    def in_force(self, day: str) -> list[tuple[Plan, Period]]:
        """The plans in force on a day, ``yyyy-mm-dd``, each with the period that covers it; the earliest first."""
        return in_force(self.plans, day)

    def days(self) -> Iterator[Span]:
        """All days that it knows of."""
        for plan in self.plans:
            yield from days_of(plan.periods, (literal for event in plan.events for literal in event.dates))
        yield from filter(None, (span_of(literal) for target in self.targets for literal in target.deadlines))


class _InTime(Protocol):
    @property
    def term(self) -> str: ...

    @property
    def periods(self) -> tuple[Period, ...]: ...


_Any = TypeVar("_Any", bound=_InTime)


def in_force(plans: Iterable[_Any], day: str) -> list[tuple[_Any, Period]]:
    """The plans in force on a day, ``yyyy-mm-dd``, each with the period that covers it; the earliest first."""
    found = [(plan, period) for plan in plans for period in plan.periods if period.standing(day) == "in-force"]
    return sorted(found, key=lambda one: (one[1].first, one[0].term, one[1].last))


def days_of(periods: Iterable[Period], dates: Iterable[str]) -> Iterator[Span]:
    """All days that some periods and literals know of."""
    for period in periods:
        if known := [day for day in (period.begins, period.ends) if day]:
            yield Span("", min(known), max(known))
    yield from filter(None, map(span_of, dates))
