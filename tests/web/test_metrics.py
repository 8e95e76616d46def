"""What is counted, and who may ask for it."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from dppgraph.errors import AnswerTooLarge, DppgraphError, NotYet, QuerySyntax, UpdatesOff
from dppgraph.web.clients import is_here
from dppgraph.web.metrics import Metrics, Snapshot, rendered
from dppgraph.web.metrics.counting import BELOW, BUCKETS, REASONS, ROUTES, UNREAD, reason_of
from dppgraph.web.metrics.families import FAMILIES, FRONT
from tests.cli.test_supervisor import BARE, publish, until, until_said
from tests.conftest import REPOSITORY, Run, Serve, Server, start_server

TOKEN = "0123456789abcdef-a-token"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n1 ?o . ?p ?q ?r }"
PRODUCT = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
ASK = f"/sparql?query={quote('SELECT * { ?a ?b ?c } LIMIT 3')}"
DOCUMENT = (REPOSITORY / "docs" / "metrics.md").read_text(encoding="utf-8")

Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]


def figures(server: Server) -> Figures:
    status, headers, body = server.ask("GET", "/metrics")
    assert (status, headers["cache-control"]) == (200, "no-store")
    assert "access-control-allow-origin" not in headers
    assert headers["content-type"].startswith("text/plain; version=")
    return parsed(body)


def parsed(body: bytes) -> Figures:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    }


def figure(of: Figures, name: str, **labels: str) -> float:
    return sum(value for (named, have), value in of.items() if named == name and frozenset(labels.items()) <= have)


def eventually(server: Server, name: str, **labels: str) -> Callable[[float], None]:
    """Waits until a figure is one that is sure to come."""
    return lambda value: until(lambda: figure(figures(server), name, **labels) == value)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("own")
    (folder / "data").mkdir()
    lines = "".join(f'<a:{number}> <a:b> "{number}" .\n' for number in range(300))
    (folder / "data" / "a.nt").write_text(lines)
    settings = {
        "DPPGRAPH_METRICS_TOKEN": TOKEN,
        "DPPGRAPH_QUERY_TIMEOUT": "0.5",
        "DPPGRAPH_MAX_ROWS": "1000",
        "DPPGRAPH_MAX_URL": "10000",
        "DPPGRAPH_TRUSTED_PROXIES": "127.0.0.1",
    }
    server = start_server("--data", folder / "data", "--store", folder / "store", *BARE, environment=settings)
    yield server
    server.stop()


@pytest.mark.heavy
def test_what_happens_is_counted(own: Server) -> None:
    before = figures(own)
    statuses = [own.ask("GET", target)[0] for target in (ASK, ASK, ASK, "/health", "/health/ready", "/no/such/thing")]
    statuses.append(own.ask("GET", f"/sparql?query={quote(RUNAWAY)}")[0])
    statuses.append(own.ask("GET", f"/sparql?query={quote('SELECT * { ?a ?b ?c . ?d ?e ?f }')}&format=csv")[0])
    statuses.append(own.ask("GET", "/sparql?query=nonsense")[0])
    statuses.append(own.ask("GET", f"/sparql?query={'x' * 20_000}")[0])
    assert statuses == [200, 200, 200, 200, 200, 404, 504, 413, 400, 414]
    after = figures(own)

    def grown(name: str, **labels: str) -> float:
        return figure(after, name, **labels) - figure(before, name, **labels)

    assert grown("dppgraph_requests_total", route="/sparql", method="GET", status="200") == 3
    assert grown("dppgraph_requests_total", route="other", status="404") == 1
    assert grown("dppgraph_requests_total", route="/health/ready") == 1
    assert grown("dppgraph_requests_total", route="unread", status="414") == 1
    assert grown("dppgraph_request_seconds_count", route="/sparql") == 6
    assert grown("dppgraph_request_seconds_sum", route="/sparql") > 0.5
    assert grown("dppgraph_queries_ended_total", reason="timeout") == 1
    assert grown("dppgraph_queries_ended_total", reason="rows") == 1
    assert grown("dppgraph_queries_ended_total", reason="syntax") == 1
    # Two of the three were not evaluated.
    assert grown("dppgraph_queries_ended_total", reason="done") == 1
    assert grown("dppgraph_queries_ended_total") == 4
    assert grown("dppgraph_answers_broken_off_total") == 0
    assert grown("dppgraph_cache_hits_total") == 2
    assert grown("dppgraph_cache_misses_total") == 4
    assert grown("dppgraph_answer_bytes_total", route="/sparql") > 0
    assert figure(after, "dppgraph_cache_entries") == 1
    assert figure(after, "dppgraph_cache_bytes") > 0
    assert figure(after, "dppgraph_version") == figure(after, "dppgraph_versions_served_total") == 1
    assert figure(after, "dppgraph_served_info", version="1", front="0") == 1
    assert figure(after, "dppgraph_connections") >= 1
    assert figure(after, "dppgraph_seats", state="idle") >= 1
    assert figure(after, "dppgraph_resident_memory_bytes") > 1 << 24
    assert 0 < figure(after, "dppgraph_start_time_seconds") < time.time()
    assert all(dict(labels)[FRONT] == "0" for _, labels in after)


@pytest.fixture
def patient(serve: Serve, tmp_path: Path) -> Server:
    """One whose queries may take long, of whom few may come in."""
    (tmp_path / "data").mkdir()
    lines = "".join(f'<a:{number}> <a:b> "{number}" .\n' for number in range(300))
    (tmp_path / "data" / "a.nt").write_text(lines)
    settings = {
        "DPPGRAPH_WORKERS": "1",
        "DPPGRAPH_MAX_WORKERS": "1",
        "DPPGRAPH_CLIENT_CONNECTIONS": "4",
        "DPPGRAPH_MAX_ROWS": "100000",
        "DPPGRAPH_QUEUE": "1",
    }
    return serve("--data", tmp_path / "data", "--store", tmp_path / "store", *BARE, environment=settings)


def begun(server: Server, query: str) -> socket.socket:
    """A connection on which a query is asked."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    connection.sendall(f"GET /sparql?format=csv&query={quote(query)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return connection


@pytest.mark.heavy
def test_who_waits_who_runs_and_who_goes_away_is_counted(patient: Server) -> None:
    with begun(patient, RUNAWAY):
        eventually(patient, "dppgraph_seats", state="long")(1)
        with begun(patient, RUNAWAY):
            eventually(patient, "dppgraph_queries_waiting")(1)
            assert figure(figures(patient), "dppgraph_queries_running") == 1
            # No further one may wait.
            assert patient.ask("GET", ASK)[0] == 429
            assert figure(figures(patient), "dppgraph_queries_ended_total", reason="queue_full") == 1
    eventually(patient, "dppgraph_queries_ended_total", reason="client_gone")(2)
    eventually(patient, "dppgraph_queries_running")(0)
    eventually(patient, "dppgraph_requests_total", route="/sparql", status="499")(2)


@pytest.mark.heavy
def test_an_answer_that_breaks_off_is_counted(patient: Server) -> None:
    with begun(patient, PRODUCT) as connection:
        # More rows than it may have.
        while connection.recv(1 << 16):
            pass
    after = figures(patient)
    assert figure(after, "dppgraph_answers_broken_off_total", reason="rows") == 1
    assert figure(after, "dppgraph_answers_broken_off_total") == 1
    assert figure(after, "dppgraph_queries_ended_total", reason="rows") == 1
    assert figure(after, "dppgraph_requests_total", route="/sparql", status="200") == 1
    assert patient.ask("GET", f"/sparql?query={quote('SELECT * { ?a ?b ?c . ?d ?e ?f }')}")[0] == 200
    assert figure(figures(patient), "dppgraph_queries_ended_total", reason="done") == 1


@pytest.mark.heavy
def test_a_connection_that_is_turned_away_is_counted(patient: Server) -> None:
    held = [socket.create_connection(("127.0.0.1", patient.port)) for _ in range(4)]
    with socket.create_connection(("127.0.0.1", patient.port)) as one:
        assert b" 429 " in one.recv(1 << 16)
    for connection in held:
        connection.close()
    until(lambda: patient.ask("GET", "/health")[0] == 200)
    after = figures(patient)
    assert figure(after, "dppgraph_connections_refused_total", reason="client") >= 1
    assert figure(after, "dppgraph_connections_refused_total", reason="full") == 0
    assert figure(after, "dppgraph_requests_total", route="unread", status="429") >= 1


@pytest.mark.heavy
def test_a_new_version_is_counted(patient: Server, tmp_path: Path) -> None:
    publish(tmp_path / "store", 2)
    until_said(patient, 2)
    eventually(patient, "dppgraph_versions_served_total")(2)
    after = figures(patient)
    assert figure(after, "dppgraph_version") == 2
    assert [dict(labels)["version"] for name, labels in after if name == "dppgraph_served_info"] == ["2"]


def test_odd_paths_and_methods_make_no_new_series() -> None:
    metrics = Metrics()
    for number in range(1000):
        metrics.request(f"/{number}", f"M{number}", 404, number / 100, 10)
        metrics.request(f"/queries/{number}", "GET", 404, number / 100, 10)
    assert len(metrics.requests) == 2
    for route in metrics.routes.values():
        assert (sum(route.buckets), round(route.seconds), route.bytes) == (1000, 4995, 10_000)


@given(st.lists(st.tuples(st.text(), st.text(), st.sampled_from([0, 200, 404]))))
def test_what_a_client_makes_up_is_no_label(asked: list[tuple[str, str, int]]) -> None:
    metrics = Metrics()
    for path, method, status in asked:
        metrics.request(path, method, status, 0.1, 1)
        metrics.request(f"/{path}", method, status, 0.1, 1)
    assert {route for route, _, _ in metrics.requests} <= {*ROUTES, *BELOW.values(), UNREAD, "other"}
    assert sum(metrics.requests.values()) == 2 * len(asked)


@given(st.floats(0, 100))
def test_a_request_is_in_the_first_bucket_that_it_fits_into(seconds: float) -> None:
    metrics = Metrics()
    metrics.request("/sparql", "GET", 200, seconds, 1)
    place = metrics.routes["/sparql"].buckets.index(1)
    assert place == len(BUCKETS) or seconds <= BUCKETS[place]
    assert place == 0 or seconds > BUCKETS[place - 1]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (None, "done"),
        (AnswerTooLarge(""), "bytes"),
        (QuerySyntax(""), "syntax"),
        (UpdatesOff(""), "refused"),
        (NotYet("", retry_after=1), "unavailable"),
        (ZeroDivisionError(), "other"),
    ],
)
def test_a_query_ends_for_a_reason(error: BaseException | None, reason: str) -> None:
    assert reason_of(error) == reason


