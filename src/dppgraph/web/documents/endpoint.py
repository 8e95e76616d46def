"""The routes of documents, and of what leads to them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.skolem import GENID
from dppgraph.errors import BadParameter, Unknown
from dppgraph.operations.documents import VERSIONS, Document, document, iri_of, is_thing, path_of, version_object
from dppgraph.operations.export import export_thing
from dppgraph.operations.frames import Frames
from dppgraph.operations.harvest import Harvest, Published
from dppgraph.web.answers import CORS, preflight
from dppgraph.web.documents.page import page
from dppgraph.web.documents.signposts import Address, links, linkset, signposts
from dppgraph.web.made import Made, Making
from dppgraph.web.originals import has_versions
from dppgraph.web.pages import Reader, Site, reader_of
from dppgraph.web.parameters import decoded, described, format_of, number_of, version_of

METHODS: Final = ("GET", "HEAD", "OPTIONS")
_ABOUT: Final = "Everything that is said of a thing, and what points at it; by Accept, suffix or `?format=`."


@dataclass(frozen=True, slots=True)
class Documents:
    """The routes of the documents about things.

    Attributes:
        making: makes them.
    """

    making: Making

    async def __call__(self, request: Request) -> Response:
        """The document at an address.

        Raises:
            Gone: an earlier version knew the thing, or the version that is asked for was pruned.
            Unknown: there is no such thing, page or version.
            NotAcceptable: it comes in no format that the client takes.
        """
        if request.method == "OPTIONS":
            return preflight(METHODS, "Accept-Datetime")
        parameters = decoded(request.scope["query_string"])
        version = version_of(parameters)
        number = number_of(parameters, "page") or 1
        paths, suffix = _paths(request)
        if suffix:
            is_name = await asyncio.to_thread(self._is_thing, paths, version)
            # A name of its own may look like a document's.
            suffix = None if is_name else suffix
        if suffix and any(name == "format" for name, _ in parameters):
            raise BadParameter(f"the format is given twice, as .{suffix.extension} and as format: give it once")
        paths = [path.removesuffix(f".{suffix.extension}") for path in paths] if suffix else paths
        format_ = suffix or format_of(parameters, request.scope, formats.DOCUMENTS)

        reader = reader_of(request.scope, parameters, format_)

        def make(harvest: Harvest) -> Made:
            published = harvest.published
            if paths[0].startswith(VERSIONS):
                found = version_object(harvest.feed(), iri_of(paths[0], published.base))
            else:
                found = _first(paths, published, self.making.frames, number)
            return self._written(found, format_, harvest, reader)

        of = version if has_versions(request.scope["path"]) else None
        return await self.making.answered(request, f"{paths[0]} {number} {reader.key}", format_, make, of)

    def _is_thing(self, paths: list[str], version: int | None) -> bool:
        published = self.making.harvest(version).published
        return any(is_thing(published, iri_of(path, published.base)) for path in paths)

    async def lead(self, request: Request) -> Response:
        """From the name of a thing to the document about it (httpRange-14: 303)."""
        if request.method == "OPTIONS":
            return preflight(METHODS)
        base = self.making.sending.store.manifest.base
        leads_to = path_of(f"{base}{_path(request)}", base) or ""
        query = request.scope["query_string"].decode("latin-1")
        location = f"{self.making.url}{leads_to}{'?' if query else ''}{query}"
        headers = {"location": location, "cache-control": "public, max-age=3600"}
        return Response(status_code=303, headers=CORS | headers)

    def _written(self, found: Document, format_: Format, harvest: Harvest, reader: Reader) -> Made:
        published = harvest.published
        at = Address.of(found, harvest)
        posts = signposts(found, published, at)
        if format_ == formats.HTML:
            content = page(found, published, self.making.frames, Site.of(harvest), reader)
        elif format_ == formats.LINKSET:
            content = linkset(posts, at)
        else:
            content = export_thing(found.description, format_, self.making.frames)
        location = at.page(found.page, format_)
        headers = [(b"link", links(posts, found, format_, at).encode()), (b"content-location", location.encode())]
        return Made(content, headers)


def add_document_routes(app: FastAPI, documents: Documents) -> None:
    """Adds the routes to an application, described for ``/openapi.json``.

    Args:
        app: where to.
        documents: what answers.
    """
    content: dict[str, Any] = {known.media_types[0]: {} for known in formats.DOCUMENTS}
    responses: dict[int | str, dict[str, Any]] = {
        200: {"content": content},
        304: {"description": "Not changed."},
        404: {"description": "There is no such thing."},
        410: {"description": "It was there in an earlier version; or the version is not kept any more."},
    }
    named = {"name": "path", "in": "path", "required": True, "schema": {"type": "string"}}
    said = [
        described("format", "string", "a format's short name, such as turtle or html; wins over Accept"),
        described("page", "integer", "a page of what points at the thing"),
        described("version", "integer", "the number of a published version to read in place of the current one"),
    ]

    def add(path: str, endpoint: Callable[..., Any], summary: str, responses_: dict[int | str, dict[str, Any]]) -> None:
        at = [named] if "{path" in path else []
        app.add_api_route(
            path,
            endpoint,
            methods=["GET"],
            summary=summary,
            description=_ABOUT,
            tags=["data"],
            response_class=Response,
            responses=responses_,
            openapi_extra={"parameters": [*at, *said]},
        )
        app.add_api_route(path, endpoint, methods=["HEAD", "OPTIONS"], include_in_schema=False)

    leads: dict[int | str, dict[str, Any]] = {303: {"description": "To the document about it."}}
    for path in ("/id/{path:path}", f"/{GENID}{{path:path}}"):
        add(path, documents.lead, "A thing", leads)
    add("/doc/{path:path}", documents, "The document about a thing", responses)
    for name, summary in (("ns", "The ontology"), ("shapes", "The shapes that a version passes")):
        add(f"/{name}", documents, summary, responses)
        app.add_api_route(f"/{name}.{{suffix}}", documents, methods=list(METHODS), include_in_schema=False)
    app.add_api_route("/ns/{version}", documents, methods=list(METHODS), include_in_schema=False)


def _path(request: Request) -> str:
    """The path below the server's address, as it was sent."""
    scope = request.scope
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return raw.decode("latin-1").removeprefix("/")


def _paths(request: Request) -> tuple[list[str], Format | None]:
    """The paths that may be meant, and the format that the first of them ends in."""
    paths = list(dict.fromkeys((_path(request), str(request.scope["path"]).removeprefix("/"))))
    return paths, next((known for known in formats.DOCUMENTS if paths[0].endswith(f".{known.extension}")), None)


def _first(paths: Sequence[str], published: Published, frames: Frames, page_: int) -> Document:
    """The document at the first of some paths at which there is one."""
    for path in paths[:-1]:
        try:
            return document(published, frames, iri_of(path, published.base), page_)
        except Unknown:
            continue
    return document(published, frames, iri_of(paths[-1], published.base), page_)
