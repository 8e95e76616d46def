"""The clients of the JavaScript world, as people use them, against a running server."""

import hashlib
import json
import random
from typing import Any

import pytest
from SPARQLWrapper import JSON, SPARQLWrapper

from tests.clients.conftest import CONSTRUCT, MANY, NPM, PLAN, PREFIXES, SELECT, Node, Noted, rows

pytestmark = pytest.mark.remote

COMUNICA = ["comunica", "comunica-sparql"]
OTHERS = [
    ("fetch-sparql-endpoint", "GET"),
    ("fetch-sparql-endpoint", "POST"),
    ("sparql-http-client", "GET"),
    ("sparql-http-client", "POST"),
    ("sparql-http-client", "DIRECT"),
]
READING = [*COMUNICA, "fetch-sparql-endpoint", "sparql-http-client"]
"""Those that read the answer themselves."""
ALL = [(client, "") for client in COMUNICA] + OTHERS

ODD = r"""SELECT ?odd {
  VALUES ?odd {
    "plain" "\"quoted\" \\ and \t tabs \n lines" "Ünïcödé ☃ \U0001F600" "nl"@nl "nl-BE"@nl-BE
    "01"^^<http://www.w3.org/2001/XMLSchema#integer> "1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>
    "2012"^^<http://www.w3.org/2001/XMLSchema#gYear> "" "</script>" <http://example.org/?a=b&c=%20#d>
  }
}"""

ODD_GRAPH = ODD.replace("SELECT ?odd", "CONSTRUCT { <http://example.org/s> <http://example.org/p> ?odd } WHERE")


def asked(node: Node, client: str, operation: str, endpoint: str, query: str, method: str = "") -> dict[str, Any]:
    """What a client got."""
    script = str(NPM / "ask.mjs")
    said = node(script, client, operation, endpoint, *([method] if method else []), said=f"{PREFIXES}{query}")
    assert said.returncode == 0, said.stderr
    got: dict[str, Any] = json.loads(said.stdout)
    assert "error" not in got, got["error"]
    return got


def ordered(found: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in found)


@pytest.mark.parametrize(("client", "method"), ALL)
def test_each_client_asks_everything(node: Node, endpoint: str, client: str, method: str) -> None:
    found = asked(node, client, "rows", endpoint, SELECT, method)["rows"]
    assert ordered(found) == ordered(rows(endpoint, SELECT))
    assert asked(node, client, "ask", endpoint, "ASK { ?plan dpp:succeeds ?older }", method) == {"boolean": True}
    assert asked(node, client, "ask", endpoint, "ASK { ?plan dpp:succeeds ?plan }", method) == {"boolean": False}
    assert asked(node, client, "triples", endpoint, CONSTRUCT, method) == {"triples": len(found)}
    described = asked(node, client, "triples", endpoint, f"DESCRIBE <{PLAN}>", method)["triples"]
    assert described == len(rows(endpoint, f"SELECT ?p ?o {{ <{PLAN}> ?p ?o }}"))


@pytest.mark.parametrize("client", READING)
def test_each_client_takes_a_large_answer_whole(node: Node, endpoint: str, client: str) -> None:
    assert asked(node, client, "count", endpoint, MANY) == {"count": 100_000}


@pytest.mark.parametrize("client", READING)
def test_each_client_gets_every_literal_as_it_was_written(node: Node, endpoint: str, client: str) -> None:
    found = asked(node, client, "rows", endpoint, ODD)["rows"]
    expected = rows(endpoint, ODD)
    assert len(expected) == 11
    assert ordered(found) == ordered(expected)
    graph = asked(node, client, "graph", endpoint, ODD_GRAPH)["rows"]
    assert ordered([{"odd": triple["object"]} for triple in graph]) == ordered(expected)


def test_rows_without_a_value_are_rows_to_all_but_one(node: Node, endpoint: str) -> None:
    query = "SELECT ?x { VALUES ?x { 1 UNDEF } }"
    assert len(rows(endpoint, query)) == 2
    counted = {client: asked(node, client, "count", endpoint, query)["count"] for client in READING}
    assert counted == dict.fromkeys(READING, 2) | {"sparql-http-client": 1}


def test_comunica_finds_out_that_it_is_an_endpoint_and_has_it_answer(node: Node, endpoint: str, noted: Noted) -> None:
    query = unheard_of()
    (detected,) = asked(node, "comunica", "count", endpoint, query).values()
    described, sent = noted()
    # A request without a query: the service description. Then the query as it is, and none for each pattern.
    assert (described["path"], described["query"], described["status"]) == ("/sparql", None, 200)
    assert (sent["path"], sent["query"], sent["status"]) == ("/sparql", hashed(query), 200)
    wrapper = SPARQLWrapper(endpoint)
    wrapper.setQuery(query)
    wrapper.setReturnFormat(JSON)
    result: Any = wrapper.queryAndConvert()
    assert detected == len(result["results"]["bindings"]) > 9000


def test_comunica_that_is_told_what_it_asks_does_not_find_out(node: Node, endpoint: str, noted: Noted) -> None:
    query = unheard_of()
    (count,) = asked(node, "comunica-sparql", "count", endpoint, query).values()
    assert count > 9000
    (sent,) = noted()
    assert (sent["method"], sent["query"], sent["status"]) == ("GET", hashed(query), 200)


def test_comunica_posts_what_is_long(node: Node, endpoint: str, noted: Noted) -> None:
    query = f"{unheard_of()} # {'long ' * 200}"
    (count,) = asked(node, "comunica", "count", endpoint, query).values()
    assert count > 9000
    described, sent = noted()
    assert (described["method"], sent["method"], sent["status"]) == ("GET", "POST", 200)


def test_comunica_takes_an_address_with_parameters_for_a_file(node: Node, endpoint: str) -> None:
    # What docs/clients.md warns of: it reads the description as if that were the data.
    query = "SELECT ?name { ?s <http://www.w3.org/ns/sparql-service-description#endpoint> ?name }"
    assert asked(node, "comunica", "count", f"{endpoint}?version=1", query) == {"count": 1}
    assert rows(endpoint, query) == []


@pytest.mark.parametrize("source", ["", "sparql@"])
def test_comunica_asks_from_the_command_line(node: Node, endpoint: str, source: str) -> None:
    said = node(str(NPM / "node_modules" / ".bin" / "comunica-sparql"), f"{source}{endpoint}", f"{PREFIXES}{SELECT}")
    assert said.returncode == 0, said.stderr
    expected = {row["title"]["value"] for row in rows(endpoint, SELECT)}
    assert {row["title"].rpartition("@")[0].strip('"') for row in json.loads(said.stdout)} == expected


def test_what_is_installed_is_named_by_its_digest_and_by_no_address() -> None:
    text = (NPM / "package-lock.json").read_text(encoding="utf-8")
    packages = {name: package for name, package in json.loads(text)["packages"].items() if name}
    assert not any("resolved" in package for package in packages.values())
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert "registry" not in text


def unheard_of() -> str:
    """A question that nobody asked before, so that it has to come to the server."""
    other = f"<http://example.org/{random.randrange(10**9)}>"
    return f"SELECT ?a ?b ?c {{ ?a ?b ?c FILTER(?b != {other}) }}"


def hashed(query: str) -> str:
    """What the log says of a query."""
    return hashlib.sha256(f"{PREFIXES}{query}".encode()).hexdigest()[:16]
