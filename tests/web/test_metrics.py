"""What is counted, and who may ask for it."""

import http.client
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import pytest
from prometheus_client.parser import text_string_to_metric_families

from dppgraph.web.metrics import BUCKETS, Metrics
from tests.cli.test_supervisor import BARE
from tests.conftest import Run, Serve, Server

TOKEN = "0123456789abcdef-a-token"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o . ?p ?q ?r }"
ASK = f"/sparql?query={quote('SELECT * { ?a ?b ?c } LIMIT 3')}"

Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]


def figures(server: Server) -> Figures:
    status, headers, body = server.ask("GET", "/metrics")
    assert (status, headers["cache-control"]) == (200, "no-store")
    assert "access-control-allow-origin" not in headers
    assert headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    }


def figure(of: Figures, name: str, **labels: str) -> float:
    return sum(value for (named, have), value in of.items() if named == name and frozenset(labels.items()) <= have)


@pytest.fixture
def own(serve: Serve, tmp_path: Path) -> Server:
    (tmp_path / "data").mkdir()
    lines = "".join(f'<a:{number}> <a:b> "{number}" .\n' for number in range(300))
    (tmp_path / "data" / "a.nt").write_text(lines)
    settings = {
        "DPPGRAPH_METRICS_TOKEN": TOKEN,
        "DPPGRAPH_QUERY_TIMEOUT": "0.5",
        "DPPGRAPH_MAX_ROWS": "1000",
        "DPPGRAPH_TRUSTED_PROXIES": "127.0.0.1",
    }
    return serve("--data", tmp_path / "data", "--store", tmp_path / "store", *BARE, environment=settings)


def test_what_happens_is_counted(own: Server) -> None:
    before = figures(own)
    statuses = [own.ask("GET", target)[0] for target in (ASK, ASK, ASK, "/health", "/health/ready", "/no/such/thing")]
    statuses.append(own.ask("GET", f"/sparql?query={quote(RUNAWAY)}")[0])
    statuses.append(own.ask("GET", f"/sparql?query={quote('SELECT * { ?a ?b ?c . ?d ?e ?f }')}&format=csv")[0])
    statuses.append(own.ask("GET", "/sparql?query=nonsense")[0])
    assert statuses == [200, 200, 200, 200, 200, 404, 504, 413, 400]
    after = figures(own)

    def grown(name: str, **labels: str) -> float:
        return figure(after, name, **labels) - figure(before, name, **labels)

    assert grown("dppgraph_requests_total", route="/sparql", method="GET", status="200") == 3
    assert grown("dppgraph_requests_total", route="other", status="404") == 1
    assert grown("dppgraph_requests_total", route="/health/ready") == 1
    assert grown("dppgraph_request_seconds_count", route="/sparql") == 6
    assert grown("dppgraph_request_seconds_sum", route="/sparql") > 0.5
    assert grown("dppgraph_queries_ended_total", reason="timeout") == 1
    assert grown("dppgraph_queries_ended_total", reason="rows") == 1
    assert grown("dppgraph_queries_ended_total", reason="error") == 1
    assert grown("dppgraph_cache_hits_total") == 2
    assert grown("dppgraph_answer_bytes_total", route="/sparql") > 0
    assert figure(after, "dppgraph_cache_entries") == 1
    assert figure(after, "dppgraph_version") == 1
    assert figure(after, "dppgraph_connections") >= 1
    assert figure(after, "dppgraph_seats", state="idle") >= 1


def test_odd_paths_and_methods_make_no_new_series() -> None:
    metrics = Metrics()
    for number in range(1000):
        metrics.request(f"/{number}", f"M{number}", 404, number / 100, 10)
        metrics.request(f"/queries/{number}", "GET", 404, number / 100, 10)
    assert len(metrics.requests) == 2
    for _, buckets, seconds, size in metrics.routes():
        assert [end for end, _ in buckets] == [*map(str, BUCKETS), "+Inf"]
        counts = [count for _, count in buckets]
        assert counts == sorted(counts)
        assert (counts[-1], round(seconds), size) == (1000, 4995, 10_000)


def test_a_clients_own_method_makes_no_new_series(own: Server) -> None:
    for number in range(20):
        own.ask("GET", f"/odd/{number}")
    names = [name for name, labels in figures(own) if ("route", "other") in labels]
    assert names.count("dppgraph_requests_total") == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:8000"}, 200),
        ({"Host": "[::1]:8000"}, 200),
        ({"Host": "rebound.example"}, 403),
        ({"X-Forwarded-For": "127.0.0.1"}, 403),
        ({"Forwarded": "for=127.0.0.1"}, 403),
        ({"Via": "1.1 nginx"}, 403),
        ({"X-Forwarded-For": "1.2.3.4", "Authorization": f"Bearer {TOKEN}"}, 200),
        ({"X-Forwarded-For": "1.2.3.4", "Authorization": f"Bearer {TOKEN}x"}, 401),
        ({"Authorization": "Basic abc"}, 401),
    ],
)
def test_who_may_ask(own: Server, headers: Mapping[str, str], status: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", own.port, timeout=30)
    connection.putrequest("GET", "/metrics", skip_host=True)
    for name, value in ({"Host": f"127.0.0.1:{own.port}"} | dict(headers)).items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == status
    assert (b"dppgraph_requests" in answer.read()) == (status == 200)
    if status == 401:
        assert answer.headers["www-authenticate"] == "Bearer"
    connection.close()


def test_without_a_token_none_opens_it(server: Server) -> None:
    asked = {"X-Forwarded-For": "1.2.3.4", "Authorization": "Bearer "}
    assert server.ask("GET", "/metrics", headers=asked)[0] == 403


def test_the_token_is_shown_to_nobody(run: Run) -> None:
    result = run("settings", environment={"DPPGRAPH_METRICS_TOKEN": TOKEN})
    assert TOKEN not in result.stdout + result.stderr
    assert "DPPGRAPH_METRICS_TOKEN=(set" in result.stdout
    result = run("settings", environment={"DPPGRAPH_METRICS_TOKEN": "short"})
    assert (result.returncode, "short" in result.stderr) == (2, False)


def test_it_is_not_ready_while_queries_are_not_answered(own: Server) -> None:
    assert own.ask("GET", "/health/ready")[0] == 200
    assert own.ask("HEAD", "/health/ready")[0] == 200
    # Nobody makes new processes, and those that there are end.
    pool = own.child("dppgraph.store.workers.pool")
    os.kill(pool, signal.SIGSTOP)
    try:
        for process in own.family():
            if process not in (own.process.pid, pool, own.child("dppgraph.cli.front")):
                os.kill(process, signal.SIGKILL)
        time.sleep(1.0)
        status, headers, body = own.ask("GET", "/health/ready")
        assert (status, headers["cache-control"]) == (503, "no-store")
        assert b"not answered now" in body
    finally:
        os.kill(pool, signal.SIGCONT)
    while own.ask("GET", "/health/ready")[0] != 200:
        time.sleep(0.1)
