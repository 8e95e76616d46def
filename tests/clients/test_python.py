"""Python's clients and curl, as people use them, against a running server."""

import urllib.error
from typing import Any

import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import JSON, RDFXML, TURTLE, SPARQLExceptions, SPARQLWrapper

from tests.clients.conftest import CONSTRUCT, ENDLESS, MANY, PLAN, RUNAWAY, SELECT, curl, rows

pytestmark = pytest.mark.remote


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
    assert len(wrapped(endpoint, MANY, JSON, method)["results"]["bindings"]) == 100_000


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
    assert len(_tuples(graph.query(MANY))) == 100_000


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
    assert len(curl(endpoint, MANY, "text/csv", *more).stdout.splitlines()) == 100_001


def test_curl_hears_of_errors_and_of_a_break(endpoint: str) -> None:
    assert curl(endpoint, "SELECT nonsense", "text/csv").returncode == 22
    assert curl(endpoint, RUNAWAY, "text/csv").returncode == 22
    # 18: partial file; 56: failure in receiving; 92: as 56, of a stream.
    assert curl(endpoint, ENDLESS, "text/csv").returncode in (18, 56)


def _tuples(result: Any) -> list[tuple[Any, ...]]:
    return list(result)
