"""In front of the application: a request in words that were answered before is answered at once."""

from http import HTTPStatus
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from dppgraph.store.interface import GraphStore
from dppgraph.web.cache.answers import AnswerCache
from dppgraph.web.cache.kept import Kept, is_known

AT_ONCE: Final = "dppgraph.at-once"
"""The ASGI extension that sends a whole answer: ``{"answer": ...}`` with what does it, given scope, head and body.

It saves the checks of each header and each length that a server makes for an application that it does not know.
"""


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
        if scope["type"] == "http" and self._cache.limit:
            self._cache.at(self._store.manifest.version)
            words = words_of(scope)
            found = self._cache.again(words) if words is not None else None
            if found is not None:
                self._cache.hits += 1
                await send_kept(*found, scope, send)
                return
        await self._app(scope, receive, send)


async def send_kept(kept: Kept, coding: str | None, scope: Scope, send: Send, cache: str = "hit") -> None:
    """Sends an answer that is there, or says that the client has it already."""
    seen = scope["state"]
    seen["version"], seen["query"], seen["cache"] = kept.version, kept.query, cache
    known = next((value for name, value in scope["headers"] if name == b"if-none-match"), None)
    status, body = HTTPStatus.OK, b"" if scope["method"] == "HEAD" else kept.body(coding)
    if known is not None and is_known(known, kept.etag(coding)):
        status, body, seen["cache"] = HTTPStatus.NOT_MODIFIED, b"", "revalidated"
    at_once = seen.get("at_once")
    if at_once and at_once(status, kept.lines(status, coding), body):
        return
    await send({"type": "http.response.start", "status": status, "headers": kept.head(status, coding)})
    await send({"type": "http.response.body", "body": body})