def kinds(of: type[DppgraphError]) -> Iterator[type[DppgraphError]]:
    for kind in of.__subclasses__():
        yield kind
        yield from kinds(kind)


def test_each_error_has_one_reason_of_those_that_are_told() -> None:
    for kind in kinds(DppgraphError):
        assert reason_of(kind.__new__(kind)) in REASONS.values()


def test_the_routes_that_are_described_have_labels(server: Server) -> None:
    paths = json.loads(server.ask("GET", "/openapi.json")[2])["paths"]
    assert {path for path in paths if not path.startswith(tuple(BELOW))} <= ROUTES


def test_several_fronts_are_told_apart() -> None:
    one: Snapshot = {
        "requests": [[["/sparql", "GET", "200"], 3]],
        "request_seconds": [[["/sparql"], [[1] + [0] * 12, 0.5]]],
    }
    other = json.loads(json.dumps({"requests": [[["/sparql", "GET", "200"], 4]], "version": [[[], 7]]}))
    of = parsed(rendered({0: one, 1: other}))
    labels = {"route": "/sparql", "method": "GET", "status": "200"}
    assert figure(of, "dppgraph_requests_total", front="0", **labels) == 3
    assert figure(of, "dppgraph_requests_total", front="1", **labels) == 4
    assert figure(of, "dppgraph_request_seconds_bucket", front="0", le="30.0") == 1
    assert figure(of, "dppgraph_request_seconds_count") == 1
    assert figure(of, "dppgraph_version") == 7


