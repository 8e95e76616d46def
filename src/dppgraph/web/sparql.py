"""SPARQL 1.1 Protocol, query operation (https://www.w3.org/TR/sparql11-protocol/): GET, form POST and direct POST."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.negotiation import negotiated
from dppgraph.errors import BadCall, BadParameter, BodyTooLarge, EngineDied, NotAcceptable, UnsupportedMedia, UpdatesOff
from dppgraph.store.interface import GraphStore, QueryRequest
from dppgraph.web.answers import StreamedAnswer, unless_gone
from dppgraph.web.problems import accept_of

METHODS: Final = ("GET", "HEAD", "POST", "OPTIONS")

_FORM: Final = "application/x-www-form-urlencoded"
_QUERY: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"
_MAX_PARAMETERS: Final = 1000
_CORS: Final = {"access-control-allow-origin": "*", "x-content-type-options": "nosniff"}
_PREFLIGHT: Final = {
    "allow": ", ".join(METHODS),
    "access-control-allow-methods": ", ".join(METHODS),
    "access-control-allow-headers": "Accept, Content-Type",
    "access-control-max-age": "86400",
}
_EXAMPLE: Final = "/sparql?query=SELECT%20%2A%20%7B%3Fplan%20a%20dpp%3APolicyPlan%7D"


@dataclass(frozen=True, slots=True)
class SparqlEndpoint:
    """The route ``/sparql``.

    Attributes:
        store: what answers.
        max_query: bytes that a request's body may have.
    """

    store: GraphStore
    max_query: int

    async def __call__(self, request: Request) -> Response:
        """Answers one request."""
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=_CORS | _PREFLIGHT)
        query = await self._query_of(request)
        try:
            answer = await unless_gone(request, self.store.query(query))
        except ClientDisconnect:
            return Response(status_code=499)
        except asyncio.CancelledError as error:
            # The server has waited as long as it may; whoever still waits for an answer is told so.
            raise EngineDied("this server is being stopped: ask again in a moment") from error
        return StreamedAnswer(answer, _CORS | {"vary": "Accept", "dppgraph-version": str(answer.version)})

    async def _query_of(self, request: Request) -> QueryRequest:
        if len(request.scope["query_string"]) > self.max_query:
            raise BodyTooLarge(f"the address is longer than {self.max_query} bytes: send a shorter query")
        parameters = _decoded(request.scope["query_string"])
        texts = [value for name, value in parameters if name == "query"]
        if request.method == "POST":
            media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if media_type == _FORM:
                form = _decoded(await self._body(request))
                texts += [value for name, value in form if name == "query"]
                parameters += form
            elif media_type == _QUERY:
                texts.append(_text(await self._body(request)))
            elif media_type == _UPDATE:
                parameters.append(("update", ""))
            else:
                raise UnsupportedMedia(f"a query is POSTed as {_FORM} or {_QUERY}, not as {media_type or 'nothing'}")
        if any(name == "update" for name, _ in parameters):
            raise UpdatesOff("nothing can be written here: send a query")
        if len(texts) != 1:
            said = "no query is given" if not texts else f"{len(texts)} queries are given"
            raise BadCall(f"{said}: send exactly one as the parameter `query`, such as {_EXAMPLE}")
        if any(name == "version" for name, _ in parameters):
            raise BadParameter("older versions cannot be asked here yet: leave the parameter version out")
        results, rdf = _formats(parameters, request)
        return QueryRequest(
            text=texts[0],
            results=results,
            rdf=rdf,
            default_graphs=tuple(value for name, value in parameters if name == "default-graph-uri"),
            named_graphs=tuple(value for name, value in parameters if name == "named-graph-uri"),
            timeout=_timeout(parameters),
        )

    async def _body(self, request: Request) -> bytes:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > self.max_query:
                raise BodyTooLarge(f"the request's body is larger than {self.max_query} bytes: send a shorter query")
        return bytes(body)


def add_sparql_routes(app: FastAPI, endpoint: SparqlEndpoint) -> None:
    """Adds ``/sparql`` to an application, described for ``/openapi.json``."""
    said: dict[str, Any] = {"tags": ["sparql"], "response_class": Response, "responses": {200: {"content": _CONTENT}}}
    app.add_api_route(
        "/sparql",
        endpoint,
        methods=["GET"],
        summary="Ask a SPARQL query",
        description=_ABOUT,
        openapi_extra={"parameters": [_QUERY_PARAMETER, *_PARAMETERS]},
        **said,
    )
    app.add_api_route(
        "/sparql",
        endpoint,
        methods=["POST"],
        summary="Ask a SPARQL query that is too long for an address",
        description=_ABOUT,
        openapi_extra={"parameters": _PARAMETERS, "requestBody": {"required": True, "content": _BODY}},
        **said,
    )
    app.add_api_route("/sparql", endpoint, methods=["HEAD", "OPTIONS"], include_in_schema=False)


def _parameter(name: str, type_: str, description: str, *, required: bool = False) -> dict[str, Any]:
    said = {"name": name, "in": "query", "required": required, "description": description}
    return said | {"schema": {"type": type_}}


_ABOUT: Final = (
    "SPARQL 1.1 Protocol, query operation. An answer is complete, or it is a problem document or breaks off."
)
_QUERY_PARAMETER: Final = _parameter("query", "string", "the query", required=True)
_PARAMETERS: Final = [
    _parameter("default-graph-uri", "string", "a graph of the default graph; may be repeated"),
    _parameter("named-graph-uri", "string", "a graph that GRAPH may reach; may be repeated"),
    _parameter("format", "string", "a format's short name, such as csv or turtle; wins over Accept"),
    _parameter("timeout", "number", "seconds until the query is ended; the server's own deadline can only be lowered"),
]
_CONTENT: Final[dict[str, Any]] = {known.media_types[0]: {} for known in formats.RESULTS + formats.RDF}
_BODY: Final[dict[str, Any]] = {
    _QUERY: {"schema": {"type": "string"}},
    _FORM: {"schema": {"type": "object", "required": ["query"], "properties": {"query": {"type": "string"}}}},
}


def _formats(parameters: list[tuple[str, str]], request: Request) -> tuple[Format | None, Format | None]:
    """The formats for a table and for RDF, by ``?format=``, else by Accept; None where there is none.

    Which of them counts is known only when the query is read; if neither is acceptable, that is known now.
    """
    names = [value for name, value in parameters if name == "format"]
    if names:
        results = next((known for known in formats.RESULTS if names[-1].lower() in _called(known)), None)
        rdf = next((known for known in formats.RDF if names[-1].lower() in _called(known)), None)
        if results is None and rdf is None:
            formats.named(names[-1], formats.RESULTS + formats.RDF)
        return results, rdf
    accept = accept_of(request)
    return _acceptable(accept, formats.RESULTS), _acceptable(accept, formats.RDF)


def _called(known: Format) -> tuple[str, ...]:
    return (known.name, known.extension, *known.media_types)


def _acceptable(accept: str | None, offered: tuple[Format, ...]) -> Format | None:
    try:
        return negotiated(accept, offered)
    except NotAcceptable:
        return None


def _timeout(parameters: list[tuple[str, str]]) -> float | None:
    given = [value for name, value in parameters if name == "timeout"]
    if not given:
        return None
    try:
        seconds = float(given[-1])
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise BadParameter(f"timeout is {given[-1]!r}: it must be a number of seconds above 0, such as 10")
    return seconds


def _decoded(data: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            data.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MAX_PARAMETERS, strict_parsing=False
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise BadParameter(f"the parameters cannot be read: {error}") from error


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise BadParameter(f"the query is not UTF-8 (byte {error.start})") from error
