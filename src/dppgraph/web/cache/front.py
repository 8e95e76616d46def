"""In front of the application: a request in words that were answered before is answered at once."""

from http import HTTPStatus
from typing import Final, Protocol

from starlette.types import ASGIApp, Receive, Scope, Send

from dppgraph.store.interface import GraphStore
from dppgraph.web.cache.answers import AnswerCache
from dppgraph.web.cache.kept import Kept, is_known

AT_ONCE: Final = "dppgraph.at-once"
"""The ASGI extension that sends a whole answer: ``{"answer": ...}`` with what does it, given scope, head and body.

It saves the checks of each header and each length that a server makes for an application that it does not know.
"""

_OK: Final = HTTPStatus.OK.value
_NOT_MODIFIED: Final = HTTPStatus.NOT_MODIFIED.value

HIT: Final = "hit"
REVALIDATED: Final = "revalidated"


def words_of(scope: Scope) -> bytes | None:
    """The words of a request that its answer depends on; None where it may depend on others too."""
    if scope["method"] not in ("GET", "HEAD"):
        return None
    words = scope["raw_path"] + b"?" + scope["query_string"]
    accept = coding = b""
    for name, value in scope["headers"]:
        if name == b"accept":
            accept = accept + b"," + value if accept else value
        elif name == b"accept-encoding":
            coding = coding + b"," + value if coding else value
        elif name == b"authorization":
            return None
    return b"%b\n%b\n%b" % (words, accept, coding)


class Answers(Protocol):
    """An application that may have an answer at hand."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        ...

    def at_hand(self, scope: Scope) -> "tuple[Kept, str | None] | None":
        """The answer to a request, and its coding, where it is there already; else the application is to be called."""
        ...


class CacheFront:
    """Answers what is kept, and hands everything else on.

    Args:
        app: the application.
        cache: what is kept.
        store: knows which version is the current one.
    """

    def __init__(self, app: ASGIApp, cache: AnswerCache, store: GraphStore) -> None:
        self._app = app
        self._cache = cache
        self._store = store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        found = self.at_hand(scope) if scope["type"] == "http" else None
        if found is not None:
            await send_kept(*found, scope, send)
            return
        await self._app(scope, receive, send)

    def at_hand(self, scope: Scope) -> tuple[Kept, str | None] | None:
        """The answer to a request in words that were answered before."""
        if not self._cache.limit:
            return None
        self._cache.at(self._store.manifest.version)
        words = words_of(scope)
        found = self._cache.again(words) if words is not None else None
        if found is not None:
            self._cache.hits += 1
        return found


def status_of(kept: Kept, coding: str | None, scope: Scope) -> int:
    """200, or 304 where the client has the answer already."""
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            return _NOT_MODIFIED if is_known(value, kept.etag(coding)) else _OK
    return _OK


async def send_kept(kept: Kept, coding: str | None, scope: Scope, send: Send, cache: str = "hit") -> None:
    """Sends an answer that is there, or says that the client has it already."""
    status = status_of(kept, coding, scope)
    body = kept.body(coding) if status == _OK and scope["method"] != "HEAD" else b""
    seen = scope["state"]
    seen["version"], seen["query"] = kept.version, kept.query
    seen["cache"] = cache if status == _OK else REVALIDATED
    at_once = seen.get("at_once")
    if at_once and at_once(status, kept.lines(status, coding), body):
        return
    await send({"type": "http.response.start", "status": status, "headers": kept.head(status, coding)})
    await send({"type": "http.response.body", "body": body})
