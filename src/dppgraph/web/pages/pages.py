"""Answering for a page: in which format and language, made once for a version, and kept."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.iris import uri_of
from dppgraph.errors import BadParameter, Unknown
from dppgraph.operations.harvest import Harvest
from dppgraph.web.answers import preflight
from dppgraph.web.made import Made, Making
from dppgraph.web.originals import VERSION, has_versions
from dppgraph.web.pages.reader import LANG, Reader, reader_of
from dppgraph.web.pages.routes import METHODS
from dppgraph.web.pages.templates import Site, rendered
from dppgraph.web.parameters import Parameters, decoded, format_of, version_of

Told = Mapping[str, object]
"""What a page shows, by the names that its template has for it."""

PAGE: Final = "page"
"""The parameter that says which page of a list is asked for."""
_OF_RDF: Final = frozenset(known.name for known in formats.RDF)


@dataclass(frozen=True, slots=True)
class Page:
    """A page.

    Attributes:
        path: where it is, below the server's address, without a suffix.
        template: the name of its template.
        read: gathers what it shows; in a thread.
        data: writes the same in other formats.
        parameters: those of its address that count, without the language; its data has the same.
        day: the day of which it tells how things stand, where its address does not say so; it is made anew after it.
        headers: those that only it has, whatever its format.
        more: for data with pages of its own, longer than those for people: whether there is a page after this one.
    """

    path: str
    template: str
    read: Callable[[Harvest, Reader], Told]
    data: Mapping[Format, Callable[[Told, Harvest], bytes]] = field(default_factory=lambda: MappingProxyType({}))
    parameters: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    day: date | None = None
    headers: Sequence[tuple[bytes, bytes]] = ()
    more: Callable[[Told], bool] | None = None

    @property
    def until(self) -> float:
        """When it ceases to be true, in seconds since 1970: when its day ends in UTC."""
        if self.day is None:
            return math.inf
        return datetime.combine(self.day + timedelta(days=1), time(), UTC).timestamp()

    @property
    def offered(self) -> tuple[Format, ...]:
        """The formats that it comes in."""
        return (formats.HTML, *self.data)


def _given(page: Page) -> dict[str, object]:
    return {name: value for name, value in page.parameters.items() if value not in (None, "")}


@dataclass(frozen=True, slots=True)
class Pages:
    """What answers for pages.

    Attributes:
        making: makes the answers.
    """

    making: Making

    async def answered(self, request: Request, page: Page, suffix: Format | None = None) -> Response:
        """The answer to a request for a page.

        Args:
            request: the request.
            page: the page.
            suffix: the format that its address ends in, where its route does not tell.

        Raises:
            BadParameter: the language or the format cannot be used.
            NotAcceptable: the page comes in no format that the client takes.
            Unknown: it does not come in the format that the address ends in, or there is no such version.
            Gone: the version that is asked for was pruned.
            DppgraphError: as ``page.read``.
        """
        if request.method == "OPTIONS":
            return preflight(METHODS, "Accept-Datetime")
        parameters = decoded(request.scope["query_string"])
        reader = reader_of(request.scope, parameters)
        format_ = suffix or self._format(request, parameters, page)
        version = version_of(parameters) if has_versions(request.scope["path"]) else None
        if version:
            page = replace(page, parameters={**page.parameters, VERSION: version})

        def make(harvest: Harvest) -> Made:
            told = page.read(harvest, reader)
            data = self._addresses(page, reader, format_)
            links = [f'<{uri_of(href)}>; rel="alternate"; type="{known.media_types[0]}"' for href, known in data]
            if format_ != formats.HTML and page.more and page.more(told):
                links.append(f'<{uri_of(self._next(page, reader, format_))}>; rel="next"')
            headers = [*page.headers, *([(b"link", ", ".join(links).encode())] if links else [])]
            if format_ != formats.HTML:
                return Made(page.data[format_](told, harvest), headers, until=page.until)
            site = Site.of(harvest)
            content = rendered(page.template, site, reader, page.path, told, parameters=page.parameters, data=data)
            return Made(content, headers, until=page.until)

        resource = f"page {page.path}?{urlencode(page.parameters)} {reader.key} {page.day or ''}"
        return await self.making.answered(request, resource, format_, make, version)

    def _format(self, request: Request, parameters: Parameters, page: Page) -> Format:
        extension = request.path_params.get("extension", "")
        if not extension:
            return format_of(parameters, request.scope, page.offered)
        if any(name == "format" for name, _ in parameters):
            raise BadParameter(f"the format is given twice, as .{extension} and as format: give it once")
        found = next((known for known in page.offered if known.extension == extension), None)
        if found is None:
            offered = ", ".join(known.extension for known in page.offered)
            raise Unknown(f"there is no {page.path}.{extension[:20]}: take one of {offered}")
        return found

    def _addresses(self, page: Page, reader: Reader, format_: Format) -> list[tuple[str, Format]]:
        """Where the data of a page is; in the language of the page, but for RDF, which has all."""
        given = _given(page)
        if page.more and format_ == formats.HTML:
            # Which page of the data it is on, nobody needs to know.
            given.pop(PAGE, None)
        return [(self._address(page, reader, known, given), known) for known in page.data]

    def _next(self, page: Page, reader: Reader, format_: Format) -> str:
        given = _given(page)
        return self._address(page, reader, format_, given | {PAGE: int(str(given.get(PAGE, 1))) + 1})

    def _address(self, page: Page, reader: Reader, format_: Format, given: Mapping[str, object]) -> str:
        asked = urlencode(given if format_.name in _OF_RDF else {**given, LANG: reader.language})
        return f"{self.making.url}{page.path}.{format_.extension}{'?' if asked else ''}{asked}"
