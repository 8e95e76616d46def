"""What each answer names, so that it can be cited: version, digest, licence; a query's hash, and where to ask again."""

import hashlib
import http.client
import json
import re
import xml.etree.ElementTree as ET
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest

from dppgraph.operations.build import Built
from dppgraph.operations.queries import read_questions
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE, REPOSITORY, Run, Serve, Server

CC0 = "http://publications.europa.eu/resource/authority/licence/CC0"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
LONG = f"ASK {{}} # {'x' * 9000}"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def digest_of(built: tuple[VersionStore, Built]) -> str:
    return f"sha256:{built[0].manifest(1).digest}"


def hash_of(*lines: str) -> str:
    return f"sha256:{hashlib.sha256(''.join(lines).encode()).hexdigest()}"


def links_of(headers: dict[str, str], relation: str) -> list[str]:
    return [target for target, found in re.findall(r'<([^>]*)>; rel="([^"]*)"', headers["link"]) if found == relation]


def ask(server: Server, address: str) -> tuple[int, dict[str, str], bytes]:
    """The answer at an address that this server gave."""
    beginning = f"http://127.0.0.1:{server.port}"
    assert address.startswith(beginning)
    return server.ask("GET", address.removeprefix(beginning))


@pytest.mark.parametrize(
    "path",
    [
        f"/sparql?query={quote(COUNT)}",
        f"/sparql?query={quote('SELECT (NOW() AS ?n) {}')}",
        f"/sparql?query={quote('SELECT * { ?s ?p ?o }')}&format=csv",
        f"/sparql?query={quote('DESCRIBE <a:a>')}&version=1",
        f"/sparql?query={quote(COUNT)}&format=html",
        f"/sparql?query={quote(COUNT)}&format=html&version=1",
        "/sparql?format=turtle",
        "/queries/approvals.csv",
        "/questions/approvals.json",
        "/questions/approvals",
        "/doc/dataset/policy-plans.ttl",
        "/ns.ttl",
        "/plans.json",
        "/plans",
        "/graphs?default",
        f"/graphs?graph={BASE}id/graph/source",
        "/catalogue.ttl",
        "/.well-known/void",
        "/dumps",
        "/dumps/policy-plans.nq",
        "/dumps/1/plans.csv",
        "/feed",
        "/feed/1",
        "/fragments",
        "/changes/1.json",
    ],
)
def test_every_answer_names_version_digest_and_licence(
    server: Server, built: tuple[VersionStore, Built], path: str
) -> None:
    status, headers, _ = server.ask("GET", path)
    assert status == 200
    assert (headers["dppgraph-version"], headers["dppgraph-digest"]) == ("1", digest_of(built))
    assert links_of(headers, "license") == [CC0]
    assert headers["access-control-expose-headers"] == "*"
    is_query = "query=" in path or path.startswith(("/queries", "/questions"))
    assert ("dppgraph-query" in headers) == is_query


def test_whoever_has_the_query_can_work_out_its_hash(server: Server) -> None:
    asked = urlencode({"query": COUNT})
    for method, target, body, headers in (
        ("GET", f"/sparql?{asked}&format=csv&timeout=2", None, None),
        ("HEAD", f"/sparql?{asked}", None, None),
        ("POST", "/sparql", asked.encode(), FORM),
        ("POST", "/sparql", COUNT.encode(), {"Content-Type": "application/sparql-query"}),
    ):
        assert server.ask(method, target, body, headers)[1]["dppgraph-query"] == hash_of(COUNT)
    graphs = urlencode([("default-graph-uri", "urn:b"), ("default-graph-uri", "urn:a"), ("named-graph-uri", "urn:c")])
    found = server.ask("GET", f"/sparql?{asked}&{graphs}")[1]["dppgraph-query"]
    assert found == hash_of("default-graph-uri urn:a\ndefault-graph-uri urn:b\nnamed-graph-uri urn:c\n", COUNT)


def test_the_hash_of_a_question_is_of_its_file_and_the_values(server: Server) -> None:
    text = read_questions(REPOSITORY / "queries")["plan-in-force"].text
    day = '"2013-05-01"^^<http://www.w3.org/2001/XMLSchema#date>'
    expected = hash_of(f'?lang "nl"\n?on {day}\n', text)
    for path in ("/queries/plan-in-force", "/queries/plan-in-force.csv", "/questions/plan-in-force.json"):
        assert server.ask("GET", f"{path}?on=2013-05-01")[1]["dppgraph-query"] == expected


