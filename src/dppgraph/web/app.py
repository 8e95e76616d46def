"""The application: which route is answered by what, and how errors are told."""

import logging
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from dppgraph import __version__
from dppgraph.errors import DppgraphError
from dppgraph.operations.queries import Question
from dppgraph.operations.service import Endpoint
from dppgraph.settings import Settings
from dppgraph.store.interface import GraphStore
from dppgraph.web.answers import Sending
from dppgraph.web.context import add_context_routes
from dppgraph.web.health import Health
from dppgraph.web.problems import accept_of, problem, problem_of
from dppgraph.web.queries import add_query_routes
from dppgraph.web.service import ServiceDescription
from dppgraph.web.sparql import SparqlEndpoint, add_sparql_routes

_HEALTH = "Says that the server answers, and from which version; asks no query process."
_log = logging.getLogger("dppgraph.web")


def create_app(
    store: GraphStore, endpoint: Endpoint, questions: Mapping[str, Question], context: bytes, settings: Settings
) -> FastAPI:
    """The application over a store.

    Args:
        store: what answers queries.
        endpoint: what the service description says of it.
        questions: the named questions, by name.
        context: the JSON-LD context.
        settings: the limits on what a request may be and an answer may take.
    """
    sending = Sending(store, settings.min_rate)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await store.open()
        yield
        await store.close()

    # FastAPI's own documentation pages load scripts from another host.
    app = FastAPI(title="dppgraph", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None)
    # A redirect would be built from the Host header, which is the client's.
    app.router.redirect_slashes = False
    health = Health(store)
    add_sparql_routes(app, SparqlEndpoint(sending, ServiceDescription(sending, endpoint), settings.max_query))
    add_query_routes(app, questions, sending)
    add_context_routes(app, context)
    app.add_api_route(
        "/health",
        health,
        methods=["GET"],
        summary="Whether this server lives",
        description=_HEALTH,
        tags=["operations"],
    )
    app.add_api_route("/health", health, methods=["HEAD"], include_in_schema=False)
    app.add_exception_handler(DppgraphError, _expected)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _unexpected)
    return app


def _expected(request: Request, error: Exception) -> Response:
    if not isinstance(error, DppgraphError):
        raise error
    return problem_of(error, accept_of(request))


def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    status = HTTPStatus(error.status_code)
    details = {
        HTTPStatus.NOT_FOUND: "There is nothing at this address: ask at /sparql, or a question of those at /queries.",
        HTTPStatus.METHOD_NOT_ALLOWED: "This address is not asked with this method.",
    }
    detail = details.get(status, status.description or status.phrase)
    return problem(status, status.phrase, detail, accept_of(request), headers=dict(error.headers or {}))


def _gone(*_: object) -> Response:
    # Nobody is there to read it.
    return Response(status_code=499)


def _unexpected(request: Request, error: Exception) -> Response:
    # What went wrong is for the log; the caller gets a number to quote.
    number = secrets.token_hex(4)
    _log.error("internal error %s", number, exc_info=error)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    detail = f"This is our fault. The log knows it as {number}."
    return problem(status, "Internal error", detail, accept_of(request), extra={"number": number})
