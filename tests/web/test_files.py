"""Files as bodies: sent by the kernel or read in pieces, from a cold disk, to readers of every pace."""

import asyncio
import os
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from starlette.types import Message, Receive, Scope, Send

from dppgraph.errors import Damaged, ReaderTooSlow
from dppgraph.settings import read_settings
from dppgraph.web.access import Access, AccessLog
from dppgraph.web.answers import break_off
from dppgraph.web.cache.front import Found, Reply, Waiting
from dppgraph.web.clients import Proxies
from dppgraph.web.connections import Served, prepare
from dppgraph.web.doors import Doors
from dppgraph.web.dumps.answer import FileAnswer
from dppgraph.web.files import Pace, Piece, send_piece

MIB = 1 << 20
SIZE = 12 * MIB
PATIENCE = 0.5
RATE = MIB


@dataclass
class _File:
    """An application that sends a file: by the kernel, or, at ``/read``, in pieces."""

    path: Path
    count: int = SIZE
    ended: list[BaseException | None] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/read":
            scope["state"].pop("pour", None)
        now = asyncio.get_running_loop().time()
        opened = os.open(self.path, os.O_RDONLY)
        headers = [(b"content-length", b"%d" % self.count)]
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send_piece(Piece(opened, 0, self.count), Pace(now, RATE, now, PATIENCE), scope, receive, send)
        except (ReaderTooSlow, Damaged, OSError) as error:
            self.ended.append(error)
            await break_off(scope)
        else:
            self.ended.append(None)
        finally:
            os.close(opened)

    def at_hand(self, scope: Scope) -> Found | None:  # noqa: ARG002 - the protocol has it so
        return None

    def take_on(self, scope: Scope, reply: Reply) -> Waiting | None:  # noqa: ARG002 - likewise
        return None

    def end(self) -> BaseException | None:
        """What the first answer was ended by."""
        until = time.monotonic() + 20
        while not self.ended and time.monotonic() < until:
            time.sleep(0.01)
        return self.ended[0]


