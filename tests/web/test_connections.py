"""Connections: what a client may send, and how long it may take. Raw sockets against a real server."""

import json
import socket
import time
from collections.abc import Callable, Iterator

import pytest

from dppgraph.operations.build import Built
from dppgraph.store.versions import VersionStore
from tests.conftest import Server, start_server

pytestmark = pytest.mark.heavy

Talk = Callable[..., bytes]

_ASK = b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.fixture(scope="module")
def strict(built: tuple[VersionStore, Built]) -> Iterator[Server]:
    """A server with short timers and narrow caps."""
    environment = {
        "DPPGRAPH_REQUEST_TIMEOUT": "0.6",
        "DPPGRAPH_KEEP_ALIVE": "1",
        "DPPGRAPH_MAX_HEADER": "2048",
        "DPPGRAPH_MAX_URL": "4096",
        "DPPGRAPH_MAX_QUERY": "20000",
        "DPPGRAPH_MAX_CONNECTIONS": "12",
        "DPPGRAPH_CLIENT_CONNECTIONS": "8",
        "DPPGRAPH_WORKERS": "1",
        "DPPGRAPH_MAX_WORKERS": "2",
        "DPPGRAPH_TRUSTED_PROXIES": "127.0.0.9",
    }
    running = start_server("--store", built[0].folder, environment=environment)
    yield running
    assert running.stop() == 0
    assert not [line for line in running.said if "Traceback" in line or "ERROR" in line], "\n".join(running.said)


@pytest.fixture
def talk(strict: Server) -> Talk:
    """Sends pieces, one after the other, and returns all that comes back until the server closes."""

    def talk_(*pieces: bytes, pause: float = 0.0) -> bytes:
        with socket.create_connection(("127.0.0.1", strict.port), timeout=10) as connection:
            for piece in pieces:
                try:
                    connection.sendall(piece)
                except OSError:
                    break
                time.sleep(pause)
            return _rest(connection)

    return talk_


def _rest(connection: socket.socket) -> bytes:
    said = b""
    try:
        while data := connection.recv(65536):
            said += data
    except ConnectionResetError:
        pass
    return said


def _status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def _problem(answer: bytes) -> dict[str, object]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head
    assert b"connection: close" in head
    said: dict[str, object] = json.loads(body)
    assert said["status"] == _status(answer)
    assert said["title"]
    assert said["detail"]
    return said


def test_a_connection_that_says_nothing_is_closed_in_silence(talk: Talk) -> None:
    assert talk() == b""


@pytest.mark.parametrize(
    "half",
    [b"G", b"GET /sparql?query=ASK", b"GET /health HTTP/1.1\r\nHost: a\r\n", b"GET /health HTTP/1.1\r\nX: "],
)
def test_half_a_head_is_told_that_it_was_too_slow(talk: Talk, half: bytes) -> None:
    assert _problem(talk(half))["status"] == 408


def test_a_head_that_trickles_in_gets_no_more_time_for_each_byte(talk: Talk) -> None:
    assert _status(talk(*[bytes([byte]) for byte in _ASK], pause=0.05)) == 408


def test_half_a_body_is_told_that_it_was_too_slow(talk: Talk) -> None:
    head = b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\nContent-Length: 100\r\n\r\n"
    assert _problem(talk(head, b"ASK "))["status"] == 408
    assert _problem(talk(head.replace(b"Content-Length: 100", b"Transfer-Encoding: chunked"), b"4\r\nASK "))


def test_a_connection_between_two_requests_is_closed_when_it_is_silent(talk: Talk) -> None:
    answer = talk(_ASK)
    assert _status(answer) == 200
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (b"GET /sparql?query=" + b"a" * 200_000, 414),
        (b"GET /health HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 3000 + b"\r\n\r\n", 431),
        (b"GET /health HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 200_000, 431),
        (b"GET /health HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n", 431),
        (b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"
         b"Content-Length: 3000000\r\n\r\n" + b"a" * 3_000_000, 413),
        (b"POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n" + b"a" * 3_000_000, 404),
    ],
)  # fmt: skip
def test_what_is_too_long_is_told_so(talk: Talk, request_: bytes, status: int) -> None:
    assert _status(talk(request_)) == status


@pytest.mark.parametrize(
    "request_",
    [
        b"hello\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    ],
)
def test_what_is_no_request_is_told_so(talk: Talk, request_: bytes) -> None:
    assert _problem(talk(request_))["status"] == 400


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /health HTTP/1.1\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: a\r\nhost: b\r\n", 400),
        (b"GET /health HTTP/1.0\r\nHost: a\r\nHost: a\r\n", 400),
        (b"GET /health HTTP/1.0\r\n", 200),
        (b"GET /health HTTP/1.1\r\nHost:\r\nConnection: close\r\n", 200),
    ],
)
def test_a_request_has_one_host(talk: Talk, head: bytes, status: int) -> None:
    assert _status(talk(head + b"\r\n")) == status


