"""Those who take an answer that is there slowly, or not at all: real connections, with little patience."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from dppgraph.settings import read_settings
from dppgraph.web.access import Access, AccessLog
from dppgraph.web.cache.front import ANSWERED, HIT, Found, Reply, Waiting, send_kept
from dppgraph.web.cache.kept import Kept
from dppgraph.web.clients import Proxies
from dppgraph.web.connections import Served, prepare
from dppgraph.web.doors import Doors

pytestmark = pytest.mark.heavy

MIB = 1 << 20
LARGE = Kept(b"x" * (12 * MIB), "text/plain", 1, "large")
PATIENCE = 0.5
RATE = MIB
"""Bytes a second that a reader has to take."""


class _Kept:
    """An application that has one large answer: at ``/task`` in a task, at ``/at-hand`` at hand."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI has it so
        scope["state"].pop("at_once", None)
        await send_kept(LARGE, None, scope, send)

    def at_hand(self, scope: Scope) -> Found | None:
        if scope["path"] == "/broken":
            raise KeyError
        return (LARGE, None) if scope["path"] == "/at-hand" else None

    def take_on(self, scope: Scope, reply: Reply) -> Waiting | None:
        if scope["path"] == "/broken":
            raise KeyError
        if scope["path"] == "/task":
            return None
        reply.kept(LARGE, None, HIT)
        return ANSWERED


@dataclass
class _Server:
    """Serves it in a thread."""

    log: Path
    port: int = 0
    doors: Doors = field(init=False)

    def __post_init__(self) -> None:
        proxies = Proxies("")
        self.doors = Doors(read_settings({"min_rate": str(RATE)}, {}), proxies, patience=PATIENCE)
        self._access = Access(_Kept(), AccessLog(str(self.log)), proxies)
        app, more = self._access, {"ws": "none", "lifespan": "off", "log_config": None, "access_log": False}
        self._config = Served(app, self.doors, self._access, **more)
        self._server = uvicorn.Server(self._config)
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            prepare(listener)
            self.port = listener.getsockname()[1]
            with asyncio.Runner(loop_factory=self._config.get_loop_factory()) as runner:
                runner.run(self._server.serve([listener]))

    def start(self) -> None:
        self._access._log.open()
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._access._log.close()

    def ended(self) -> int:
        """How many connections were ended for their readers, as the log has it."""
        self._access._log.flush()
        lines = self.log.read_text().splitlines()
        return sum("ended" in json.loads(line) for line in lines)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[_Server]:
    running = _Server(tmp_path / "access.log")
    running.start()
    yield running
    running.stop()


def _ask(server: _Server, *paths: str, more: str = "") -> socket.socket:
    connection = socket.socket()
    # Little of it is on its way when nobody reads.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
    connection.settimeout(30)
    connection.connect(("127.0.0.1", server.port))
    connection.sendall(b"".join(f"GET {path} HTTP/1.1\r\nHost: a\r\n{more}\r\n".encode() for path in paths))
    return connection


@pytest.mark.parametrize(
    "paths",
    [("/",), ("/task",), ("/at-hand",), ("/", "/"), ("/", "/task"), ("/task", "/task"), ("/at-hand", "/at-hand")],
)
def test_a_connection_whose_reader_takes_nothing_is_ended(server: _Server, paths: tuple[str, ...]) -> None:
    with _ask(server, *paths):
        while server.doors.open or not server.ended():
            time.sleep(0.05)


@pytest.mark.parametrize("more", ["", "Connection: close\r\n"])
@pytest.mark.parametrize("path", ["/", "/task", "/at-hand"])
def test_a_reader_at_more_than_the_lowest_rate_gets_all_of_it_however_long_that_takes(
    server: _Server, path: str, more: str
) -> None:
    begun, taken = time.monotonic(), 0
    with _ask(server, path, more=more) as connection:
        while taken < len(LARGE.content):
            data = connection.recv(1 << 16)
            assert data, f"it ended after {taken} bytes"
            taken += len(data)
            time.sleep(max(0.0, begun + taken / (4 * RATE) - time.monotonic()))
    assert time.monotonic() - begun > 4 * PATIENCE
    assert server.ended() == 0


def test_the_kernel_takes_little_that_a_reader_does_not(server: _Server) -> None:
    with _ask(server, "/") as connection:
        time.sleep(PATIENCE / 2)
        left = max(seen.transport.get_write_buffer_size() for seen in server.doors._admitted)
        del connection
    assert left > len(LARGE.content) - 2 * MIB


def test_those_who_wait_for_the_same_answer_share_it(server: _Server) -> None:
    before = _resident()
    connections = [_ask(server, *paths) for paths in (("/at-hand",), ("/task",), ("/", "/task")) for _ in range(8)]
    # As long as they are waited for.
    time.sleep(PATIENCE / 2)
    growth = _resident() - before
    for connection in connections:
        connection.close()
    assert growth < 2 * len(LARGE.content)


def test_a_fault_of_ours_is_not_told_as_the_clients(server: _Server, caplog: pytest.LogCaptureFixture) -> None:
    with _ask(server, "/broken") as connection:
        assert connection.recv(100).startswith(b"HTTP/1.1 200 ")
    assert "could not be taken on" in caplog.text


@pytest.mark.parametrize("paths", [("/at-hand", "/", "/"), ("/at-hand", "/task", "/task")])
def test_an_answer_that_others_wait_behind_ends_with_its_connection(
    server: _Server, paths: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    with _ask(server, *paths):
        time.sleep(PATIENCE / 4)
    while server.doors.open:
        time.sleep(0.01)
    server.stop()
    assert not caplog.records


def _resident() -> int:
    fields = Path("/proc/self/statm").read_text().split()
    return int(fields[1]) * 4096
