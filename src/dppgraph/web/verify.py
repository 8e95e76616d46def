"""A server as ``dppgraph verify`` reaches it: over HTTP, at its own address and no other."""

import http.client
import json
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode, urlsplit

from dppgraph import __version__
from dppgraph.errors import AnswerTooLarge, BadCall, ServerUnreachable, ServiceFailed, Unknown
from dppgraph.operations.verify import Answered, Named
from dppgraph.operations.verify.server import MOST

_PATIENCE: Final = 60.0
"""Seconds without a byte after which nobody is waited for any more."""

_PIECE: Final = 1 << 16
_TRIES: Final = 5
_LONGEST_WAIT: Final = 10.0
_SHOWN: Final = 200
_DRAINED: Final = 1 << 20
_LATER: Final = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


class HttpServer:
    """A server at an address. Implements ``operations.verify.Server``.

    No token is sent, and no redirect is followed: what is verified is what answers here.

    Args:
        url: the address that it answers below.
        timeout: seconds that all of it may take.

    Raises:
        BadCall: that is no address.
    """

    def __init__(self, url: str, timeout: float) -> None:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise BadCall(f"{url} is no address: {error}") from error
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadCall(f"{url} is no address of a server: write it as https://plans.example.org/")
        if parts.username or parts.query or parts.fragment:
            raise BadCall(f"{url}: give the address alone, without a name, a query or a fragment")
        self.url = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/"
        self._below = f"{parts.path.rstrip('/')}/"
        self._ends = time.monotonic() + timeout
        self._connection: http.client.HTTPConnection = (
            http.client.HTTPSConnection(parts.hostname, port, timeout=_PATIENCE, context=ssl.create_default_context())
            if parts.scheme == "https"
            else http.client.HTTPConnection(parts.hostname, port, timeout=_PATIENCE)
        )

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()

    def answer(self, path: str, **parameters: str) -> Answered:
        """As ``Server`` has it."""
        content = bytearray()
        with self.file(f"{path}?{urlencode(parameters)}" if parameters else path) as (named, chunks):
            for chunk in chunks:
                content += chunk
                if len(content) > MOST:
                    raise AnswerTooLarge(f"/{path} has more than {MOST:,} bytes")
        return Answered(named, bytes(content))

    @contextmanager
    def file(self, path: str) -> Iterator[tuple[Named, Iterator[bytes]]]:
        """As ``Server`` has it."""
        answer = self._asked(path)
        try:
            yield _named(answer), self._chunks(answer, path)
        finally:
            if not answer.isclosed():
                # The rest of what was not read would be taken for the next answer.
                self._connection.close()

    def _asked(self, path: str) -> http.client.HTTPResponse:
        for attempt in range(_TRIES):
            answer = self._sent(path)
            if answer.status == HTTPStatus.OK:
                return answer
            wait = answer.headers.get("retry-after", "")
            if answer.status not in _LATER or not wait or attempt == _TRIES - 1:
                raise self._error(answer, path)
            self._connection.close()
            time.sleep(min(float(wait) if wait.isascii() and wait.isdigit() else 1.0, _LONGEST_WAIT))
        raise ServiceFailed(f"/{path} is not answered")

    def _sent(self, path: str) -> http.client.HTTPResponse:
        """The answer to a request; on a new connection, where the server has closed the one that there was."""
        is_new = self._connection.sock is None
        self._mind_the_time()
        headers = {
            "Accept": "application/json, */*;q=0.5",
            "Accept-Encoding": "identity",
            "User-Agent": f"dppgraph-verify/{__version__}",
        }
        try:
            self._connection.request("GET", f"{self._below}{path}", headers=headers)
            return self._connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            if not is_new:
                return self._sent(path)
            raise ServerUnreachable(f"{self.url} does not answer ({_why(error)}): is the server running?") from error

    def _chunks(self, answer: http.client.HTTPResponse, path: str) -> Iterator[bytes]:
        try:
            while chunk := answer.read(_PIECE):
                self._mind_the_time()
                yield chunk
            if answer.length:
                # Read piece by piece, an answer that lacks its end is not told from a whole one.
                raise http.client.IncompleteRead(b"", answer.length)
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise ServiceFailed(f"/{path.partition('?')[0]} breaks off ({_why(error)})") from error

    def _mind_the_time(self) -> None:
        if time.monotonic() > self._ends:
            raise ServerUnreachable(f"{self.url} took longer than it may: give it more time with --timeout")

    def _error(self, answer: http.client.HTTPResponse, path: str) -> Unknown | ServiceFailed | ServerUnreachable:
        where, location = f"/{path.partition('?')[0]}", answer.headers.get("location", "")
        detail = _detail(answer)
        self._connection.close()
        if location:
            return ServerUnreachable(f"{self.url} leads to {_plain(location)}: verify the server at that address")
        said = f"{where} is answered with status {answer.status}{f': {detail}' if detail else ''}"
        return Unknown(said) if answer.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE) else ServiceFailed(said)


def _named(answer: http.client.HTTPResponse) -> Named:
    version, digest = (answer.headers.get(f"dppgraph-{name}", "") for name in ("version", "digest"))
    number = int(version) if version.isascii() and version.isdigit() and len(version) < len("1000000000") else 0
    return Named(number, _plain(digest.removeprefix("sha256:")))


def _detail(answer: http.client.HTTPResponse) -> str:
    """What a problem document says."""
    try:
        said = json.loads(answer.read(_DRAINED))
        return _plain(str(said["detail"]))
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError, RecursionError):
        return ""


def _why(error: Exception) -> str:
    return _plain(str(getattr(error, "strerror", None) or str(error) or type(error).__name__))


def _plain(text: str) -> str:
    """A text of a server as a terminal may show it."""
    return "".join(character if character.isprintable() else " " for character in text[:_SHOWN])
