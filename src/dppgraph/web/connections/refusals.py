"""Requests that are refused before they are read whole: why, and what is sent."""

from http import HTTPStatus

import httptools
from starlette.responses import Response
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from dppgraph.errors import BadHttp, DppgraphError
from dppgraph.web.headers import POLICY, SECURITY, Headers


def cause_of(error: httptools.HttpParserError) -> DppgraphError:
    """Why the parser stopped: what one of the methods above raised, or what it found wrong itself."""
    raised = error.__context__
    if isinstance(raised, DppgraphError):
        return raised
    if raised is not None:
        # Not the client's fault: the event loop tells of it, and ends the connection.
        raise raised
    return BadHttp("this is no request in HTTP/1.1: see RFC 9112")


def bytes_of(response: Response, more: Headers) -> bytes:
    """A whole answer as HTTP/1.1 writes it, with more headers, after which the connection is closed."""
    status = STATUS_LINE.get(response.status_code, STATUS_LINE[HTTPStatus.BAD_REQUEST])
    headers = [*response.raw_headers, *SECURITY, POLICY, *more, (b"connection", b"close")]
    return b"".join([status, *(name + b": " + value + b"\r\n" for name, value in headers), b"\r\n", response.body])
