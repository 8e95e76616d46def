"""An engine that breaks in a way one chooses: what it answers to queries is bytes, as they are."""

import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from tests.contract.engines import Engine

Answer = Callable[[bytes], bytes | None]
"""What is answered to a request's form: all bytes, head included; None to pass it on to the engine behind."""


@dataclass
class Between:
    """Stands between a front and a real engine, and answers some requests itself.

    Attributes:
        engine: what it passes requests on to.
        answer: what it answers itself.
        heads: the heads of all requests that came.
        queries: how many queries of clients came: those of the control graph, and probes, are not counted.
    """

    engine: Engine
    answer: Answer = lambda _: None
    heads: list[str] = field(default_factory=list)
    queries: int = 0
    _listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    _threads: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/query"

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while request := _request(connection):
                head, body = request
                self.heads.append(head.decode("latin-1"))
                query = dict(parse_qsl(body.decode())).get("query", "")
                own = None
                if "/published" not in query.partition("{")[2] and "ASK {}" not in query and "?d0" not in query:
                    self.queries += 1
                    own = self.answer(body)
                if own is not None:
                    connection.sendall(own)
                    # What came is not all of it, and nothing more will come.
                    return
                with socket.create_connection(
                    ("127.0.0.1", int(self.engine.url.split(":")[2].split("/")[0]))
                ) as behind:
                    path = self.engine.url.partition("//")[2].partition("/")[2]
                    sent = re.sub(rb"^POST \S+", b"POST /" + path.encode(), head)
                    behind.sendall(
                        re.sub(rb"(?i)\r\nconnection: [^\r]*", b"", sent)[:-2] + b"Connection: close\r\n\r\n" + body
                    )
                    while data := behind.recv(1 << 16):
                        connection.sendall(data)
                return


def _request(connection: socket.socket) -> tuple[bytes, bytes] | None:
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(1 << 16)
        if not part:
            return None
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    length = int((re.search(rb"(?i)content-length: (\d+)", head) or [b"", b"0"])[1])
    while len(body) < length:
        body += connection.recv(1 << 16)
    return head + b"\r\n\r\n", body


def answer(
    body: bytes,
    *,
    status: str = "200 OK",
    content_type: str = "application/sparql-results+json",
    more: str = "",
    length: int | None = None,
) -> bytes:
    """An answer with a Content-Length, true or not."""
    said = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {said}\r\n{more}\r\n".encode() + body


def chunked(*chunks: bytes, ends: bool = True, content_type: str = "application/sparql-results+json") -> bytes:
    """An answer in chunks, that comes to its end or does not."""
    data = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    return head + data + (b"0\r\n\r\n" if ends else b"")
