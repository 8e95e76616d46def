"""Plans as people read them: ``/plans`` lists all, ``/plans/NAME`` tells all about one."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.plans import COLUMNS, Plan, Related, plan_list, plan_of, plans_in_order
from dppgraph.web.pages import Page, Reader, add_page
from dppgraph.web.parameters import Parameters, decoded, version_of
from dppgraph.web.reading import (
    DATA,
    LIST,
    ON,
    PAGE,
    Place,
    Things,
    Told,
    View,
    asked_for,
    contents,
    day_of,
    list_data,
    page_of,
    speaking,
    today,
)

_PLACE: Final = Place("plans", "plan", "plan", "plan.html", (f"{PREFIXES['dpp']}PolicyInstrument",))
_EXPECTED: Final[Mapping[str, str]] = {
    "dct:issued": "plans.issued",
    "dct:temporal": "plans.period",
    "dct:title": "plans.title",
    "dct:type": "plans.type",
    "dct:spatial": "plans.places",
}
"""The keys of the words for properties of others, which have no name in our ontology."""


class Comparison(NamedTuple):
    """Two plans to be compared: terms, and the one of them that is not the plan of the page."""

    older: str
    newer: str
    other: Related


@dataclass(frozen=True, slots=True)
class Plans:
    """The routes ``/plans`` and ``/plans/NAME``.

    Attributes:
        things: answers for pages about things.
    """

    things: Things

    async def all(self, request: Request) -> Response:
        """The list of plans.

        Raises:
            BadParameter: the page is no number, or the day is none.
            Unknown: there is no such page.
        """
        parameters = decoded(request.scope["query_string"])
        page, on = page_of(parameters), day_of(parameters)
        day, until = await self._day(parameters, on)

        def read(harvest: Harvest, reader: Reader) -> Told:
            facts = Facts(harvest.published, reader.language)
            found = plan_list(facts, day, page, plans_in_order(harvest, facts))
            return {"found": found, "asked": asked_for(1, on), **speaking(facts)}

        answer = Page("plans", "plans.html", read, list_data(COLUMNS), asked_for(page, on), until)
        return await self.things.pages.answered(request, answer)

    async def one(self, request: Request) -> Response:
        """A plan.

        Raises:
            BadParameter: the page is no number, or the day is none.
            Gone: an earlier version knew it.
            Unknown: there is no such plan, or no such page of its lines.
        """
        parameters = decoded(request.scope["query_string"])
        page, on = page_of(parameters), day_of(parameters)
        day, until = await self._day(parameters, on)

        def read(facts: Facts, term: str) -> tuple[object, Told]:
            plan = plan_of(facts, term, day, page)
            more: Told = {
                "expected": _EXPECTED,
                "contents": _contents(plan),
                "comparisons": _comparisons(plan),
                "asked": asked_for(1, on),
            }
            return plan, more

        return await self.things.answered(request, _PLACE, View(read, asked_for(page, on), until))

    async def _day(self, parameters: Parameters, on: date | None) -> tuple[date, date | None]:
        """The day of which it is told how plans stand; and the same where that is no more true of the page after it.

        Of a version that is named, it is the day on which that was published.

        Raises:
            Unknown: there is no such version.
        """
        if on:
            return on, None
        version = version_of(parameters)
        if version is None:
            return today(), today()
        created = await asyncio.to_thread(self.things.pages.making.harvests.versions.created, version)
        return created.date(), None


def add_plan_routes(app: FastAPI, things: Things) -> None:
    """Adds the routes to an application."""
    plans = Plans(things)
    add_page(app, "/plans", plans.all, "All plans", LIST, (PAGE, ON))
    add_page(app, "/plans/{slug:path}", plans.one, "A plan", DATA, (PAGE, ON))


def _contents(plan: Plan) -> list[tuple[str, str]]:
    return contents(
        ("succession", "plans.succession", plan.before or plan.after),
        ("facts", "plans.facts", True),
        ("parts", "plans.parts", plan.wholes or plan.parts),
        ("approvals", "plans.approvals", plan.approvals),
        ("events", "plans.events", plan.events),
        ("objectives", "plans.objectives", plan.objectives),
        ("targets", "plans.targets", plan.targets),
        ("lines", "plans.lines", plan.lines.total or plan.lines.listing),
        ("evaluations", "plans.evaluations", plan.evaluations or plan.findings),
        ("results", "plans.results", plan.results),
        ("documents", "plans.documents", plan.documents or plan.identifiers),
        ("others", "reading.others", plan.others),
        ("gaps", "plans.gaps", plan.missing or plan.unverified),
        ("query", "reading.query", True),
        ("cite", "cite.title", True),
    )


def _comparisons(plan: Plan) -> list[Comparison]:
    """The comparisons of a plan that has lines with those beside it."""
    if not plan.lines.total:
        return []
    before = [Comparison(other.term, plan.term, other) for other in plan.before if other.has_lines]
    return before + [Comparison(plan.term, other.term, other) for other in plan.after if other.has_lines]
