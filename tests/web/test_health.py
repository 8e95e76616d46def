"""The routes that tell of the server itself."""

import asyncio
import http.client
import json
import os
import re
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

from dppgraph import wiring
from dppgraph.errors import NotReady
from dppgraph.operations.build import Built
from dppgraph.settings import read_settings
from dppgraph.store.versions import VersionStore
from dppgraph.web.health import Readiness
from tests.cli.test_supervisor import until
from tests.conftest import Serve, Server
from tests.web.test_metrics import figure, figures


def test_health_says_which_version_is_served(server: Server, built: tuple[VersionStore, Built]) -> None:
    status, headers, body = server.ask("GET", "/health")
    said = json.loads(body)
    assert (status, said["status"], said["version"]) == (200, "ok", 1)
    assert said["digest"] == f"sha256:{built[1].manifest.digest}"
    assert headers["cache-control"] == "no-store"


def test_the_routes_are_described(server: Server) -> None:
    said = json.loads(server.ask("GET", "/openapi.json")[2])
    assert {
        "/sparql",
        "/health",
        "/queries",
        "/queries/approvals",
        "/context.jsonld",
        "/metrics",
        "/health/ready",
    } <= set(said["paths"])
    names = {parameter["name"] for parameter in said["paths"]["/sparql"]["get"]["parameters"]}
    assert {"query", "default-graph-uri", "named-graph-uri", "format", "timeout"} <= names
    assert set(said["paths"]["/sparql"]["post"]["requestBody"]["content"]) == {
        "application/sparql-query",
        "application/sparql-update",
        "application/x-www-form-urlencoded",
    }


def test_no_page_loads_anything_from_another_host(server: Server) -> None:
    assert server.ask("GET", "/docs")[0] == 404
    assert server.ask("GET", "/redoc")[0] == 404


def workers(server: Server) -> list[int]:
    """The numbers of the processes that answer queries."""
    others = {server.process.pid, server.child("dppgraph.store.workers.pool"), server.child("dppgraph.cli.front")}
    return [process for process in server.family() if process not in others]


@pytest.mark.heavy
def test_all_who_ask_at_once_wait_for_one_query_and_hear_what_came_of_it(
    serve: Serve, built: tuple[VersionStore, Built]
) -> None:
    server = serve("--store", built[0].folder)
    for process in workers(server):
        os.kill(process, signal.SIGSTOP)
    with ThreadPoolExecutor(20) as pool:
        asked = [pool.submit(server.ask, "GET", "/health/ready") for _ in range(20)]
        while not all(one.done() for one in asked):
            assert figure(figures(server), "dppgraph_queries_running") <= 1
        # None was told so before it was known.
        assert {one.result()[0] for one in asked} == {503}
    until(lambda: server.ask("GET", "/health/ready")[0] == 200)


@pytest.mark.heavy
def test_it_is_not_ready_while_queries_are_not_answered(serve: Serve, built: tuple[VersionStore, Built]) -> None:
    server = serve("--store", built[0].folder)
    for method in ("GET", "HEAD"):
        status, headers, _ = server.ask(method, "/health/ready")
        assert (status, headers["cache-control"]) == (200, "no-store")
    # Nobody makes new processes, and those that there are end.
    pool = server.child("dppgraph.store.workers.pool")
    os.kill(pool, signal.SIGSTOP)
    try:
        for process in workers(server):
            os.kill(process, signal.SIGKILL)
        until(lambda: server.ask("GET", "/health/ready")[0] == 503)
        status, headers, body = server.ask("GET", "/health/ready")
        said = json.loads(body)
        assert (status, headers["cache-control"], said["type"].rpartition("/")[2]) == (503, "no-store", "not-ready")
        assert "not answered now" in said["detail"]
        assert int(headers["retry-after"]) > 0
        assert server.ask("GET", "/health")[0] == 200
    finally:
        os.kill(pool, signal.SIGCONT)
    until(lambda: server.ask("GET", "/health/ready")[0] == 200)


@pytest.mark.heavy
def test_whoever_still_waits_when_the_server_stops_is_told_so(serve: Serve, built: tuple[VersionStore, Built]) -> None:
    server = serve("--store", built[0].folder)
    ten = "{ 0 1 2 3 4 5 6 7 8 9 }"
    runaway = f"SELECT (COUNT(*) AS ?n) {{ {' '.join(f'VALUES ?v{factor} {ten}' for factor in range(12))} }}"
    target = f"/sparql?query={quote(runaway)}"
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        # The second begins while the server is being stopped already.
        for more in ("&timeout=2", ""):
            connection.sendall(f"GET {target}{more} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        until(lambda: b'state="long"} 1' in server.ask("GET", "/metrics")[2])
        os.kill(server.child("dppgraph.cli.front"), signal.SIGTERM)
        said = b""
        while data := connection.recv(1 << 16):
            said += data
    assert re.findall(rb"HTTP/1.1 (\d+)", said) == [b"504", b"503"]
    assert b"being stopped" in said


@pytest.mark.heavy
def test_whoever_is_told_to_stop_is_not_ready(serve: Serve, built: tuple[VersionStore, Built]) -> None:
    server = serve("--store", built[0].folder)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", "/health/ready")
    answer = connection.getresponse()
    assert (answer.status, bool(answer.read())) == (200, True)
    os.kill(server.child("dppgraph.cli.front"), signal.SIGTERM)
    try:
        connection.request("GET", "/health/ready")
        answer = connection.getresponse()
        assert (answer.status, b"being stopped" in answer.read()) == (503, True)
    except ConnectionError:
        # It has closed the connection already.
        return
    finally:
        connection.close()


def test_while_it_is_being_stopped_it_says_what_to_do(built: tuple[VersionStore, Built], tmp_path: Path) -> None:
    settings = read_settings({"store": built[0].folder}, {})
    ready = Readiness(wiring.served_versions(tmp_path / "pool", 1, settings), stopping=True)
    with pytest.raises(NotReady, match="ask another one"):
        asyncio.run(ready())
