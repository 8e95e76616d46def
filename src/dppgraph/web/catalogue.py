"""The catalogue (DCAT-AP) at ``/catalogue``, and the statistics (VoID) at ``/.well-known/void``."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.iris import uri_of
from dppgraph.errors import BadParameter, Unknown
from dppgraph.operations.catalogue import catalogue_in, dataset_json
from dppgraph.operations.documents import path_of
from dppgraph.operations.export import export
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.paging import pages_of
from dppgraph.web.answers import preflight
from dppgraph.web.made import Made, Making
from dppgraph.web.pages import Links, Reader, Site, reader_of, rendered, shown
from dppgraph.web.parameters import decoded, described, format_of, number_of

METHODS: Final = ("GET", "HEAD", "OPTIONS")
_PAGE: Final = 100
"""Data sets on a page."""

_LEADING: Final = ("alternate", "describedby")
_VOID: Final = ".well-known/void"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The two routes.

    Attributes:
        making: makes the answers.
    """

    making: Making

    async def __call__(self, request: Request) -> Response:
        """The catalogue.

        Raises:
            Unknown: the data has none.
        """
        return await self._answered(request, "catalogue", formats.PAGES, self._catalogue)

    async def void(self, request: Request) -> Response:
        """The statistics."""
        return await self._answered(request, _VOID, formats.PAGES, self._void)

    async def _answered(
        self,
        request: Request,
        name: str,
        offered: tuple[Format, ...],
        make: Callable[[Harvest, Format, Reader, int], Made],
    ) -> Response:
        if request.method == "OPTIONS":
            return preflight(METHODS)
        parameters = decoded(request.scope["query_string"])
        extension = request.path_params.get("extension", "")
        if extension and any(key == "format" for key, _ in parameters):
            raise BadParameter(f"the format is given twice, as .{extension} and as format: give it once")
        format_ = next((known for known in offered if known.extension == extension), None)
        if extension and format_ is None:
            raise Unknown(f"there is no {name}.{extension}: take one of {', '.join(one.extension for one in offered)}")
        wanted = format_ or format_of(parameters, request.scope, offered)
        reader = reader_of(request.scope, parameters, wanted)
        page = number_of(parameters, "page") or 1
        key = f"{name} {reader.key} {page}"
        return await self.making.answered(request, key, wanted, lambda harvest: make(harvest, wanted, reader, page))

    def _catalogue(self, harvest: Harvest, format_: Format, reader: Reader, page: int) -> Made:
        lines = harvest.catalogue()
        if not lines:
            raise Unknown("the data that is served here describes no catalogue: data/catalogue.ttl is the place for it")
        address = f"{self.making.url}catalogue"
        others = [(f"{address}.{known.extension}", known) for known in formats.RDF]
        headers = [(b"link", self._links(lines, harvest, others).encode())]
        if format_ != formats.HTML:
            return Made(export(lines, format_, self.making.frames), headers)
        return Made(self._page(lines, harvest, reader, page, others), headers)

    def _page(
        self, lines: list[str], harvest: Harvest, reader: Reader, page: int, others: list[tuple[str, Format]]
    ) -> bytes:
        catalogue = json.loads(dataset_json(lines, reader.language))
        sets = catalogue["dataset"]
        pages = pages_of(len(sets), page, _PAGE)
        catalogue["dataset"] = sets[(page - 1) * _PAGE : page * _PAGE]
        told = {
            "catalogue": catalogue,
            "count": len(sets),
            "page": page,
            "pages": pages,
            "address": Links(self.making.url, harvest.manifest.base, reader).document,
            # A text of the data may hold what ends the element that this is in.
            "json": json.dumps(catalogue, ensure_ascii=False).replace("<", "\\u003c"),
        }
        parameters = {"page": page} if page > 1 else {}
        site = Site.of(harvest)
        return rendered("catalogue.html", site, reader, "catalogue", told, parameters=parameters, data=others)

    def _links(self, lines: list[str], harvest: Harvest, others: list[tuple[str, Format]]) -> str:
        """The signposts of the catalogue, as those of a document."""
        iri = catalogue_in(lines)
        links = [f'<{href}>; rel="{rel}"; type="{known.media_types[0]}"' for href, known in others for rel in _LEADING]
        links += ['<https://schema.org/DataCatalog>; rel="type"', '<https://schema.org/AboutPage>; rel="type"']
        path = path_of(iri, harvest.manifest.base)
        if path is not None:
            linkset = formats.LINKSET
            links.append(f'<{uri_of(iri)}>; rel="cite-as"')
            address = f"{self.making.url}{path}.{linkset.extension}"
            links.append(f'<{address}>; rel="linkset"; type="{linkset.media_types[0]}"')
        if licence := harvest.licence():
            links.append(f'<{uri_of(licence)}>; rel="license"')
        return ", ".join(links)

    def _void(self, harvest: Harvest, format_: Format, reader: Reader, _: int) -> Made:
        if format_ == formats.HTML:
            return Made(shown("shown.statistics", _VOID, export(harvest.void(), formats.TURTLE), harvest, reader))
        return Made(export(harvest.void(), format_, self.making.frames))


def add_catalogue_routes(app: FastAPI, catalogue: Catalogue) -> None:
    """Adds the routes to an application, described for ``/openapi.json``."""
    said = [described("format", "string", "a format's short name, such as turtle or html; wins over Accept")]
    summaries: dict[str, tuple[Callable[..., Any], str]] = {
        "catalogue": (catalogue, "What there is to download and to ask (DCAT-AP)"),
        _VOID: (catalogue.void, "How much there is of what (VoID)"),
    }
    for path, (endpoint, summary) in summaries.items():
        content: dict[str, Any] = {known.media_types[0]: {} for known in formats.PAGES}
        app.add_api_route(
            f"/{path}",
            endpoint,
            methods=["GET"],
            summary=summary,
            description=summary,
            tags=["data"],
            response_class=Response,
            responses={200: {"content": content}, 304: {"description": "Not changed."}},
            openapi_extra={"parameters": said},
        )
        app.add_api_route(f"/{path}", endpoint, methods=["HEAD", "OPTIONS"], include_in_schema=False)
        app.add_api_route(f"/{path}.{{extension}}", endpoint, methods=list(METHODS), include_in_schema=False)
