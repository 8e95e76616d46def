"""The outline of a timeline: what has to be known of all plans to put them in order, and to tell of some of them.

It is read in a few looks at the whole version, not plan by plan, and kept with it: a page then tells of fifty plans, of
however many thousand there are.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, NamedTuple

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.facts import Facts, Text, best, text_of
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.plans.kinds import classes_of_plans, plans_of
from dppgraph.operations.timeline.chains import chains_of
from dppgraph.operations.timeline.dates import Span, span_of
from dppgraph.operations.timeline.gaps import gaps_between
from dppgraph.operations.timeline.plans import Gap, Period, Standing, days_of, in_force, standing_of

_DPP: Final = PREFIXES["dpp"]
_TITLE: Final = f"<{PREFIXES['dct']}title>"
_TYPE: Final = f"<{PREFIXES['rdf']}type>"
TARGET: Final = f"<{_DPP}Target>"
PROMISING: Final = ("setsTarget", "contributesTo")
"""The properties, of our own namespace, that lead from a plan to a target."""
_LATEST: Final = 10**9
"""Where a level without a place in the order comes."""

_Values = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Outlined:
    """A plan in the outline; its attributes are those of ``Plan``.

    Attributes:
        term: the plan.
        title: its title.
        level: the policy level that it is of, as a term; None where it is not known.
        periods: its periods.
        approvals: the decisions that adopted it, each with its dates.
        dates: all dates of its events, those of the decisions among them.
        older: the plans that it directly succeeds; sorted.
        newer: the plans that directly succeed it; sorted.
        chain: the number of its succession.
    """

    term: str
    title: Text
    level: str | None
    periods: tuple[Period, ...]
    approvals: tuple[tuple[str, tuple[str, ...]], ...]
    dates: tuple[str, ...]
    older: tuple[str, ...]
    newer: tuple[str, ...]
    chain: int = 0

    def standing(self, day: str) -> Standing:
        """Where the plan stands on a day, ``yyyy-mm-dd``."""
        return standing_of(self.periods, day)


class Promised(NamedTuple):
    """A target in the outline: the thing, and by when."""

    term: str
    deadlines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """All plans in time, in outline.

    Attributes:
        plans: by policy level, those of a succession together, the earliest first.
        targets: by deadline.
        gaps: by their first day.
        known: the days from the first to the last that any of them knows of; None where there are none.
    """

    plans: tuple[Outlined, ...]
    targets: tuple[Promised, ...]
    gaps: tuple[Gap, ...]
    known: Span | None

    def in_force(self, day: str) -> list[tuple[Outlined, Period]]:
        """The plans in force on a day, as ``Timeline`` has them."""
        return in_force(self.plans, day)

    def days(self) -> Iterator[Span]:
        """All days that it knows of, as one span."""
        if self.known:
            yield self.known

    def only(self, plans: Iterable[str]) -> "Outline":
        """The same, with the gaps alone that follow some plans, which are given as terms."""
        wanted = set(plans)
        return replace(self, gaps=tuple(gap for gap in self.gaps if gap.before in wanted))


def outline_of(harvest: Harvest, facts: Facts) -> Outline:
    """The outline of a version for a reader, read once."""
    return harvest.once(("timeline", facts.language), lambda: read_outline(facts))


def read_outline(facts: Facts) -> Outline:
    """The outline of the plans of a version."""
    reading = _Reading.of(facts)
    plans = [reading.plan(term) for term in plans_of(facts)]
    periods = {plan.term: plan.periods for plan in plans}
    for term in {newer for plan in plans for newer in plan.newer} - periods.keys():
        periods[term] = reading.periods(facts.all(term, f"<{PREFIXES['dct']}temporal>"))
    gaps = gaps_between({plan.term: plan.newer for plan in plans}, periods)
    targets = reading.targets()
    days = [span for plan in plans for span in days_of(plan.periods, plan.dates)]
    days += filter(None, (span_of(literal) for target in targets for literal in target.deadlines))
    known = Span("", min(span.first for span in days), max(span.last for span in days)) if days else None
    return Outline(_ordered(facts, plans), targets, gaps, known)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is known of all plans, looked up at once.

    Attributes:
        facts: what a version says.
        of_plans: by property, what each plan has for it.
        of_all: likewise what each thing has.
        names: what plans are called where they have no title.
        newer: for each plan, those that succeed it.
        events: for each plan, what happened to it.
    """

    facts: Facts
    of_plans: Mapping[str, _Values]
    of_all: Mapping[str, _Values]
    names: Mapping[str, Text]
    newer: _Values
    events: _Values

    @classmethod
    def of(cls, facts: Facts) -> "_Reading":
        """Looks."""
        classes = classes_of_plans(facts)
        of_plans = {
            name: facts.every(_property(name), *classes)
            for name in ("dct:title", "dct:temporal", "dct:issued", "policyLevel", "approvedIn", "succeeds", *PROMISING)
        }
        of_all = {
            name: facts.every(_property(name))
            for name in (
                *("from", "until", "openEnded", "dcat:startDate", "dcat:endDate"),
                *("decisionDate", "eventDate", "deadline"),
            )
        }
        newer, events = (_turned(facts.every(_property(name))) for name in ("succeeds", "eventOf"))
        return cls(facts, of_plans, of_all, facts.called(*classes), newer, events)

    def plan(self, term: str) -> Outlined:
        """A plan, whose succession is not numbered yet."""
        approvals = self._of(term, "approvedIn")
        others = [event for event in self.events.get(term, ()) if event not in approvals]
        decided = tuple((event, tuple(self._about(event, "decisionDate"))) for event in approvals)
        dates = [date for _, dates in decided for date in dates]
        dates += [date for event in others for date in self._about(event, "eventDate")]
        return Outlined(
            term,
            best(self._of(term, "dct:title"), self.facts.language) or self.names.get(term) or self.facts.label(term),
            next(iter(self._of(term, "policyLevel")), None),
            self.periods(self._of(term, "dct:temporal")),
            decided,
            (*dates, *self._of(term, "dct:issued")),
            tuple(self._of(term, "succeeds")),
            tuple(self.newer.get(term, ())),
        )

    def periods(self, terms: Iterable[str]) -> tuple[Period, ...]:
        """Periods, given as terms."""
        return tuple(map(self._period, terms))

    def targets(self) -> tuple[Promised, ...]:
        """The targets, by deadline."""
        terms = set(self.facts.subjects(_TYPE, TARGET))
        terms.update(term for name in PROMISING for found in self.of_plans[name].values() for term in found)
        targets = (Promised(term, tuple(self._about(term, "deadline"))) for term in terms)
        return tuple(sorted(targets, key=lambda target: (first_day(target.deadlines), target.term)))

    def _period(self, term: str) -> Period:
        start, end, first, last, is_open = (
            next(iter(self._about(term, name)), None)
            for name in ("dcat:startDate", "dcat:endDate", "from", "until", "openEnded")
        )
        stated = is_open is not None and text_of(is_open).text in ("true", "1")
        return Period(start, end, _day(first), _day(last), stated)

    def _of(self, plan: str, name: str) -> list[str]:
        return self.of_plans[name].get(plan, [])

    def _about(self, term: str, name: str) -> list[str]:
        return self.of_all[name].get(term, [])


