"""Sends a file, or some of it."""

import logging
import os
from collections.abc import Callable
from http import HTTPStatus

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dppgraph.errors import DppgraphError
from dppgraph.web.answers import break_off
from dppgraph.web.conditions import Part
from dppgraph.web.files import Pace, Piece, send_piece
from dppgraph.web.headers import Headers

_log = logging.getLogger("dppgraph.dumps")


class Unchanged(Response):
    """Says that the client has the file already."""

    def __init__(self, headers: Headers) -> None:
        super().__init__(status_code=HTTPStatus.NOT_MODIFIED)
        # What is said of a body that does not come would be taken for its own (RFC 9110, section 15.4.5).
        left_out = (b"content-type", b"content-encoding")
        self.raw_headers = [header for header in headers if header[0] not in left_out]


class FileAnswer(Response):
    """The bytes of an open file, or some of them; it is closed in the end.

    Attributes:
        ended: called then.
    """

    ended: Callable[[], None] | None = None

    def __init__(self, opened: int, size: int, part: Part | None, headers: Headers, min_rate: int) -> None:
        super().__init__(status_code=HTTPStatus.PARTIAL_CONTENT if part else HTTPStatus.OK)
        self._opened = opened
        self._part = part or Part(0, size)
        self._min_rate = min_rate
        self.raw_headers = [*headers, (b"content-length", b"%d" % self._part.length)]
        if part:
            last = part.start + part.length - 1
            self.raw_headers.append((b"content-range", b"bytes %d-%d/%d" % (part.start, last, size)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends them. What does not come to its end breaks the connection off."""
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            if scope["method"] == "HEAD":
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return
            pace = Pace.from_now(self._min_rate)
            await send_piece(Piece(self._opened, *self._part), pace, scope, receive, send)
        except ConnectionError:
            # The reader has gone, and nobody needs to be told.
            await break_off(scope)
        except (DppgraphError, OSError) as error:
            _log.warning("sending %r was broken off: %s", scope["path"], error)
            await break_off(scope)
        finally:
            os.close(self._opened)
            if self.ended:
                self.ended()
