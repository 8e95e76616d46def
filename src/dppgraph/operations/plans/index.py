"""The list of plans: each with its period, its status on a day, its level, its approvals and how many lines it has."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from dppgraph.operations.facts import Facts, Text
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.lines import lines_of
from dppgraph.operations.paging import Paging
from dppgraph.operations.plans.events import dates_of
from dppgraph.operations.plans.kinds import classes_of_plans, plans_of
from dppgraph.operations.plans.periods import Span, Status, day_in, spans_of, status_of
from dppgraph.operations.said import Name, names_of, prefixed, values
from dppgraph.store.history import Pattern

_LATE: Final = "9999"

COLUMNS: Final = (
    "plan", "title", "start", "end", "from", "until", "status", "level", "approved", "approvedBy", "lines", "listing",
)  # fmt: skip
"""The columns of the list as a table."""


@dataclass(frozen=True, slots=True)
class Approved:
    """A decision, in short: when and by whom."""

    dates: list[Text]
    agents: list[Name]


@dataclass(frozen=True, slots=True)
class ListedPlan:
    """A plan in the list.

    Attributes:
        term: the plan.
        title: its title.
        start: the start of its period as stated; several where sources disagree.
        end: likewise the end.
        spans: its period as days.
        status: where it stands on the day that is asked about.
        levels: the policy level that owns it.
        approvals: the decisions that adopted it, the earliest first.
        lines: how many lines of action it has that stand under no other.
        listing: whether these are all.
    """

    term: str
    title: Text
    start: list[Text]
    end: list[Text]
    spans: list[Span]
    status: Status
    levels: list[Name]
    approvals: list[Approved]
    lines: int
    listing: list[Name]

    def row(self) -> list[object]:
        """Itself as a row of the table; of several values, all, with a semicolon between."""
        texts = (self.start, self.end)
        days = ({span.first for span in self.spans}, {span.last for span in self.spans})
        approvals = self.approvals
        return [
            self.term[1:-1],
            self.title.text,
            *(_joined(text.text for text in found) for found in texts),
            *(_joined(sorted(found - {""})) for found in days),
            self.status.value,
            _joined(name.label.text for name in self.levels),
            _joined(text.text for one in approvals for text in one.dates),
            _joined(dict.fromkeys(name.label.text for one in approvals for name in one.agents)),
            self.lines,
            _joined(name.label.text for name in self.listing),
        ]


@dataclass(frozen=True, slots=True)
class PlanList:
    """A page of the list of plans, the earliest first; those without a period last.

    Attributes:
        on: the day that the status is of.
        paging: which page this is.
        plans: the plans of it.
    """

    on: date
    paging: Paging
    plans: list[ListedPlan]

    def rows(self) -> Iterator[list[object]]:
        """The plans of the page as rows of the table."""
        return (plan.row() for plan in self.plans)


def plans_in_order(harvest: Harvest, facts: Facts) -> list[str]:
    """All plans of a version, in the order of the list; found out once."""
    return harvest.once(("plans", facts.language), lambda: _in_order(facts))


def plan_list(facts: Facts, on: date, page: int = 1, plans: Sequence[str] | None = None) -> PlanList:
    """A page of the list of all policy instruments.

    Args:
        facts: where to look.
        on: the day for which their status is told.
        page: which page.
        plans: all of them, in order; None to look for them.

    Raises:
        Unknown: there is no such page.
    """
    plans = _in_order(facts) if plans is None else plans
    paging = Paging.of(len(plans), page)
    has_tiers = bool(facts.published.exact.match(Pattern(None, prefixed("dpp:partOfLine"), None), limit=1))
    return PlanList(on, paging, [_listed(facts, plan, on, has_tiers=has_tiers) for plan in paging.cut(plans)])


def _listed(facts: Facts, plan: str, on: date, *, has_tiers: bool) -> ListedPlan:
    periods = values(facts, plan, "dct:temporal")
    spans = spans_of(facts, plan)
    start, end = (
        [facts.label(term) for node in periods for term in values(facts, node, name)]
        for name in ("dcat:startDate", "dcat:endDate")
    )
    approvals = [
        Approved([date.label for date in dates_of(facts, event)], _names(facts, event, "prov:wasAssociatedWith"))
        for event in values(facts, plan, "dpp:approvedIn", "dpp:decidesOn")
    ]
    lines = lines_of(facts, plan)
    if has_tiers:
        known = set(lines)
        lines = [line for line in lines if not known.intersection(values(facts, line, "dpp:partOfLine"))]
    return ListedPlan(
        term=plan,
        title=facts.label(plan),
        start=start,
        end=end,
        spans=spans,
        status=status_of(spans, on),
        levels=_names(facts, plan, "dpp:policyLevel"),
        approvals=sorted(approvals, key=lambda one: one.dates[0].text if one.dates else _LATE),
        lines=len(lines),
        listing=_names(facts, plan, "dpp:lineListing"),
    )


def _in_order(facts: Facts) -> list[str]:
    """All plans: those that begin first, then by their names; looked up at once, not plan by plan."""
    classes = classes_of_plans(facts)
    periods, names = facts.every(prefixed("dct:temporal"), *classes), facts.called(*classes)
    first = {
        period: [facts.label(day).text for day in days] for period, days in facts.every(prefixed("dpp:from")).items()
    }

    def place(plan: str) -> tuple[str, Text, str]:
        texts = (text for period in periods.get(plan, ()) for text in first.get(period, ()))
        days = (day for text in texts if (day := day_in(text)))
        return min(days, default=_LATE), names.get(plan) or facts.label(plan), plan

    return sorted(plans_of(facts), key=place)


def _names(facts: Facts, thing: str, predicate: str) -> list[Name]:
    return names_of(facts, values(facts, thing, predicate))


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(texts)
