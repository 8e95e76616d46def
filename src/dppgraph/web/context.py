"""The JSON-LD context at ``/context.jsonld``: the names that our JSON-LD is written with.

Our own documents have what they use of it inside, so nobody has to fetch it to read them.
"""

from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.web.answers import CORS, kept_response, preflight
from dppgraph.web.cache.kept import Kept, tag_of

_PATH: Final = "/context.jsonld"
_METHODS: Final = ("GET", "HEAD", "OPTIONS")
_ABOUT: Final = (
    "The names of properties and classes in this server's JSON-LD. Documents have the part that they use inside."
)


def add_context_routes(app: FastAPI, content: bytes) -> None:
    """Adds ``/context.jsonld`` to an application, described for ``/openapi.json``.

    Args:
        app: where to.
        content: the bytes of ``ontology/context.jsonld``.
    """
    headers = [(name.encode(), value.encode()) for name, value in CORS.items()]
    headers += [(b"cache-control", b"public, max-age=3600"), (b"vary", b"Accept-Encoding")]
    kept = Kept(content, formats.JSONLD.content_type, 0, tag_of(content.decode()), headers)

    async def context(request: Request) -> Response:
        if request.method == "OPTIONS":
            return preflight(_METHODS)
        return await kept_response(request, kept)

    app.add_api_route(
        _PATH,
        context,
        methods=["GET"],
        summary="The names used in JSON-LD",
        description=_ABOUT,
        tags=["data"],
        response_class=Response,
        responses={200: {"content": {formats.JSONLD.media_types[0]: {}}}, 304: {"description": "Not changed."}},
    )
    app.add_api_route(_PATH, context, methods=["HEAD", "OPTIONS"], include_in_schema=False)