@pytest.fixture
def two(serve: Serve, tmp_path: Path) -> Server:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.nt").write_text('<a:a> <a:b> "1" .')
    settings = {"DPPGRAPH_WORKERS": "2", "DPPGRAPH_MAX_WORKERS": "4", "DPPGRAPH_PROCESSES": "2"}
    return serve("--data", tmp_path / "data", "--store", tmp_path / "store", *BARE, environment=settings)


def of_fronts(of: Figures) -> set[str]:
    return {dict(labels)["front"] for _, labels in of}


@pytest.mark.heavy
def test_whichever_front_is_asked_tells_of_all(two: Server) -> None:
    for _ in range(40):
        assert two.ask("GET", "/health")[0] == 200
    for number in range(1, 21):
        after = figures(two)
        assert of_fronts(after) == {"0", "1"}
        counts = {front: figure(after, "dppgraph_requests_total", route="/health", front=front) for front in "01"}
        # The kernel gives the connections to both.
        assert sum(counts.values()) == 40
        assert min(counts.values()) > 0
        assert figure(after, "dppgraph_requests_total", route="/metrics") == number - 1
        assert figure(after, "dppgraph_version", front="1") == 1


@pytest.mark.heavy
def test_many_who_ask_at_once_hear_of_all_fronts(two: Server) -> None:
    with ThreadPoolExecutor(16) as pool:
        for of in pool.map(lambda _: figures(two), range(200)):
            assert of_fronts(of) == {"0", "1"}


