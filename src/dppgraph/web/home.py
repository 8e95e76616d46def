"""The first page, the list of everything that has a page, and how pages look."""

import json
from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core.iris import PREFIXES
from dppgraph.errors import Unknown
from dppgraph.operations.catalogue import dataset_json
from dppgraph.operations.documents import path_of
from dppgraph.operations.harvest import Harvest
from dppgraph.web.documents.page import Named
from dppgraph.web.pages import Page, Pages, Reader, add_page
from dppgraph.web.parameters import decoded, number_of

_PAGE: Final = 200
_A: Final = f"<{PREFIXES['rdf']}type>"


@dataclass(frozen=True, slots=True)
class Home:
    """The routes ``/``, ``/about`` and ``/things``.

    Attributes:
        pages: answers for the pages.
    """

    pages: Pages

    async def __call__(self, request: Request) -> Response:
        """The first page."""
        return await self.pages.answered(request, Page("", "home.html", self._home))

    async def things(self, request: Request) -> Response:
        """A page of the list of everything.

        Raises:
            Unknown: there is no such page.
        """
        page = number_of(decoded(request.scope["query_string"]), "page") or 1

        def read(harvest: Harvest, _: Reader) -> dict[str, object]:
            return self._things(harvest, page)

        parameters = {"page": page} if page > 1 else {}
        return await self.pages.answered(request, Page("things", "things.html", read, parameters=parameters))

    async def about(self, request: Request) -> Response:
        """Who keeps the data, and under which licence."""
        return await self.pages.answered(request, Page("about", "about.html", self._about))

    def _home(self, harvest: Harvest, _: Reader) -> dict[str, object]:
        published, named = harvest.published, Named(harvest.published, self.pages.making.frames)
        sets, plans = (
            [named.value(term) for term in published.subjects(_A, f"<{class_}>")[:_PAGE]]
            for class_ in (f"{PREFIXES['dcat']}Dataset", f"{PREFIXES['dpp']}PolicyPlan")
        )
        return {"sets": sets, "plans": plans}

    def _about(self, harvest: Harvest, reader: Reader) -> dict[str, object]:
        return {"catalogue": json.loads(dataset_json(harvest.catalogue(), reader.language))}

    def _things(self, harvest: Harvest, page: int) -> dict[str, object]:
        published, named = harvest.published, Named(harvest.published, self.pages.making.frames)
        pages = max(1, -(-published.exact.count_things() // _PAGE))
        if page > pages:
            raise Unknown(f"the list has {pages} pages: there is no page {page}")
        found = [
            (named.value(f"<{iri}>"), path_of(iri, published.base))
            for iri, _ in published.exact.things(offset=(page - 1) * _PAGE, limit=_PAGE)
        ]
        return {"things": found, "page": page, "pages": pages}


def add_home_routes(app: FastAPI, home: Home) -> None:
    """Adds the routes to an application."""
    add_page(app, "/", home, "The first page")
    add_page(app, "/things", home.things, "Everything that has a page")
    add_page(app, "/about", home.about, "Who keeps the data")
