"""Errors as RFC 9457 problem documents, and as a page for browsers: one table from error class to status."""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Final, NamedTuple, TypeVar

from starlette.responses import Response
from starlette.types import Scope

from dppgraph import errors
from dppgraph.core.languages import LANGUAGES, language_of
from dppgraph.core.negotiation import quality_of
from dppgraph.core.token import redacted
from dppgraph.web.headers import header_of
from dppgraph.web.rendering import TEMPLATES, environment

STATUSES: Final[dict[type[errors.DppgraphError], HTTPStatus]] = {
    errors.InvalidInput: HTTPStatus.BAD_REQUEST,
    errors.Refused: HTTPStatus.FORBIDDEN,
    errors.NeedsToken: HTTPStatus.UNAUTHORIZED,
    errors.Unknown: HTTPStatus.NOT_FOUND,
    errors.Gone: HTTPStatus.GONE,
    errors.NotAcceptable: HTTPStatus.NOT_ACCEPTABLE,
    errors.UnsupportedMedia: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.VersionMismatch: HTTPStatus.PRECONDITION_FAILED,
    errors.ShapeViolation: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.Limit: HTTPStatus.TOO_MANY_REQUESTS,
    errors.AddressTooLong: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.AnswerTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.BodyTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.ChangeMemory: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.ChangeTimeout: HTTPStatus.GATEWAY_TIMEOUT,
    errors.EndpointAway: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.EndpointFailed: HTTPStatus.BAD_GATEWAY,
    errors.HeadTooLarge: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.QueryMemory: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.QueryTimeout: HTTPStatus.GATEWAY_TIMEOUT,
    errors.SenderTooSlow: HTTPStatus.REQUEST_TIMEOUT,
    errors.ServerFull: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.ServiceFailed: HTTPStatus.BAD_GATEWAY,
    errors.TooManyRows: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.StoreUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""An error class has the status of the nearest class above it that stands here."""

TITLES: Final[dict[type[errors.DppgraphError], str]] = {
    errors.AddressTooLong: "The address is too long",
    errors.AnswerTooLarge: "The answer is too large",
    errors.BadHttp: "The request cannot be read",
    errors.BadParameter: "A parameter cannot be used",
    errors.BodyTooLarge: "The request is too large",
    errors.ChangeMemory: "The change needs too much memory",
    errors.ChangeTimeout: "The change took too long",
    errors.EndpointAway: "The query engine does not answer",
    errors.EndpointFailed: "The query engine failed",
    errors.EngineDied: "The query engine stopped",
    errors.Gone: "It is not here any more",
    errors.HeadTooLarge: "The header fields are too large",
    errors.InvalidInput: "The request cannot be used",
    errors.NeedsToken: "Another token is needed",
    errors.NoProxy: "This is no proxy",
    errors.NoToken: "A token is needed",
    errors.NotAcceptable: "No acceptable format",
    errors.NotPublished: "Not published yet",
    errors.NotReady: "Not ready",
    errors.QueryMemory: "The query needs too much memory",
    errors.QuerySyntax: "The query does not parse",
    errors.QueryTimeout: "The query took too long",
    errors.QueueFull: "Too many queries at once",
    errors.Refused: "Not done here",
    errors.SenderTooSlow: "The request came too slowly",
    errors.ServerFull: "The server is full",
    errors.ServiceFailed: "Another endpoint failed",
    errors.ServiceForbidden: "SERVICE is not allowed",
    errors.ShapeViolation: "The change breaks a shape",
    errors.StoreInUse: "Somebody else is writing",
    errors.StoreUnavailable: "Not available now",
    errors.TooManyConnections: "Too many connections at once",
    errors.TooManyRequests: "Too many requests",
    errors.TooManyRows: "The answer has too many rows",
    errors.Unknown: "There is no such thing",
    errors.UnsupportedMedia: "Unknown media type",
    errors.UpdatesOff: "Nothing can be written here",
    errors.VersionMismatch: "The version is another one",
    errors.WrongRole: "The token does not allow this",
}

HEADERS: Final = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "*",
    "cache-control": "no-store",
    "vary": "Accept",
}
_LONGEST_ACCEPT: Final = 8_192
_LANG: Final = re.compile(rb"(?:^|&)lang=(nl|en)(?:&|$)")
_OF_STATUS: Final[Mapping[HTTPStatus, str]] = {
    HTTPStatus.NOT_FOUND: "unknown",
    HTTPStatus.METHOD_NOT_ALLOWED: "method",
    HTTPStatus.PRECONDITION_FAILED: "changed",
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE: "part",
    HTTPStatus.INTERNAL_SERVER_ERROR: "internal",
}
"""What kind of problem a status tells of where no error does."""

_Value = TypeVar("_Value")


def status_of(error: errors.DppgraphError) -> HTTPStatus:
    """The HTTP status of an error."""
    return _nearest(error, STATUSES, HTTPStatus.INTERNAL_SERVER_ERROR)


class Wanted(NamedTuple):
    """How whoever asked wants to be told of a problem.

    Attributes:
        accept: the request's Accept header.
        language: the language of a page.
        home: where the first page is, as a relative address: this holds behind any sub path.
    """

    accept: str | None
    language: str = LANGUAGES[0]
    home: str = "./"


def wanted_of(scope: Scope) -> Wanted:
    """How the sender of a request wants to be told: a page in the language of its address, else of Accept-Language."""
    asked = _LANG.search(scope.get("query_string", b""))
    accepted = header_of(scope, b"accept-language").decode("latin-1")
    language = asked[1].decode() if asked else language_of(accepted)
    return Wanted(accept_of(scope), language, "../" * (scope["path"].count("/") - 1) or "./")


def problem_of(error: errors.DppgraphError, wanted: Wanted | None) -> Response:
    """The answer that tells of an error; for whoever cannot say how it is wanted, a document."""
    extra: dict[str, object] = {}
    headers: dict[str, str] = {}
    if isinstance(error, errors.QuerySyntax) and error.line is not None:
        extra = {"line": error.line, "column": error.column}
    if isinstance(error, errors.NotAcceptable):
        extra = {"offered": error.offered}
    if isinstance(error, errors.ShapeViolation) and error.report is not None:
        extra = {"report": json.loads(error.report.to_json())}
    waits = errors.Crowded | errors.EndpointFailed | errors.NotYet | errors.StoreInUse
    if isinstance(error, waits) and error.retry_after is not None:
        headers = {"retry-after": str(error.retry_after)}
    if isinstance(error, errors.NeedsToken | errors.WrongRole):
        headers = {"www-authenticate": _challenge(error)}
    kind = next(kind for kind in type(error).__mro__ if kind in TITLES or kind is errors.DppgraphError)
    title = _nearest(error, TITLES, "Something went wrong")
    return problem(status_of(error), title, str(error), wanted, kind=_slug(kind), extra=extra, headers=headers)


def problem(
    status: HTTPStatus,
    title: str,
    detail: str,
    wanted: Wanted | None,
    *,
    kind: str | None = None,
    extra: dict[str, object] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """A problem document, or a page if the client likes HTML better.

    Args:
        status: the HTTP status.
        title: what kind of problem it is; the same text for the same kind.
        detail: what is wrong now, and what to do.
        wanted: how it is wanted.
        kind: the last part of its ``type``; None for ``about:blank``.
        extra: more members of the document.
        headers: more headers of the answer.
    """
    said: dict[str, object] = {
        "type": f"https://w3id.org/dppgraph/problems/{kind}" if kind else "about:blank",
        "title": title,
        "status": int(status),
        "detail": redacted(detail),
        **(extra or {}),
    }
    all_headers = HEADERS | (headers or {})
    if wanted and quality_of(wanted.accept, "text/html") > quality_of(wanted.accept, "application/problem+json"):
        return page_of(said, wanted, kind or _OF_STATUS.get(status, "other"), headers=headers)
    return Response(json.dumps(said, ensure_ascii=False), status, all_headers, "application/problem+json")


def accept_of(scope: Scope) -> str | None:
    """A request's Accept header; several are one (RFC 9110, section 5.3), and one that is far too long is none."""
    accept = header_of(scope, b"accept").decode("latin-1")
    # No client lists that many types: a header of megabytes would keep everybody else waiting.
    return accept if 0 < len(accept) <= _LONGEST_ACCEPT else None


def page_of(
    said: Mapping[str, object],
    wanted: Wanted,
    kind: str,
    *,
    template: str = "problem.html",
    more: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The page of a problem: what is the matter and what to do, in the reader's language; the details in English.

    Args:
        said: the problem document.
        wanted: how it is wanted.
        kind: what kind of problem it is, as the words for it are called.
        template: the name of its template.
        more: what that shows besides.
        headers: more headers of the answer.
    """
    style, policy = _style()
    told = {"problem": said, "kind": kind, "language": wanted.language, "home": wanted.home, "style": style}
    content = environment(wanted.language).get_template(template).render(told | dict(more or {}))
    all_headers = HEADERS | {"content-security-policy": policy} | dict(headers or {})
    return Response(content, int(str(said["status"])), all_headers, "text/html; charset=utf-8")


@cache
def _style() -> tuple[str, str]:
    """The style of the page, which stands in it, and the policy that lets in this one and no other.

    Whatever went wrong, and behind whichever path: nothing else has to be loaded.
    """
    style = (TEMPLATES / "problem.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    return style, f"default-src 'none'; style-src 'sha256-{digest}'; {policy}"


def _challenge(error: errors.DppgraphError) -> str:
    """How to be let in (RFC 6750, section 3); who has sent no token is told of no mistake."""
    realm = 'Bearer realm="dppgraph"'
    if isinstance(error, errors.NoToken):
        return realm
    return f'{realm}, error="{"insufficient_scope" if isinstance(error, errors.WrongRole) else "invalid_token"}"'


def _slug(kind: type) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in kind.__name__).lstrip("-")


def _nearest(
    error: errors.DppgraphError, table: Mapping[type[errors.DppgraphError], _Value], default: _Value
) -> _Value:
    return next((table[kind] for kind in type(error).__mro__ if kind in table), default)
