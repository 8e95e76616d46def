"""The first page, the list of everything that has a page, and how pages look."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.errors import Unknown
from dppgraph.operations.catalogue import dataset_json
from dppgraph.operations.documents import path_of
from dppgraph.operations.harvest import Harvest
from dppgraph.web.answers import CORS, kept_response, preflight
from dppgraph.web.cache.kept import Kept, tag_of
from dppgraph.web.documents.page import Named
from dppgraph.web.made import Made, Making
from dppgraph.web.pages import template
from dppgraph.web.parameters import decoded, number_of

METHODS: Final = ("GET", "HEAD", "OPTIONS")
_PAGE: Final = 200
_A: Final = f"<{PREFIXES['rdf']}type>"
_STYLE: Final = Path(__file__).parent / "static" / "style.css"


@dataclass(frozen=True, slots=True)
class Home:
    """The routes ``/``, ``/about`` and ``/things``.

    Attributes:
        making: makes the pages.
    """

    making: Making

    async def __call__(self, request: Request) -> Response:
        """The first page."""
        return await self._answered(request, "home", self._home)

    async def things(self, request: Request) -> Response:
        """A page of the list of everything.

        Raises:
            Unknown: there is no such page.
        """
        page = number_of(decoded(request.scope["query_string"]), "page") or 1
        return await self._answered(request, f"things {page}", lambda harvest: self._things(harvest, page))

    async def about(self, request: Request) -> Response:
        """Who keeps the data, and under which licence."""
        return await self._answered(request, "about", self._about)

    async def _answered(self, request: Request, resource: str, make: Callable[[Harvest], Made]) -> Response:
        if request.method == "OPTIONS":
            return preflight(METHODS)
        return await self.making.answered(request, resource, formats.HTML, make)

    def _home(self, harvest: Harvest) -> Made:
        published, named = harvest.published, Named(harvest.published, self.making.frames)
        sets, plans = (
            [named.value(term) for term in published.subjects(_A, f"<{class_}>")[:_PAGE]]
            for class_ in (f"{PREFIXES['dcat']}Dataset", f"{PREFIXES['dpp']}PolicyPlan")
        )
        return self._page("home.html", harvest, sets=sets, plans=plans, version=harvest.manifest.version)

    def _about(self, harvest: Harvest) -> Made:
        return self._page("about.html", harvest, catalogue=json.loads(dataset_json(harvest.catalogue(), "en")))

    def _things(self, harvest: Harvest, page: int) -> Made:
        published, named = harvest.published, Named(harvest.published, self.making.frames)
        pages = max(1, -(-published.exact.count_things() // _PAGE))
        if page > pages:
            raise Unknown(f"the list has {pages} pages: there is no page {page}")
        found = [
            (named.value(f"<{iri}>"), path_of(iri, published.base))
            for iri, _ in published.exact.things(offset=(page - 1) * _PAGE, limit=_PAGE)
        ]
        return self._page("things.html", harvest, things=found, page=page, pages=pages)

    def _page(self, name: str, harvest: Harvest, **said: object) -> Made:
        return Made(template(name).render(home=self.making.url, there=harvest.there, **said).encode())


def add_home_routes(app: FastAPI, home: Home) -> None:
    """Adds the routes to an application."""
    content = _STYLE.read_text(encoding="utf-8")
    headers = [(name.encode(), value.encode()) for name, value in CORS.items()]
    headers += [(b"cache-control", b"public, max-age=3600"), (b"vary", b"Accept-Encoding")]
    kept = Kept(content.encode(), "text/css; charset=utf-8", 0, tag_of(content), headers)

    async def style(request: Request) -> Response:
        return await kept_response(request, kept)

    routes: dict[str, Callable[..., Any]] = {
        "/": home,
        "/things": home.things,
        "/about": home.about,
        "/style.css": style,
    }
    for path, endpoint in routes.items():
        app.add_api_route(path, endpoint, methods=list(METHODS), include_in_schema=False)
