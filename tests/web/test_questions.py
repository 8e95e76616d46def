"""The pages of the questions: their forms, their answers, and what is said where something is wrong."""

import csv
import io
import json
import re
from html import unescape
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from dppgraph.operations.queries import GROUPS, read_questions
from tests.conftest import REPOSITORY, Server
from tests.web.selecting import parsed, select

QUESTIONS = read_questions(REPOSITORY / "queries")
TABLES = [name for name, known in QUESTIONS.items() if known.columns]
PLAN = "id/plan/vlaams-actieplan-duurzame-overheidsopdrachten-2009-2011"
HTML = {"Accept": "text/html"}


def page(server: Server, path: str, status: int = 200) -> Any:
    got, headers, body = server.ask("GET", path, headers=HTML)
    assert (got, headers["content-type"]) == (status, "text/html; charset=utf-8")
    return parsed(body)


def rows(server: Server, path: str) -> list[list[str]]:
    status, _, body = server.ask("GET", path, headers={"Accept": "text/csv"})
    assert status == 200, body
    return list(csv.reader(io.StringIO(body.decode())))[1:]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_all_questions_are_listed_once_under_their_headings(server: Server, language: str) -> None:
    found = page(server, f"/questions?lang={language}")
    names = [link.get("href").split("/")[-1].split("?")[0] for link in select(found, ".asks a")]
    assert sorted(names) == sorted(QUESTIONS)
    assert [link.text_content() for link in select(found, ".asks a")] == [
        QUESTIONS[name].titles[language] for name in names
    ]
    assert [heading.get("id") for heading in select(found, "h2")] == [
        group for group in GROUPS if any(known.group == group for known in QUESTIONS.values())
    ]


def test_the_list_is_there_for_programs_with_queries_that_run(server: Server) -> None:
    status, headers, body = server.ask("GET", "/questions.json?lang=en")
    assert (status, headers["content-type"]) == (200, "application/json")
    listed = {known["name"]: known for known in json.loads(body)}
    assert set(listed) == set(QUESTIONS)
    assert listed["plan-in-force"]["title"] == QUESTIONS["plan-in-force"].titles["en"]
    assert listed["plan-in-force"]["parameters"][0]["type"] == "date"
    for known in listed.values():
        assert server.ask("GET", f"/sparql?query={quote(known['query'])}")[0] == 200, known["name"]


@pytest.mark.parametrize("name", TABLES)
def test_a_page_shows_as_many_rows_as_the_question_answers(server: Server, name: str) -> None:
    expected = len(rows(server, f"/queries/{name}.csv?{urlencode(QUESTIONS[name].examples)}"))
    for language in ("nl", "en"):
        found = page(server, f"/questions/{name}?lang={language}")
        assert found.get("lang") == language
        assert select(found, "h1")[0].text_content() == QUESTIONS[name].titles[language]
        assert len(select(found, "table.answer tbody tr")) == min(expected, 100)
        # Each column has a name in the reader's language.
        for head in select(found, "table.answer th"):
            assert head.text_content().strip() not in QUESTIONS[name].columns


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_query_on_the_page_gives_the_same_answer_as_it_stands(server: Server, name: str) -> None:
    found = page(server, f"/questions/{name}?lang=nl")
    text = select(found, "pre.query")[0].text_content()
    formats = "csv" if QUESTIONS[name].columns else "ntriples"
    there = next(link for link in select(found, "a[type]") if link.get("type") in ("text/csv", "text/turtle"))
    asked = there.get("href").partition("/queries/")[2].replace(".csv", "").replace(".ttl", "")
    mark = "&" if "?" in asked else "?"
    one = server.ask("GET", f"/queries/{asked}{mark}format={formats}")
    other = server.ask("GET", f"/sparql?format={formats}&query={quote(text)}")
    assert one[0] == other[0] == 200
    assert sorted(one[2].splitlines()) == sorted(other[2].splitlines())
    curl = select(found, "pre")[-1].text_content()
    assert curl == f"curl 'http://127.0.0.1:{server.port}{there.get('href')}'"


def test_the_form_has_a_field_for_each_parameter_with_its_own_kind(server: Server) -> None:
    asked = f"older={quote(PLAN)}&newer={quote(PLAN)}&minConfidence=0.5&lang=en"
    found = page(server, f"/questions/new-and-dropped-lines?{asked}")
    form = select(found, "form.ask")[0]
    assert form.get("method") == "get"
    assert [field.get("name") for field in select(form, "[name]")] == ["lang", "older", "newer", "minConfidence"]
    for field in select(form, "select, input[type=number]"):
        assert select(form, f"label[for='{field.get('id')}']")
    assert [one.get("value") for one in select(form, "option[selected]")] == [PLAN, PLAN]
    number = select(form, "[name=minConfidence]")[0]
    assert (number.get("type"), number.get("value")) == ("number", "0.5")
    assert select(page(server, "/questions/plan-in-force"), "input[type=date]")[0].get("value") == "2013-05-01"
    assert select(page(server, "/questions/objectives"), "option")[0].get("value") == ""
    assert not select(page(server, "/questions/approvals"), "form.ask")


