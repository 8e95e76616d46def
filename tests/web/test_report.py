"""What is answered to whoever breaks a shape: the report, in the format and the language that they like best."""

import json

import pyoxigraph
import pytest

from dppgraph.core.languages import LANGUAGES
from dppgraph.errors import ShapeViolation
from dppgraph.operations.validate import Report, Result
from dppgraph.web.report import report_of
from tests.conftest import BASE
from tests.web.selecting import parsed, select

SHAPE = f"{BASE}ns/shapes#plan-title"
HOSTILE = '"<script>alert(1)</script>\\u202Ex"'
RESULTS = (
    Result(
        "Violation", "plan-title", f"<{BASE}id/plan/x>", "<http://purl.org/dc/terms/title>", HOSTILE,
        "http://www.w3.org/ns/shacl#MinCountConstraintComponent", SHAPE,
        (("en", "a plan has a title: give it one"), ("nl", "een plan heeft een titel: geef er een")),
        meant=f"<{BASE}id/plan/y>",
    ),
    Result("Warning", "b", "<javascript:alert(1)>", "", "", "", SHAPE, (("en", "only in English"),)),
    Result("Info", "c", "_:b", "", "", "", SHAPE, (), follows=True),
)  # fmt: skip


def answer(accept: str, results: tuple[Result, ...] = RESULTS, **more: str) -> tuple[int, str, bytes]:
    headers = [(b"accept", accept.encode())] if accept else []
    headers += [(name.replace("_", "-").encode(), value.encode()) for name, value in more.items()]
    scope = {"type": "http", "path": "/graphs/a", "headers": headers, "query_string": b""}
    response = report_of(ShapeViolation("nothing is changed", report=Report(results, BASE)), scope)
    return response.status_code, response.headers["content-type"], bytes(response.body)


@pytest.mark.parametrize("accept", ["", "*/*", "application/problem+json", "application/json", "image/png"])
def test_programs_get_a_problem_document_with_the_report(accept: str) -> None:
    status, content_type, body = answer(accept)
    assert (status, content_type) == (422, accept if "json" in accept else "application/problem+json")
    said = json.loads(body)
    assert said["type"].endswith("/problems/shape-violation")
    assert [result["check"] for result in said["report"]["results"]] == ["plan-title", "b", "c"]


@pytest.mark.parametrize(
    "accept", ["text/turtle", "application/ld+json", "application/n-triples", "application/rdf+xml"]
)
def test_programs_of_rdf_get_the_report_as_shacl_has_it(accept: str) -> None:
    status, content_type, body = answer(accept)
    assert (status, content_type.partition(";")[0]) == (422, accept)
    format_ = pyoxigraph.RdfFormat.from_media_type(accept)
    assert format_ is not None
    quads = list(pyoxigraph.parse(body, format_))
    assert sum(quad.predicate.value.endswith("#result") for quad in quads) == 3
    assert {str(quad.object) for quad in quads if quad.predicate.value.endswith("#conforms")} == {
        '"false"^^<http://www.w3.org/2001/XMLSchema#boolean>'
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_get_a_page_in_their_language(language: str) -> None:
    status, content_type, body = answer("text/html", accept_language=language)
    assert (status, content_type) == (422, "text/html; charset=utf-8")
    page = parsed(body)
    assert page.get("lang") == language
    first, second = select(page, "main ol li")
    message = dict(RESULTS[0].messages)[language]
    assert message in first.text_content()
    assert [link.get("href") for link in select(first, "a")] == ["../doc/plan/x"]
    # What is in English only says so; what cannot be followed is no link, and nothing in it is markup.
    assert [bdi.get("lang") for bdi in select(second, "p bdi")] == ["en" if language == "nl" else None]
    assert not select(second, "a")
    assert not select(page, "script")
    assert "&lt;script&gt;" in body.decode()
    assert "report." not in page.text_content()


def test_a_page_of_very_many_says_how_many_more_there_are() -> None:
    page = parsed(answer("text/html", RESULTS[1:2] * 101, accept_language="en")[2])
    assert len(select(page, "main ol li")) == 100
    assert "One more is in the report" in page.text_content()


def test_what_rdf_xml_cannot_say_is_told_as_a_problem() -> None:
    bad = (Result("Violation", "a", "<urn:x:a>", "", '"\\u0001"', "", SHAPE, ()),)
    assert answer("application/rdf+xml", bad)[1] == "application/problem+json"