def test_the_head_of_an_answer_has_the_address_that_asks_the_same_again(server: Server) -> None:
    target = "/sparql?" + urlencode({"query": COUNT, "default-graph-uri": f"{BASE}id/graph/source"})
    _, headers, body = server.ask("GET", target)
    said = json.loads(body)
    (link,) = said["head"]["link"]
    assert links_of(headers, "cite-as") == [link]
    assert parse_qs(urlsplit(link).query) == parse_qs(urlsplit(target).query) | {"version": ["1"]}
    again = ask(server, link)
    assert (again[0], json.loads(again[2])) == (200, said)
    xml = ET.fromstring(server.ask("GET", f"{target}&format=xml")[2])  # noqa: S314 - our own server's
    name = "{http://www.w3.org/2005/sparql-results#}"
    assert [one.get("href") for one in xml.iterfind(f"{name}head/{name}link")] == [link]
    # Sent as it comes, kept, coded, by HEAD and by POST: one address.
    body = urlencode({"query": COUNT, "default-graph-uri": f"{BASE}id/graph/source"}).encode()
    for method, headers in (("POST", FORM), ("POST", FORM | {"Authorization": "Bearer x"})):
        assert json.loads(server.ask(method, "/sparql", body, headers)[2])["head"]["link"] == [link]


def test_a_question_is_asked_again_under_its_name(server: Server) -> None:
    _, headers, body = server.ask("GET", "/queries/plan-in-force.json?on=2013-05-01&lang=en&timeout=2")
    (link,) = json.loads(body)["head"]["link"]
    assert link.endswith("/queries/plan-in-force?on=2013-05-01&lang=en&version=1")
    assert links_of(headers, "cite-as") == [link]
    assert ask(server, link)[2] == body
    assert links_of(server.ask("GET", "/questions/plan-in-force.json?on=2013-05-01&lang=en")[1], "cite-as") == [link]


def test_a_query_of_the_same_text_as_a_question_has_an_address_of_its_own(server: Server) -> None:
    question = next(one for one in read_questions(REPOSITORY / "queries").values() if not one.parameters)
    named = json.loads(server.ask("GET", f"/queries/{question.name}?format=json")[2])
    asked = json.loads(server.ask("POST", "/sparql?format=json", urlencode({"query": question.text}).encode(), FORM)[2])
    assert named["results"] == asked["results"]
    assert "/queries/" in named["head"]["link"][0]
    assert "/sparql?query=" in asked["head"]["link"][0]


def test_a_query_that_is_too_long_for_an_address_has_its_hash(server: Server) -> None:
    _, headers, body = server.ask("POST", "/sparql", urlencode({"query": LONG}).encode(), FORM)
    assert json.loads(body) == {"head": {}, "boolean": True}
    assert not links_of(headers, "cite-as")
    assert headers["dppgraph-query"] == hash_of(LONG)
    # In the answer it may be longer than in a header, which proxies refuse where it is large.
    text = f"ASK {{}} # {'x' * 3000}"
    _, headers, body = server.ask("GET", f"/sparql?query={quote(text)}")
    assert not links_of(headers, "cite-as")
    assert len(json.loads(body)["head"]["link"]) == 1
    assert sum(map(len, headers.values())) < 2048


def test_a_304_names_what_the_answer_did(server: Server) -> None:
    target = f"/sparql?query={quote(COUNT)}"
    first = server.ask("GET", target)[1]
    status, headers, _ = server.ask("GET", target, headers={"If-None-Match": first["etag"]})
    assert status == 304
    for name in ("dppgraph-version", "dppgraph-digest", "dppgraph-query", "link"):
        assert headers[name] == first[name]


def cited(page: bytes) -> str:
    (found,) = re.findall(r'<details id="cite">(.*?)</details>', page.decode(), re.DOTALL)
    return unescape(str(found))


