"""The query editor: a form that works as it is, with the answer to what is in it."""

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from dppgraph.operations.build import Built
from dppgraph.operations.harvest import Harvests
from dppgraph.store.versions import VersionStore
from dppgraph.web.pages import Reader, Site, rendered, templates
from tests.conftest import Server
from tests.web.selecting import parsed, select

HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def ask(server: Server, query: str, status: int = 200, **more: str) -> Any:
    given = urlencode({"format": "html", "query": query, "lang": "en"} | more)
    got, headers, body = server.ask("GET", f"/sparql?{given}", headers=HTML)
    assert (got, headers["content-type"]) == (status, "text/html; charset=utf-8")
    return parsed(body)


def test_people_get_a_form_and_programs_the_description(server: Server) -> None:
    status, headers, body = server.ask("GET", "/sparql", headers=HTML)
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    found = parsed(body)
    form = select(found, "form.query")[0]
    assert form.get("method") == "get"
    assert form.get("action") == "/sparql"
    assert "SELECT" in select(form, "textarea[name=query]")[0].text
    assert select(form, "label[for=query]")
    assert select(form, "select[name=format] option")[0].get("value") == "html"
    for accept in ("", "*/*", "text/turtle", "text/html;q=0.5, text/turtle"):
        assert server.ask("GET", "/sparql", headers={"Accept": accept})[1]["content-type"].startswith("text/turtle")
    assert server.ask("HEAD", "/sparql", headers=HTML)[1]["content-type"].startswith("text/html")
    assert server.ask("GET", "/sparql?format=html")[1]["content-type"].startswith("text/html")


def test_the_policy_is_that_of_all_pages(server: Server) -> None:
    policies = {server.ask("GET", path, headers=HTML)[1]["content-security-policy"] for path in ("/sparql", "/about")}
    assert len(policies) == 1
    assert "unsafe" not in policies.pop()
    _, _, body = server.ask("GET", "/sparql", headers=HTML)
    assert all(script.get("src") for script in select(parsed(body), "script"))


def test_an_answer_is_a_table_with_names(server: Server) -> None:
    query = "SELECT ?plan ?from { ?plan a dpp:ActionPlan ; dct:temporal/dpp:from ?from } ORDER BY ?from"
    found = ask(server, query)
    _, _, body = server.ask("GET", f"/sparql?format=json&query={quote(query)}")
    rows = select(found, "table.answer tbody tr")
    assert len(rows) == len(json.loads(body)["results"]["bindings"]) > 1
    link = select(rows[-1], "a")[0]
    assert "/plans/" in link.get("href")
    assert not link.text_content().startswith("http")
    assert select(found, "#query")[0].text.strip() == query
    assert {one.get("type") for one in select(found, "#answer a[type]")} >= {"text/csv"}
    assert select(found, ".over-time svg .span")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_graph_and_a_verdict_are_shown_too(server: Server, method: str) -> None:
    def asked(query: str) -> str:
        given = urlencode({"format": "html", "query": query, "lang": "nl"})
        form = HTML | {"Content-Type": "application/x-www-form-urlencoded"}
        if method == "POST":
            _, _, body = server.ask("POST", "/sparql", given.encode(), headers=form)
        else:
            _, _, body = server.ask("GET", f"/sparql?{given}", headers=HTML)
        return str(select(parsed(body), "#answer")[0].text_content())

    assert "Eigenschap" in asked("CONSTRUCT WHERE { ?s a dpp:PolicyPlan }")
    assert "ja" in asked("ASK { ?s a dpp:PolicyPlan }")
    assert "nee" in asked("ASK { ?s a dpp:NoSuchThing }")
    assert "Geen enkele rij" in asked("SELECT * { ?s a dpp:NoSuchThing }")


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("SELECT * {\n ?s ?p\n}", 400, "Line 3, character"),
        ("", 400, "does not parse"),
        ("SELECT * { SERVICE <http://e.org/> { ?s ?p ?o } }", 403, "not done here"),
        ("INSERT DATA { <a:a> <a:b> <a:c> }", 403, "not done here"),
        (RUNAWAY, 504, "takes too long"),
    ],
)
def test_what_goes_wrong_is_said_in_words_with_its_status(server: Server, query: str, status: int, said: str) -> None:
    found = ask(server, query, status)
    alert = select(found, "#answer [role=alert]")[0]
    assert said in alert.text_content()
    assert (select(found, "#query")[0].text or "").strip() == query.strip()


