"""SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/): queries by GET, form and direct POST, and updates."""

from dataclasses import dataclass
from typing import Any, Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from dppgraph.core import formats
from dppgraph.errors import BadCall, BadParameter, BodyTooLarge, DppgraphError, UnsupportedMedia
from dppgraph.operations.write import Update
from dppgraph.store.interface import QueryRequest
from dppgraph.web.answers import Sending, preflight
from dppgraph.web.cache.front import Reply, Waiting
from dppgraph.web.editor import Editor, shows_page
from dppgraph.web.parameters import Parameters, decoded, described, format_of, formats_of, timeout_of, version_of
from dppgraph.web.service import ServiceDescription, asks_for_service
from dppgraph.web.token import FOR_UPDATES, refuse_in
from dppgraph.web.write import PARAMETERS, Write

METHODS: Final = ("GET", "HEAD", "POST", "OPTIONS")

_OF_UPDATES: Final = ("update", "using-graph-uri", "using-named-graph-uri")
_FORM: Final = "application/x-www-form-urlencoded"
_QUERY: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"
_EXAMPLE: Final = "/sparql?query=SELECT%20%2A%20%7B%3Fplan%20a%20dpp%3APolicyPlan%7D"


@dataclass(frozen=True, slots=True)
class SparqlEndpoint:
    """The route ``/sparql``.

    Attributes:
        sending: what answers.
        service: what is answered without a query.
        editor: what is answered to people.
        write: what makes changes.
        max_query: bytes that a request's body may have.
    """

    sending: Sending
    service: ServiceDescription
    editor: Editor
    write: Write
    max_query: int

    async def __call__(self, request: Request) -> Response:
        """Answers one request."""
        if request.method == "OPTIONS":
            return preflight(METHODS, "Accept-Datetime")
        parameters = decoded(request.scope["query_string"])
        if request.method in ("GET", "HEAD") and asks_for_service(parameters):
            if format_of(parameters, request.scope, formats.PAGES) == formats.HTML:
                return await self.editor.empty(request, parameters)
            return await self.service.answered(request, parameters, version_of(parameters))
        if request.method == "POST" and media_type_of(request) == _UPDATE:
            return await self._updated(request, parameters)
        return await self._answered(request, *await self._asked(request, parameters))

    async def _answered(self, request: Request, parameters: Parameters, texts: list[str]) -> Response:
        if _has(parameters, "update"):
            return await self._updated_by_form(request, parameters)
        if shows_page(parameters):
            rest = [(name, value) for name, value in parameters if name != "format"]
            return await self.editor.asked(request, parameters, _query(rest, texts, request.scope))
        return await self.sending.answered(request, _query(parameters, texts, request.scope))

    def take_on(self, scope: Scope, words: bytes, reply: Reply) -> Waiting | None:
        """A query that comes by GET; errors are told in the usual way."""
        if scope["method"] != "GET":
            return None
        try:
            parameters = decoded(scope["query_string"])
            if (
                asks_for_service(parameters)
                or shows_page(parameters)
                or any(name == "update" for name, _ in parameters)
            ):
                return None
            query = _query(parameters, _texts(parameters), scope)
        except DppgraphError:
            return None
        return self.sending.take_on(scope, query, words, reply)

    async def _asked(self, request: Request, parameters: Parameters) -> tuple[Parameters, list[str]]:
        """The parameters of a request's address and body, and the queries that it sends."""
        texts = _texts(parameters)
        if request.method == "POST":
            media_type = media_type_of(request)
            if media_type == _FORM:
                form = decoded(await self._body(request))
                refuse_in(form)
                texts += _texts(form)
                parameters = parameters + form
            elif media_type == _QUERY:
                texts.append(_text(await self._body(request)))
            else:
                said = f"a query is POSTed as {_FORM} or {_QUERY}, an update as {_FORM} or {_UPDATE}"
                raise UnsupportedMedia(f"{said}, not as {media_type or 'nothing'}")
        return parameters, texts

    async def _updated(self, request: Request, parameters: Parameters) -> Response:
        """Carries an update out that is the body of a request (section 2.2.2)."""
        agent = self.write.who(request.scope, parameters)
        if _has(parameters, "query") or _has(parameters, "update"):
            raise BadCall("the update is the request's body: no query and no other update may stand in the address")
        return await self._made(request, _text(await self._body(request)), parameters, agent)

    async def _updated_by_form(self, request: Request, parameters: Parameters) -> Response:
        """Carries an update out that is a field of a form (section 2.2.1)."""
        if request.method != "POST":
            raise BadCall("an update is sent by POST: by any other method nothing is written")
        agent = self.write.who(request.scope, parameters)
        texts = [value for name, value in parameters if name == "update"]
        if len(texts) > 1 or _texts(parameters):
            raise BadCall("several updates, or a query beside an update: send one, its operations separated by ;")
        return await self._made(request, texts[0], parameters, agent)

    async def _made(self, request: Request, text: str, parameters: Parameters, agent: str) -> Response:
        default, named = (
            tuple(value for name, value in parameters if name == wanted)
            for wanted in ("using-graph-uri", "using-named-graph-uri")
        )
        outcome = await self.write.made(request, Update(text, default, named), parameters, agent, _OF_UPDATES)
        return self.write.answer(outcome)

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
        summary="Ask a SPARQL query that is too long for an address, or carry out an update",
        description=f"{_ABOUT} {_ABOUT_UPDATES}",
        openapi_extra={
            "parameters": [*_PARAMETERS, *_UPDATE_PARAMETERS],
            "requestBody": {"required": True, "content": _BODY},
            "security": FOR_UPDATES,
        },
        **said,
    )
    app.add_api_route("/sparql", endpoint, methods=["HEAD", "OPTIONS"], include_in_schema=False)