def _property(name: str) -> str:
    prefix, mark, local = name.rpartition(":")
    return f"<{PREFIXES[prefix] if mark else _DPP}{local}>"


def _turned(values: _Values) -> dict[str, list[str]]:
    """The same from the values: for each, what has it; sorted."""
    found: dict[str, list[str]] = {}
    for subject in sorted(values):
        for value in values[subject]:
            found.setdefault(value, []).append(subject)
    return found


def _day(literal: str | None) -> str:
    return text_of(literal).text[: len("2012-07-16")] if literal else ""


def _ordered(facts: Facts, plans: list[Outlined]) -> tuple[Outlined, ...]:
    """Plans by level, those of a succession together."""
    by_level: dict[str | None, list[Outlined]] = {}
    for plan in plans:
        by_level.setdefault(plan.level, []).append(plan)
    found: list[Outlined] = []
    for level in sorted(by_level, key=lambda one: _place(facts, one)):
        of_level = sorted(by_level[level], key=_beginning)
        links = [(plan.term, newer) for plan in of_level for newer in plan.newer]
        chains = chains_of([plan.term for plan in of_level], links)
        numbered = (replace(plan, chain=chains[plan.term]) for plan in of_level)
        found += sorted(numbered, key=lambda plan: plan.chain)
    return tuple(found)


def _place(facts: Facts, level: str | None) -> tuple[int, str]:
    if level is None:
        return _LATEST + 1, ""
    order = facts.one(level, f"<{_DPP}levelOrder>")
    text = text_of(order).text if order else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < len(str(_LATEST)) else _LATEST, level


def _beginning(plan: Outlined) -> tuple[date, str, str]:
    """By its first day; what has no dates at all comes last."""
    known = [day for period in plan.periods if (day := period.begins or period.ends)]
    return min([*known, first_day(plan.dates)]), plan.title.text, plan.term


def first_day(literals: Iterable[str]) -> date:
    """The first day that some dates may be, as literals; the last day of all where none is one."""
    spans = filter(None, map(span_of, literals))
    return min((span.first for span in spans), default=date.max)
