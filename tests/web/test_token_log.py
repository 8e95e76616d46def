"""A token that is sent where it should not be: a real server answers as if it were none, and writes it down nowhere."""

import json
import os
import re
import secrets
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from dppgraph.core.token import PREFIX
from tests.cli.test_supervisor import BARE
from tests.conftest import Run, Server, start_server

pytestmark = pytest.mark.heavy

MADE = f"{PREFIX}{'a1b2c3d4' * 8}"
OWN = "environment-0123456789abcdefghijklmnopqrstuvwxyz"
METRICS = "metrics-0123456789abcdefghijklmnopqrstuvwxyz"
QUERY = quote("SELECT * { ?a ?b ?c }")
ASK = f"/sparql?query={QUERY}"


@pytest.fixture(scope="module")
def logging(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """A server with a token in its settings, and the file of its log."""
    folder = tmp_path_factory.mktemp("token")
    (folder / "data").mkdir()
    (folder / "data" / "a.nt").write_text('<a:a> <a:b> "1" .')
    settings = {
        "DPPGRAPH_ACCESS_LOG": str(folder / "access.log"),
        "DPPGRAPH_TRUSTED_PROXIES": "127.0.0.1",
        "DPPGRAPH_TOKEN": OWN,
        "DPPGRAPH_METRICS_TOKEN": METRICS,
    }
    running = start_server("--data", folder / "data", "--store", folder / "store", *BARE, environment=settings)
    yield running, folder / "access.log"
    assert running.stop() == 0


@pytest.fixture
def server(logging: tuple[Server, Path]) -> Server:
    return logging[0]


def written(server: Server, log: Path) -> str:
    """All that was written down, once all that was asked is in it."""
    last = f"/last/{secrets.token_hex(8)}"
    server.ask("GET", last)
    while last not in log.read_text():
        time.sleep(0.01)
    return log.read_text() + "\n".join(server.said)


def raw(server: Server, data: bytes) -> bytes:
    """What is answered to bytes that are no request."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while more := connection.recv(1 << 16):
            answer += more
    return answer


def send_everywhere(server: Server, token: str) -> list[bytes]:
    """Sends a token in all places where it should not be; what is answered."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    update = {"Content-Type": "application/sparql-update"}
    targets = [
        f"{ASK}&{name}={token}" for name in ("token", "access_token", "format", "timeout", "version", "named-graph-uri")
    ]
    targets += [f"/sparql?query={token}", f"/graphs?graph=a:a&access_token={token}", f"/metrics?token={token}"]
    targets += [f"/health?token={token}", f"/queries/approvals?token={token}", f"/?lang=nl&token={token}"]
    targets += [f"/{place}{token}" for place in ("", "graphs/", "doc/", "id/", "dumps/", "feed/", "queries/", "plans/")]
    targets += [f"/questions/x?token={token}", f"/search?q=a&token={token}", f"/fragments?token={token}"]
    bearer = {"Authorization": f"Bearer {token}"}
    answers = [server.ask("GET", target, headers=headers)[2] for target in targets for headers in ({}, bearer)]
    answers += [server.ask("GET", target, headers={"Accept": "text/html"})[2] for target in targets]
    bodies = [
        f"query={QUERY}&token={token}", f"update=x&access_token={token}", f"access_token={token}", f"query={token}"
    ]  # fmt: skip
    answers += [server.ask("POST", "/sparql", body.encode(), form | bearer)[2] for body in bodies]
    answers.append(server.ask("POST", "/sparql", token.encode(), update | bearer)[2])
    answers.append(server.ask("POST", "/sparql", b"x", {"Content-Type": f"text/{token}"})[2])
    for method in ("PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE"):
        for target in ("/graphs?default", "/sparql", "/health", "/metrics", "/plans"):
            answers.append(server.ask(method, target, headers=bearer)[2])
    for name in ("Cookie", "X-Token", "User-Agent", "Referer", "X-Request-Id", "X-Forwarded-For", "Forwarded", "Accept",
                 "Proxy-Authorization", "If-None-Match", "Accept-Language", "Host"):  # fmt: skip
        answers.append(server.ask("GET", "/no/such/thing", headers={name: token})[2])
    answers.append(
        server.ask("GET", "/metrics", headers={"X-Real-IP": "1.2.3.4", "Authorization": f"Bearer {token}"})[2]
    )
    answers += [
        raw(server, data.encode())
        for data in (
            f"{token}\r\n\r\n",
            f"GET /{token} HTTP/9\r\n\r\n",
            f"{token} / HTTP/1.1\r\nHost: a\r\n\r\n",
            f"GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nAuthorization {token}\r\n\r\n",
            f"GET / HTTP/1.1\r\nAuthorization: Bearer {token}\r\n\r\n",
            f"GET /{token * 2000} HTTP/1.1\r\nHost: a\r\n\r\n",
            f"GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token * 2000}\r\n\r\n",
            f"CONNECT {token}:443 HTTP/1.1\r\nHost: a\r\n\r\n",
        )
    ]
    return answers


def test_a_token_is_in_no_log_wherever_it_was_sent(logging: tuple[Server, Path]) -> None:
    server, log = logging
    answers = send_everywhere(server, MADE)
    assert len(answers) > 100
    found = written(server, log)
    assert len(found.splitlines()) > 100
    for way in (str, quote, quote_plus, str.upper):
        assert way(MADE)[:40] not in found
    # A path that held one is told apart from others, and without it.
    assert f'"path":"/plans/{PREFIX}(not shown)"' in found
    assert "Traceback" not in found
    problems = [answer for answer in answers if answer.startswith(b'{"type"')]
    assert len(problems) > 30
    assert not [problem for problem in problems if MADE.encode() in problem]


def test_the_tokens_of_the_settings_are_told_nobody(logging: tuple[Server, Path], run: Run) -> None:
    server, log = logging
    for token in (OWN, METRICS):
        for target in ("/sparql", "/graphs?default", "/no/such/thing", "/metrics", f"{ASK}&access_token={token}"):
            for method in ("GET", "POST", "PUT", "DELETE", "PATCH"):
                body = server.ask(method, target, headers={"Authorization": f"Bearer {token}"})[2]
                assert token.encode() not in body
    found = written(server, log)
    listed = run("settings", environment={"DPPGRAPH_TOKEN": OWN, "DPPGRAPH_METRICS_TOKEN": METRICS}).stdout
    assert "DPPGRAPH_TOKEN=(set, and not shown)" in listed
    for token in (OWN, METRICS):
        assert token not in found
        assert token not in listed
    for process in server.family():
        folder = Path(f"/proc/{process}")
        assert OWN.encode() not in (folder / "cmdline").read_bytes()
        # Whoever was given it in its environment has not passed it on there.
        if process != server.process.pid:
            assert OWN.encode() not in (folder / "environ").read_bytes()


def test_a_get_with_a_token_is_answered_as_one_without_and_is_not_kept(logging: tuple[Server, Path]) -> None:
    server, log = logging
    plain = server.ask("GET", ASK)
    for token in (OWN, MADE, "x"):
        for target in (ASK, f"{ASK}&token={token}"):
            with_it = server.ask("GET", target, headers={"Authorization": f"Bearer {token}"})
            assert (with_it[0], with_it[2]) == (200, plain[2])
            assert "public" not in with_it[1]["cache-control"]
    written(server, log)
    begun = len(log.read_text().splitlines())
    for _ in range(2):
        server.ask("GET", ASK, headers={"Authorization": f"Bearer {OWN}"})
    written(server, log)
    lines = [json.loads(line) for line in log.read_text().splitlines()[begun:]]
    assert [line["cache"] for line in lines if line["path"] == "/sparql"] == ["none", "none"]


def test_no_other_site_may_send_a_token(server: Server) -> None:
    asking = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization",
    }
    described = json.loads(server.ask("GET", "/openapi.json")[2])["paths"]
    for path in [*described, "/graphs", "/graphs/a"]:
        target = re.sub(r"\{[^}]*\}", "x", path)
        _, headers, _ = server.ask("OPTIONS", target, headers=asking)
        # A star would not stand for Authorization either (Fetch, CORS-preflight), but does so in older browsers.
        allowed = headers.get("access-control-allow-headers", "").lower()
        assert "authorization" not in allowed, path
        assert "*" not in allowed, path
        assert "access-control-allow-credentials" not in headers


def test_a_setting_that_is_too_short_to_be_a_token_is_refused_and_not_shown(run: Run, tmp_path: Path) -> None:
    for text in ("short-secret", "x" * 31, "with space " * 5, "tökén" * 10, "=" * 40, "secret\n" * 10):
        found = run("serve", "--store", tmp_path, environment={"DPPGRAPH_TOKEN": text})
        assert found.returncode == 2
        assert found.stderr.startswith("dppgraph: DPPGRAPH_TOKEN is given: it must be at least 32 letters")
        assert text not in found.stderr
    assert not os.listdir(tmp_path)  # noqa: PTH208 - whether there is anything
