"""The catalogue (DCAT-AP) at ``/catalogue``, and the statistics (VoID) at ``/.well-known/void``."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any, Final, NamedTuple, Self

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.iris import uri_of
from dppgraph.errors import BadParameter, Unknown, VersionMismatch
from dppgraph.operations.catalogue import dataset_json
from dppgraph.operations.documents import path_of
from dppgraph.operations.export import export
from dppgraph.operations.harvest import LONG, Harvest
from dppgraph.operations.paging import pages_of
from dppgraph.web.answers import headers_of, preflight
from dppgraph.web.cache.kept import tag_of
from dppgraph.web.conditions import judged
from dppgraph.web.dumps.answer import Unchanged
from dppgraph.web.headers import Headers, date_of
from dppgraph.web.made import Made, Making
from dppgraph.web.pages import Links, Reader, Site, reader_of, rendered, shown
from dppgraph.web.parameters import decoded, described, format_of, number_of
from dppgraph.web.written import WrittenFiles

METHODS: Final = ("GET", "HEAD", "OPTIONS")
_PAGE: Final = 100
"""Data sets on a page."""

_LEADING: Final = ("alternate", "describedby")
_VOID: Final = ".well-known/void"


class _Asked(NamedTuple):
    """What is asked for: its name, in which format, for which reader, and which page of it."""

    name: str
    format: Format
    reader: Reader
    page: int


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The two routes.

    Attributes:
        making: makes the answers.
    """

    making: Making
    _files: WrittenFiles

    @classmethod
    def of(cls, making: Making) -> Self:
        """The two routes over what harvesters take."""
        return cls(making, WrittenFiles("catalogues", making.sending.min_rate))

    async def __call__(self, request: Request) -> Response:
        """The catalogue.

        Raises:
            Unknown: the data has none.
        """
        if request.method == "OPTIONS":
            return preflight(METHODS)
        asked = self._asked(request, "catalogue", formats.PAGES)
        if asked.format != formats.HTML:
            harvest = await asyncio.to_thread(self.making.harvest, None)
            if harvest.catalogue_size >= LONG:
                return await self._written(request, harvest, asked.format)
        return await self._answered(request, asked, self._catalogue)

    async def void(self, request: Request) -> Response:
        """The statistics."""
        if request.method == "OPTIONS":
            return preflight(METHODS)
        return await self._answered(request, self._asked(request, _VOID, formats.PAGES), self._void)

    async def _answered(
        self, request: Request, asked: _Asked, make: Callable[[Harvest, Format, Reader, int], Made]
    ) -> Response:
        name, wanted, reader, page = asked
        key = f"{name} {reader.key} {page}"
        return await self.making.answered(request, key, wanted, lambda harvest: make(harvest, wanted, reader, page))

    def _asked(self, request: Request, name: str, offered: tuple[Format, ...]) -> _Asked:
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
        # Only the list of a page has parts: whatever else is asked for is one answer, which is kept once.
        return _Asked(name, wanted, reader, page if name != _VOID and wanted == formats.HTML else 1)

    async def _written(self, request: Request, harvest: Harvest, format_: Format) -> Response:
        """The whole catalogue in a format, however long it is."""
        manifest, state = harvest.manifest, f"{harvest.packed.version} {harvest.changed} {harvest.published.url}"
        tag = f'"{tag_of(f"{state} {manifest.digest} {format_.name}")}"'.encode()
        modified = int(datetime.fromisoformat(harvest.changed).timestamp())
        cited = await asyncio.to_thread(self.making.sending.citing.of, manifest)
        links = await asyncio.to_thread(self._links, harvest)
        headers: Headers = [
            *headers_of(cited, (links,)),
            (b"content-type", format_.content_type.encode()),
            (b"etag", tag),
            (b"last-modified", date_of(modified).encode()),
        ]
        status = judged(request.scope, tag, modified)
        if status is HTTPStatus.PRECONDITION_FAILED:
            raise VersionMismatch("the catalogue is another one by now: ask without If-Match and If-Unmodified-Since")
        request.scope["state"]["version"] = manifest.version
        if status is HTTPStatus.NOT_MODIFIED:
            return Unchanged(headers)
        write = partial(harvest.write_catalogue, format_, self.making.frames.context)
        return await self._files.answered(tag, write, headers)

    def _catalogue(self, harvest: Harvest, format_: Format, reader: Reader, page: int) -> Made:
        if not harvest.catalogue_size:
            raise Unknown("the data that is served here describes no catalogue: data/catalogue.ttl is the place for it")
        headers = [(b"link", self._links(harvest).encode())]
        if format_ != formats.HTML:
            return Made(export(harvest.catalogue(), format_, self.making.frames), headers)
        return Made(self._page(harvest, reader, page), headers)

    @property
    def _others(self) -> list[tuple[str, Format]]:
        """Where the catalogue is in other formats than that of its page."""
        return [(f"{self.making.url}catalogue.{known.extension}", known) for known in formats.RDF]

    def _page(self, harvest: Harvest, reader: Reader, page: int) -> bytes:
        listed = harvest.listed()
        count = len(listed[1:])
        pages = pages_of(count, page, _PAGE)
        with harvest.in_catalogue() as about:
            part = slice((page - 1) * _PAGE, page * _PAGE)
            catalogue = json.loads(dataset_json(about, listed, reader.language, part))
        told = {
            "catalogue": catalogue,
            "count": count,
            "page": page,
            "pages": pages,
            "address": Links(self.making.url, harvest.manifest.base, reader).document,
            # A text of the data may hold what ends the element that this is in.
            "json": json.dumps(catalogue, ensure_ascii=False).replace("<", "\\u003c"),
        }
        parameters = {"page": page} if page > 1 else {}
        site = Site.of(harvest)
        return rendered("catalogue.html", site, reader, "catalogue", told, parameters=parameters, data=self._others)

    def _links(self, harvest: Harvest) -> str:
        """The signposts of the catalogue, as those of a document."""
        iri = next(iter(harvest.listed()), "").strip("<>")
        links = [
            f'<{href}>; rel="{rel}"; type="{known.media_types[0]}"' for href, known in self._others for rel in _LEADING
        ]
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
