"""The files that pages load, at ``/static/``."""

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.errors import Unknown
from dppgraph.web.answers import CORS, kept_response, preflight
from dppgraph.web.cache.kept import Kept, tag_of
from dppgraph.web.pages.routes import METHODS
from dppgraph.web.rendering import assets, frozen_assets


def add_static_routes(app: FastAPI, *, frozen: bool = False) -> None:
    """Adds ``/static/`` to an application: a table of names, none of which is joined to a path.

    Args:
        app: where to.
        frozen: whether with what a site without a server needs.
    """
    headers = [(name.encode(), value.encode()) for name, value in CORS.items()]
    headers += [(b"cache-control", b"public, max-age=31536000, immutable"), (b"vary", b"Accept-Encoding")]
    files = [*assets().values(), *(frozen_assets().values() if frozen else ())]
    kept = {found.name: Kept(found.content, found.type, 0, tag_of(found.name), headers) for found in files}

    async def static(request: Request) -> Response:
        if request.method == "OPTIONS":
            return preflight(METHODS)
        name = request.path_params["name"]
        if name not in kept:
            raise Unknown("there is no such file: its name changes with what is in it; load the page again")
        return await kept_response(request, kept[name])

    app.add_api_route("/static/{name:path}", static, methods=list(METHODS), include_in_schema=False)
