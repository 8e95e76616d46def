"""In front of the application: a request in words that were answered before is answered at once."""

from http import HTTPStatus
from typing import Final, Protocol

from starlette.types import ASGIApp, Receive, Scope, Send

from dppgraph.core.languages import language_of
from dppgraph.store.interface import GraphStore
from dppgraph.web.cache.answers import AnswerCache
from dppgraph.web.cache.kept import Kept, is_known
from dppgraph.web.headers import header_of, seconds_of

AT_ONCE: Final = "dppgraph.at-once"
"""The ASGI extension that sends a whole answer: ``{"answer": ...}`` with what does it, given scope, head and body.

It saves the checks of each header and each length that a server makes for an application that it does not know.
"""

CONDITIONAL: Final = ("GET", "HEAD")
"""The methods that If-None-Match is for, where nothing is written (RFC 9110, section 13.1.2)."""

_PIECE: Final = 1 << 16
_OK: Final = HTTPStatus.OK.value
_NOT_MODIFIED: Final = HTTPStatus.NOT_MODIFIED.value

_VERSION: Final = b"version="
_OTHERWISE: Final = (b"authorization", b"accept-datetime")
"""Headers that have a request answered by what is behind."""

HIT: Final = "hit"
MISS: Final = "miss"
REVALIDATED: Final = "revalidated"


def words_of(scope: Scope) -> bytes | None:
    """The words of a request that its answer depends on; None where it may depend on others too."""
    if scope["method"] not in CONDITIONAL:
        return None
    query = scope["query_string"]
    if _VERSION in query:
        # What is of one version says so in its headers, which what is current does not.
        return None
    words = scope["raw_path"] + b"?" + query
    accept = coding = language = b""
    for name, value in scope["headers"]:
        if name == b"accept":
            accept = accept + b"," + value if accept else value
        elif name == b"accept-encoding":
            coding = coding + b"," + value if coding else value
        elif name == b"accept-language":
            language = language + b", " + value if language else value
        elif name in _OTHERWISE:
            return None
    # As it is chosen by: what else these headers say would only be more words for the same.
    chosen = language_of(language.decode("latin-1")).encode()
    return b"%b\n%b\n%b\n%b" % (words, accept, coding, chosen)


class Reply(Protocol):
    """Where the answer goes to a request that was taken on without a task. One of these is called, once."""

    def kept(self, kept: Kept, coding: str | None, cache: str) -> None:
        """Sends an answer that is there as a whole; ``cache`` is what the log says of it."""
        ...

    def task(self, app: ASGIApp, query: str | None) -> None:
        """Has a task answer, for all that takes time to be sent; ``query`` is the query's hash, for the log."""
        ...


class Waiting(Protocol):
    """A request that was taken on, and is not answered yet; once it is, both do nothing."""

    def leave(self) -> None:
        """Hears that its client has gone."""
        ...

    def into_task(self) -> None:
        """Waits on in a task, which can be cancelled."""
        ...


class Answered:
    """A request that was answered when it was taken on."""

    def leave(self) -> None:
        """Nothing."""

    def into_task(self) -> None:
        """Nothing."""


ANSWERED: Final = Answered()


Found = tuple[Kept, str | None]
"""An answer that is there, and the coding that it is sent in."""


class Answers(Protocol):
    """An application that answers some requests without a task: for what takes no time, that costs the most."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        ...

    def at_hand(self, scope: Scope) -> Found | None:
        """The answer to a request, where it is there already."""
        ...

    def take_on(self, scope: Scope, reply: Reply) -> Waiting | None:
        """Takes a request on, which is answered now or later; None where the application is to be called."""
        ...


class Rest(Protocol):
    """What is behind the cache: it is told the words of a request, under which it may remember its answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        ...

    def take_on(self, scope: Scope, words: bytes, reply: Reply) -> Waiting | None:
        """As :class:`Answers` has it."""
        ...


class CacheFront:
    """Answers what is kept, and hands everything else on.

    Args:
        app: the application.
        cache: what is kept.
        store: knows which version is the current one.
    """

    def __init__(self, app: Rest, cache: AnswerCache, store: GraphStore) -> None:
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

    def at_hand(self, scope: Scope) -> Found | None:
        """The answer to a request in words that were answered before."""
        return self._again(words_of(scope))

    def take_on(self, scope: Scope, reply: Reply) -> Waiting | None:
        """As :class:`Answers` has it."""
        words = words_of(scope)
        found = self._again(words)
        if found is not None:
            reply.kept(*found, HIT)
            return ANSWERED
        return self._app.take_on(scope, words, reply) if words is not None else None

    def _again(self, words: bytes | None) -> Found | None:
        if words is None or not self._cache.limit:
            return None
        self._cache.at(self._store.manifest.version)
        found = self._cache.again(words)
        if found is not None:
            self._cache.hits += 1
        return found


def status_of(kept: Kept, coding: str | None, scope: Scope) -> int:
    """200, or 304 where the client has the answer already."""
    if scope["method"] not in CONDITIONAL:
        return _OK
    tags = header_of(scope, b"if-none-match")
    if tags:
        return _NOT_MODIFIED if is_known(tags, kept.etag(coding)) else _OK
    # Only where there is no tag to go by (RFC 9110, section 13.2.2).
    since = seconds_of(header_of(scope, b"if-modified-since")) if kept.modified else None
    return _NOT_MODIFIED if since is not None and kept.modified <= since else _OK


async def send_kept(kept: Kept, coding: str | None, scope: Scope, send: Send, cache: str = HIT) -> None:
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
    # In pieces, each of which waits until the one before is as good as taken: each is a copy.
    for start in range(0, len(body) - _PIECE, _PIECE):
        await send({"type": "http.response.body", "body": body[start : start + _PIECE], "more_body": True})
    await send({"type": "http.response.body", "body": body[max(0, (len(body) - 1) // _PIECE * _PIECE) :]})
