"""For crawlers: ``/robots.txt``, and ``/sitemap.xml`` (https://www.sitemaps.org/protocol.html) with its pages."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core.formats import Format
from dppgraph.errors import Unknown
from dppgraph.operations.documents import path_of
from dppgraph.operations.harvest import Harvest
from dppgraph.web.answers import headers_of, kept_response, preflight
from dppgraph.web.cache.kept import Kept, tag_of
from dppgraph.web.made import Made, Making
from dppgraph.web.parameters import whole

METHODS: Final = ("GET", "HEAD", "OPTIONS")
ADDRESSES: Final = 10_000
"""Addresses on a page: the protocol allows 50,000, and 50 MB."""

_XML: Final = Format("sitemap", ("application/xml",), "xml", charset=True)
_TEXT: Final = Format("robots", ("text/plain",), "txt", charset=True)
_NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_TRAPS: Final = ("sparql", "fragments", "queries", "search", "blame", "timemap", "metrics", "health")
"""Addresses with parameters without end, and those for operators."""


@dataclass(frozen=True, slots=True)
class Crawlers:
    """The routes for crawlers.

    Attributes:
        making: makes the answers.
    """

    making: Making

    async def robots(self, request: Request) -> Response:
        """What crawlers are asked to leave alone, and where to begin (RFC 9309)."""
        path = "/" + self.making.url.split("/", 3)[3]
        lines = [
            "User-agent: *",
            *(f"Disallow: {path}{trap}" for trap in (() if self.making.frozen else _TRAPS)),
            "",
            f"Sitemap: {self.making.url}sitemap.xml",
        ]
        if request.method == "OPTIONS":
            return preflight(METHODS)
        # Needs nothing of a version: a crawler that is not told this stays away.
        content = "".join(f"{line}\n" for line in lines)
        kept = Kept(content.encode(), _TEXT.content_type, 0, tag_of(content), headers_of(None))
        return await kept_response(request, kept)

    async def sitemap(self, request: Request) -> Response:
        """The list of the pages of the sitemap."""
        return await self._answered(request, "sitemap", _XML, self._sitemap)

    async def page(self, request: Request) -> Response:
        """A page of the sitemap.

        Raises:
            Unknown: there is no such page.
        """
        number = whole(request.path_params["number"])
        return await self._answered(request, f"sitemap {number}", _XML, lambda harvest: self._page(harvest, number))

    async def _answered(
        self, request: Request, resource: str, format_: Format, make: Callable[[Harvest], Made]
    ) -> Response:
        if request.method == "OPTIONS":
            return preflight(METHODS)
        return await self.making.answered(request, resource, format_, make)

    def _sitemap(self, harvest: Harvest) -> Made:
        count = max(1, -(-harvest.once("things", harvest.published.exact.count_things) // ADDRESSES))
        pages = ((f"{self.making.url}sitemap-{number}.xml", harvest.manifest.created) for number in range(1, count + 1))
        return _written("sitemapindex", "sitemap", pages)

    def _page(self, harvest: Harvest, number: int) -> Made:
        things = harvest.published.exact.things(offset=(number - 1) * ADDRESSES, limit=ADDRESSES)
        if not number or (not things and number > 1):
            raise Unknown(f"there is no page {number} of the sitemap: see {self.making.url}sitemap.xml")
        named = [(path_of(iri, harvest.manifest.base), harvest.created(version)) for iri, version in things]
        pages = (
            [(path, harvest.manifest.created) for path in harvest.there if self.making.frozen or path not in _TRAPS]
            if number == 1
            else []
        )
        return _written("urlset", "url", ((f"{self.making.url}{path}", when) for path, when in (*pages, *named)))


def add_crawler_routes(app: FastAPI, crawlers: Crawlers) -> None:
    """Adds the routes to an application."""
    routes = {
        "/robots.txt": crawlers.robots,
        "/sitemap.xml": crawlers.sitemap,
        "/sitemap-{number}.xml": crawlers.page,
    }
    for path, endpoint in routes.items():
        app.add_api_route(path, endpoint, methods=list(METHODS), include_in_schema=False)


def _written(root: str, item: str, pages: Iterable[tuple[str, str]]) -> Made:
    lines = (f"<{item}><loc>{escape(address)}</loc><lastmod>{when}</lastmod></{item}>\n" for address, when in pages)
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_NAMESPACE}">\n'
    return Made(f"{head}{''.join(lines)}</{root}>\n".encode())
