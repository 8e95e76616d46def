"""The W3C's query tests, asked over HTTP of the real app, as with ``--shapes none --default-graph plain``."""

import json
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import pyoxigraph
import pytest

from dppgraph.core.query_text import read_query, tokens
from tests.conformance.asking import App, Dataset, rdf_format
from tests.conformance.comparing import Row, result_set, same_csv, same_graph, same_rows, table
from tests.conformance.known_failures import KNOWN_FAILURES
from tests.conformance.manifests import Case, cases
from tests.conftest import REPOSITORY

pytestmark = pytest.mark.conformance

SUITES: Final = REPOSITORY.parent / "shared" / "suites"
TOPS: Final = (("sparql10", "manifest.ttl"), ("sparql11", "manifest-all.ttl"), ("sparql12", "manifest.ttl"))
ELSEWHERE: Final = {
    "ProtocolTest": "test_protocol.py",
    "ServiceDescriptionTest": "test_service.py",
    "GraphStoreProtocolTest": "the Graph Store Protocol comes with writes",
    "UpdateEvaluationTest": "test_updates.py",
    "PositiveUpdateSyntaxTest11": "test_updates.py",
    "NegativeUpdateSyntaxTest11": "test_updates.py",
    "PositiveUpdateSyntaxTest": "test_updates.py",
    "NegativeUpdateSyntaxTest": "test_updates.py",
}
"""Kinds of tests that are not asked here, and where they are, or why they are not."""

_FORMATS: Final = {
    ".srx": ("application/sparql-results+xml", pyoxigraph.QueryResultsFormat.XML),
    ".srj": ("application/sparql-results+json", pyoxigraph.QueryResultsFormat.JSON),
    ".tsv": ("text/tab-separated-values", pyoxigraph.QueryResultsFormat.TSV),
}


@cache
def all_cases() -> list[Case]:
    """The tests of all three versions of SPARQL; none where the suites are not there."""
    return [case for name, top in TOPS for case in cases(SUITES, name, top)] if SUITES.is_dir() else []


def left_out(case: Case) -> str:
    """Why a test is not asked here; nothing where it is."""
    if case.query is not None and case.query.suffix == ".ru" and case.kind not in ELSEWHERE:
        return "updates come with writes"
    if case.regimes:
        return "no entailment regime is offered: what follows is a graph of its own"
    if case.services:
        return "SERVICE is off; tests/guard/ asks endpoints that are allowed"
    return ELSEWHERE.get(case.kind, "")


def asked_cases() -> list[Case]:
    """Those that are asked here, those over the same data next to each other."""
    found = [case for case in all_cases() if not left_out(case)]
    return sorted(found, key=lambda case: (case.folder, "Syntax" in case.kind, case.data, case.graphs))


def dataset_of(case: Case) -> Dataset:
    """The data of a test; the files that FROM names count as named graphs, since nothing is ever fetched."""
    if "Syntax" in case.kind or case.query is None:
        return case.base, (), ()
    graphs = dict(case.graphs)
    for graph in read_query(case.query.read_text(encoding="utf-8")).graphs:
        if graph and (case.folder / graph.iri.rpartition("/")[2]).is_file():
            name = graph.iri.rpartition("/")[2]
            graphs[case.base + name if ":" not in graph.iri else graph.iri] = case.folder / name
    return case.base, case.data, tuple(graphs.items())


@pytest.fixture(scope="module")
def suites(shared: Path) -> Path:
    return shared / "suites"


def test_the_suites_are_there(suites: Path) -> None:
    assert len(asked_cases()) > 1000


def test_known_failures_are_tests_that_there_are(suites: Path) -> None:
    assert set(KNOWN_FAILURES) <= {case.name for case in all_cases()}


@pytest.mark.parametrize("name", [name for name, _ in TOPS])
def test_every_kind_of_test_is_asked_or_has_a_reason_not_to_be(suites: Path, name: str) -> None:
    asked = {"QueryEvaluationTest", "CSVResultFormatTest", "PositiveSyntaxTest", "NegativeSyntaxTest"}
    asked |= {"PositiveSyntaxTest11", "NegativeSyntaxTest11"}
    kinds = {case.kind for case in all_cases() if case.name.startswith(name)}
    assert kinds <= asked | set(ELSEWHERE)


