"""Debian's nginx in front of the server, with the files that docs/operate.md has operators copy."""

import gzip
import http.client
import json
import re
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from dppgraph.operations.build import Built
from dppgraph.store.versions import Publication, VersionStore
from tests.conftest import REPOSITORY, Serve, Server
from tests.operate.conftest import Nginx, Proxy

pytestmark = pytest.mark.remote

ASK = "/sparql?query=" + quote("SELECT ?plan ?older { ?plan dpp:succeeds ?older } ORDER BY ?plan ?older")
BIG = "/sparql?format=csv&query=" + quote("SELECT * { ?a ?b ?c . ?d ?e ?f }")
FORMATS = ["application/sparql-results+json", "text/csv", "application/sparql-results+xml", "text/tab-separated-values"]
TOO_OLD = 2.1
"""Seconds: the two that an answer may be old, and a little."""


@pytest.fixture
def nginx(server: Server, proxy: Proxy) -> Nginx:
    return proxy(server.port)


def until(nginx: Nginx, cached: str, target: str) -> tuple[int, dict[str, str], bytes]:
    """The first answer that nginx's cache had a hand in as said: a busy machine may miss its time now and then."""
    answers = []
    for _ in range(50):
        answers.append(nginx.ask("GET", target))
        if answers[-1][1]["x-cache-status"] == cached:
            return answers[-1]
    raise AssertionError([answer[1] for answer in answers])


def test_an_answer_is_the_servers_own(server: Server, nginx: Nginx) -> None:
    for target in (ASK, "/queries/approvals?format=csv", "/sparql", "/context.jsonld", "/sparql?query=NOT", "/nowhere"):
        direct, through = server.ask("GET", target), nginx.ask("GET", target)
        assert (through[0], through[2]) == (direct[0], direct[2]), target
        assert through[1].get("content-type") == direct[1].get("content-type")
        assert through[1].get("dppgraph-version") == direct[1].get("dppgraph-version")


def test_a_posted_query_is_answered_and_not_kept(server: Server, nginx: Nginx) -> None:
    headers = {"Content-Type": "application/sparql-query", "Accept": "text/csv"}
    for query in (b"SELECT (1 AS ?n) {}", b"SELECT (2 AS ?n) {}"):
        status, said, body = nginx.ask("POST", "/sparql", query, headers)
        assert (status, body) == (200, server.ask("POST", "/sparql", query, headers)[2])
        assert said.get("x-cache-status") in (None, "BYPASS", "MISS")


def test_what_was_asked_a_moment_ago_is_answered_by_nginx(nginx: Nginx) -> None:
    first = nginx.ask("GET", ASK)
    assert first[1]["x-cache-status"] == "MISS"
    again = until(nginx, "HIT", ASK)
    assert again[2] == first[2]
    assert again[1]["x-request-id"] != first[1]["x-request-id"]


def test_after_two_seconds_the_server_says_that_an_answer_still_holds(nginx: Nginx) -> None:
    first = nginx.ask("GET", ASK)
    time.sleep(TOO_OLD)
    status, headers, body = nginx.ask("GET", ASK)
    assert (status, headers["x-cache-status"], body) == (200, "REVALIDATED", first[2])


def test_a_client_that_has_an_answer_is_told_so(nginx: Nginx) -> None:
    tag = nginx.ask("GET", ASK)[1]["etag"]
    status, _, body = nginx.ask("GET", ASK, headers={"If-None-Match": tag})
    assert (status, body) == (304, b"")


def test_what_is_never_the_same_again_is_not_kept(nginx: Nginx) -> None:
    target = "/sparql?format=csv&query=" + quote("SELECT (STRUUID() AS ?one) {}")
    assert len({nginx.ask("GET", target)[2] for _ in range(5)}) == 5


def test_what_is_asked_with_a_token_neither_comes_from_nginx_nor_stays_there(nginx: Nginx) -> None:
    asked = [nginx.ask("GET", ASK, headers={"Authorization": "Bearer one"}) for _ in range(3)]
    assert {headers["x-cache-status"] for _, headers, _ in asked} == {"BYPASS"}
    assert nginx.ask("GET", ASK)[1]["x-cache-status"] == "MISS"


def test_an_error_is_not_kept(nginx: Nginx) -> None:
    target = "/sparql?query=NOTHING"
    assert [nginx.ask("GET", target)[0] for _ in range(3)] == [400] * 3
    assert nginx.ask("GET", target)[1]["x-cache-status"] == "MISS"


def test_formats_and_codings_never_mix(server: Server, nginx: Nginx) -> None:
    expected = {kind: server.ask("GET", ASK, headers={"Accept": kind})[2] for kind in FORMATS}
    assert len(set(expected.values())) == len(FORMATS)
    for _ in range(3):
        for kind in FORMATS:
            for coding in ("gzip", "identity", "gzip;q=0, identity"):
                status, headers, body = nginx.ask("GET", ASK, headers={"Accept": kind, "Accept-Encoding": coding})
                coded = headers.get("content-encoding")
                assert coded in ((None, "gzip") if coding == "gzip" else (None,))
                body = gzip.decompress(body) if coded else body
                assert (status, headers["content-type"].partition(";")[0], body) == (200, kind, expected[kind])