@pytest.mark.heavy
def test_a_front_that_says_nothing_is_not_told_of(two: Server) -> None:
    modules = [process for process in two.family() if b"dppgraph.cli.front" in command(process)]
    assert len(modules) == 2
    os.kill(modules[0], signal.SIGSTOP)
    try:
        # A connection that the kernel gives to the one that is stopped is answered by nobody.
        with ThreadPoolExecutor(32) as pool:
            asked = [pool.submit(figures, two) for _ in range(32)]
            until(lambda: any(one.done() for one in asked))
            assert {len(of_fronts(one.result())) for one in asked if one.done()} == {1}
            os.kill(modules[0], signal.SIGCONT)
            assert all(of_fronts(one.result()) for one in asked)
    finally:
        os.kill(modules[0], signal.SIGCONT)
    until(lambda: of_fronts(figures(two)) == {"0", "1"})


def command(process: int) -> bytes:
    return Path(f"/proc/{process}/cmdline").read_bytes()


def test_the_alerts_name_reasons_that_there_are() -> None:
    rules = (REPOSITORY / "docs" / "operate" / "dppgraph.rules.yml").read_text(encoding="utf-8")
    (named,) = re.findall(r'reason=~"([^"]*)"', rules)
    assert set(named.split("|")) <= set(REASONS.values())


# --- The document ----------------------------------------------------------------------------------------------------


def test_the_document_tells_exactly_what_there_is() -> None:
    told = re.findall(r"^\| `(dppgraph_\w+)` \| (\w+) \| (.*?) \| (.*) \|$", DOCUMENT, re.MULTILINE)
    assert told == [
        (family.exposed, family.kind, ", ".join(f"`{label}`" for label in family.labels), family.help)
        for family in FAMILIES
    ]


def test_a_server_exposes_exactly_what_there_is(server: Server) -> None:
    server.ask("GET", "/health")
    _, _, body = server.ask("GET", "/metrics")
    text = body.decode()
    assert re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE) == [(f.exposed, f.kind) for f in FAMILIES]
    for family in text_string_to_metric_families(text):
        (declared,) = [known for known in FAMILIES if known.exposed.removesuffix("_total") == family.name]
        # No engine elsewhere answers this server.
        assert family.samples or "engine" in declared.labels, family.name
        for sample in family.samples:
            assert set(sample.labels) - {"le"} == {*declared.labels, FRONT}


@pytest.mark.heavy
def test_the_names_are_such_as_prometheus_has_them(server: Server) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("there is no promtool here: on Debian, apt install prometheus")
    exposed = server.ask("GET", "/metrics")[2]
    checked = subprocess.run([promtool, "check", "metrics"], input=exposed, capture_output=True, check=False)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")


def test_each_reason_is_told() -> None:
    assert set(re.findall(r"^\| `(\w+)` \| [^|]*\|$", DOCUMENT, re.MULTILINE)) == set(REASONS.values())


# --- Who may ask -----------------------------------------------------------------------------------------------------


