"""What a table leaves out that the shapes would ask for, told in the table's own words."""

import re
from collections.abc import Mapping

from dppgraph.operations.new.declared import Declared, Plan, token
from dppgraph.operations.new.table import Problem, Row

_PAGE = ("page title", "page address", "page language", "page publisher")
_PARTS = {
    "approval": ("approved", ("approved on", "approved by")),
    "target": ("target", ("target value",)),
    "evaluation": ("evaluation", ("evaluation of",)),
}
_ONCE = {*_PAGE, "page retrieved", "signed by", "sequence number", "lines complete", "approved on", "target value"} | {
    "target deadline",
    "finding outcome",
}
_YEARS = re.compile(r"(?<!\d)\d{4}-\d{4}(?!\d)")
_SINGLE = 1

Said = Mapping[tuple[str, str], list[Row]]


def incomplete(opened: list[tuple[str, str, int]], said: Said, declared: Declared) -> list[Problem]:
    """What is missing, or said twice.

    Args:
        opened: key, token and row of each part of a plan.
        said: the rows that say a word of a thing, by thing and word.
        declared: the plans and the page.
    """
    problems = [
        Problem(rows[1].number, f"{word} is said in row {rows[0].number} already: keep one of the two")
        for (_, word), rows in said.items()
        if word in _ONCE and len(rows) > _SINGLE
    ]
    page = token("source", declared.source)
    problems += [Problem(0, f"the row {word} is missing: add it") for word in _PAGE if not said.get((page, word))]
    if not declared.plans:
        problems.append(Problem(0, "there is no plan: add a row plan with what it calls itself in value"))
    for key, thing, row in opened:
        opener, needed = _PARTS.get(key, ("", ()))
        problems += [
            Problem(row, f"this {opener} lacks {word}: add a row {word} below it")
            for word in needed
            if not said.get((thing, word))
        ]
    for plan in declared.plans.values():
        if plan.row:
            problems += _of_plan(plan, said)
        problems += _of_lines(plan, said) + _of_period(plan, said)
    return problems


def _of_plan(plan: Plan, said: Said) -> list[Problem]:
    period = f"<id/plan/{plan.slug}#period>"
    has_period = any(said.get((period, word)) for word in ("start", "end", "open end"))
    if not (has_period or plan.lines or "approval" in plan.last):
        # Of a plan that is only named no more is asked.
        return []
    problems = []
    told_by = {(plan.token, "issued by"), (plan.token, "level"), (plan.last.get("approval", ""), "approved by")}
    if not plan.levels and not told_by & said.keys():
        told = "no row says of which level this plan is: add issued by, approved by, or else level"
        problems.append(Problem(plan.row, told))
    if len(plan.levels) > _SINGLE:
        levels = ", ".join(sorted(iri.rpartition("/")[2].removeprefix("level-") for iri in plan.levels))
        told = f"the bodies that issued or approved this plan are of several levels ({levels}): keep those of one"
        problems.append(Problem(plan.row, told))
    years = next((found[0] for title in plan.titles.values() if (found := _YEARS.search(title))), None)
    if years and not has_period:
        start, end = years.split("-")
        told = f"the title names a period: add the rows start {start} and end {end} with its words"
        problems.append(Problem(plan.row, told))
    return problems


def _of_lines(plan: Plan, said: Said) -> list[Problem]:
    listing = said.get((plan.token, "lines complete"), [])
    if plan.lines and not listing:
        told = (
            "this plan has lines: add a row lines complete with yes or no and the page's words, or with unknown if the "
            "page does not say"
        )
        return [Problem(plan.row, told)]
    if listing and not plan.lines:
        return [Problem(listing[0].number, "there are no lines to be complete: add rows line, or remove this one")]
    return []


def _of_period(plan: Plan, said: Said) -> list[Problem]:
    period = f"<id/plan/{plan.slug}#period>"
    starts, ends = said.get((period, "start"), []), said.get((period, "end"), [])
    open_end = said.get((period, "open end"), [])
    problems = []
    if open_end and ends:
        told = f"the end is in row {ends[0].number}, and this says that there is none: remove one of them"
        problems.append(Problem(open_end[0].number, told))
    problems += [
        Problem(ends[0].number, f"this plan ends before it starts ({start.value}): correct one of them")
        for start in starts[:1]
        if ends and _sortable(ends[0].value, "-12-31") < _sortable(start.value, "-01-01")
    ]
    return problems


def _sortable(date: str, rest: str) -> str:
    return (date + rest)[: len("2012-12-31")] if re.match(r"\d{4}", date) else ""
