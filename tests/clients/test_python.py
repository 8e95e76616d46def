"""Python's clients and curl, as people use them, against a running server."""

import json
import subprocess
import urllib.error
from collections.abc import Iterator
from typing import Any

import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import JSON, RDFXML, TURTLE, SPARQLExceptions, SPARQLWrapper

from dppgraph.operations.build import Built
from dppgraph.store.versions import VersionStore
from tests.conftest import Server, start_server

pytestmark = pytest.mark.remote

PLAN = "https://w3id.org/dppgraph/id/plan/vlaams-plan-overheidsopdrachten"
SELECT = "SELECT ?plan ?title { ?plan a dpp:PolicyPlan ; dct:title ?title }"
CONSTRUCT = "CONSTRUCT { ?plan dct:title ?title } WHERE { ?plan a dpp:PolicyPlan ; dct:title ?title }"
MANY = "SELECT ?a ?b ?c ?d { ?a ?b ?c . ?d dct:title ?t } LIMIT 40000"
ENDLESS = "SELECT ?a ?c ?d ?f ?g ?i { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def server(built: tuple[VersionStore, Built]) -> Iterator[Server]:
    """A server of the shipped data whose answers break off after 20 MB."""
    settings = {"DPPGRAPH_QUERY_TIMEOUT": "3", "DPPGRAPH_MAX_BYTES": "20000000"}
    running = start_server("--store", built[0].folder, environment=settings)
    yield running
    running.stop()


@pytest.fixture
def endpoint(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}/sparql"


def rows(endpoint: str, query: str) -> list[dict[str, Any]]:
    """What the server answers to a plain request."""
    body = curl(endpoint, query, "application/sparql-results+json").stdout
    found: list[dict[str, Any]] = json.loads(body)["results"]["bindings"]
    return found


def curl(endpoint: str, query: str, accept: str, *more: str) -> "subprocess.CompletedProcess[str]":
    command = ["curl", "--silent", "--show-error", "--fail", *more, "--header", f"Accept: {accept}"]
    command += ["--data-urlencode", f"query={query}", endpoint]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def wrapped(endpoint: str, query: str, format_: str, method: str = "GET") -> Any:
    asked = SPARQLWrapper(endpoint)
    asked.setQuery(query)
    asked.setReturnFormat(format_)
    asked.setMethod(method)
    return asked.queryAndConvert()


# --- SPARQLWrapper ---------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # SPARQLWrapper uses it
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sparqlwrapper_asks_everything(endpoint: str, method: str) -> None:
    found = wrapped(endpoint, SELECT, JSON, method)["results"]["bindings"]
    assert found == rows(endpoint, SELECT)
    assert wrapped(endpoint, "ASK { ?plan dpp:succeeds ?older }", JSON, method)["boolean"] is True
    graph = wrapped(endpoint, CONSTRUCT, TURTLE, method)
    assert len(rdflib.Graph().parse(data=graph, format="turtle")) == len(found)
    assert len(wrapped(endpoint, f"DESCRIBE <{PLAN}>", RDFXML, method)) > 10
    assert len(wrapped(endpoint, MANY, JSON, method)["results"]["bindings"]) == 40_000


def test_sparqlwrapper_hears_of_errors(endpoint: str) -> None:
    with pytest.raises(SPARQLExceptions.QueryBadFormed, match="does not parse"):
        wrapped(endpoint, "SELECT nonsense", JSON)
    with pytest.raises(urllib.error.HTTPError, match="504"):
        wrapped(endpoint, RUNAWAY, JSON)


def test_sparqlwrapper_does_not_take_a_part_for_the_whole(endpoint: str) -> None:
    with pytest.raises(Exception, match=r"(?i)incomplete|reset|chunk"):
        wrapped(endpoint, ENDLESS, JSON)


# --- rdflib's SPARQLStore --------------------------------------------------------------------------------------------


def test_sparqlstore_asks_everything(endpoint: str) -> None:
    graph = rdflib.Graph(SPARQLStore(endpoint))
    expected = {(row["plan"]["value"], row["title"]["value"]) for row in rows(endpoint, SELECT)}
    assert {(str(row[0]), str(row[1])) for row in _tuples(graph.query(SELECT))} == expected
    assert graph.query("ASK { ?plan dpp:succeeds ?older }").askAnswer is True
    assert len(_tuples(graph.query(CONSTRUCT))) == len(expected)
    assert len(_tuples(graph.query(f"DESCRIBE <{PLAN}>"))) > 10
    assert len(_tuples(graph.query(MANY))) == 40_000


def test_sparqlstore_hears_of_errors_and_of_a_break(endpoint: str) -> None:
    # It says the same of every error status, and keeps what the server said of it to itself.
    graph = rdflib.Graph(SPARQLStore(endpoint))
    for query, said in (
        ("SELECT nonsense", "something wrong formulating"),
        (RUNAWAY, "something wrong formulating"),
        (ENDLESS, "(?i)incomplete|reset|chunk"),
    ):
        with pytest.raises(Exception, match=said):
            _tuples(graph.query(query))


# --- curl ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [(), ("--get",), ("--compressed",), ("--http1.0",)])
def test_curl_asks_everything(endpoint: str, more: tuple[str, ...]) -> None:
    assert curl(endpoint, SELECT, "text/csv", *more).stdout.startswith("plan,title")
    assert curl(endpoint, "ASK {}", "application/sparql-results+json", *more).stdout.endswith("true}")
    assert "dct:title" in curl(endpoint, CONSTRUCT, "text/turtle", *more).stdout
    assert f"<{PLAN}>" in curl(endpoint, f"DESCRIBE <{PLAN}>", "application/n-triples", *more).stdout
    assert len(curl(endpoint, MANY, "text/csv", *more).stdout.splitlines()) == 40_001


def test_curl_hears_of_errors_and_of_a_break(endpoint: str) -> None:
    assert curl(endpoint, "SELECT nonsense", "text/csv").returncode == 22
    assert curl(endpoint, RUNAWAY, "text/csv").returncode == 22
    # 18: partial file; 56: failure in receiving; 92: as 56, of a stream.
    assert curl(endpoint, ENDLESS, "text/csv").returncode in (18, 56)


def _tuples(result: Any) -> list[tuple[Any, ...]]:
    return list(result)
