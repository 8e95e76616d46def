"""The clients of the JavaScript world, as people use them, against a running server."""

import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
from SPARQLWrapper import JSON, SPARQLWrapper

from tests.clients.conftest import CONSTRUCT, MANY, NPM, PLAN, PREFIXES, SELECT, Node, rows

pytestmark = pytest.mark.remote

COMUNICA = ["comunica", "comunica-sparql"]
OTHERS = [
    ("fetch-sparql-endpoint", "GET"),
    ("fetch-sparql-endpoint", "POST"),
    ("sparql-http-client", "GET"),
    ("sparql-http-client", "POST"),
    ("sparql-http-client", "DIRECT"),
]
ALL = [(client, "") for client in COMUNICA] + OTHERS

ODD = r"""SELECT ?odd {
  VALUES ?odd {
    "plain" "\"quoted\" \\ and \t tabs \n lines" "Ünïcödé ☃ \U0001F600" "nl"@nl "nl-BE"@nl-BE
    "01"^^<http://www.w3.org/2001/XMLSchema#integer> "1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>
    "2012"^^<http://www.w3.org/2001/XMLSchema#gYear> "" "</script>" <http://example.org/?a=b&c=%20#d>
  }
}"""

_WRITTEN = 0.5
"""Seconds after which what was asked stands in the log."""


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


@pytest.mark.parametrize("client", ["comunica", "comunica-sparql", "fetch-sparql-endpoint", "sparql-http-client"])
def test_each_client_takes_a_large_answer_whole(node: Node, endpoint: str, client: str) -> None:
    assert asked(node, client, "count", endpoint, MANY) == {"count": 40_000}


@pytest.mark.parametrize("client", ["comunica", "comunica-sparql", "fetch-sparql-endpoint", "sparql-http-client"])
def test_each_client_gets_every_literal_as_it_was_written(node: Node, endpoint: str, client: str) -> None:
    found = asked(node, client, "rows", endpoint, ODD)["rows"]
    expected = rows(endpoint, ODD)
    assert len(expected) == 11
    assert ordered(found) == ordered(expected)


def test_comunica_finds_out_that_it_is_an_endpoint_and_has_it_answer(node: Node, endpoint: str, log: Path) -> None:
    # One that nobody asked before, so that it has to come here.
    query = f"SELECT ?a ?b ?c {{ ?a ?b ?c FILTER(?b != <http://example.org/{random.randrange(10**9)}>) }}"
    time.sleep(_WRITTEN)
    before = len(log.read_text().splitlines())
    (detected,) = asked(node, "comunica", "count", endpoint, query).values()
    wrapper = SPARQLWrapper(endpoint)
    wrapper.setQuery(query)
    wrapper.setReturnFormat(JSON)
    result: Any = wrapper.queryAndConvert()
    assert detected == len(result["results"]["bindings"]) > 9000
    time.sleep(_WRITTEN)
    described, *queries = [json.loads(line) for line in log.read_text().splitlines()[before:]]
    # A request without a query: the service description; then the query itself, and none for each pattern.
    assert (described["query"], described["status"]) == (None, 200)
    assert [(line["query"] is not None, line["status"]) for line in queries] == [(True, 200)] * 2