def asked(
    server: Server, headers: Mapping[str, str], version: str = "HTTP/1.1"
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """What is answered to headers that are sent as they are."""
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(f"GET /metrics {version}\r\n{''.join(lines)}\r\n".encode())
        with http.client.HTTPResponse(connection) as answer:
            answer.begin()
            return answer.status, answer.headers, answer.read()


HERE = {"Host": "127.0.0.1:8000"}


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (HERE, 200),
        ({"Host": "localhost:8000"}, 200),
        ({"Host": "LOCALHOST"}, 200),
        ({"Host": "127.0.0.1"}, 200),
        ({"Host": "[::1]:8000"}, 200),
        ({"Host": "[::1]"}, 200),
        ({"Host": "rebound.example"}, 403),
        ({"Host": "localhost.rebound.example"}, 403),
        ({"Host": "127.0.0.1.rebound.example:8000"}, 403),
        ({"Host": "192.0.2.1"}, 403),
        ({"Host": "999.0.0.1"}, 403),
        ({"Host": ""}, 403),
        (HERE | {"X-Forwarded-For": "127.0.0.1"}, 403),
        (HERE | {"X-Forwarded-Proto": "https"}, 403),
        (HERE | {"X-Forwarded-Host": "localhost"}, 403),
        (HERE | {"X-Real-IP": "127.0.0.1"}, 403),
        (HERE | {"Forwarded": "for=127.0.0.1"}, 403),
        (HERE | {"Via": "1.1 nginx"}, 403),
        (HERE | {"X-Forwarded-For": "1.2.3.4", "Authorization": f"Bearer {TOKEN}"}, 200),
        ({"Host": "data.example.org", "Authorization": f"bearer  {TOKEN}"}, 200),
        (HERE | {"X-Forwarded-For": "1.2.3.4", "Authorization": f"Bearer {TOKEN}x"}, 401),
        (HERE | {"Authorization": f"Bearer {TOKEN[:-1]}"}, 401),
        (HERE | {"Authorization": TOKEN}, 401),
        (HERE | {"Authorization": "Bearer "}, 401),
        (HERE | {"Authorization": "Bearer tökén"}, 401),
        (HERE | {"Authorization": ""}, 401),
        (HERE | {"Authorization": "Basic abc"}, 401),
    ],
)
def test_who_may_ask(own: Server, headers: Mapping[str, str], status: int) -> None:
    answered, said, body = asked(own, headers)
    assert answered == status
    assert (b"dppgraph_requests" in body) == (status == 200)
    assert said["cache-control"] == "no-store"
    assert not [name for name in said if name.lower().startswith("access-control")]
    assert said["www-authenticate"] == ('Bearer realm="dppgraph", error="invalid_token"' if status == 401 else None)
    if status != 200:
        assert said["content-type"] == "application/problem+json"
        assert TOKEN.encode() not in body


@pytest.mark.heavy
def test_a_proxy_that_says_nothing_speaks_an_older_http(own: Server) -> None:
    assert asked(own, HERE, "HTTP/1.0")[0] == 403
    assert asked(own, HERE | {"Authorization": f"Bearer {TOKEN}"}, "HTTP/1.0")[0] == 200


def test_without_a_token_none_opens_it(server: Server) -> None:
    for sent in ("Bearer ", "Bearer", f"Bearer {TOKEN}", ""):
        elsewhere = {"X-Forwarded-For": "1.2.3.4", "Authorization": sent}
        assert server.ask("GET", "/metrics", headers=elsewhere)[0] == 403
        assert server.ask("GET", "/metrics", headers={"Authorization": sent})[0] == 200


@pytest.mark.parametrize(
    ("client", "server", "here"),
    [
        (("127.0.0.1", 1), ("127.0.0.1", 8000), True),
        (("127.1.2.3", 1), ("127.0.0.1", 8000), True),
        (("::1", 1), ("::1", 8000), True),
        (("::ffff:127.0.0.1", 1), ("::", 8000), True),
        (("::ffff:192.0.2.1", 1), ("::", 8000), False),
        (("192.0.2.1", 1), ("192.0.2.1", 8000), False),
        (("2001:db8::1", 1), ("::", 8000), False),
        (None, ("/run/dppgraph.sock", None), True),
        (None, ("127.0.0.1", 8000), False),
        (None, None, False),
    ],
)
def test_who_is_here(client: tuple[str, int] | None, server: tuple[str, int | None] | None, here: bool) -> None:
    scope: dict[str, Any] = {"type": "http", "client": client, "server": server, "headers": []}
    assert is_here(scope) == here


@pytest.mark.heavy
def test_head_and_other_methods(own: Server) -> None:
    status, headers, body = own.ask("HEAD", "/metrics")
    assert (status, body, headers["cache-control"]) == (200, b"", "no-store")
    assert own.ask("POST", "/metrics", b"")[0] == 405


def test_the_token_is_shown_to_nobody(run: Run) -> None:
    result = run("settings", environment={"DPPGRAPH_METRICS_TOKEN": TOKEN})
    assert TOKEN not in result.stdout + result.stderr
    assert "DPPGRAPH_METRICS_TOKEN=(set" in result.stdout
    result = run("settings", environment={"DPPGRAPH_METRICS_TOKEN": "short"})
    assert (result.returncode, "short" in result.stderr) == (2, False)
