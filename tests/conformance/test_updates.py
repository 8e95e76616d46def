"""The W3C's tests of updates, of SPARQL 1.1 and 1.2: what they do, and which texts are none."""

import json
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest

from dppgraph.errors import DppgraphError, LoadForbidden, QuerySyntax, Unknown
from tests.conformance.asking import App, read
from tests.conformance.comparing import same_dataset
from tests.conformance.manifests import Case
from tests.conformance.test_queries import all_cases
from tests.conformance.updating import TOKEN, Evaluated, Served, StoreUnderTest
from tests.conftest import Server, start_server

pytestmark = pytest.mark.conformance

EVALUATION = [case for case in all_cases() if case.kind == "UpdateEvaluationTest"]
SYNTAX = [case for case in all_cases() if "UpdateSyntaxTest" in case.kind]


@pytest.fixture(scope="module")
def plain(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests, with the gate off; it logs nothing, since nobody reads that."""
    folder = tmp_path_factory.mktemp("updates")
    (folder / "data").mkdir()
    arguments = ("--data", folder / "data", "--store", folder / "store", "--shapes", "none")
    environment = {"DPPGRAPH_TOKEN": TOKEN, "DPPGRAPH_ACCESS_LOG": "off"}
    running = start_server(*arguments, "--default-graph", "plain", environment=environment)
    yield running
    assert running.stop() == 0


@pytest.fixture(params=["the evaluator alone", "over HTTP"])
def store(request: pytest.FixtureRequest) -> StoreUnderTest:
    """What is tested."""
    return Evaluated() if request.param == "the evaluator alone" else Served(request.getfixturevalue("plain"))


@pytest.mark.parametrize(("suite", "counts"), [("sparql11/", (94, 55)), ("sparql12/", (3, 20))])
def test_they_are_there(suite: str, counts: tuple[int, int], shared: Path) -> None:
    assert tuple(sum(case.name.startswith(suite) for case in found) for found in (EVALUATION, SYNTAX)) == counts


@pytest.mark.parametrize("case", SYNTAX, ids=lambda case: case.name)
def test_an_update_is_read_or_refused(case: Case, store: StoreUnderTest) -> None:
    assert case.query is not None
    text = case.query.read_text(encoding="utf-8")
    refused: DppgraphError | None = None
    try:
        store.update(text, case.base)
    except DppgraphError as error:
        refused = error
    if case.kind.startswith("Negative"):
        assert isinstance(refused, QuerySyntax)
    else:
        # It may be about a graph that is not there, or have something fetched; but it parses.
        assert refused is None or isinstance(refused, LoadForbidden | Unknown), refused


@pytest.mark.parametrize("case", EVALUATION, ids=lambda case: case.name)
def test_an_update_does_what_it_says(case: Case, store: StoreUnderTest) -> None:
    assert case.query is not None
    store.fill(_dataset(case, case.data, case.graphs))
    store.update(case.query.read_text(encoding="utf-8"), case.base)
    assert same_dataset(store.quads(), _dataset(case, (case.result,) if case.result else (), case.after))


def _dataset(case: Case, files: tuple[Path, ...], graphs: tuple[tuple[str, Path], ...]) -> list[pyoxigraph.Quad]:
    """What a state of a test holds: a blank node's label is the same node in all of its files."""
    return [quad for path in files for quad in read(path, case.base)] + [
        pyoxigraph.Quad(quad.subject, quad.predicate, quad.object, pyoxigraph.NamedNode(graph))
        for graph, path in graphs
        for quad in read(path, case.base)
    ]


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    with App(("http://e.example/", (), ())) as running:
        yield running


@pytest.mark.parametrize(
    "case", [case for case in (*SYNTAX, *EVALUATION) if case.name.startswith("sparql12/")], ids=lambda case: case.name
)
def test_the_app_says_that_it_writes_nothing(case: Case, app: App) -> None:
    assert case.query is not None
    response = app.ask(case.query.read_bytes(), "*/*")
    assert json.loads(response.content)["type"].rpartition("/")[2] == "updates-off"
