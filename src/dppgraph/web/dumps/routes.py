"""The routes below ``/dumps``, as ``/openapi.json`` describes them."""

from typing import Any, Final

from fastapi import FastAPI
from starlette.responses import Response

from dppgraph.web.dumps.endpoint import BELOW, DumpFiles

__all__ = ["BELOW", "add_dump_routes"]

_ABOUT: Final = (
    "The file as it is, made once for the version. Resumable (`Range`, `If-Range`), with the checksum of its bytes as "
    "`ETag` and `Repr-Digest`."
)


def add_dump_routes(app: FastAPI, files: DumpFiles) -> None:
    """Adds the routes to an application, described for ``/openapi.json``."""
    said: dict[str, Any] = {"methods": ["GET"], "tags": ["data"], "response_class": Response}
    numbered = [_parameter("number", "the number of a version", {"type": "integer", "minimum": 1})]
    named = [_parameter("file", "the name of a file, as `/dumps` lists it", {"type": "string"})]
    parts: dict[int | str, dict[str, Any]] = {
        206: {"description": "The part that was asked for."},
        304: {"description": "Not changed."},
    }
    routes: tuple[tuple[str, str, str, list[dict[str, Any]], dict[int | str, dict[str, Any]]], ...] = (
        ("/dumps", "Which files can be downloaded", "Those of the current version, as JSON or a page.", [], {}),
        ("/dumps/{file}", "A file of the current version", _ABOUT, named, parts),
        ("/dumps/{number}/{file}", "A file of a version that is kept", _ABOUT, [*numbered, *named], parts),
    )
    for path, summary, description, parameters, more in routes:
        responses: dict[int | str, dict[str, Any]] = {404: {"description": "There is none."}, **more}
        app.add_api_route(
            path,
            files,
            summary=summary,
            description=description,
            responses=responses,
            openapi_extra={"parameters": parameters},
            **said,
        )
        app.add_api_route(path, files, methods=["HEAD", "OPTIONS"], include_in_schema=False)


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}
