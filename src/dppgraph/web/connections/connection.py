"""A connection: uvicorn's protocol over httptools, with limits on what a client may send and how long it may take.

uvicorn has no timer for a head or a body that does not arrive, and no cap on either. What is refused here gets its
problem document, while the connection still takes what is on its way, and is then closed.
"""

import asyncio
import logging
import socket
from typing import TYPE_CHECKING, Any, Final, cast

import httptools
from starlette.types import ASGIApp, Scope
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from dppgraph.errors import AddressTooLong, BadHttp, DppgraphError, HeadTooLarge, NoProxy, SenderTooSlow
from dppgraph.web.access import Access
from dppgraph.web.answers import ABORT
from dppgraph.web.cache.front import AT_ONCE, Waiting
from dppgraph.web.clients import UNIX, UNKNOWN
from dppgraph.web.connections.lingering import Lingering
from dppgraph.web.connections.pouring import Pouring
from dppgraph.web.connections.refusals import bytes_of, cause_of
from dppgraph.web.connections.unread import Unread
from dppgraph.web.doors import Doors
from dppgraph.web.files import POUR, Pace, Piece
from dppgraph.web.gone import GONE, Gone
from dppgraph.web.problems import problem_of
from dppgraph.web.taken import TAKEN

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application

_LOOKED_UP: Final = (b"GET", b"HEAD")
_MOST_HEADERS: Final = 100
_MOST_PIPELINED: Final = 64
"""Requests that wait for the one before them. Where all are at hand, each is answered some frames deeper."""

_OF_BODY: Final = (b"content-length", b"transfer-encoding")
_UNSENT: Final = 1 << 18
"""Bytes."""

_NOTSENT_LOWAT: Final = 25
"""Linux's TCP_NOTSENT_LOWAT, for which Python 3.11 has no name."""

_HOST: Final = len(b"host")
_SLACK: Final = 1 << 10
"""Bytes of a head that are neither its address nor its header fields."""

_LARGE: Final = 1 << 16
"""Bytes of a body from which on it is not copied to be sent: all who are sent it share it."""

_log = logging.getLogger("dppgraph.web")


def prepare(listener: socket.socket) -> None:
    """Has the kernel take little of an answer before it is on its way to the reader, on all connections of a listener.

    Else it takes megabytes, and nobody can tell a slow reader from one that takes nothing.
    """
    if listener.family in (socket.AF_INET, socket.AF_INET6):
        listener.setsockopt(socket.IPPROTO_TCP, _NOTSENT_LOWAT, _UNSENT)


class Served(Config):
    """How uvicorn serves these connections.

    Args:
        app: what answers.
        doors: the limits, shared by all connections.
        access: what takes note of requests that are refused here.
        options: uvicorn's.
    """

    def __init__(self, app: ASGIApp, doors: Doors, access: Access, **options: Any) -> None:
        super().__init__(app, http=Connection, **options)
        self.doors = doors
        self.access = access


