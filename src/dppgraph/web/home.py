"""The first page."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.home import read_home
from dppgraph.operations.said import name_of
from dppgraph.operations.timeline import Outline, Outlined, Period, plan_in_time
from dppgraph.web.pages import Page, Pages, Reader, add_page
from dppgraph.web.timeline import SHEETS, draw

_PAGE: Final = 200
_DRAWN: Final = 10
"""Plans that the first page draws at most."""

_A: Final = f"<{PREFIXES['rdf']}type>"


@dataclass(frozen=True, slots=True)
class Home:
    """The route ``/``.

    Attributes:
        pages: answers for the pages.
    """

    pages: Pages

    async def __call__(self, request: Request) -> Response:
        """The first page."""
        return await self.pages.answered(request, Page("", "home.html", self._home))

    def _home(self, harvest: Harvest, reader: Reader) -> dict[str, object]:
        facts = Facts(harvest.published, reader.language)
        shown = read_home(harvest, facts)
        latest = _latest(shown.timeline)
        plans = [plan_in_time(facts, plan) for plan in latest]
        drawn = shown.timeline.only(plan.term for plan in latest)
        drawings = [draw(drawn, plans, (), None, sheet) for sheet in SHEETS]
        catalogues = facts.subjects(_A, f"<{PREFIXES['dcat']}Catalog>")
        # Those that the catalogue's page lists: each version is a data set too.
        sets = sorted({listed for one in catalogues for listed in facts.all(one, f"<{PREFIXES['dcat']}dataset>")})
        return {
            "shown": shown,
            "drawings": [drawing for drawing in drawings if drawing],
            "drawn": len(plans),
            "sets": [name_of(facts, term) for term in sets[:_PAGE]],
            "names": facts.label,
        }


def _latest(timeline: Outline) -> list[Outlined]:
    """The plans that the first page draws: those that ended last, in the order of the timeline."""
    ends = {plan.term: max(map(_end, plan.periods), default=date.min) for plan in timeline.plans}
    known = [term for term in ends if ends[term] > date.min]
    wanted = set(sorted(known, key=lambda term: ends[term], reverse=True)[:_DRAWN])
    return [plan for plan in timeline.plans if plan.term in wanted]


def _end(period: Period) -> date:
    return date.max if period.is_open else period.ends or period.begins or date.min


def add_home_routes(app: FastAPI, home: Home) -> None:
    """Adds the route to an application."""
    add_page(app, "/", home, "The first page")
