"""What a table leaves out that the shapes would ask for, told in the table's own words."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from dppgraph.operations.new.declared import Declared, Plan, token
from dppgraph.operations.new.level import wrong_levels
from dppgraph.operations.new.table import Problem, Row
from dppgraph.operations.new.told import named

_PAGE: Final = ("page title", "page address", "page language", "page publisher")
_PARTS: Final = {
    "approval": ("approved", ("approved on", "approved by")),
    "target": ("target", ("target value",)),
    "evaluation": ("evaluation", ("evaluation of",)),
}
OPENERS: Final = {"any line": "line", "approval": "approved"}
"""The row that opens a thing, by the thing's key where the two are not called the same."""
_YEARS = re.compile(r"(?<!\d)\d{4}-\d{4}(?!\d)")


@dataclass(frozen=True, slots=True)
class Opened:
    """A part of a plan: the plan and the part as Turtle writes them, the key of its kind, and its row."""

    plan: str
    key: str
    thing: str
    row: int


@dataclass(slots=True)
class Told:
    """What the rows say and open.

    Attributes:
        rows: the numbers of all rows.
        said: the rows that say a word of a thing, by thing and word.
        opened: the parts of plans.
        waiting: the rows that belong to a part that no row above them opens: plan, the row that would, and the row.
        unread: the plans of which some row cannot be read.
    """

    rows: list[int]
    said: dict[tuple[str, str], list[Row]] = field(default_factory=lambda: defaultdict(list))
    opened: list[Opened] = field(default_factory=list)
    waiting: list[tuple[str, str, Row]] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)

    def has(self, thing: str, *words: str) -> bool:
        """Whether some row says one of some words of a thing."""
        return any(self.said.get((thing, word)) for word in words)


def incomplete(told: Told, declared: Declared) -> list[Problem]:
    """What is missing, or stands in the wrong place.

    Args:
        told: what the rows say.
        declared: the plans and the page.
    """
    page = token("source", declared.source)
    problems = [Problem(0, f"the row {word} is missing: add it") for word in _PAGE if not told.has(page, word)]
    if not declared.plans and not declared.names_plans:
        problems.append(Problem(0, "there is no plan: add a row plan with what it calls itself in value"))
    below, misplaced = _misplaced(told)
    problems += misplaced
    for part in told.opened:
        opener, needed = _PARTS.get(part.key, ("", ()))
        if part not in below and part.plan not in told.unread:
            problems += [
                Problem(part.row, f"this {opener} lacks {word}: add a row {word} below it")
                for word in needed
                if not told.has(part.thing, word)
            ]
    for plan in declared.plans.values():
        if plan.token not in told.unread:
            problems += (_of_plan(plan, told) if plan.row else []) + _of_lines(plan, told)
        problems += _of_period(plan, told)
    return problems


def _misplaced(told: Told) -> tuple[list[Opened], list[Problem]]:
    """The parts that stand below the rows that belong to them, and what is told of these rows."""
    by_opener: dict[tuple[str, str], list[int]] = defaultdict(list)
    for plan, opener, row in told.waiting:
        by_opener[plan, opener].append(row.number)
    below, problems = [], []
    for (plan, opener), rows in by_opener.items():
        later = (part for part in told.opened if part.plan == plan and OPENERS.get(part.key, part.key) == opener)
        part = next(later, None)
        if part:
            below.append(part)
            where = named(rows, told.rows)
            text = f"this row stands below those that belong to it ({where}): move it above them"
            problems.append(Problem(part.row, text))
        elif plan not in told.unread:
            text = f"this belongs to a row {opener} of the same plan above it: add that row"
            problems += [Problem(row, text) for row in rows]
    return below, problems


def _of_plan(plan: Plan, told: Told) -> list[Problem]:
    has_period = told.has(_period(plan), "start", "end", "open end")
    # Of a plan that is only named no level is asked, and no period.
    is_told = has_period or plan.lines > 0 or "approval" in plan.last
    problems = wrong_levels(plan.levels, plan.row, asked=is_told)
    years = next((found[0] for title in plan.titles.values() if (found := _YEARS.search(title))), None)
    if is_told and years and not has_period:
        start, end = years.split("-")
        text = f"the title names a period: add the rows start {start} and end {end} with its words"
        problems.append(Problem(plan.row, text))
    return problems


def _of_lines(plan: Plan, told: Told) -> list[Problem]:
    listing = told.said.get((plan.token, "lines complete"), [])
    if plan.lines and not listing:
        text = (
            "this plan has lines: add a row lines complete with yes or no and the page's words, or with unknown if the "
            "page does not say"
        )
        return [Problem(plan.row, text)]
    if listing and not plan.lines:
        return [Problem(listing[0].number, "there are no lines to be complete: add rows line, or remove this one")]
    return []


def _of_period(plan: Plan, told: Told) -> list[Problem]:
    starts, ends, open_ends = (told.said.get((_period(plan), word), []) for word in ("start", "end", "open end"))
    problems = []
    if open_ends and ends:
        text = f"the end is in row {ends[0].number}, and this says that there is none: remove one of them"
        problems.append(Problem(open_ends[0].number, text))
    problems += [
        Problem(ends[0].number, f"this plan ends before it starts ({start.value}): correct one of them")
        for start in starts[:1]
        if ends and _sortable(ends[0].value, "-12-31") < _sortable(start.value, "-01-01")
    ]
    return problems


def _period(plan: Plan) -> str:
    return f"<id/plan/{plan.slug}#period>"


def _sortable(date: str, rest: str) -> str:
    return (date + rest)[: len("2012-12-31")] if re.match(r"\d{4}", date) else ""