class Connection(HttpToolsProtocol):
    """One connection of a client.

    Args:
        config: uvicorn's, with the limits.
        server_state: uvicorn's.
        app_state: uvicorn's.
        _loop: the event loop.
    """

    def __init__(
        self,
        config: Served,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._doors = config.doors
        self._access = config.access
        self._refused: DppgraphError | None = None
        self._ends_at: float | None = None
        """When whoever was refused, or has sent too much, is waited for no longer."""
        self._head_since: float | None = None
        self._head_bytes = 0
        self._body_since: float | None = None
        self._body_bytes = 0
        self._header_bytes = 0
        self._hosts = 0
        self._body_follows = False
        """Whether the parser has ended with a head whose body is still to be read."""
        self._muted = False
        self._stopping = False
        self._held = 0
        self._unread: Unread | None = None
        self._done_since: float | None = None
        self._silent = True
        self._gone = Gone()
        self._task: asyncio.Task[None] | None = None
        self._in_task: RequestResponseCycle | None = None
        """The request that the task answers; ``cycle`` is the one that came last, and may wait behind it."""
        self._turn: _Turn | None = None

    # --- What asyncio says -------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # narrowed, as uvicorn's own is
        """Takes a client in, or turns it away."""
        super().connection_made(transport)
        self._lingering = Lingering(transport, self.close)
        self._pouring = Pouring(transport, self.loop, self._doors)
        self._extensions: dict[str, dict[object, object]] = {
            ABORT: {"abort": transport.abort},
            AT_ONCE: {"answer": self._at_once},
            GONE: {"gone": self._gone},
            POUR: {"pour": self._pour},
            TAKEN: {"taken": self._release_some},
        }
        self._head_since = self.loop.time()
        refused = self._doors.enter(self, self._peer())
        if refused is None:
            return
        if self._doors.can_explain():
            self._refuse(refused)
        else:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forgets the client."""
        super().connection_lost(exc)
        if self._in_task:
            # uvicorn tells the request that came last, which may be another.
            self._in_task.disconnected = True
            self._in_task.message_event.set()
        self._gone.gone = True
        self._pouring.leave()
        if self._gone.then and self._task:
            self._gone.then(self._task)
        if self._turn and self._turn.waiting:
            self._turn.waiting.leave()
        self._doors.leave(self)
        self._release()

    def data_received(self, data: bytes) -> None:
        """Takes what the client sends."""
        if self._refused or self._ends_at is not None:
            # Closing while something is on its way would take the answer back from the client.
            return
        self._silent = False
        in_head = self._body_since is None
        if error := self._parse(data):
            self._refuse(cause_of(error))
            return
        if in_head and self._head_since is not None:
            self._head_bytes += len(data)
            if self._head_bytes > self._doors.max_url + self._doors.max_header + _SLACK:
                self._refuse(self._head_too_large())

    def resume_writing(self) -> None:
        """The client has taken nearly all of what was handed over."""
        super().resume_writing()
        self._unread = None

    def _parse(self, data: bytes) -> httptools.HttpParserError | None:
        """Has the parser read what came; what it stopped at, if it did."""
        while data:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                # Answered as if nothing had been said about it (RFC 9110, section 7.8), and so is what follows.
                data = data[upgrade.args[0] :]
                if self._body_follows:
                    self._read_body()
            except httptools.HttpParserError as error:
                return error
            else:
                break
        return None

    def _read_body(self) -> None:
        """Has the body read of a request that asks for another protocol: the parser has ended with its head."""
        of_body = [b"%b: %b\r\n" % header for header in self.headers if header[0] in _OF_BODY]
        self.parser, self._muted, self._body_follows = httptools.HttpRequestParser(self), True, False
        self.parser.feed_data(b"POST / HTTP/1.1\r\n%b\r\n" % b"".join(of_body))
        self._muted = False

    # --- What the parser says ----------------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        """A request begins."""
        if self._muted:
            return
        super().on_message_begin()
        self.scope["extensions"] = self._extensions
        self._head_since = self.loop.time()
        self._head_bytes = self._header_bytes = self._body_bytes = self._hosts = 0
        self._done_since = None

    def on_url(self, url: bytes) -> None:
        """Some of its address."""
        if self._muted:
            return
        super().on_url(url)
        if len(self.url) > self._doors.max_url:
            raise AddressTooLong(
                f"the address is longer than {self._doors.max_url} bytes: POST a long query in the request's body"
            )

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header field, or one after the body."""
        if self._muted:
            return
        super().on_header(name, value)
        self._header_bytes += len(name) + len(value)
        if self._header_bytes > self._doors.max_header or len(self.headers) > _MOST_HEADERS:
            raise self._head_too_large()
        if len(name) == _HOST and self.headers[-1][0] == b"host":
            self._hosts += 1

    def on_headers_complete(self) -> None:
        """The end of its head."""
        if self._muted or self._ends_at is not None or self.transport.is_closing():
            # Nobody hears an answer to what follows the last one.
            return
        if self.parser.get_method() == b"CONNECT":
            raise NoProxy("this server connects nobody to another one: ask it at /sparql")
        if self._hosts > 1 or (not self._hosts and self.parser.get_http_version() != "1.0"):
            raise BadHttp("a request has exactly one Host: see RFC 9112, section 3.2")
        if len(self.pipeline) >= _MOST_PIPELINED:
            self.transport.abort()
            raise BadHttp("too many requests at once on one connection")
        self._head_since = None
        self._body_since = self.loop.time()
        self._body_follows = self.parser.should_upgrade() and any(
            name in _OF_BODY and value != b"0" for name, value in self.headers
        )
        if self._answering() or not self._answers_at_hand():
            try:
                super().on_headers_complete()
            except (httptools.HttpParserError, UnicodeDecodeError, AttributeError) as error:
                # What uvicorn has no check for: another character than ASCII, or no path.
                raise BadHttp(
                    "this address cannot be read: send a path, with other characters than ASCII as %XX"
                ) from error
            if self._answering():
                self.cycle.transport = self._lingering

    def on_body(self, body: bytes) -> None:
        """Some of its body."""
        self._body_bytes += len(body)
        if not self._answering():
            self._end_if_too_much()
            return
        if not self._doors.hold(len(body)):
            raise self._doors.full()
        self._held += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Its end."""
        if self._body_follows:
            return
        self._body_since = None
        if self._answering():
            super().on_message_complete()

    # --- What the application does -----------------------------------------------------------------------------------

    def on_response_complete(self) -> None:
        """An answer was handed over as a whole; its last bytes may still have to go out.

        What uvicorn does here, but for its timer: :meth:`look` ends whoever says nothing more.
        """
        self._release()
        # They know what was asked and answered.
        self._turn = self._in_task = None
        if self._ends_at is not None:
            return
        self._done_since = self.loop.time()
        if self._head_since is not None:
            # What came of the next request meanwhile was not read on.
            self._head_since = self._done_since
        self.server_state.total_requests += 1
        if not self.transport.is_closing():
            self.flow.resume_reading()
            if self.pipeline:
                self._start_asgi_task(*self.pipeline.pop())
        if self._body_since is not None:
            self._end_if_too_much()

    async def _pour(self, piece: Piece, pace: Pace) -> None:
        """Sends bytes of a file as part of the answer that is being sent."""
        await self._pouring.pour(piece, pace)
        if self._in_task:
            # As if they had been written one by one.
            self._in_task.expected_content_length -= piece.count

    def _at_once(self, scope: Scope, head: bytes, body: bytes) -> bool:
        """Sends a whole answer to a request; False where it has to be sent in the usual way.

        Args:
            scope: the request's.
            head: the status line and the headers, each with its line's end.
            body: what follows them.
        """
        cycle: RequestResponseCycle = self.cycle
        return cycle.scope is scope and self.write_whole(cycle, head, body)

    def write_whole(self, cycle: RequestResponseCycle, head: bytes, body: bytes) -> bool:
        """Likewise, to the request of a cycle."""
        if not cycle.keep_alive or cycle.response_started or cycle.disconnected or self.flow.write_paused:
            return False
        self._send_whole(head, body)
        cycle.response_started = cycle.response_complete = True
        cycle.message_event.set()
        cycle.on_response()
        return True

    def _answers_at_hand(self) -> bool:
        """Whether a request is answered by what is there: then it is, before anything is made to follow it.

        What a hundred clients ask again and again is looked up some ten thousand times a second.
        """
        path, _, query = self.url.partition(b"?")
        method = self.parser.get_method()
        if method not in _LOOKED_UP or b"%" in path or b"#" in self.url or not path.startswith(b"/"):
            return False
        if self.parser.get_http_version() != "1.1" or not self.parser.should_keep_alive() or self.flow.write_paused:
            return False
        self.scope["method"], self.scope["path"] = method.decode("ascii"), path.decode("latin-1")
        self.scope["raw_path"], self.scope["query_string"] = path, query
        try:
            found = self._access.at_hand(cast("Scope", self.scope))
        except Exception:  # noqa: BLE001 - the parser is above, which would take it for the client's fault
            _log.exception("what is at hand could not be looked up")
            return False
        if found is None:
            return False
        self._send_whole(*found)
        self.on_response_complete()
        return True

    def _send_whole(self, head: bytes, body: bytes) -> None:
        more = [part for name, value in self.server_state.default_headers for part in (name, b": ", value, b"\r\n")]
        if len(body) < _LARGE:
            self.transport.write(b"".join((head, *more, b"\r\n", body)))
        else:
            self.transport.writelines((b"".join((head, *more, b"\r\n")), body))

    def start(self, cycle: RequestResponseCycle, app: "ASGI3Application") -> None:
        """Has a task answer the request of a cycle."""
        self._in_task = cycle
        self._task = self.loop.create_task(cycle.run_asgi(app))
        self._task.add_done_callback(self.tasks.discard)
        self.tasks.add(self._task)

    def shutdown(self) -> None:
        """Closes the connection, once what is being answered is."""
        super().shutdown()
        self._stopping = True
        if self._turn and self._turn.waiting:
            # Tasks are what the server can tell that it waits no longer.
            self._turn.waiting.into_task()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: "ASGI3Application") -> None:
        """Begins with a request, as uvicorn does; but in a task only where that is needed."""
        if not self.flow.write_paused and not self._stopping:
            turn = self._turn = _Turn(self, cycle)
            try:
                turn.waiting = self._access.take_on(cast("Scope", cycle.scope), turn)
            except Exception:  # noqa: BLE001 - the parser is above, which would take it for the client's fault
                _log.exception("a request could not be taken on")
            if turn.waiting is not None or cycle.response_started:
                return
        self.start(cycle, app)

    def close(self) -> None:
        """Closes the connection, after what its client is still sending, though not for long."""
        if self._body_since is None:
            self.transport.close()
        else:
            self._end_soon()

    # --- The timers --------------------------------------------------------------------------------------------------

    def look(self, now: float) -> None:
        """Ends the connection, if its client has taken too long."""
        if self._ends_at is not None:
            if now > self._ends_at and (self._is_left_unread(now) or not self._unread):
                self.transport.abort()
        elif self._is_left_unread(now):
            self._access.ended(self._peer(), "its reader takes an answer too slowly, or not at all")
            self.transport.abort()
        elif self._is_left_unsaid(now):
            self._too_slow()
        elif self._is_idle(now):
            self.transport.close()

    def _is_left_unsaid(self, now: float) -> bool:
        """Whether the rest of a head or of a body does not come, or too slowly."""
        doors = self._doors
        if self._head_since is not None and not self._answering():
            return now > self._head_since + doors.request_timeout
        if self._body_since is not None and not self.flow.read_paused:
            return now > self._body_since + doors.request_timeout + self._body_bytes / doors.min_rate
        return False

    def _is_idle(self, now: float) -> bool:
        """Whether nothing more is asked."""
        if self._done_since is None or self._unread or self._answering():
            return False
        return now > self._done_since + self._doors.keep_alive

    def _is_left_unread(self, now: float) -> bool:
        """Whether what was handed over to be sent is taken too slowly, or not at all."""
        left = self.transport.get_write_buffer_size()
        if left:
            self._unread = self._unread or Unread(left, now)
            self._unread.see(left, now)
            return self._unread.seconds_behind(now, self._doors.min_rate) > self._doors.patience
        if self._unread:
            # The client has just got its answer, and may say something now.
            self._unread, self._done_since = None, now
        return False

    def _too_slow(self) -> None:
        if self._silent:
            # It never said anything, so it waits for no answer.
            self.transport.close()
            self._ends_at = self.loop.time() + self._doors.linger
            return
        self._refuse(SenderTooSlow("the request did not arrive in time: send it again, and faster"))

    def _end_if_too_much(self) -> None:
        """What is left of a body after its answer is taken in, but neither for long nor without an end."""
        if self._body_bytes > self._doors.max_body and self._ends_at is None:
            self._end_soon()

    def _end_soon(self) -> None:
        self._ends_at = self.loop.time() + self._doors.linger
        self.flow.resume_reading()
        if self.transport.can_write_eof() and not self.transport.is_closing():
            self.transport.write_eof()

    def _refuse(self, error: DppgraphError) -> None:
        if self.transport.is_closing():
            return
        answering = self._answering()
        if not answering and self._body_since is not None:
            # It had its answer before its body was all there, and gets no second one.
            self._end_soon()
            return
        if answering and (self.cycle.response_started or self._head_since is not None):
            # Another answer is on its way, or has to come first.
            self.transport.abort()
            return
        self._refused = error
        if answering:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        response = problem_of(error, None)
        number = self._access.refused(self._peer(), response.status_code, str(error))
        self.transport.write(bytes_of(response, [*self.server_state.default_headers, (b"x-request-id", number)]))
        self._end_soon()

    def _head_too_large(self) -> HeadTooLarge:
        return HeadTooLarge(
            f"the header fields have more than {self._doors.max_header} bytes or {_MOST_HEADERS} lines: send fewer"
        )

    def _answering(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _peer(self) -> str:
        if self.client:
            return self.client[0]
        return UNIX if self.server is not None and self.server[1] is None else UNKNOWN

    def _release_some(self, size: int) -> None:
        """So much of a body is not in memory any more."""
        size = min(size, self._held)
        self._doors.release(size)
        self._held -= size

    def _release(self) -> None:
        self._doors.release(self._held)
        self._held = 0


class _Turn:
    """One request's turn on a connection. Implements ``Line``.

    Attributes:
        waiting: the request, if it was taken on.
    """

    __slots__ = ("_connection", "_cycle", "waiting")

    def __init__(self, connection: Connection, cycle: RequestResponseCycle) -> None:
        self._connection = connection
        self._cycle = cycle
        self.waiting: Waiting | None = None

    def write_whole(self, head: bytes, body: bytes) -> bool:
        return self._connection.write_whole(self._cycle, head, body)

    def start(self, app: ASGIApp) -> None:
        self._connection.start(self._cycle, cast("ASGI3Application", app))
