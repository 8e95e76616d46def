"""The route ``/timeline``: the plans in time, those in force on a day among them."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.errors import BadParameter
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.paging import pages_of
from dppgraph.operations.timeline import Outline, Outlined, day_of, outline_of, plan_in_time, target_in_time
from dppgraph.web.pages import Page, Pages, Reader, add_page
from dppgraph.web.parameters import Parameters, decoded, described, number_of
from dppgraph.web.timeline.data import has_more, timeline_csv, timeline_json
from dppgraph.web.timeline.layout import SHEETS, draw

PER_PAGE: Final = 50
"""Plans on a page, in its drawings and in its table."""

LISTED: Final = 100
"""Targets that the page lists: they are in its data, and the question has all."""

_PROMISES: Final = 12
"""Targets that are drawn at most: all are listed."""

_DATA: Final = MappingProxyType({formats.DATA: timeline_json, formats.CSV: timeline_csv})


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """The route ``/timeline``.

    Attributes:
        pages: answers for the pages.
    """

    pages: Pages

    async def __call__(self, request: Request) -> Response:
        """Answers one request.

        Raises:
            BadParameter: the day that is asked about is none.
            Unknown: there is no such page.
        """
        parameters = decoded(request.scope["query_string"])
        on, number = _day(parameters), number_of(parameters, "page") or 1

        def read(harvest: Harvest, reader: Reader) -> dict[str, object]:
            return _told(harvest, reader, on, number)

        asked = ({"on": on} if on else {}) | ({"page": str(number)} if number > 1 else {})
        return await self.pages.answered(request, Page("timeline", "timeline.html", read, _DATA, asked, more=has_more))


def add_timeline_routes(app: FastAPI, timeline: TimelinePage) -> None:
    """Adds the route to an application."""
    on = described("on", "string", "a day such as 2013-05-01: which plans were in force then")
    add_page(app, "/timeline", timeline, "The plans in time", tuple(_DATA), [on])


def _day(parameters: Parameters) -> str:
    """The day that is asked about; empty for none."""
    given = [value.strip() for name, value in parameters if name == "on"]
    if not given or not given[-1]:
        return ""
    if day_of(given[-1]) is None:
        raise BadParameter(f"on is {given[-1][:20]!r}: it must be a day such as 2013-05-01")
    return given[-1]


def _told(harvest: Harvest, reader: Reader, on: str, number: int) -> dict[str, object]:
    facts = Facts(harvest.published, reader.language)
    outline = outline_of(harvest, facts)
    pages = pages_of(len(outline.plans), number, PER_PAGE)
    part = outline.plans[(number - 1) * PER_PAGE : number * PER_PAGE]
    plans = [plan_in_time(facts, plan) for plan in part]
    targets = [target_in_time(facts, target) for target in outline.targets[:LISTED]]
    drawn, promises = outline.only(plan.term for plan in part), targets[:_PROMISES] if number == 1 else ()
    drawings = [draw(drawn, plans, promises, day_of(on), sheet) for sheet in SHEETS]
    return {
        "timeline": outline,
        "facts": facts,
        "plans": plans,
        "targets": targets,
        "page": number,
        "pages": pages,
        "drawings": [drawing for drawing in drawings if drawing],
        "on": on,
        "unsure": _unsure(outline, on),
        "known": {plan.term: plan for plan in outline.plans},
        "names": facts.label,
    }


def _unsure(outline: Outline, on: str) -> list[Outlined]:
    """The plans of which nobody can say whether they were in force on a day."""
    return [plan for plan in outline.plans if on and plan.standing(on) == "unknown"]
