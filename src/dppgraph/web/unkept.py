"""A page that is made for one request and not kept: it tells of an error, or of what is another thing each time."""

import asyncio
from http import HTTPStatus
from typing import Final

from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.web.answers import CORS
from dppgraph.web.made import Making
from dppgraph.web.pages import Page, Reader, Site, rendered

_HEADERS: Final = CORS | {"cache-control": "no-store", "vary": "Accept, Accept-Encoding, Accept-Language"}


async def page_now(
    making: Making, page: Page, reader: Reader, status: HTTPStatus, version: int | None = None
) -> Response:
    """A page in HTML.

    Args:
        making: knows what it is made of.
        page: the page.
        reader: who reads it.
        status: the status of the answer.
        version: the number of the version that is asked for; None for the current one.

    Raises:
        DppgraphError: as ``page.read``.
    """

    def make() -> bytes:
        with making.harvests.still():
            harvest = making.harvest(version)
            told = page.read(harvest, reader)
            return rendered(page.template, Site.of(harvest), reader, page.path, told, parameters=page.parameters)

    content = await asyncio.to_thread(make)
    headers = _HEADERS | ({"dppgraph-version": str(version)} if version and not page.headers else {})
    response = Response(content, status, headers, formats.HTML.content_type)
    response.raw_headers += page.headers
    return response
