"""SPARQL 1.2's update tests, asked of the engine: the app writes nothing yet, and has to say that of each."""

import json
from collections.abc import Iterator

import pyoxigraph
import pytest

from tests.conformance.asking import App, rdf_format, read
from tests.conformance.comparing import same_graph
from tests.conformance.manifests import Case
from tests.conformance.test_queries import all_cases

pytestmark = pytest.mark.conformance

EVALUATION = [case for case in all_cases() if case.name.startswith("sparql12/") and case.kind == "UpdateEvaluationTest"]
SYNTAX = [case for case in all_cases() if case.name.startswith("sparql12/") and "UpdateSyntaxTest" in case.kind]


def test_they_are_there(shared: object) -> None:
    assert (len(EVALUATION), len(SYNTAX)) == (3, 20)


@pytest.mark.parametrize("case", SYNTAX, ids=lambda case: case.name)
def test_an_update_is_read_or_refused(case: Case) -> None:
    assert case.query is not None
    text = case.query.read_text(encoding="utf-8")
    if case.kind.startswith("Negative"):
        with pytest.raises(SyntaxError):
            pyoxigraph.Store().update(text, base_iri=case.base)
    else:
        pyoxigraph.Store().update(text, base_iri=case.base)


@pytest.mark.parametrize("case", EVALUATION, ids=lambda case: case.name)
def test_an_update_does_what_it_says(case: Case) -> None:
    assert case.query is not None
    assert case.result is not None
    store = pyoxigraph.Store()
    store.extend(quad for path in case.data for quad in read(path, case.base))
    store.update(case.query.read_text(encoding="utf-8"), base_iri=case.base)
    expected = pyoxigraph.parse(case.result.read_bytes(), rdf_format(case.result), base_iri=case.base)
    assert same_graph([quad.triple for quad in store], [quad.triple for quad in expected])


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    with App(("http://e.example/", (), ())) as running:
        yield running


@pytest.mark.parametrize("case", [*SYNTAX, *EVALUATION], ids=lambda case: case.name)
def test_the_app_says_that_it_writes_nothing(case: Case, app: App) -> None:
    assert case.query is not None
    response = app.ask(case.query.read_bytes(), "*/*")
    assert json.loads(response.content)["type"].rpartition("/")[2] == "updates-off"
