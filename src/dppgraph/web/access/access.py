"""The outermost layer: gives each request a number, its answer the headers that all have, and the log a line."""

import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache, partial
from http import HTTPStatus
from itertools import count
from typing import Any, Final, Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dppgraph.core.token import redacted
from dppgraph.web.access.log import AccessLog
from dppgraph.web.answers import KeptResponse
from dppgraph.web.cache.front import AT_ONCE, HIT, REVALIDATED, Answers, Waiting, status_of
from dppgraph.web.cache.kept import Kept
from dppgraph.web.clients import Proxies, peer_of
from dppgraph.web.files import POUR, Pace, Piece
from dppgraph.web.gone import GONE, Gone
from dppgraph.web.headers import POLICY, SECURITY
from dppgraph.web.memento import joined, joined_lines

_NUMBER: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_OK: Final = HTTPStatus.OK.value
_SAYING: Final = (HTTPStatus.OK.value, HTTPStatus.NOT_MODIFIED.value)
_BROKEN: Final = 0
_SHORT: Final = 200
_NONE: Final[Mapping[str, Any]] = {}

Observe = Callable[[str, str, int, float, int], None]
"""Takes note of a request: path, method, status (0 where none came), seconds, bytes of its answer."""


class Line(Protocol):
    """Where an answer goes out without a task."""

    def write_whole(self, head: bytes, body: bytes) -> bool:
        """Sends a whole answer: the head's lines, each with its end, and the body; False where it needs a task."""
        ...

    def start(self, app: ASGIApp) -> None:
        """Has a task answer."""
        ...


