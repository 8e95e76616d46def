"""The routes of pages."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from fastapi import FastAPI
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.web.originals import VERSION, has_versions
from dppgraph.web.parameters import described

METHODS: Final = ("GET", "HEAD", "OPTIONS")
_VERSION: Final = described(VERSION, "integer", "the number of a published version to read in place of the current one")
_LANG: Final = described("lang", "string", "the language, nl or en; wins over Accept-Language")
_FORMAT: Final = described("format", "string", "a format's short name; wins over Accept, as does the suffix")


def add_page(
    app: FastAPI,
    path: str,
    endpoint: Callable[..., Any],
    summary: str,
    data: Sequence[Format] = (),
    parameters: Sequence[Mapping[str, object]] = (),
) -> None:
    """Adds the route of a page to an application; one that has data too is described for ``/openapi.json``.

    Args:
        app: where to.
        path: the route; one that ends in ``:path}`` finds its suffix itself, any other has routes with a suffix.
        endpoint: what answers.
        summary: what it shows.
        data: the formats that its data comes in.
        parameters: those of the query string.
    """
    content: dict[str, Any] = {known.media_types[0]: {} for known in (formats.HTML, *data)}
    named = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in (part.partition("}")[0].partition(":")[0] for part in path.split("{")[1:])
    ]
    app.add_api_route(
        path,
        endpoint,
        methods=["GET"],
        summary=summary,
        # Else it would be the endpoint's docstring.
        description=summary,
        tags=["pages"],
        response_class=Response,
        responses={200: {"content": content}, 304: {"description": "Not changed."}},
        openapi_extra={
            "parameters": [*named, *parameters, *([_VERSION] if has_versions(path) else []), _LANG, _FORMAT]
        },
        include_in_schema=bool(data),
    )
    app.add_api_route(path, endpoint, methods=["HEAD", "OPTIONS"], include_in_schema=False)
    if data and not path.endswith(":path}"):
        app.add_api_route(f"{path}.{{extension}}", endpoint, methods=list(METHODS), include_in_schema=False)