@pytest.mark.parametrize("language", ["nl", "en"])
def test_pages_with_an_answer_say_how_to_cite_it(
    server: Server, built: tuple[VersionStore, Built], language: str
) -> None:
    for path in (
        "/questions/plan-in-force?on=2013-05-01&",
        f"/sparql?format=html&query={quote(COUNT)}&default-graph-uri={BASE}id/graph/source&",
    ):
        status, _, page = server.ask("GET", f"{path}lang={language}")
        said = cited(page)
        assert status == 200
        assert digest_of(built) in said
        assert CC0 in said
        (link,) = re.findall(r'rel="cite-as" href="([^"]*)"', said)
        again = ask(server, link)
        assert again[0] == 200
        # On the page to which it leads, the same is cited.
        (found,) = re.findall(r"sha256:[0-9a-f]{64}", said.replace(digest_of(built), ""))
        assert again[1].get("dppgraph-query", found) == found
        if "sparql" in path:
            assert f'href="{link}"' in cited(again[2])


def test_what_may_change_or_is_too_long_is_said_so(server: Server) -> None:
    now = cited(server.ask("GET", f"/sparql?format=html&lang=en&query={quote('SELECT (NOW() AS ?n) {}')}")[2])
    assert "asked again" in now
    long = cited(server.ask("POST", "/sparql?format=html&lang=en", urlencode({"query": LONG}).encode(), FORM)[2])
    assert "POST it to" in long
    assert "cite-as" not in long
    assert hash_of(LONG) in long
    usual = cited(server.ask("GET", f"/sparql?format=html&lang=en&query={quote(COUNT)}")[2])
    assert "asked again" not in usual
    assert "POST it" not in usual


def test_a_page_without_an_answer_cites_none(server: Server) -> None:
    for path in (
        "/sparql?format=html",
        f"/sparql?format=html&query={quote('SELECT')}",
        "/questions/plan-in-force?on=x",
    ):
        assert b'id="cite"' not in server.ask("GET", path)[2]


@pytest.mark.heavy
def test_a_permalink_asks_the_version_that_it_was_given_for(run: Run, serve: Serve, tmp_path: Path) -> None:
    data, store = tmp_path / "data" / "source", tmp_path / "store"
    data.mkdir(parents=True)
    arguments = ("--data", data.parent, "--store", store, "--shapes", "none")
    found = []
    for number, licence in ((1, "urn:first"), (2, "urn:second")):
        (data / "a.ttl").write_text(
            f"<{BASE}id/dataset/policy-plans> <http://purl.org/dc/terms/license> <{licence}> .\n"
            + "".join(f"<{BASE}id/plan/{n}> a <{BASE}ns#PolicyPlan> .\n" for n in range(number)),
            encoding="utf-8",
        )
        assert run("build", *arguments).returncode == 0
        server = serve(*arguments)
        text = f"SELECT (COUNT(*) AS ?n) {{ ?s a <{BASE}ns#PolicyPlan> }}"
        _, headers, body = server.ask("GET", f"/sparql?query={quote(text)}")
        assert headers["dppgraph-version"] == str(number)
        assert links_of(headers, "license") == [licence]
        found.append((headers, body, urlsplit(links_of(headers, "cite-as")[0])))
        server.stop()
    server = serve(*arguments)
    headers, body, link = found[0]
    status, again, answer = server.ask("GET", f"{link.path}?{link.query}")
    assert status == 200
    assert json.loads(answer)["results"] == json.loads(body)["results"]
    for name in ("dppgraph-version", "dppgraph-digest", "dppgraph-query"):
        assert again[name] == headers[name]
    assert links_of(again, "license") == ["urn:first"]
    page = cited(server.ask("GET", f"{link.path}?format=html&{link.query}")[2])
    assert headers["dppgraph-digest"] in page
    assert "urn:first" in page
    assert "version=1" in page


def test_http_1_0_has_the_length_of_the_answer_with_its_link(server: Server) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection._http_vsn, connection._http_vsn_str = 10, "HTTP/1.0"  # type: ignore[attr-defined]
    for format_ in ("json", "xml"):
        for text in (COUNT, "ASK {}", "SELECT ?s { ?s ?p ?o } LIMIT 3000", "SELECT (RAND() AS ?r) { ?s ?p ?o }"):
            connection.request("GET", f"/sparql?format={format_}&query={quote(text)}")
            answer = connection.getresponse()
            length = int(answer.headers["content-length"])
            assert len(answer.read()) == length
            connection.close()