def test_the_place_of_a_mistake_is_marked(server: Server) -> None:
    query = "SELECT ?x WHERE {\n  ?x a b c .\n}"
    found = ask(server, query, 400)
    (place,) = select(found, "[data-line]")
    problem = json.loads(server.ask("GET", f"/sparql?query={quote(query)}")[2])
    assert (int(place.get("data-line")), int(place.get("data-column"))) == (problem["line"], problem["column"])
    assert problem["detail"] in place.text_content()
    assert select(place, "pre")[0].text_content() == "  ?x a b c ."
    assert select(place, "mark")[0].text_content().strip() == "."


def test_nothing_in_an_answer_runs_or_leads_astray(server: Server) -> None:
    query = (
        'SELECT (<javascript:alert(1)> AS ?a) ("<script>alert(1)</script>" AS ?b) ("%(x)s\u202e" AS ?quote) '
        '("%d" AS ?status) (STRDT("</td>", <a:">) AS ?c) {}'
    ).replace('<a:">', "<a:b>")
    found = ask(server, query)
    answer = select(found, "#answer")[0]
    assert not select(answer, "script")
    assert not [link for link in select(answer, "table a") if not link.get("href").startswith("http")]
    assert "<script>alert(1)</script>" in answer.text_content()
    assert all(select(cell, "bdi") for cell in select(answer, "table.answer td"))


def test_of_a_very_long_answer_the_beginning_is_shown_and_the_rest_is_in_files(server: Server) -> None:
    found = ask(server, 'SELECT ?s ("' + "x" * 4000 + '" AS ?long) { ?s ?p ?o } LIMIT 700')
    assert len(select(found, "table.answer tbody tr")) == 100
    assert len(select(found, "table.answer")[0].text_content()) < 200_000
    assert select(found, "a[rel=next]")
    ask(server, "SELECT ?s { ?s ?p ?o } LIMIT 150", page="2")
    ask(server, "SELECT ?s { ?s ?p ?o } LIMIT 150", 404, page="3")


def test_each_question_is_an_example(server: Server) -> None:
    _, _, body = server.ask("GET", "/sparql?lang=en", headers=HTML)
    links = [one.get("href") for one in select(parsed(body), "[data-example]")]
    assert len(links) >= 30
    _, _, body = server.ask("GET", "/sparql?example=plan-in-force&lang=en", headers=HTML)
    text = select(parsed(body), "#query")[0].text.strip()
    assert text.startswith("# Which plans were in force on a date?")
    assert select(ask(server, text), "table.answer tbody tr")
    assert server.ask("GET", "/sparql?example=nothing", headers=HTML)[0] == 404


def test_words_to_complete_with_are_small_and_kept(server: Server) -> None:
    status, headers, body = server.ask("GET", "/sparql/terms.json?lang=nl")
    assert (status, headers["content-type"]) == (200, "application/json")
    said = json.loads(body)
    assert said["prefixes"]["dpp"] == "https://w3id.org/dppgraph/ns#"
    assert ["dpp:LineOfAction", "class", "Krachtlijn"] in said["terms"]
    assert len(body) < 100_000
    assert server.ask("GET", "/sparql/terms.json?lang=nl", headers={"If-None-Match": headers["etag"]})[0] == 304
    assert json.loads(server.ask("GET", "/sparql/terms.json?lang=en")[2])["terms"] != said["terms"]


@pytest.mark.heavy
def test_where_yasgui_is_not_installed_the_page_is_the_plain_form(
    built: tuple[VersionStore, Built], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(templates, "asset", lambda name: "" if name.startswith("yasgui/") else f"static/{name}")
    harvest = Harvests(built[0], "http://localhost/").of(built[0].manifest(1))
    told = {"query": "ASK {}", "groups": [], "prefixes": {}, "files": [], "deadline": 30, "most_rows": 10}
    found = parsed(rendered("sparql.html", Site.of(harvest), Reader("nl"), "sparql", told))
    assert select(found, "textarea[name=query]")
    assert not [one for one in select(found, "script, link") if "yasgui" in (one.get("src") or one.get("href"))]
    assert [one.get("src") for one in select(found, "script") if "editor" in one.get("src")]
