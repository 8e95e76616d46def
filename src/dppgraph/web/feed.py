"""The feed over HTTP: ``/feed`` and the nodes that it leads to, as RDF.

A closed node never changes, so caches may have it for good; the root and the open page are asked for again each time,
and cost next to nothing where nothing is new.
"""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any, Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.negotiation import negotiated
from dppgraph.core.quads import Quad, parse_line, with_leaves
from dppgraph.errors import BadRdf, NotAcceptable
from dppgraph.operations.feed import FeedReader
from dppgraph.store.rdf import serialised
from dppgraph.store.versions import VersionStore
from dppgraph.web.answers import NotModified, Sending, headers_of, kept_response, preflight
from dppgraph.web.cache.front import CONDITIONAL
from dppgraph.web.cache.kept import Kept, tag_of
from dppgraph.web.headers import Headers, header_of
from dppgraph.web.parameters import decoded
from dppgraph.web.problems import accept_of

METHODS: Final = ("GET", "HEAD", "OPTIONS")

_FOR_GOOD: Final = b"public, max-age=31536000, immutable"
_ROOM: Final = 32 << 20
"""Bytes that the nodes that were made may take, in each front."""

_LICENCE: Final = "http://publications.europa.eu/resource/authority/licence/CC0"
_ABOUT: Final = (
    "A Linked Data Event Stream: the root says what is in it and leads to its pages. Each member is one version of one "
    "entity. A page that a later one follows never changes."
)


@dataclass(slots=True)
class Feed:
    """The routes of the feed.

    Attributes:
        versions: the store that it is a feed of.
        sending: knows which version is current.
        public_url: where clients find this server.
        room: bytes that the nodes that were made may take.
    """

    versions: VersionStore
    sending: Sending
    public_url: str
    room: int = _ROOM
    _reader: tuple[int, FeedReader] | None = None
    _made: "OrderedDict[tuple[int, str, str], Kept]" = field(default_factory=OrderedDict)
    _making: asyncio.Lock = field(default_factory=asyncio.Lock)

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
        names = [value for name, value in decoded(request.scope["query_string"]) if name == "format"]
        format_ = formats.named(names[-1], formats.RDF) if names else negotiated(accept_of(request.scope), formats.RDF)
        kept = await self._node(request.path_params.get("node", ""), format_)
        response = await kept_response(request, kept)
        return NotModified(kept, response.coding) if _is_known(request, kept) else response

    async def _node(self, node: str, format_: Format) -> Kept:
        number = self.sending.store.manifest.version
        reader = await self._at(number)
        # What is closed is the same in all versions to come.
        key = 0 if reader.is_closed(node) else number, node, format_.name
        if key not in self._made:
            async with self._making:
                if key not in self._made:
                    self._made[key] = await asyncio.to_thread(self._written, reader, node, format_, number)
                # The last one made always stays.
                self._made.move_to_end(key)
                self._make_room(number)
                return self._made[key]
        self._made.move_to_end(key)
        return self._made[key]

    async def _at(self, number: int) -> FeedReader:
        if self._reader is None or self._reader[0] != number:
            async with self._making:
                if self._reader is None or self._reader[0] != number:
                    self._reader = number, await asyncio.to_thread(FeedReader, self.versions, number)
        return self._reader[1]

    def _written(self, reader: FeedReader, node: str, format_: Format, number: int) -> Kept:
        said = reader.node(node, named_graphs=format_.named_graphs)
        try:
            content = serialised(served(said, reader.base, self.public_url), format_)
        except BadRdf as error:
            offered = tuple(known.media_types[0] for known in formats.RDF if known != format_)
            raise NotAcceptable(f"{error}: take another format", offered=offered) from error
        headers = headers_of(number)
        if reader.is_closed(node):
            headers = [(name, _FOR_GOOD if name == b"cache-control" else value) for name, value in headers_of(None)]
        changed = datetime.fromisoformat(reader.changed(node)).astimezone(UTC)
        more = [*headers, (b"last-modified", format_datetime(changed, usegmt=True).encode()), self._link()]
        return Kept(content, format_.content_type, number, tag_of(content.decode()), more)

    def _make_room(self, number: int) -> None:
        for key in [key for key in self._made if key[0] not in (0, number)]:
            del self._made[key]
        size = sum(kept.size for kept in self._made.values())
        while size > self.room and len(self._made) > 1:
            _, gone = self._made.popitem(last=False)
            size -= gone.size

    def _link(self) -> tuple[bytes, bytes]:
        links = f'<{self.public_url}catalogue>; rel="describedby", <{_LICENCE}>; rel="license"'
        return b"link", links.encode()


def served(lines: Iterable[str], base: str, public_url: str) -> Iterator[str]:
    """The lines with the addresses of the feed where this server answers; names stay as they are.

    Args:
        lines: canonical lines.
        base: the base of their IRIs.
        public_url: where clients find this server.
    """
    address = re.compile(rf"^<{re.escape(base)}feed(?=[>/#])")
    begins = f"<{base}feed"
    here = f"<{public_url}feed"
    for line in lines:
        if begins in line:
            moved = (with_leaves(term, lambda leaf: address.sub(here, leaf, 1)) for term in parse_line(line))
            yield Quad(*moved).line()
        else:
            yield line


def add_feed_routes(app: FastAPI, feed: Feed) -> None:
    """Adds ``/feed`` and its nodes to an application, described for ``/openapi.json``."""
    said: dict[str, Any] = {
        "methods": ["GET"],
        "tags": ["data"],
        "response_class": Response,
        "responses": {
            200: {"content": {known.media_types[0]: {} for known in formats.RDF}},
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
    "schema": {"type": "string", "enum": [known.name for known in formats.RDF]},
}


def _is_known(request: Request, kept: Kept) -> bool:
    """Whether the client has it, by a date that it names (RFC 9110, section 13.1.3); a tag that it names wins."""
    since = header_of(request.scope, b"if-modified-since")
    if not since or request.method not in CONDITIONAL or header_of(request.scope, b"if-none-match"):
        return False
    changed: Headers = [header for header in kept.more if header[0] == b"last-modified"]
    try:
        return parsedate_to_datetime(changed[0][1].decode()) <= parsedate_to_datetime(since.decode("latin-1"))
    except (ValueError, TypeError):
        return False