def test_a_question_is_asked_in_the_language_of_its_page(server: Server) -> None:
    for language, label in (("nl", "Honderd procent duurzame"), ("en", "One hundred per cent")):
        found = page(server, f"/questions/promises-by-year?year=2020&lang={language}")
        assert label in select(found, "table.answer")[0].text_content()
        (link,) = (one for one in select(found, "a[type='text/csv']"))
        assert f"lang={language}" in link.get("href")


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ("promises-by-year?year=abc", "year"),
        ("promises-by-year?year=", ""),
        ("plan-in-force?on=2013-02-30", "on"),
        ("new-and-dropped-lines?newer=id/plan/x", "older"),
        ("continued-lines?minConfidence=much", "minConfidence"),
        ("successors?plan=%3Cscript%3Ealert(1)%3C/script%3E", "plan"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(server: Server, asked: str, field: str, language: str) -> None:
    if not field:
        assert select(page(server, f"/questions/{asked}&lang={language}", 400), "#e-year")
        return
    found = page(server, f"/questions/{asked}&lang={language}", 400)
    (wrong,) = select(found, "[aria-invalid=true]")
    assert wrong.get("name") == field
    (said,) = select(found, f"#{wrong.get('aria-describedby')}")
    assert said.text_content().strip()
    assert select(found, f"[role=alert] a[href='#p-{field}']")
    assert not select(found, "table.answer")
    assert not select(found, "main script")


def test_a_field_that_there_is_not_is_named(server: Server) -> None:
    found = page(server, "/questions/approvals?colour=%3Cb%3Ered&lang=nl", 400)
    assert "‘colour’" in select(found, "[role=alert]")[0].text_content()


def test_programs_are_told_of_mistakes_as_everywhere(server: Server) -> None:
    for path in (
        "promises-by-year.json?year=abc",
        "promises-by-year?year=abc&format=json",
        "approvals.json?colour=red",
    ):
        status, headers, body = server.ask("GET", f"/questions/{path}")
        assert (status, headers["content-type"]) == (400, "application/problem+json")
        assert "year" in json.loads(body)["detail"] or "colour" in json.loads(body)["detail"]
    assert server.ask("GET", "/questions/promises-by-year?year=1&year=2", headers=HTML)[0] == 400
    assert server.ask("GET", "/questions/nothing", headers=HTML)[0] == 404
    assert server.ask("GET", "/questions/approvals.csv")[0] == 404


def test_a_long_answer_comes_in_pages(server: Server) -> None:
    asked = f"/questions/describe-plan?plan={quote(PLAN)}"
    first, second = page(server, asked), page(server, f"{asked}&page=2")
    assert len(select(first, "table.answer tbody tr")) == 100
    assert select(first, "a[rel=next]")[0].get("href").endswith(f"page=2&plan={quote(PLAN, safe='')}")
    texts = [select(found, "table.answer")[0].text_content() for found in (first, second)]
    assert texts[0] != texts[1]
    total = int(re.sub(r"\D", "", select(first, "section .note")[0].text_content()))
    _, _, body = server.ask("GET", f"/queries/describe-plan.nt?plan={quote(PLAN)}")
    assert total == len(body.splitlines())
    page(server, f"{asked}&page={-(-total // 100)}")
    page(server, f"{asked}&page={-(-total // 100) + 1}", 404)


def test_the_same_is_there_as_data(server: Server) -> None:
    status, headers, body = server.ask("GET", "/questions/promises-by-year.json?year=2020&lang=en")
    assert (status, headers["content-type"]) == (200, "application/json")
    said = json.loads(body)
    assert said["parameters"] == {"year": "2020", "lang": "en"}
    assert said["total"] == len(said["rows"]) == 2
    assert {row["plan"]["label"] for row in said["rows"]} >= {"Vlaams plan overheidsopdrachten"}
    assert said["rows"][0]["quote"].startswith("de ambitieuze doelstelling")


def test_pictures_say_no_more_than_the_table_does(server: Server) -> None:
    found = page(server, "/questions/facts-by-provenance?lang=en")
    bars = [int(one.text_content().replace(",", "")) for one in select(found, ".bars .number")]
    cells = [int(one.text_content().replace(",", "")) for one in select(found, "table.answer td.number")]
    assert bars == cells
    assert max(float(one.get("width")) for one in select(found, ".bars .bar")) == 100
    over_time = select(page(server, "/questions/plan-in-force?on=2013-05-01&lang=en"), ".over-time svg")
    assert over_time[0].get("role") == "img"
    assert len(select(over_time[0], ".span")) == 2


def test_a_page_is_kept_and_known_by_its_tag(server: Server) -> None:
    _, first, _ = server.ask("GET", "/questions/approvals", headers=HTML)
    status, _, _ = server.ask("GET", "/questions/approvals", headers=HTML | {"If-None-Match": first["etag"]})
    assert status == 304
    _, wrong, _ = server.ask("GET", "/questions/promises-by-year?year=x", headers=HTML)
    assert wrong["cache-control"] == "no-store"
    assert "etag" not in wrong


def test_the_editor_opens_with_the_same_query(server: Server) -> None:
    found = page(server, "/questions/approvals?lang=en")
    (link,) = select(found, "a.button")
    text = select(found, "pre.query")[0].text_content()
    assert unescape(link.get("href")).endswith(f"/sparql?lang=en#{urlencode({'query': text})}")