@pytest.fixture(scope="module")
def apps() -> Iterator[dict[Dataset, App]]:
    """The app of the last test, for the next one if it has the same data."""
    running: dict[Dataset, App] = {}
    yield running
    for app in running.values():
        app.__exit__(None, None, None)


@pytest.mark.parametrize("case", asked_cases(), ids=lambda case: case.name)
def test_a_query_of_the_w3c(case: Case, apps: dict[Dataset, App], request: pytest.FixtureRequest) -> None:
    if case.name in KNOWN_FAILURES:
        request.applymarker(pytest.mark.xfail(reason=KNOWN_FAILURES[case.name], strict=True))
    dataset = dataset_of(case)
    if dataset not in apps:
        while apps:
            apps.popitem()[1].__exit__(None, None, None)
        apps[dataset] = App(dataset).__enter__()
    if "Syntax" in case.kind:
        judge_syntax(case, apps[dataset])
    else:
        judge_answer(case, apps[dataset])


def judge_syntax(case: Case, app: App) -> None:
    """A query that does not parse is told so, and none that does."""
    assert case.query is not None
    response = app.ask(case.query.read_bytes(), "*/*")
    problem = json.loads(response.content) if response.status_code != 200 else {}
    if case.kind.startswith("Negative"):
        # A query that is no UTF-8, or gives a column twice, is refused with another word than "does not parse".
        assert response.status_code == 400, response.content
        return
    # It may ask what cannot be answered, such as a function that nobody knows; but it parses.
    assert problem.get("type", "").rpartition("/")[2] not in ("query-syntax", "updates-off"), problem
    assert response.status_code in (200, 400, 403), problem


def judge_answer(case: Case, app: App) -> None:
    """The answer is the expected one."""
    assert case.query is not None
    assert case.result is not None
    query = case.query.read_bytes()
    # Relative IRIs of a query are relative to its file, which the protocol has no way to say.
    query = f"BASE <{case.base}{case.query.name}>\n".encode() + query
    expected = case.result.read_bytes()
    ordered = _is_ordered(query.decode())
    if case.result.suffix == ".csv":
        assert same_csv(_answered(app, query, "text/csv"), expected)
    elif case.result.suffix in _FORMATS:
        accept, format_ = _FORMATS[case.result.suffix]
        got, names = table(_answered(app, query, accept), format_)
        want, wanted_names = table(expected, format_)
        assert set(names) == set(wanted_names)
        _same(got, want, ordered=ordered, lax=case.lax)
    elif b"result-set#" in expected and b"CONSTRUCT" not in query.upper():
        want, has_index = result_set(expected, rdf_format(case.result), case.base)
        got, _ = table(_answered(app, query, _FORMATS[".srj"][0]), _FORMATS[".srj"][1])
        _same(got, want, ordered=has_index, lax=case.lax)
    else:
        data = _answered(app, query, "application/n-triples")
        graph = [quad.triple for quad in pyoxigraph.parse(expected, rdf_format(case.result), base_iri=case.base)]
        answer = [quad.triple for quad in pyoxigraph.parse(data, pyoxigraph.RdfFormat.N_TRIPLES)]
        assert same_graph(answer, graph)


def _is_ordered(query: str) -> bool:
    """Whether the query, and not one within it, says in which order its rows come."""
    depth = 0
    found = [token.text.upper() for token in tokens(query)]
    for text, after in pairwise(found):
        depth += (text == "{") - (text == "}")
        if (text, after, depth) == ("ORDER", "BY", 0):
            return True
    return False


def _same(got: list[Row] | bool, want: list[Row] | bool, *, ordered: bool, lax: bool) -> None:
    if isinstance(got, bool) or isinstance(want, bool):
        assert got == want
    elif lax:
        assert {str(row) for row in got} == {str(row) for row in want}
        assert len(got) <= len(want)
    else:
        assert same_rows(got, want, ordered=ordered), (got, want)


def _answered(app: App, query: bytes, accept: str) -> bytes:
    response = app.ask(query, accept)
    assert response.status_code == 200, response.content
    content: bytes = response.content
    return content