class Access:
    """Sits around the application.

    Args:
        app: the application.
        log: where lines go.
        proxies: those whose X-Request-Id counts.
        observe: what else wants to know.
        link: what the header Link of a request's answer says besides; empty for nothing.
    """

    def __init__(
        self,
        app: Answers,
        log: AccessLog,
        proxies: Proxies,
        observe: Observe | None = None,
        link: Callable[[Scope], bytes] = lambda _: b"",
    ) -> None:
        self._app = app
        self._log = log
        self._proxies = proxies
        self._observe = observe
        self.link = link
        # Each front begins elsewhere.
        self._prefix = secrets.token_hex(4)
        self._count = count()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        await self._answered(self._app, time.perf_counter(), None, scope, receive, send)

    def at_hand(self, scope: Scope) -> tuple[bytes, bytes] | None:
        """The head and the body of the answer to a request, where it is there already; it is noted, and to be sent."""
        begun = time.perf_counter()
        if self._proxies:
            # The client is found out behind this, and only what a proxy says of it here is the proxy's word.
            scope["state"]["id"] = self._number(scope)
        found = self._app.at_hand(scope)
        if found is None:
            return None
        kept, coding = found
        status, number = status_of(kept, coding, scope), self._number(scope)
        head, body = _whole(kept, coding, status, number, scope, self.link(scope))
        self._note_kept(kept, HIT, number, scope, status, len(body), begun)
        return head, body

    def take_on(self, scope: Scope, line: Line) -> Waiting | None:
        """Takes a request on, whose answer then goes out over a line; None where this is to be called for it."""
        scope["state"]["id"] = number = self._number(scope)
        return self._app.take_on(scope, _Reply(self, scope, number, line))

    async def _answered(
        self, app: ASGIApp, begun: float, query: str | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        number = self._number(scope)
        noted = scope["state"] = {"id": number, "cache": "none", "version": None, "query": query}
        sent = _Sent(number, send, scope, self.link)
        if sent.answer:
            noted["at_once"] = sent.at_once
        if sent.poured:
            noted["pour"] = sent.pour
        try:
            await app(scope, receive, sent.send)
        finally:
            self._note(scope, noted, sent.status, sent.bytes, time.perf_counter() - begun, whole=sent.whole)

    def refused(self, client: str, status: int, why: str) -> bytes:
        """Takes note of a request that was refused before it was read whole; its number."""
        number = self._next()
        if self._observe:
            self._observe("", "", status, 0.0, 0)
        if self._log.on:
            said = {"time": _now(), "id": number, "client": client, "status": status, "refused": why}
            self._log.write(f"{json.dumps(said)}\n")
        return number.encode()

    def ended(self, client: str, why: str) -> None:
        """Takes note of a connection that is ended with an answer on it that was handed over, but not taken."""
        if self._log.on:
            said = {"time": _now(), "client": client, "broken": True, "ended": why}
            self._log.write(f"{json.dumps(said)}\n")

    def _note(
        self, scope: Scope, noted: dict[str, Any], status: int, size: int, seconds: float, *, whole: bool = True
    ) -> None:
        if self._observe:
            self._observe(scope["path"], scope["method"], status, seconds, size)
        if self._log.on:
            self._log.write(_line(scope, noted, status, size, seconds, whole=whole))

    def _note_kept(
        self, kept: Kept, cache: str, number: str, scope: Scope, status: int, size: int, begun: float
    ) -> None:
        noted = {
            "id": number,
            "cache": cache if status == _OK else REVALIDATED,
            "version": kept.version,
            "query": kept.query,
        }
        self._note(scope, noted, status, size, time.perf_counter() - begun)

    def _number(self, scope: Scope) -> str:
        known: str | None = scope.get("state", _NONE).get("id")
        if known:
            return known
        if self._proxies:
            peer = peer_of(scope)
            if self._proxies.trusts(peer):
                for name, value in scope["headers"]:
                    if name == b"x-request-id" and _NUMBER.fullmatch(value):
                        return str(value.decode())
        return self._next()

    def _next(self) -> str:
        return f"{self._prefix}{next(self._count):08x}"


class _Reply:
    """The reply to a request that was taken on."""

    __slots__ = ("_access", "_begun", "_line", "_number", "_scope")

    def __init__(self, access: Access, scope: Scope, number: str, line: Line) -> None:
        self._access = access
        self._scope = scope
        self._number = number
        self._line = line
        self._begun = time.perf_counter()

    def kept(self, kept: Kept, coding: str | None, cache: str) -> None:
        """As :class:`Reply` has it."""
        status = status_of(kept, coding, self._scope)
        link = self._access.link(self._scope)
        head, body = _whole(kept, coding, status, self._number, self._scope, link)
        if self._line.write_whole(head, body):
            self._access._note_kept(kept, cache, self._number, self._scope, status, len(body), self._begun)
        else:
            self.task(KeptResponse(kept, coding, cache), kept.query)

    def task(self, app: ASGIApp, query: str | None) -> None:
        """As :class:`Reply` has it."""
        self._line.start(partial(self._access._answered, app, self._begun, query))


class _Sent:
    """What goes out of one answer, and what of it is noted."""

    __slots__ = ("_gone", "_link", "_number", "_scope", "_send", "answer", "bytes", "poured", "status", "whole")

    def __init__(self, number: str, send: Send, scope: Scope, link: Callable[[Scope], bytes]) -> None:
        self.status = _BROKEN
        self.bytes = 0
        self.whole = False
        extensions = scope.get("extensions", _NONE)
        self.answer = extensions.get(AT_ONCE, _NONE).get("answer")
        self.poured = extensions.get(POUR, _NONE).get("pour")
        self._gone: Gone | None = extensions.get(GONE, _NONE).get("gone")
        self._number = number.encode()
        self._scope = scope
        self._send = send
        self._link = link

    async def send(self, message: Message) -> None:
        """Sends on, with the headers that all answers have."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            link = self._link(self._scope) if self.status in _SAYING else b""
            headers = [*joined(message["headers"], link), (b"x-request-id", self._number), *SECURITY]
            if not any(name == b"content-security-policy" for name, _ in headers):
                headers.append(POLICY)
            message = {**message, "headers": headers}
        elif self._gone is None or not self._gone.gone:
            self.bytes += len(message.get("body", b"")) if self._scope["method"] != "HEAD" else 0
            self.whole = not message.get("more_body")
        await self._send(message)

    async def pour(self, piece: Piece, pace: Pace) -> None:
        """Sends bytes of a file, if that can be done."""
        try:
            await self.poured(piece, pace)
        finally:
            self.bytes += piece.sent

    def at_once(self, status: int, head: bytes, body: bytes) -> bool:
        """Sends a whole answer, if that can be done."""
        head = joined_lines(head, self._link(self._scope))
        if not self.answer(self._scope, b"%bx-request-id: %b\r\n" % (head, self._number), body):
            return False
        self.status, self.bytes, self.whole = status, len(body), True
        return True


def _whole(kept: Kept, coding: str | None, status: int, number: str, scope: Scope, link: bytes) -> tuple[bytes, bytes]:
    """The head and the body of an answer."""
    head = b"%bx-request-id: %b\r\n" % (joined_lines(kept.lines(status, coding), link), number.encode())
    return head, kept.body(coding) if status == _OK and scope["method"] != "HEAD" else b""


def _now() -> str:
    now = time.time()
    return f"{_second(int(now))}.{int(now % 1 * 1000):03d}Z"


@lru_cache(maxsize=2)
def _second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


@lru_cache(maxsize=256)
def _known_quoted(text: str) -> str:
    return _read_quoted(text)


def _read_quoted(text: str) -> str:
    # Who sends a token in a path has made a mistake, which is not to be written down.
    return json.dumps(redacted(text))


def _quoted(text: str) -> str:
    return _known_quoted(text) if len(text) < _SHORT else _read_quoted(text)


def _line(scope: Scope, seen: dict[str, Any], status: int, size: int, seconds: float, *, whole: bool) -> str:
    client = peer_of(scope)
    query = f'"{seen["query"]}"' if seen["query"] else "null"
    version = seen["version"] or "null"
    broken = "" if whole else ',"broken":true'
    return (
        f'{{"time":"{_now()}","id":"{seen["id"]}","client":"{client}","method":{_quoted(scope["method"])},'
        f'"path":{_quoted(scope["path"])},"query":{query},"status":{status},"bytes":{size},'
        f'"ms":{seconds * 1000:.3f},"cache":"{seen["cache"]}","version":{version}{broken}}}\n'
    )
