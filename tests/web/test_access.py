"""What is noted of each request, and the headers that every answer has."""

import hashlib
import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from dppgraph.web.access import AccessLog
from tests.cli.test_supervisor import BARE
from tests.conftest import Serve, Server, start_server

pytestmark = pytest.mark.heavy

QUERY = "SELECT * { ?a ?b ?c }"


@pytest.fixture(scope="module")
def logging(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """A server behind a proxy that it trusts, and the file of its log."""
    folder = tmp_path_factory.mktemp("access")
    (folder / "data").mkdir()
    (folder / "data" / "a.nt").write_text('<a:a> <a:b> "1" .')
    settings = {"DPPGRAPH_ACCESS_LOG": str(folder / "access.log"), "DPPGRAPH_TRUSTED_PROXIES": "127.0.0.1"}
    running = start_server("--data", folder / "data", "--store", folder / "store", *BARE, environment=settings)
    yield running, folder / "access.log"
    assert running.stop() == 0


@pytest.fixture
def server(logging: tuple[Server, Path]) -> Server:
    return logging[0]


@pytest.fixture
def log(logging: tuple[Server, Path]) -> Path:
    """The log, emptied once all that was asked before is in it."""
    server, log = logging
    server.ask("GET", "/before")
    while '"path":"/before"' not in log.read_text():
        time.sleep(0.01)
    os.truncate(log, 0)
    return log


def lines(log: Path, most: int) -> Iterator[dict[str, Any]]:
    """The lines of a log, once there are so many."""
    while not log.exists() or len(log.read_text().splitlines()) < most:
        time.sleep(0.02)
    return map(json.loads, log.read_text().splitlines())


def test_each_request_is_a_line(server: Server, log: Path) -> None:
    query = f"{QUERY} # asked by nobody else"
    headers = [server.ask("GET", f"/sparql?query={quote(query)}")[1] for _ in range(2)]
    tag = {"If-None-Match": headers[0]["etag"]}
    headers.append(server.ask("GET", f"/sparql?query={quote(query)}", headers=tag)[1])
    headers.append(server.ask("GET", "/nothing%22here")[1])
    headers.append(server.ask("GET", "/sparql?query=nonsense")[1])
    said = list(lines(log, 5))
    assert [line["id"] for line in said] == [header["x-request-id"] for header in headers]
    assert [line["cache"] for line in said] == ["miss", "hit", "revalidated", "none", "none"]
    assert [line["status"] for line in said] == [200, 200, 304, 404, 400]
    assert said[3]["path"] == '/nothing"here'
    assert {line["query"] for line in said[:3]} == {hashlib.sha256(query.encode()).hexdigest()[:16]}
    assert said[0]["bytes"] == int(headers[0]["content-length"])
    assert said[0]["version"] == 1
    assert all(line["client"] == "127.0.0.1" and line["method"] == "GET" and line["ms"] >= 0 for line in said)


def test_a_request_that_cannot_be_read_is_a_line_too(server: Server, log: Path) -> None:
    status, headers, _ = server.ask("GET", f"/sparql?query={'x' * 70_000}")
    assert status == 414
    (line,) = lines(log, 1)
    assert line["status"] == 414
    assert "longer than" in line["refused"]
    assert line["id"] == headers["x-request-id"]


def test_what_is_not_sent_is_not_counted(server: Server, log: Path) -> None:
    for target in (f"/sparql?query={quote(QUERY)}", f"/sparql?query={quote(QUERY)}", "/health"):
        server.ask("HEAD", target)
    assert [line["bytes"] for line in lines(log, 3)] == [0, 0, 0]


def test_an_answer_whose_client_has_gone_is_not_a_whole_one(server: Server, log: Path) -> None:
    ten = "{ 0 1 2 3 4 5 6 7 8 9 }"
    slow = f"SELECT (COUNT(*) AS ?n) {{ {' '.join(f'VALUES ?v{factor} {ten}' for factor in range(8))} }}"
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(f"GET /sparql?query={quote(slow)} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        time.sleep(0.2)
    (line,) = lines(log, 1)
    assert (line["status"], line["bytes"], line["broken"]) == (499, 0, True)


def test_a_log_that_was_moved_away_is_begun_anew(server: Server, log: Path) -> None:
    server.ask("GET", "/health")
    assert len(list(lines(log, 1))) == 1
    log.rename(log.with_suffix(".old"))
    server.ask("GET", "/health")
    assert len(list(lines(log, 1))) == 1


def test_a_log_that_cannot_be_written_is_said(run: Any, tmp_path: Path) -> None:
    result = run("serve", "--store", tmp_path, environment={"DPPGRAPH_ACCESS_LOG": str(tmp_path / "no" / "folder")})
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1].startswith("dppgraph: ")
    assert "no/folder" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_log_that_nobody_reads_keeps_nobody_waiting(tmp_path: Path) -> None:
    log = AccessLog("off")
    log.on = True
    for number in range(30_000):
        log.write(f"{number}\n")
    assert log.dropped > 0


def test_lines_of_several_do_not_mix_in_a_pipe() -> None:
    reading, writing = os.pipe()
    logs = [AccessLog("stderr") for _ in range(3)]
    for log in logs:
        log._descriptor = writing
        log.open()
    count = 3_000

    def write(log: AccessLog, name: str) -> None:
        for number in range(count):
            log.write(json.dumps({"name": name, "number": number, "more": "x" * (number % 300)}) + "\n")
        log.close()

    threads = [threading.Thread(target=write, args=(log, str(name))) for name, log in enumerate(logs)]
    for thread in threads:
        thread.start()

    def close() -> None:
        for thread in threads:
            thread.join()
        os.close(writing)

    closing = threading.Thread(target=close)
    closing.start()
    with os.fdopen(reading) as pipe:
        found = [json.loads(line) for line in pipe]
    closing.join()
    for name in range(len(logs)):
        assert [line["number"] for line in found if line["name"] == str(name)] == list(range(count))


@pytest.mark.parametrize(
    "target",
    [
        "/sparql",
        f"/sparql?query={quote(QUERY)}",
        "/health",
        "/nothing",
        "/openapi.json",
        f"/{'x' * 70_000}",
    ],
)
def test_every_answer_has_the_headers_that_all_have(server: Server, target: str) -> None:
    seen = set()
    for _ in range(2):
        headers = server.ask("GET", target)[1]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in headers["content-security-policy"]
        seen.add(headers["x-request-id"])
    assert len(seen) == 2


@pytest.mark.parametrize("target", [f"/sparql?query={quote(QUERY)}", "/health"])
def test_the_number_that_a_trusted_proxy_gave_is_kept(server: Server, target: str) -> None:
    for _ in range(2):
        assert server.ask("GET", target, headers={"X-Request-Id": "abc-1.2"})[1]["x-request-id"] == "abc-1.2"
        answer = server.ask("GET", target, headers={"X-Request-Id": 'a"b c'})
        assert answer[1]["x-request-id"] not in ("abc-1.2", 'a"b c')


@pytest.mark.parametrize("target", [f"/sparql?query={quote(QUERY)}", "/health"])
def test_so_is_the_number_of_one_that_says_who_asks(server: Server, log: Path, target: str) -> None:
    said = {"X-Request-Id": "abc", "X-Forwarded-For": "192.0.2.7"}
    for _ in range(2):
        assert server.ask("GET", target, headers=said)[1]["x-request-id"] == "abc"
    assert [(line["id"], line["client"]) for line in lines(log, 2)] == [("abc", "192.0.2.7")] * 2


@pytest.mark.parametrize("stripped", [True, False])
def test_below_a_path(serve: Serve, tmp_path: Path, stripped: bool) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.nt").write_text('<a:a> <a:b> "1" .')
    public = "https://data.example.org/plans/"
    server = serve("--data", tmp_path / "data", "--store", tmp_path / "store", "--public-url", public, *BARE)
    prefix = "" if stripped else "/plans"
    for _ in range(2):
        assert server.ask("GET", f"{prefix}/sparql?query={quote(QUERY)}")[0] == 200
    assert server.ask("GET", f"{prefix}/health")[0] == 200
    assert b"<https://data.example.org/plans/sparql>" in server.ask("GET", f"{prefix}/sparql?format=ntriples")[2]
    assert server.ask("GET", "/plansparql")[0] == 404
