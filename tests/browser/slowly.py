"""A server in front of another, whose pages come in two pieces, as they do over a poor line."""

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

PAUSE: Final = 0.25
"""Seconds between the pieces: long enough that a browser shows the first."""


@contextmanager
def slowly(port: int, share: float) -> Iterator[str]:
    """Serves what a server of this machine answers, and gives the address.

    Args:
        port: where that server is.
        share: how much of a page's body comes at once, 0 to 1.
    """

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
            asked = {name: self.headers[name] for name in ("Accept", "Accept-Language") if name in self.headers}
            connection.request("GET", self.path, headers=asked)
            answer = connection.getresponse()
            body, kind = answer.read(), answer.headers["Content-Type"]
            connection.close()
            self.send_response(answer.status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if kind.startswith("text/html"):
                start = body.index(b"<body")
                first = start + round((len(body) - start) * share)
                self.wfile.write(body[:first])
                self.wfile.flush()
                time.sleep(PAUSE)
                body = body[first:]
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
