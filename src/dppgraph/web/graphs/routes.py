"""The routes of graphs, as ``/openapi.json`` describes them."""

from typing import Any, Final

from fastapi import FastAPI
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.web.graphs.endpoint import READS, WRITES, Graphs
from dppgraph.web.graphs.listing import OFFERED as LISTED
from dppgraph.web.graphs.named import PATH
from dppgraph.web.graphs.reading import OFFERED
from dppgraph.web.graphs.sent import MULTIPART, UPDATE
from dppgraph.web.parameters import described
from dppgraph.web.token import NEEDED
from dppgraph.web.write import PARAMETERS

_NAMED: Final = {"name": "path", "in": "path", "required": True, "schema": {"type": "string"}}
_GRAPH: Final = [
    described("graph", "string", "the IRI of a graph; without it and `default`, the list of graphs is answered"),
    described("default", "boolean", "the default graph"),
]
_READ: Final = [
    described("format", "string", "a format's short name, such as turtle; wins over Accept"),
    described("version", "integer", "the number of a published version to read in place of the current one"),
]
_READS: Final = "SPARQL 1.1 Graph Store HTTP Protocol: what a graph says, literal by literal as it was written."
_SUMMARIES: Final = {
    "GET": "A graph, or which there are",
    "PUT": "Have a graph say this and nothing else",
    "POST": "Have a graph say this as well",
    "DELETE": "Have a graph say nothing",
    "PATCH": "Update one graph",
}
_WRITES: Final = (
    "SPARQL 1.1 Graph Store HTTP Protocol; needs a token. Published as one new version if no shape is broken, "
    "else nothing is changed and the report is answered."
)
_CHANGED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "What came of it.", "content": {"application/json": {}}},
    201: {"description": "Likewise; the graph was not there before."},
    401: {"description": "It needs a token."},
    412: {"description": "The version or the graph is not as If-Match or If-None-Match says."},
    422: {"description": "A shape would be broken; the report says which."},
}


def add_graph_routes(app: FastAPI, graphs: Graphs) -> None:
    """Adds the routes to an application, described for ``/openapi.json``."""
    for path, at in ((PATH, _GRAPH), (f"{PATH}/{{path:path}}", [_NAMED])):
        known = (*OFFERED, *LISTED, formats.HTML) if path == PATH else OFFERED
        content: dict[str, Any] = {one.media_types[0]: {} for one in known}
        responses: dict[int | str, dict[str, Any]] = {
            200: {"content": content},
            304: {"description": "Not changed."},
            404: {"description": "There is no such graph."},
        }
        _add(app, path, "GET", graphs, _READS, responses, {"parameters": [*at, *_READ]})
        for method in WRITES:
            extra: dict[str, Any] = {"parameters": [*at, *PARAMETERS], "security": NEEDED}
            if method != "DELETE":
                extra["requestBody"] = {"required": True, "content": _content(method)}
            _add(app, path, method, graphs, _WRITES, _CHANGED, extra)
        app.add_api_route(path, graphs, methods=list(READS[1:]), include_in_schema=False)
    app.add_api_route(f"{PATH}.{{extension}}", graphs, methods=list(READS), include_in_schema=False)


def _content(method: str) -> dict[str, Any]:
    text = {"schema": {"type": "string"}}
    if method == "PATCH":
        return {UPDATE: text}
    content: dict[str, Any] = {known.media_types[0]: text for known in formats.RDF}
    if method == "POST":
        content[MULTIPART] = {"schema": {"type": "object"}}
    return content


def _add(
    app: FastAPI,
    path: str,
    method: str,
    graphs: Graphs,
    about: str,
    responses: dict[int | str, dict[str, Any]],
    extra: dict[str, Any],
) -> None:
    app.add_api_route(
        path,
        graphs,
        methods=[method],
        summary=_SUMMARIES[method],
        description=about,
        tags=["graphs"],
        response_class=Response,
        responses=responses,
        openapi_extra=extra,
    )
