"""All questions over HTTP, and the server around them: the approved answers, whatever engine gives them."""

import json
from urllib.parse import quote, urlencode

import pytest

from tests.conftest import Server
from tests.contract.conftest import rows_of
from tests.contract.engines import Engine
from tests.web.test_queries import CASES, GOLDENS, GRAPHS, get

PLAN = "https://w3id.org/dppgraph/id/plan/vlaams-plan-overheidsopdrachten"
ASK_UPDATE = "INSERT DATA { <http://e/a> <http://e/b> 1 }"


def ask(front: Server, query: str, accept: str = "application/sparql-results+json", **said: str) -> tuple[int, bytes]:
    target = f"/sparql?{urlencode({'query': query, **said})}"
    status, _, body = front.ask("GET", target, headers={"Accept": accept})
    return status, body


@pytest.mark.parametrize(("file", "name", "parameters"), CASES, ids=[file for file, _, _ in CASES])
def test_each_question_has_its_approved_answer(front: Server, file: str, name: str, parameters: dict[str, str]) -> None:
    extension = "nt" if name in GRAPHS else "tsv"
    status, _, body = get(front, f"{name}.{extension}", parameters)
    assert status == 200, body
    approved = (GOLDENS / f"{file}.{extension}").read_text(encoding="utf-8")
    assert sorted(body.decode().splitlines()) == sorted(approved.splitlines())
    if name not in GRAPHS:
        assert body.decode().splitlines()[0] == approved.splitlines()[0]


def test_the_server_is_ready_and_counts(front: Server, engine: Engine | None) -> None:
    status, _, body = front.ask("GET", "/health/ready")
    assert (status, json.loads(body)["status"]) == (200, "ready")
    _, _, body = front.ask("GET", "/metrics")
    counted = [line for line in body.decode().splitlines() if line.startswith("dppgraph_endpoint_up{")]
    assert len(counted) == (1 if engine else 0)
    assert all(line.endswith(" 1.0") for line in counted)


def test_no_process_holds_the_graph_where_an_engine_does(front: Server, engine: Engine | None) -> None:
    assert len(front.children("dppgraph.store.workers.pool", 0 if engine else 1)) == (0 if engine else 1)


def test_pages_documents_and_dumps_are_there(front: Server) -> None:
    for path in ("/", "/plans", "/timeline", "/questions", "/changes", "/feed", "/catalogue"):
        status, _, _ = front.ask("GET", path, headers={"Accept": "text/html, */*;q=0.1"})
        assert status == 200, path
    status, _, body = front.ask("GET", PLAN.removeprefix("https://w3id.org/dppgraph").replace("/id/", "/doc/") + ".ttl")
    assert status == 200
    assert b"dpp:" in body


def test_a_version_is_asked_by_its_number(front: Server) -> None:
    status, body = ask(front, "ASK { ?s ?p ?o }", version="1")
    assert (status, json.loads(body)["boolean"]) == (200, True)
    assert ask(front, "ASK { ?s ?p ?o }", version="7")[0] == 404


def test_the_dataset_is_said_in_the_request(front: Server) -> None:
    graph = "https://w3id.org/dppgraph/id/graph/concepts"
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    named = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"
    answers = [
        ask(front, count, **{"default-graph-uri": graph}),
        ask(front, f"SELECT (COUNT(*) AS ?n) FROM <{graph}> {{ ?s ?p ?o }}"),
        ask(front, named, **{"named-graph-uri": graph}),
        ask(front, named),
    ]
    assert [status for status, _ in answers] == [200] * 4
    (found,) = {str(rows_of(body)) for _, body in answers}
    assert int(found.split('"')[1]) > 100


def test_syntax_errors_have_a_place(front: Server) -> None:
    status, body = ask(front, "SELECT ?s {\n ?s ?p\t}")
    said = json.loads(body)
    assert (status, said["line"], said["column"]) == (400, 2, 9)


@pytest.mark.heavy
def test_a_runaway_is_ended_with_504(front: Server) -> None:
    runaway = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c = ?f && ?f = ?i && ?a != ?d) }"
    status, body = ask(front, runaway)
    assert status == 504, body


def test_the_callers_headers_stay_here(front: Server) -> None:
    """That of a user would open nothing, and those of a browser are nobody's business."""
    headers = {"Authorization": "Bearer of-bad-news", "Cookie": "a=b", "X-Forwarded-For": "192.0.2.1"}
    status, _, body = front.ask("GET", f"/sparql?query={quote('ASK {}')}", headers=headers)
    assert status == 200, body


def test_changes_are_refused_where_an_engine_answers(front: Server, engine: Engine | None) -> None:
    headers = {"Content-Type": "application/sparql-update", "Authorization": f"Bearer {'x' * 40}"}
    status, _, body = front.ask("POST", "/sparql", ASK_UPDATE.encode(), headers)
    assert status == 403, body
    assert ("dppgraph publish" in body.decode()) is (engine is not None)