@pytest.fixture(params=["asyncio", "uvloop"])
def served(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[_File, int]]:
    """The application, which sends a large file, and the port where it is served."""
    path = tmp_path / "file"
    path.write_bytes(os.urandom(MIB) * (SIZE // MIB))
    app, proxies = _File(path), Proxies("")
    access = Access(app, AccessLog("off"), proxies)
    doors = Doors(read_settings({}, {}), proxies)
    options = {"ws": "none", "lifespan": "off", "log_config": None, "access_log": False, "loop": request.param}
    config = Served(access, doors, access, **options)
    running = uvicorn.Server(config)
    ports: list[int] = []

    def run() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            prepare(listener)
            ports.append(listener.getsockname()[1])
            with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
                runner.run(running.serve([listener]))

    thread = threading.Thread(target=run)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield app, ports[0]
    running.should_exit = True
    thread.join()


def _asked(port: int, path: str) -> socket.socket:
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
    connection.settimeout(20)
    connection.connect(("127.0.0.1", port))
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
    return connection


def _taken(connection: socket.socket, rate: int | None = None) -> bytes:
    """The body, as far as it comes, at a rate in bytes a second."""
    found, begun = bytearray(), time.monotonic()
    try:
        while data := connection.recv(1 << 17):
            found += data
            if rate:
                time.sleep(max(0.0, begun + len(found) / rate - time.monotonic()))
    except ConnectionError:
        pass
    return bytes(found).partition(b"\r\n\r\n")[2]


@pytest.mark.heavy
@pytest.mark.parametrize("path", ["/", "/read"])
def test_a_file_is_sent_whole(served: tuple[_File, int], path: str) -> None:
    app, port = served
    with _asked(port, path) as connection:
        assert _taken(connection) == app.path.read_bytes()
    assert app.end() is None


@pytest.mark.heavy
def test_a_file_that_is_on_a_disk_only_is_sent_whole_too(served: tuple[_File, int]) -> None:
    app, port = served
    expected = app.path.read_bytes()
    with app.path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    with _asked(port, "/") as connection:
        assert _taken(connection) == expected


@pytest.mark.heavy
def test_so_is_one_on_a_file_system_that_does_not_say_what_is_in_memory(served: tuple[_File, int]) -> None:
    app, port = served
    other = Path("/dev/shm") / f"dppgraph-{os.getpid()}"  # noqa: S108 - memory, which is what it is about
    try:
        other.write_bytes(app.path.read_bytes())
        app.path = other
        with _asked(port, "/") as connection:
            assert _taken(connection) == other.read_bytes()
    except OSError:
        pytest.skip("there is no memory to write files to here")
    finally:
        other.unlink(missing_ok=True)


@pytest.mark.heavy
@pytest.mark.parametrize("path", ["/", "/read"])
def test_a_reader_who_takes_nothing_is_broken_off(served: tuple[_File, int], path: str) -> None:
    app, port = served
    with _asked(port, path) as connection:
        assert isinstance(app.end(), ReaderTooSlow)
        assert len(_taken(connection)) < SIZE


@pytest.mark.heavy
@pytest.mark.parametrize("path", ["/", "/read"])
def test_a_reader_at_more_than_the_lowest_rate_gets_all(served: tuple[_File, int], path: str) -> None:
    app, port = served
    with _asked(port, path) as connection:
        assert _taken(connection, rate=4 * RATE) == app.path.read_bytes()
    assert app.end() is None


@pytest.mark.heavy
@pytest.mark.parametrize("path", ["/", "/read"])
def test_a_reader_at_less_is_broken_off(served: tuple[_File, int], path: str) -> None:
    app, port = served
    with _asked(port, path) as connection:
        assert len(_taken(connection, rate=RATE // 2)) < SIZE
    assert isinstance(app.end(), ReaderTooSlow)


@pytest.mark.heavy
@pytest.mark.parametrize("path", ["/", "/read"])
def test_a_file_that_became_shorter_is_broken_off(served: tuple[_File, int], path: str) -> None:
    app, port = served
    app.count = SIZE + 1
    with _asked(port, path) as connection:
        assert len(_taken(connection)) <= SIZE
    assert isinstance(app.end(), Damaged)


@pytest.mark.heavy
@pytest.mark.parametrize("path", ["/", "/read"])
def test_a_reader_who_goes_is_let_go(served: tuple[_File, int], path: str) -> None:
    app, port = served
    _asked(port, path).close()
    assert isinstance(app.end(), OSError)


def test_the_pace_allows_a_pause_and_not_a_standstill() -> None:
    pace = Pace(begun=100.0, min_rate=10, moved=100.0, patience=5.0)
    assert pace.until(0) == 105.0
    # Fast so far, and nothing since.
    assert pace.until(1000) == 105.0
    pace.moved = 150.0
    assert pace.until(1000) == 155.0
    # It moves, but too slowly.
    assert pace.until(100) == 115.0


def test_without_a_server_of_ours_a_file_is_read_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(os.urandom(MIB))
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def main() -> None:
        opened = os.open(path, os.O_RDONLY)
        try:
            await send_piece(Piece(opened, 5, MIB - 9), Pace.from_now(0), {"state": {}}, receive, send)
        finally:
            os.close(opened)

    asyncio.run(main())
    assert b"".join(message["body"] for message in sent) == path.read_bytes()[5:-4]
    assert [message["more_body"] for message in sent] == [True] * (len(sent) - 1) + [False]
    assert max(len(message["body"]) for message in sent) <= 1 << 18


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_is_broken_off_is_named_and_let_go_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    (tmp_path / "file").write_bytes(b"short")
    opened = os.open(tmp_path / "file", os.O_RDONLY)
    ended: list[bool] = []

    async def send(message: Message) -> None: ...

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def main() -> None:
        answer = FileAnswer(opened, 9, None, [], 0)
        answer.ended = lambda: ended.append(True)
        await answer({"method": method, "path": "/graphs\n", "state": {}}, receive, send)

    asyncio.run(main())
    assert ended == [True]
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(opened)
    assert ("sending '/graphs\\n' was broken off" in caplog.text) is (method == "GET")