@pytest.mark.parametrize("rest", [b"", b"zzz\r\n"])
def test_who_has_an_answer_before_its_body_is_there_gets_no_second_one(talk: Talk, rest: bytes) -> None:
    length = b"Transfer-Encoding: chunked" if rest else b"Content-Length: 10"
    head = b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n" + length + b"\r\n\r\n"
    answer = talk(head, rest, pause=0.3)
    assert _status(answer) == 415
    assert answer.count(b"HTTP/1.1 ") == 1


def test_what_comes_after_the_last_request_is_not_answered(talk: Talk) -> None:
    query = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: a\r\n\r\n"
    last = query.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    for first in (query, last, last.replace(b"1.1", b"1.0")):
        for second in (query, query.replace(b"ASK", b"ASK%20"), query.replace(b"/sparql", b"/nothing")):
            assert talk(first + last + second).count(b"HTTP/1.1 200 ") == (2 if first is query else 1)


def test_nobody_is_connected_to_another_server(talk: Talk) -> None:
    assert _problem(talk(b"CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: a\r\n\r\n"))["status"] == 403


def test_a_request_for_another_protocol_is_answered_in_this_one(talk: Talk) -> None:
    upgrade = b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    assert _status(talk(upgrade)) == 200


@pytest.mark.parametrize("pause", [0.0, 0.1])
@pytest.mark.parametrize(
    ("length", "body"),
    [
        (b"Content-Length: 6", b"ASK {}"),
        (b"Transfer-Encoding: chunked", b"3\r\nASK\r\n3\r\n {}\r\n0\r\n\r\n"),
        (b"Content-Length: 6\r\nExpect: 100-continue", b"ASK {}"),
    ],
)
def test_so_is_one_with_a_body(talk: Talk, length: bytes, body: bytes, pause: float) -> None:
    head = b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n" + length
    upgrade = b"\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\n\r\n"
    again = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    answer = talk(head + upgrade, body, head + upgrade, body, again, pause=pause)
    assert answer.count(b"HTTP/1.1 200 ") == 3
    assert answer.count(b'"boolean":true') == 3


def test_what_follows_it_is_read_as_it_would_be_anywhere(talk: Talk) -> None:
    query = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    talk(query, _ASK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    # As many as never fill what waits to be sent, however late they are read: what comes then has to wait.
    answer = talk(query * 64 + b"hello\r\n\r\n")
    assert answer.count(b"HTTP/1.1 200 ") == 64
    assert answer.count(b"HTTP/1.1 400 ") == 1


def test_requests_that_come_at_once_are_answered_in_order(talk: Talk) -> None:
    answer = talk(_ASK * 20)
    assert answer.count(b"HTTP/1.1 200 ") == 20


def test_far_too_many_requests_at_once_end_the_connection(talk: Talk) -> None:
    assert talk(_ASK * 5000).count(b"HTTP/1.1 200 ") < 5000


def test_one_client_has_so_many_connections_and_others_still_get_in(strict: Server) -> None:
    held = [socket.create_connection(("127.0.0.1", strict.port), timeout=10) for _ in range(8)]
    try:
        for connection in held:
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\n")
        with socket.create_connection(("127.0.0.1", strict.port), timeout=10) as more:
            answer = _rest(more)
        assert _problem(answer)["status"] == 429
        assert b"retry-after: " in answer
        with socket.create_connection(("127.0.0.1", strict.port), timeout=10, source_address=("127.0.0.2", 0)) as other:
            other.sendall(_ASK)
            assert _status(other.recv(65536)) == 200
    finally:
        for connection in held:
            connection.close()


def test_when_all_connections_are_taken_the_server_says_that_it_is_full(strict: Server) -> None:
    # A proxy's connections are not counted as one client's.
    held = [
        socket.create_connection(("127.0.0.1", strict.port), timeout=10, source_address=("127.0.0.9", 0))
        for _ in range(12)
    ]
    try:
        for connection in held:
            connection.sendall(b"G")
        time.sleep(0.1)
        with socket.create_connection(("127.0.0.1", strict.port), timeout=10) as more:
            assert _problem(_rest(more))["status"] == 503
    finally:
        for connection in held:
            connection.close()


def test_an_answer_on_its_way_is_not_mixed_with_a_refusal(talk: Talk) -> None:
    query = b"GET /sparql?query=SELECT%20*%20%7B%3Fa%20%3Fb%20%3Fc%7D HTTP/1.1\r\nHost: a\r\n\r\n"
    answer = talk(query, b"nonsense\r\n\r\n")
    assert answer.count(b"HTTP/1.1 ") <= 1
