"""The feed over HTTP: ``/feed`` and the nodes that it leads to, as RDF.

A closed node never changes, so caches may have it for good; the root and the open page are asked for again each time,
and cost next to nothing where nothing is new.
"""

from dataclasses import dataclass
from typing import Any, Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad
from dppgraph.operations.harvest import Harvest
from dppgraph.store.writing import serialised
from dppgraph.web.answers import Cited, preflight
from dppgraph.web.made import Made, Making
from dppgraph.web.pages import Reader, reader_of, shown
from dppgraph.web.parameters import decoded, format_of

METHODS: Final = ("GET", "HEAD", "OPTIONS")
_ABOUT: Final = (
    "A Linked Data Event Stream: the root says what is in it and leads to its pages. Each member is one version of one "
    "entity. A page that a later one follows never changes."
)


@dataclass(frozen=True, slots=True)
class Feed:
    """The routes of the feed.

    Attributes:
        making: makes the answers.
    """

    making: Making

    async def __call__(self, request: Request) -> Response:
        """Answers one request.

        Raises:
            Unknown: there is no such node.
            BadParameter: there is no such format.
            NotAcceptable: it comes in no format that the client takes, or cannot be said in the one that is asked for.
            StoreUnavailable: the members cannot be read.
        """
        if request.method == "OPTIONS":
            return preflight(METHODS)
        node = request.path_params.get("node", "")
        parameters = decoded(request.scope["query_string"])
        format_ = format_of(parameters, request.scope, formats.PAGES)
        reader = reader_of(request.scope, parameters, format_)
        return await self.making.answered(
            request, f"feed {node} {reader.key}", format_, lambda harvest: self._made(harvest, node, format_, reader)
        )

    def _made(self, harvest: Harvest, node: str, format_: Format, reader: Reader) -> Made:
        feed, licence = harvest.feed(), harvest.licence()
        said = list(feed.node(node, named_graphs=format_.named_graphs))
        as_page = format_ == formats.HTML
        links = [f'<{self.making.url}catalogue>; rel="describedby"'] if "catalogue" in harvest.there else []
        if licence and not node:
            of_stream = Quad(f"<{self.making.url}feed#stream>", f"<{PREFIXES['dct']}license>", f"<{licence}>")
            said.append(of_stream.line())
        content = serialised(said, formats.TURTLE if as_page else format_)
        return Made(
            shown("shown.feed", f"feed/{node}" if node else "feed", content, harvest, reader) if as_page else content,
            [(b"link", ", ".join(links).encode())] if links else [],
            modified=feed.changed(node),
            # What stands around it on a page changes with the software.
            lasting=feed.is_closed(node) and not as_page,
            of=Cited(*feed.of(node), licence),
        )


def add_feed_routes(app: FastAPI, feed: Feed) -> None:
    """Adds ``/feed`` and its nodes to an application, described for ``/openapi.json``."""
    said: dict[str, Any] = {
        "methods": ["GET"],
        "tags": ["data"],
        "response_class": Response,
        "responses": {
            200: {"content": {known.media_types[0]: {} for known in formats.PAGES}},
            304: {"description": "Not changed."},
        },
        "openapi_extra": {"parameters": [_FORMAT]},
    }
    named = {"name": "node", "in": "path", "required": True, "schema": {"type": "string"}, "example": "1"}
    app.add_api_route("/feed", feed, summary="All changes, as an event stream", description=_ABOUT, **said)
    said |= {"openapi_extra": {"parameters": [named, _FORMAT]}}
    app.add_api_route("/feed/{node}", feed, summary="A page of the event stream", description=_ABOUT, **said)
    for path in ("/feed", "/feed/{node}"):
        app.add_api_route(path, feed, methods=["HEAD", "OPTIONS"], include_in_schema=False)


_FORMAT: Final[dict[str, Any]] = {
    "name": "format",
    "in": "query",
    "required": False,
    "description": "the format of the answer; wins over Accept",
    "schema": {"type": "string", "enum": [known.name for known in formats.PAGES]},
}
