"""The route ``/timemap/...``: the versions of an address of this server (RFC 7089, section 5), a page at a time."""

import asyncio
import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.errors import BadParameter, Unknown
from dppgraph.operations.documents import iri_of
from dppgraph.operations.moments import Moment, kept_versions, moments, versions_of
from dppgraph.operations.paging import pages_of
from dppgraph.operations.queries import unknown
from dppgraph.store.history import History
from dppgraph.web.answers import headers_of, kept_response, preflight
from dppgraph.web.cache.kept import Kept, tag_of
from dppgraph.web.memento.dates import written
from dppgraph.web.memento.links import LINK_FORMAT, Mementos
from dppgraph.web.originals import TIMEMAP, Original, has_versions, sent_path
from dppgraph.web.pages.links import READ
from dppgraph.web.parameters import decoded, described, whole

METHODS: Final = ("GET", "HEAD", "OPTIONS")
PAGE: Final = 1000
"""Versions on a page."""

_LINK: Final = Format("link", (LINK_FORMAT,), "link")
_FORMATS: Final[Mapping[str, Format]] = {"link": _LINK, "json": formats.DATA}
_ASKED: Final = re.compile(r"/timemap/(link|json)/(?:(\d+)/)?(.*)", re.DOTALL)
_DOCUMENT: Final = re.compile(r"/(?:doc/.+|ns|ns/.+|shapes)", re.DOTALL)
_QUESTION: Final = re.compile(r"/(?:queries|questions)/([^.]*).*", re.DOTALL)
_SUFFIXES: Final = tuple(f".{known.extension}" for known in (*formats.DOCUMENTS, formats.DATA))


class TimeMap(NamedTuple):
    """A page of the versions of an address.

    Attributes:
        original: the address.
        url: where the server answers.
        moments: the versions on this page, oldest first.
        page: which one it is, from 1.
        spans: the first and the last version on each page.
    """

    original: Original
    url: str
    moments: Sequence[Moment]
    page: int
    spans: Sequence[tuple[Moment, Moment]]


@dataclass(frozen=True, slots=True)
class TimeMaps:
    """The route.

    Attributes:
        mementos: the versions.
        history: their quads.
        questions: the names of the questions that there are.
    """

    mementos: Mementos
    history: History
    questions: Collection[str] = ()

    async def __call__(self, request: Request) -> Response:
        """Answers one request.

        Raises:
            Unknown: there is no such address here, it is of one version, or the list has no such page.
            BadParameter: the address names a version.
        """
        if request.method == "OPTIONS":
            return preflight(METHODS)
        format_, page, original = self._asked(request)
        if any(name == "version" for name, _ in decoded(request.scope["query_string"])):
            raise BadParameter("this lists the versions of an address: leave `version` out of it")
        content = await asyncio.to_thread(lambda: _WRITTEN[format_](self._made(original, page)))
        kept = Kept(content, _FORMATS[format_].content_type, 0, tag_of(content.decode()), headers_of(None))
        return await kept_response(request, kept)

    def _asked(self, request: Request) -> tuple[str, int, Original]:
        scope = request.scope
        found = _ASKED.fullmatch(sent_path(scope, self.mementos.prefix))
        path = f"/{found[3]}" if found else ""
        if not found or not has_versions(path):
            raise Unknown(
                f"there is no such list of versions: take /{TIMEMAP}/link/ or /{TIMEMAP}/json/, and then an address "
                "of this server that can be had of any version, such as doc/plan/x or sparql?query=..."
            )
        page = whole(found[2]) if found[2] else 1
        if not page:
            raise Unknown("there is no such page of the list: the first one is 1")
        return found[1], page, Original(path, scope["query_string"].decode("latin-1"))

    def _made(self, original: Original, page: int) -> TimeMap:
        mementos = self.mementos
        numbers = self._numbers(original.path)
        pages = pages_of(len(numbers), page, PAGE)
        cut = [numbers[start * PAGE : (start + 1) * PAGE] for start in range(pages)]
        spans = []
        for part in cut:
            ends = moments(mementos.versions, (part[0], part[-1]))
            spans.append((ends[0], ends[-1]) if ends else None)
        return TimeMap(
            original,
            mementos.url,
            moments(mementos.versions, cut[page - 1]),
            page,
            [span for span in spans if span],
        )

    def _numbers(self, path: str) -> list[int]:
        """The versions that have what is at a path, oldest first."""
        manifest, versions = self.mementos.store.manifest, self.mementos.versions
        things = _things(path, manifest.base)
        for thing in things:
            if numbers := versions_of(versions, self.history, thing, manifest.version):
                return numbers
        if things:
            raise Unknown(f"no version that is kept says anything of what is at {path[:200]}")
        question = _QUESTION.fullmatch(path)
        if question and question[1] not in self.questions:
            raise unknown(question[1], list(self.questions))
        return kept_versions(versions, manifest.version)