_ABOUT: Final = (
    "SPARQL 1.1 Protocol, query operation. An answer is complete, or it is a problem document or breaks off. "
    "A GET without a query answers the service description, as RDF; `format=html` a page, with query and answer."
)
_ABOUT_UPDATES: Final = (
    "Update operation: it needs a token; what it changes is published as one new version if no shape is broken, "
    "else nothing is changed and the report is answered."
)
_QUERY_PARAMETER: Final = described("query", "string", "the query; without it, the service description is answered")
_PARAMETERS: Final = [
    described("default-graph-uri", "string", "a graph of the default graph; may be repeated"),
    described("named-graph-uri", "string", "a graph that GRAPH may reach; may be repeated"),
    described("format", "string", "a format's short name, such as csv or turtle; wins over Accept"),
    described("timeout", "number", "seconds until the query is ended; the server's own deadline can only be lowered"),
    described("version", "integer", "the number of a published version to ask in place of the current one"),
]
_UPDATE_PARAMETERS: Final = [
    described("using-graph-uri", "string", "a graph that the WHERE of an update asks; may be repeated"),
    described("using-named-graph-uri", "string", "a graph that GRAPH in it may reach; may be repeated"),
    *PARAMETERS,
]
_CONTENT: Final[dict[str, Any]] = {known.media_types[0]: {} for known in formats.RESULTS + formats.RDF}
_BODY: Final[dict[str, Any]] = {
    _QUERY: {"schema": {"type": "string"}},
    _UPDATE: {"schema": {"type": "string"}},
    _FORM: {
        "schema": {
            "oneOf": [
                {"type": "object", "required": [name], "properties": {name: {"type": "string"}}}
                for name in ("query", "update")
            ]
        }
    },
}


def _has(parameters: Parameters, wanted: str) -> bool:
    return any(name == wanted for name, _ in parameters)


def _texts(parameters: Parameters) -> list[str]:
    return [value for name, value in parameters if name == "query"]


def _query(parameters: Parameters, texts: list[str], scope: Scope) -> QueryRequest:
    """What a request asks with these parameters and these queries, of which there should be one."""
    if len(texts) != 1:
        said = "no query is given" if not texts else f"{len(texts)} queries are given"
        raise BadCall(f"{said}: send exactly one as the parameter `query`, such as {_EXAMPLE}")
    results, rdf = formats_of(parameters, scope)
    return QueryRequest(
        text=texts[0],
        results=results,
        rdf=rdf,
        default_graphs=tuple(value for name, value in parameters if name == "default-graph-uri"),
        named_graphs=tuple(value for name, value in parameters if name == "named-graph-uri"),
        timeout=timeout_of(parameters),
        version=version_of(parameters),
    )


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise BadParameter(f"the text is not UTF-8 (byte {error.start})") from error


def media_type_of(request: Request) -> str:
    """The media type of a request's body, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
