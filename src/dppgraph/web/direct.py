"""The routes that are asked most, without what the framework does for a route: it costs more than a small query."""

import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Final, Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dppgraph.errors import DppgraphError, ShapeViolation
from dppgraph.web.cache.front import CONDITIONAL, Reply, Waiting
from dppgraph.web.problems import problem, problem_of, wanted_of
from dppgraph.web.report import report_of

Endpoint = Callable[[Request], Awaitable[Response]]

_GONE: Final = 499
_log = logging.getLogger("dppgraph.web")


class Asked(Protocol):
    """What answers at a path."""

    async def __call__(self, request: Request) -> Response:
        """Answers one request."""
        ...

    def take_on(self, scope: Scope, words: bytes, reply: Reply) -> Waiting | None:
        """As :class:`dppgraph.web.cache.front.Rest` has it."""
        ...


class Direct:
    """Answers some paths itself, and hands everything else on.

    Args:
        app: the application, which has these routes too, for its description.
        endpoints: path to what answers there.
        methods: the methods that they know.
        below: beginning of paths to what answers there, with a slash at its end; for GET and HEAD alone.
    """

    def __init__(
        self,
        app: ASGIApp,
        endpoints: Mapping[str, Asked],
        methods: tuple[str, ...],
        below: Mapping[str, Endpoint] | None = None,
    ) -> None:
        self._app = app
        self._endpoints = endpoints
        self._methods = frozenset(methods)
        self._below = below or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        endpoint = self._endpoint(scope) if scope["type"] == "http" else None
        if endpoint is None:
            await self._app(scope, receive, send)
            return
        await answered(endpoint, scope, receive, send)

    def _endpoint(self, scope: Scope) -> Endpoint | None:
        if scope["path"] in self._endpoints:
            return self._endpoints[scope["path"]] if scope["method"] in self._methods else None
        beginning = f"/{scope['path'].split('/', 2)[1]}/" if "/" in scope["path"][1:] else ""
        return self._below.get(beginning) if scope["method"] in CONDITIONAL else None

    def take_on(self, scope: Scope, words: bytes, reply: Reply) -> Waiting | None:
        """As :class:`dppgraph.web.cache.front.Rest` has it."""
        endpoint = self._endpoints.get(scope["path"])
        return endpoint.take_on(scope, words, reply) if endpoint else None


async def answered(endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    """Sends what an endpoint answers, or the answer that tells of its error."""
    request = Request(scope, receive)
    try:
        response = await endpoint(request)
    except Exception as error:  # noqa: BLE001 - told as the framework's own handlers tell it
        response = response_of(error, request)
    await response(scope, receive, send)


def response_of(error: Exception, request: Request) -> Response:
    """The answer that tells of an error: what is expected as it is, what is not with a number for the log."""
    if isinstance(error, ShapeViolation):
        return report_of(error, request.scope)
    if isinstance(error, DppgraphError):
        return problem_of(error, wanted_of(request.scope))
    if isinstance(error, ClientDisconnect):
        # Nobody is there to read it.
        return Response(status_code=_GONE)
    number = secrets.token_hex(4)
    _log.error("internal error %s", number, exc_info=error)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    detail = f"This is our fault. The log knows it as {number}."
    return problem(status, "Internal error", detail, wanted_of(request.scope), extra={"number": number})
