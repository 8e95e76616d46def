"""Endpoints of others: real listeners that note every connection, and speak SPARQL's JSON if they are to."""

import http.server
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

ANSWER = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"from elsewhere"}}]}}'


@dataclass
class Elsewhere:
    """Another endpoint, and what it heard.

    Attributes:
        port: where it listens.
        asked: the paths of the requests that came in.
    """

    port: int = 0
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}/sparql"


Listen = Callable[..., Elsewhere]


@pytest.fixture(scope="module")
def listen() -> Iterator[Listen]:
    """Starts endpoints that answer with a status, a body, and a place to go to."""
    servers: list[http.server.ThreadingHTTPServer] = []

    def listen_(status: int = 200, body: bytes = ANSWER, location: str = "", *, silent: bool = False) -> Elsewhere:
        elsewhere = Elsewhere()
        over = threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                elsewhere.asked.append(self.path)
                self.rfile.read(int(self.headers.get("content-length", 0)))
                if silent:
                    over.wait(10)
                    return
                self.send_response(status)
                if location:
                    self.send_header("location", location)
                self.send_header("content-type", "application/sparql-results+json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_HEAD = do_POST  # noqa: N815 - the names that http.server looks for

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        server.block_on_close = False
        elsewhere.port = server.server_port
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return elsewhere

    yield listen_
    for server in servers:
        server.shutdown()
        server.server_close()
