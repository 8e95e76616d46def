"""The questions over HTTP, on the shipped data: each answer is held against the one that was read and approved.

`make goldens` writes the answers of now; what changed is then read in the diff.
"""

import csv
import io
import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
import rdflib

from dppgraph.core import formats
from dppgraph.operations.queries import read_questions
from dppgraph.store.rdf import parse
from tests.conftest import BASE, REPOSITORY, Server

QUESTIONS = read_questions(REPOSITORY / "queries")
GOLDENS = REPOSITORY / "tests" / "fixtures" / "queries"
TABLES = [name for name, known in QUESTIONS.items() if known.columns]
GRAPHS = [name for name, known in QUESTIONS.items() if known.form == "construct"]
AWKWARD = "it's \"}{\\ ?plan # \\u0022 <b>&amp;\n"


def cases() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Each question as it is, and once with each parameter that it can do without: file, question, parameters."""
    for name, known in QUESTIONS.items():
        yield name, name, known.examples
        for parameter in known.parameters.values():
            if not parameter.required:
                value = "en" if parameter.name == "lang" else parameter.example
                if value is not None:
                    yield f"{name}.{parameter.name}", name, known.examples | {parameter.name: value}


CASES = list(cases())


def get(
    server: Server, path: str, parameters: dict[str, str] | None = None, accept: str | None = None
) -> tuple[int, dict[str, str], bytes]:
    target = f"/queries/{path}?{urlencode(parameters or {})}".rstrip("?")
    return server.ask("GET", target, headers={"Accept": accept} if accept else None)


def rows(server: Server, name: str, **parameters: str) -> list[dict[str, str]]:
    status, _, body = get(server, f"{name}.csv", QUESTIONS[name].examples | parameters)
    assert status == 200, body
    return list(csv.DictReader(io.StringIO(body.decode())))


def refused(server: Server, path: str, parameters: dict[str, str]) -> tuple[int, str]:
    status, headers, body = get(server, path, parameters)
    assert headers["content-type"] == "application/problem+json"
    return status, json.loads(body)["detail"]


@pytest.mark.parametrize(("file", "name", "parameters"), CASES, ids=[file for file, _, _ in CASES])
def test_the_answer_is_the_one_that_was_approved(
    server: Server, request: pytest.FixtureRequest, file: str, name: str, parameters: dict[str, str]
) -> None:
    extension = "nt" if name in GRAPHS else "tsv"
    status, headers, body = get(server, f"{name}.{extension}", parameters)
    assert status == 200, body
    assert headers["dppgraph-version"] == "1"
    # The triples of a graph come in no order.
    said = b"".join(sorted(body.splitlines(keepends=True))) if name in GRAPHS else body
    golden = GOLDENS / f"{file}.{extension}"
    if request.config.getoption("--write-goldens"):
        golden.write_bytes(said)
    assert golden.is_file(), "nobody has approved this answer yet: run `make goldens`, and read it"
    assert said.decode() == golden.read_text(encoding="utf-8")


def test_there_is_no_approved_answer_to_nothing() -> None:
    assert {path.name for path in GOLDENS.iterdir()} == {
        f"{file}.{'nt' if name in GRAPHS else 'tsv'}" for file, name, _ in CASES
    }


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_its_columns_in_every_format(server: Server, name: str) -> None:
    known = QUESTIONS[name]
    answers = {
        extension: get(server, f"{name}.{extension}", known.examples) for extension in ("json", "csv", "tsv", "xml")
    }
    assert {status for status, _, _ in answers.values()} == {200}
    for extension, format_ in (
        ("json", formats.JSON),
        ("csv", formats.CSV),
        ("tsv", formats.TSV),
        ("xml", formats.XML),
    ):
        assert answers[extension][1]["content-type"] == format_.content_type
    said = json.loads(answers["json"][2])
    assert tuple(said["head"]["vars"]) == known.columns
    assert answers["csv"][2].decode().split("\r\n")[0].split(",") == list(known.columns)
    assert answers["tsv"][2].decode().split("\n")[0].split("\t") == [f"?{column}" for column in known.columns]
    xml = rdflib.query.Result.parse(io.BytesIO(answers["xml"][2]), format="xml")
    assert [str(variable) for variable in xml.vars or []] == list(known.columns)
    assert (
        len(list(csv.reader(io.StringIO(answers["csv"][2].decode())))) - 1
        == len(said["results"]["bindings"])
        == len(xml)
    )


@pytest.mark.parametrize("name", GRAPHS)
def test_a_graph_is_the_same_in_every_format(server: Server, name: str) -> None:
    triples = set()
    for format_ in formats.RDF:
        status, headers, body = get(server, f"{name}.{format_.extension}", QUESTIONS[name].examples)
        assert (status, headers["content-type"]) == (200, format_.content_type)
        triples.add(frozenset(quad[:3] for quad in parse(body, format_, base=BASE)))
    assert len(triples) == 1
    # What is JSON-LD to who asks for RDF is JSON to the rest.
    assert get(server, f"{name}.json", QUESTIONS[name].examples)[1]["content-type"] == "application/ld+json"


def test_the_format_is_negotiated_too(server: Server) -> None:
    assert get(server, "approvals")[1]["content-type"] == "application/sparql-results+json"
    assert get(server, "approvals", accept="text/csv")[1]["content-type"].startswith("text/csv")
    assert get(server, "approvals", {"format": "tsv"}, "text/csv")[1]["content-type"].startswith("text/tab")
    assert get(server, "approvals", accept="text/turtle")[0] == 406
    assert get(server, "approvals.ttl")[0] == 406
    assert get(server, "describe-plan.csv", QUESTIONS["describe-plan"].examples)[0] == 406


@pytest.mark.parametrize(
    ("path", "parameters", "status", "said"),
    [
        ("successors", {}, 400, "needs the parameter plan: it must be an IRI such as id/plan/"),
        ("successors", {"plan": "nonsense"}, 400, "plan is 'nonsense': it must be an IRI such as"),
        ("plan-in-force.csv", {"on": "yesterday"}, 400, "on is 'yesterday': it must be a day such as 2013-05-01"),
        ("promises-by-year", {"year": "20"}, 400, "year is '20': it must be a year such as 2020"),
        ("continued-lines", {"minConfidence": "high"}, 400, "minConfidence is 'high': it must be a number such as 0.8"),
        ("approvals", {"plan": "id/plan/x"}, 400, "no parameter 'plan': it has lang"),
        ("approvals", {"format": "pdf"}, 400, "there is no format 'pdf'"),
        ("approvals.csv", {"format": "csv"}, 400, "the format is given twice"),
        ("approvals", {"timeout": "soon"}, 400, "timeout is 'soon'"),
        ("approvals.pdf", {}, 404, "there is no /queries/approvals.pdf: take .json, .xml, .csv, .tsv"),
        ("describe-plan.pdf", {}, 404, "take .ttl, .jsonld"),
        ("rumours", {}, 404, "there is no question 'rumours': there are approval-lag, "),
        ("approvals/x", {}, 404, "nothing at this address"),
    ],
)
def test_what_cannot_be_asked_is_told_with_what_is_expected(
    server: Server, path: str, parameters: dict[str, str], status: int, said: str
) -> None:
    told = refused(server, path, parameters)
    assert told[0] == status
    assert said in told[1]


def test_a_parameter_that_is_given_twice_is_refused(server: Server) -> None:
    status, _, body = server.ask("GET", "/queries/lines-of-action?lang=nl&lang=en")
    assert (status, "given twice" in body.decode()) == (400, True)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_value_full_of_quotes_and_braces_is_only_a_value(server: Server, name: str) -> None:
    for parameter in QUESTIONS[name].parameters:
        status, _ = refused(server, name, QUESTIONS[name].examples | {parameter: AWKWARD})
        assert status == 400


def test_an_unknown_plan_is_no_error_but_has_no_rows(server: Server) -> None:
    assert rows(server, "successors", plan="https://example.org/a%22b") == []
    assert rows(server, "lines-of-action", plan="id/plan/none") == []


def test_head_and_options_are_answered(server: Server) -> None:
    status, headers, body = server.ask("HEAD", "/queries/approvals.csv")
    assert (status, headers["content-type"], body) == (200, "text/csv; charset=utf-8", b"")
    for path in ("/queries", "/queries/approvals", "/queries/approvals.csv"):
        status, headers, _ = server.ask("OPTIONS", path)
        assert (status, headers["access-control-allow-methods"]) == (204, "GET, HEAD, OPTIONS")
    assert server.ask("POST", "/queries/approvals", b"")[0] == 405


@pytest.mark.parametrize("format_", formats.RDF, ids=lambda format_: format_.name)
def test_the_list_of_questions_is_rdf(server: Server, format_: formats.Format) -> None:
    status, headers, body = server.ask("GET", "/queries", headers={"Accept": format_.media_types[0]})
    assert (status, headers["content-type"]) == (200, format_.content_type)
    assert headers["access-control-allow-origin"] == "*"
    found = {
        quad.subject for quad in parse(body, format_, base=BASE) if quad.object.endswith("shacl#SPARQLExecutable>")
    }
    assert found == {f"<{BASE}id/query/{name}>" for name in QUESTIONS}
    assert server.ask("GET", f"/queries?format={format_.name}")[2] == body


def test_the_list_of_questions_is_not_a_table(server: Server) -> None:
    assert server.ask("GET", "/queries", headers={"Accept": "text/csv"})[0] == 406


def test_every_question_is_described_with_its_types(server: Server) -> None:
    paths = json.loads(server.ask("GET", "/openapi.json")[2])["paths"]
    assert {path for path in paths if path.startswith("/queries/")} == {f"/queries/{name}" for name in QUESTIONS}
    for name, known in QUESTIONS.items():
        entry = paths[f"/queries/{name}"]["get"]
        assert entry["summary"] == known.titles["en"]
        said = {parameter["name"]: parameter for parameter in entry["parameters"]}
        assert set(said) == {*known.parameters, "format", "timeout", "version"}
        for parameter in known.parameters.values():
            assert said[parameter.name]["required"] == parameter.required
            assert said[parameter.name]["schema"].items() >= parameter.type.schema.items()
    said = {parameter["name"]: parameter for parameter in paths["/queries/continued-lines"]["get"]["parameters"]}
    assert said["minConfidence"]["schema"] == {"type": "number", "default": 0}
    said = {parameter["name"]: parameter for parameter in paths["/queries/plan-in-force"]["get"]["parameters"]}
    assert said["on"]["schema"] == {"type": "string", "format": "date"}
    assert paths["/queries/approvals"]["get"]["responses"]["200"]["content"].keys() >= {"text/csv"}


# What the questions were fixed to answer, whatever else the graph comes to hold.

OLDER = f"{BASE}id/plan/vlaams-actieplan-duurzame-overheidsopdrachten-2009-2011"
NEWER = f"{BASE}id/plan/vlaams-actieplan-duurzame-overheidsopdrachten-2012-2014"
SUCCESSOR = f"{BASE}id/plan/vlaams-plan-overheidsopdrachten"


def test_six_lines_are_new_and_two_were_dropped(server: Server) -> None:
    found = rows(server, "new-and-dropped-lines", older=OLDER, newer=NEWER)
    lines = [(row["status"], int(row["line"][-2:])) for row in found]
    assert sorted(lines) == [("dropped", 2), ("dropped", 3), *(("new", number) for number in range(1, 7))]


def test_the_plans_were_approved_155_and_355_days_late(server: Server) -> None:
    found = {row["plan"]: row["days"] for row in rows(server, "approval-lag")}
    assert (found[OLDER], found[NEWER]) == ("155", "355")


def test_in_2013_the_second_plan_was_in_force_and_in_2015_none(server: Server) -> None:
    flemish = {OLDER, NEWER, SUCCESSOR}
    assert flemish & {row["plan"] for row in rows(server, "plan-in-force", on="2013-05-01")} == {NEWER}
    assert not flemish & {row["plan"] for row in rows(server, "plan-in-force", on="2015-06-01")}


def test_there_are_72_facts_each_with_its_quote(server: Server) -> None:
    found = rows(server, "facts")
    assert len(found) == 72
    for row in found:
        assert len(row["quote"]) == int(row["end"]) - int(row["start"])