def test_head_and_get_leave_each_other_alone(nginx: Nginx) -> None:
    head = nginx.ask("HEAD", ASK)
    answer = nginx.ask("GET", ASK)
    assert (head[0], head[2], answer[0]) == (200, b"", 200)
    assert json.loads(answer[2])["results"]["bindings"]
    assert nginx.ask("HEAD", ASK)[2] == b""


def test_a_new_version_is_seen_after_two_seconds(serve: Serve, proxy: Proxy, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.nt").write_text('<a:a> <a:b> "1" .')
    server = serve("--data", tmp_path / "data", "--store", tmp_path / "store", "--shapes", "none")
    nginx = proxy(server.port)
    target = "/sparql?format=csv&query=" + quote("SELECT ?o { <a:a> <a:b> ?o }")
    assert until(nginx, "HIT", target)[2].split() == [b"o", b"1"]
    versions = VersionStore(tmp_path / "store")
    with versions.writing("a test") as writer:
        writer.publish(Publication(['<a:a> <a:b> "2" .'], "a test", "", "", "https://e.example/", "2", None), 1)
    while server.ask("GET", target)[1]["dppgraph-version"] == "1":
        time.sleep(0.05)
    time.sleep(TOO_OLD)
    _, headers, body = nginx.ask("GET", target)
    assert (headers["dppgraph-version"], body.split()) == ("2", [b"o", b"2"])


def test_a_broken_off_answer_stays_broken_off(server: Server, nginx: Nginx) -> None:
    for asked in (server, nginx, nginx):
        connection = http.client.HTTPConnection("127.0.0.1", asked.port, timeout=30)
        connection.request("GET", BIG)
        answer = connection.getresponse()
        assert answer.status == 200
        # The limit on bytes ends it half-way: who reads on must not take it for whole.
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            answer.read()
        connection.close()
    assert nginx.ask("HEAD", ASK)[0] == 200


def test_a_long_query_passes(server: Server, nginx: Nginx) -> None:
    long = "/sparql?format=csv&query=" + quote("SELECT (1 AS ?n) {} #" + "x" * 60_000)
    assert server.ask("GET", long)[0] == 200
    assert nginx.ask("GET", long)[::2] == server.ask("GET", long)[::2]
    body = b"SELECT (1 AS ?n) {} #" + b"x" * 90_000
    assert nginx.ask("POST", "/sparql", body, {"Content-Type": "application/sparql-query"})[0] == 200


def test_the_metrics_are_not_for_everybody(nginx: Nginx) -> None:
    for target in ("/metrics", "//metrics", "/%6detrics", "/metrics?x", "/nowhere/../metrics"):
        assert nginx.ask("GET", target)[0] == 403, target


def test_clients_cannot_say_who_they_are(built: tuple[VersionStore, Built], serve: Serve, proxy: Proxy) -> None:
    limits = {"DPPGRAPH_RATE": "0.001", "DPPGRAPH_BURST": "3"}
    nginx = proxy(serve("--store", built[0].folder, "--trusted-proxies", "127.0.0.1", environment=limits).port)
    statuses = [
        nginx.ask(
            "GET", f"{ASK}&n={n}", headers={"X-Forwarded-For": f"203.0.113.{n}", "Forwarded": f"for=203.0.113.{n}"}
        )[0]
        for n in range(5)
    ]
    assert statuses == [200] * 3 + [429] * 2


def test_clients_cannot_say_what_their_request_is_called(nginx: Nginx) -> None:
    said = nginx.ask("GET", ASK, headers={"X-Request-Id": "mine"})[1]
    assert re.fullmatch("[0-9a-f]{32}", said["x-request-id"])


def test_that_the_server_is_away_is_told_as_a_problem(
    built: tuple[VersionStore, Built], serve: Serve, proxy: Proxy
) -> None:
    server = serve("--store", built[0].folder)
    nginx = proxy(server.port)
    until(nginx, "HIT", ASK)
    server.stop()
    time.sleep(TOO_OLD)
    status, headers, body = nginx.ask("GET", ASK)
    assert (status, headers["content-type"], json.loads(body)["status"]) == (503, "application/problem+json", 503)
    assert headers["retry-after"] == "5"


def test_below_a_path(built: tuple[VersionStore, Built], serve: Serve, proxy: Proxy) -> None:
    (below,) = re.findall(r"```nginx\n(.*?)```", (REPOSITORY / "docs" / "operate.md").read_text(), re.DOTALL)
    site = "server {\n    listen 80;\n    listen [::]:80;\n" + below + "}\n"
    server = serve("--store", built[0].folder, "--public-url", "https://example.org/plans/")
    nginx = proxy(server.port, site)
    status, _, body = nginx.ask("GET", "/plans" + ASK)
    assert (status, body) == (200, server.ask("GET", ASK)[2])
    assert b"https://example.org/plans/sparql" in nginx.ask("GET", "/plans/sparql")[2]
    assert nginx.ask("GET", "/plans/metrics")[0] == 403
    assert nginx.ask("GET", ASK)[0] == 404
