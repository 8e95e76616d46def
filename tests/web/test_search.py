"""The search page, its data, its suggestions, and what a browser is told of it."""

import json
import re
from urllib.parse import quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dppgraph.operations.search import KINDS
from dppgraph.web.rendering import translations
from tests.conftest import Server

HTML = {"Accept": "text/html"}


def page(server: Server, path: str) -> str:
    status, _, body = server.ask("GET", path, headers=HTML)
    assert status == 200
    return body.decode()


def data(server: Server, path: str) -> dict[str, object]:
    status, headers, body = server.ask("GET", path)
    assert (status, headers["content-type"]) == (200, "application/json")
    found = json.loads(body)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("language", ["nl", "en"])
def test_results_are_marked_and_each_kind_can_be_had_alone(server: Server, language: str) -> None:
    said = page(server, f"/search?q=actieplan&lang={language}")
    assert "<mark>actieplan</mark>" in said
    found = data(server, f"/search.json?q=actieplan&lang={language}")
    kinds = found["kinds"]
    assert isinstance(kinds, dict)
    assert sum(kinds.values()) == found["count"]
    for kind, count in kinds.items():
        assert f"q=actieplan&amp;kind={kind}&amp;lang={language}" in said
        assert data(server, f"/search.json?q=actieplan&kind={kind}")["count"] == count


def test_the_page_and_its_data_say_the_same(server: Server) -> None:
    said, found = page(server, "/search?q=plan&page=2"), data(server, "/search.json?q=plan&page=2")
    results = found["results"]
    assert isinstance(results, list)
    assert len(results) == said.split('<ol class="results"')[1].split("</ol>")[0].count("<li>")
    for result in results:
        here = result["url"].removeprefix(f"http://127.0.0.1:{server.port}")
        assert f'href="{here}"'.replace("&", "&amp;") in said
    assert found["next"] is not None
    assert "page=3" in str(found["next"])


def test_a_quote_leads_to_its_place_in_its_source(server: Server) -> None:
    found = data(server, "/search.json?q=%22tegen+2020%22&kind=quote")
    results = found["results"]
    assert isinstance(results, list)
    result = results[0]
    assert result["source"]["iri"].endswith("/id/source/beleid-2009-2014")
    path, _, anchor = result["url"].removeprefix(f"http://127.0.0.1:{server.port}").partition("#")
    assert f'id="{anchor}"' in page(server, path)


@pytest.mark.parametrize(
    "asked", ["", "   ", "!?", "zzzzqqqq", '"', "AND", "x" * 200, "%00", "%F0%9F%98%80", "<script>alert(1)</script>"]
)
def test_every_state_is_a_page_that_helps(server: Server, asked: str) -> None:
    for language in ("nl", "en"):
        said = page(server, f"/search?q={asked.replace(' ', '+')}&lang={language}")
        assert said.count("<h1>") == 1
        assert "<script>alert" not in said
        assert 'role="status"' in said or "<h2>" in said


@settings(max_examples=15)
@given(asked=st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_no_text_is_an_error(server: Server, asked: str) -> None:
    status, _, body = server.ask("GET", f"/search.json?q={quote_plus(asked)}")
    assert status == 200
    assert json.loads(body)["query"] == asked.strip()


def test_what_cannot_be_asked_is_refused(server: Server) -> None:
    for path in (
        "/search?q=" + "x" * 201,
        "/search?q=plan&kind=none",
        "/search?q=plan&page=x",
        "/search.json?suggest=" + "x" * 201,
    ):
        assert server.ask("GET", path)[0] == 400
    assert server.ask("GET", "/search?q=plan&page=99")[0] == 404
    assert server.ask("GET", "/search.xml?q=plan")[0] == 404


def test_suggestions_are_light_and_lead_to_pages(server: Server) -> None:
    found = data(server, "/search.json?suggest=vlaams+act&lang=en")
    suggestions = found["suggestions"]
    assert isinstance(suggestions, list)
    assert suggestions[0]["label"].startswith("Vlaams actieplan")
    assert suggestions[0]["language"] == "nl"
    assert suggestions[0]["kindLabel"] == "plan"
    assert suggestions[0]["url"].startswith(f"http://127.0.0.1:{server.port}/plans/")
    assert "lang=en" in suggestions[0]["url"]
    assert len(json.dumps(found)) < 4_000
    assert data(server, "/search.json?suggest=v")["suggestions"] == []


def test_every_kind_has_words() -> None:
    for language in ("nl", "en"):
        for kind in KINDS:
            for key in (f"search.kind-{kind}", f"search.kinds-{kind}"):
                assert translations(language).gettext(key) != key


def test_browsers_are_told_how_to_search(server: Server) -> None:
    assert 'type="application/opensearchdescription+xml"' in page(server, "/search")
    status, headers, body = server.ask("GET", "/opensearch.xml?lang=en")
    assert (status, headers["content-type"]) == (200, "application/opensearchdescription+xml")
    address = re.search(r'template="([^"]*)"', body.decode())
    assert address
    asked = address[1].replace("&amp;", "&").replace("{searchTerms}", "plan")
    assert "<mark>" in page(server, asked.removeprefix(f"http://127.0.0.1:{server.port}"))
