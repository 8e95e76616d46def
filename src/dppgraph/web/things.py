"""The list of everything that has a page, at ``/things``."""

from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.operations.documents import path_of
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.paging import pages_of
from dppgraph.web.pages import Page, Pages, Reader, add_page
from dppgraph.web.parameters import decoded, number_of

_PAGE: Final = 100
"""Things on a page."""


@dataclass(frozen=True, slots=True)
class ThingList:
    """The route ``/things``.

    Attributes:
        pages: answers for the pages.
    """

    pages: Pages

    async def __call__(self, request: Request) -> Response:
        """A page of the list of everything.

        Raises:
            Unknown: there is no such page.
        """
        page = number_of(decoded(request.scope["query_string"]), "page") or 1

        def read(harvest: Harvest, reader: Reader) -> dict[str, object]:
            return _things(harvest, reader, page)

        parameters = {"page": page} if page > 1 else {}
        return await self.pages.answered(request, Page("things", "things.html", read, parameters=parameters))


def add_things_routes(app: FastAPI, things: ThingList) -> None:
    """Adds the route to an application."""
    add_page(app, "/things", things, "Everything that has a page")


def _things(harvest: Harvest, reader: Reader, page: int) -> dict[str, object]:
    published = harvest.published
    facts = Facts(published, reader.language)
    count = harvest.once("things", published.exact.count_things)
    pages = pages_of(count, page, _PAGE)
    found = [
        (f"<{iri}>", facts.label(f"<{iri}>"), path_of(iri, published.base))
        for iri, _ in published.exact.things(offset=(page - 1) * _PAGE, limit=_PAGE)
    ]
    return {"things": found, "count": count, "page": page, "pages": pages}