def _things(path: str, base: str) -> list[str]:
    """The IRIs of the thing that what is at a path may be about: a name of its own may look like a document's."""
    start, _, name = path[1:].partition("/")
    kind = next((kind for kind, place in READ.items() if place == start), "")
    if name and kind:
        path = f"/doc/{kind}/{name}"
    without = path.removesuffix(next((end for end in _SUFFIXES if path.endswith(end)), ""))
    paths = dict.fromkeys((path, unquote(path), without, unquote(without)))
    return [iri_of(one[1:], base) for one in paths if _DOCUMENT.fullmatch(one)]


def add_timemap_routes(app: FastAPI, timemaps: TimeMaps) -> None:
    """Adds the route to an application, described for ``/openapi.json``."""
    path = f"/{TIMEMAP}/{{format}}/{{address:path}}"
    said: dict[str, Any] = {
        "responses": {
            200: {"content": {known.media_types[0]: {} for known in _FORMATS.values()}},
            404: {"description": "There is no such address here, or nothing of it is kept."},
        },
        "openapi_extra": {
            "parameters": [
                {
                    "name": "format",
                    "in": "path",
                    "required": True,
                    "schema": {"type": "string", "enum": list(_FORMATS)},
                },
                {
                    "name": "address",
                    "in": "path",
                    "required": True,
                    "description": "a path of this server, such as doc/plan/x, after the number of a page, if any",
                    "schema": {"type": "string"},
                    "example": "sparql",
                },
                described("query", "string", "and all other parameters of the address"),
            ]
        },
    }
    app.add_api_route(
        path,
        timemaps,
        methods=["GET"],
        summary="The versions of an address",
        description="A Memento TimeMap (RFC 7089) of an address of this server: which versions of it there are.",
        tags=["data"],
        response_class=Response,
        **said,
    )
    app.add_api_route(path, timemaps, methods=["HEAD", "OPTIONS"], include_in_schema=False)


def _as_links(timemap: TimeMap) -> bytes:
    """As ``application/link-format`` (RFC 6690)."""
    original, url = timemap.original, timemap.url
    said = [f'<{original.address(url)}>; rel="original timegate"']
    for page, (first, last) in enumerate(timemap.spans, 1):
        relation = "self" if page == timemap.page else "timemap"
        span = f'from="{written(first.created)}"; until="{written(last.created)}"'
        said.append(f'<{original.timemap(url, "link", page)}>; rel="{relation}"; type="{LINK_FORMAT}"; {span}')
    for moment in timemap.moments:
        relation = " ".join((*_roles(timemap, moment), "memento"))
        said.append(f'<{original.at(moment.version, url)}>; rel="{relation}"; datetime="{written(moment.created)}"')
    return ",\n".join(said).encode() + b"\n"


def _as_json(timemap: TimeMap) -> bytes:
    """As JSON, by the names that other services of Memento have for it."""
    original, url = timemap.original, timemap.url
    listed = [_memento(timemap, moment) for moment in timemap.moments]
    ends = {"first": timemap.spans[0][0], "last": timemap.spans[-1][1]} if timemap.spans else {}
    said: dict[str, Any] = {
        "original_uri": original.address(url),
        "timegate_uri": original.address(url),
        "timemap_uri": {f"{name}_format": original.timemap(url, name, timemap.page) for name in _FORMATS},
        "self": original.timemap(url, "json", timemap.page),
        "pages": [
            {"uri": original.timemap(url, "json", page), "from": _iso(first), "until": _iso(last)}
            for page, (first, last) in enumerate(timemap.spans, 1)
        ],
        "mementos": {name: _memento(timemap, moment) for name, moment in ends.items()} | {"list": listed},
    }
    return json.dumps(said, indent=1).encode() + b"\n"


def _memento(timemap: TimeMap, moment: Moment) -> dict[str, object]:
    uri = timemap.original.at(moment.version, timemap.url)
    return {"datetime": _iso(moment), "version": moment.version, "uri": uri}


def _iso(moment: Moment) -> str:
    return moment.created.strftime("%Y-%m-%dT%H:%M:%SZ")


def _roles(timemap: TimeMap, moment: Moment) -> list[str]:
    ends = {"first": timemap.spans[0][0], "last": timemap.spans[-1][1]}
    return [name for name, end in ends.items() if end == moment]


_WRITTEN: Final[Mapping[str, Callable[[TimeMap], bytes]]] = {"link": _as_links, "json": _as_json}
