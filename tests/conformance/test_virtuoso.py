"""The W3C's query tests, asked of Virtuoso as servers do: it answers as the embedded store, or it is named why not."""

import http.client
import re
from collections.abc import Iterator, Sequence
from typing import Final, cast
from urllib.parse import urlencode

import pyoxigraph
import pytest

from dppgraph.core.query_text import read_query, tokens
from dppgraph.errors import DppgraphError
from dppgraph.store.rdf import exact_term
from dppgraph.store.remote.virtuoso import asked, loaded, read
from dppgraph.store.workers.evaluation import known_prefixes
from tests.conformance.asking import read as read_file
from tests.conformance.comparing import Term
from tests.conformance.known_failures import KNOWN_FAILURES
from tests.conformance.manifests import Case
from tests.conformance.test_queries import asked_cases
from tests.conformance.virtuoso_differences import DIFFERENCES
from tests.contract.virtuoso import VirtuosoServer

pytestmark = [pytest.mark.conformance, pytest.mark.remote, pytest.mark.sampled]

GRAPH: Final = "urn:w3c"
EITHER_WAY: Final = ("sparql11/bind/bind03",)
"""Of two equal numbers of two types, Virtuoso has the one or the other."""

_ABOUT_GRAPHS: Final = {"GRAPH", "FROM"}


def _cases() -> list[Case]:
    """Those of SPARQL 1.0 and 1.1 that are about no named graph: which of these is asked, the contract suite tries."""
    found = []
    for case in asked_cases():
        if "Syntax" in case.kind or case.query is None or case.name in KNOWN_FAILURES or "sparql12" in case.name:
            continue
        words = {token.text.upper() for token in tokens(case.query.read_text(encoding="utf-8"))}
        if not words & _ABOUT_GRAPHS and case.name not in EITHER_WAY:
            found.append(case)
    return found


@pytest.fixture(scope="module")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtuosoServer]:
    server = VirtuosoServer(tmp_path_factory.mktemp("virtuoso"))
    server.start()
    yield server
    server.stop()


def test_differences_are_tests_that_there_are(virtuoso: VirtuosoServer) -> None:
    if not _cases():
        pytest.skip("there is no folder shared/ beside the repository, with the suites")
    assert set(DIFFERENCES) <= {case.name for case in _cases()}


@pytest.mark.parametrize("case", _cases(), ids=lambda case: case.name)
def test_a_query_of_the_w3c_has_the_embedded_stores_answer(
    case: Case, virtuoso: VirtuosoServer, request: pytest.FixtureRequest
) -> None:
    if case.name in DIFFERENCES:
        request.applymarker(pytest.mark.xfail(reason=DIFFERENCES[case.name], strict=True))
    assert case.query is not None
    store = _named(quad for file in case.data for quad in read_file(file, case.base))
    text = f"BASE <{case.base}{case.query.name}>\n{case.query.read_text(encoding='utf-8')}"
    expected = _answer(store.query(text, prefixes=dict(known_prefixes(text))))
    _load(virtuoso, store)
    found = _asked(virtuoso, text)
    is_ordered = "ORDER" in {token.text.upper() for token in tokens(text)}
    if not is_ordered:
        found, expected = sorted(found, key=str), sorted(expected, key=str)
    assert found == expected


def _named(quads: Iterator[pyoxigraph.Quad]) -> pyoxigraph.Store:
    """The data with a name for each blank node, as versions have it."""

    def named(term: Term) -> Term:
        return pyoxigraph.NamedNode(f"urn:b:{term.value}") if isinstance(term, pyoxigraph.BlankNode) else term

    store = pyoxigraph.Store()
    for quad in quads:
        subject = cast("pyoxigraph.NamedNode", named(quad.subject))
        store.add(pyoxigraph.Quad(subject, quad.predicate, named(quad.object)))
    return store


def _load(virtuoso: VirtuosoServer, store: pyoxigraph.Store) -> None:
    rows = [(str(quad.subject), str(quad.predicate), *loaded([exact_term(quad.object)])) for quad in store]
    _sent(virtuoso, f"CLEAR GRAPH <{GRAPH}>", "application/sparql-update")
    if rows:
        data = " .\n".join(" ".join(row) for row in rows)
        _sent(virtuoso, f"INSERT DATA {{ GRAPH <{GRAPH}> {{ {data} }} }}", "application/sparql-update")


def _asked(virtuoso: VirtuosoServer, text: str) -> Sequence[object]:
    is_table = read_query(text).form in ("select", "ask")
    accept = "application/sparql-results+json" if is_table else "application/n-triples"
    prefixes = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in known_prefixes(text).items())
    try:
        query = asked(prefixes + text)
    except DppgraphError as error:
        return [f"refused: {error}"]
    form = urlencode({"query": query, "default-graph-uri": GRAPH})
    data = _sent(virtuoso, form, "application/x-www-form-urlencoded", accept)
    if is_table:
        return _answer(pyoxigraph.parse_query_results(data, pyoxigraph.QueryResultsFormat.JSON))
    return _triples(quad.triple for quad in pyoxigraph.parse(data, pyoxigraph.RdfFormat.N_TRIPLES))


def _answer(
    found: pyoxigraph.QuerySolutions | pyoxigraph.QueryBoolean | pyoxigraph.QueryTriples,
) -> Sequence[object]:
    if isinstance(found, pyoxigraph.QueryBoolean):
        return [bool(found)]
    if isinstance(found, pyoxigraph.QueryTriples):
        return _triples(iter(found))
    names = sorted(variable.value for variable in found.variables)
    return [[(name, read(exact_term(term))) for name in names if (term := row[name]) is not None] for row in found]


def _triples(found: Iterator[pyoxigraph.Triple]) -> Sequence[object]:
    # Which new blank node is which, is no part of the answer.
    rows = {f"{triple.subject} {triple.predicate} {read(exact_term(triple.object))}" for triple in found}
    return sorted(re.sub(r"_:\w+", "_:", row) for row in rows)


def _sent(virtuoso: VirtuosoServer, body: str, content_type: str, accept: str = "*/*") -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", virtuoso.port, timeout=60)
    try:
        connection.request("POST", "/sparql", body.encode(), {"Content-Type": content_type, "Accept": accept})
        answer = connection.getresponse()
        data = answer.read()
        assert answer.status == 200, data[:300]
        return data
    finally:
        connection.close()
