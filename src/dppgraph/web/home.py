"""The first page."""

from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvest
from dppgraph.web.documents.page import Named
from dppgraph.web.pages import Links, Page, Pages, Reader, add_page

_PAGE: Final = 200
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
        published = harvest.published
        named = Named(Facts(published, reader.language), Links(published.url, published.base, reader))
        sets, plans = (
            [named.value(term) for term in published.subjects(_A, f"<{class_}>")[:_PAGE]]
            for class_ in (f"{PREFIXES['dcat']}Dataset", f"{PREFIXES['dpp']}PolicyPlan")
        )
        return {"sets": sets, "plans": plans}


def add_home_routes(app: FastAPI, home: Home) -> None:
    """Adds the route to an application."""
    add_page(app, "/", home, "The first page")
