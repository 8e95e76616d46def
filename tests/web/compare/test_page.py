"""The page of a comparison says what the questions answer, in both languages, and its data says the same."""

import csv
import io
import json
import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.conftest import BASE, Server

LEAST = ("0", "0.5", "0.8", "0.9", "1")


def page(server: Server, path: str) -> str:
    status, _, body = server.ask("GET", path, headers={"Accept": "text/html"})
    assert status == 200, (path, body[:300])
    return body.decode()


def answered(server: Server, name: str, **given: str) -> list[dict[str, Any]]:
    body = server.ask("GET", f"/queries/{name}.json?{urlencode(given)}")[2]
    rows = json.loads(body)["results"]["bindings"]
    return [{column: term["value"] for column, term in row.items()} for row in rows]


@pytest.fixture(scope="module")
def pair(server: Server) -> dict[str, str]:
    """The two plans that somebody compared."""
    (found,) = [one for one in json.loads(server.ask("GET", "/compare.json")[2])["pairs"] if one["compared"]]
    return {"older": found["older"], "newer": found["newer"]}


def lines(html: str, section: str) -> list[str]:
    """The lines that a section lists, each once."""
    found = html.partition(f'aria-labelledby="{section}"')[2].partition("</section>")[0]
    return list(dict.fromkeys(re.findall(r'<p class="c-says">.*?href="[^"]*/lines/([^"?]+)', found, re.DOTALL)))


def slug(iri: str) -> str:
    return iri.removeprefix(f"{BASE}id/line-of-action/")


@pytest.mark.heavy
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("least", LEAST)
def test_new_and_dropped_lines_are_those_of_the_question(
    server: Server, pair: dict[str, str], least: str, language: str
) -> None:
    asked = pair | {"minConfidence": least, "lang": language}
    rows = answered(server, "new-and-dropped-lines", **asked)
    html = page(server, f"/compare?{urlencode(asked)}")
    data = json.loads(server.ask("GET", f"/compare.json?{urlencode(asked)}")[2])
    table = list(csv.DictReader(io.StringIO(server.ask("GET", f"/compare.csv?{urlencode(asked)}")[2].decode())))
    for status in ("new", "dropped"):
        expected = [(row["line"], row["lineLabel"]) for row in rows if row["status"] == status]
        assert lines(html, status) == [slug(line) for line, _ in expected]
        assert all(label in unescape(html) for _, label in expected)
        assert [(one["line"], one["label"]["text"]) for one in data[status]] == expected
        side = "newer" if status == "new" else "older"
        assert [(row[side], row[f"{side}Label"]) for row in table if row["status"] == status] == expected
        tally = re.search(rf'<li class="{status}"><a href="#{status}"><strong>(\d+)', html)
        assert tally is not None
        assert int(tally[1]) == len(expected)


@pytest.mark.heavy
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("least", LEAST)
def test_what_is_carried_on_is_what_the_question_answers(
    server: Server, pair: dict[str, str], least: str, language: str
) -> None:
    asked = pair | {"minConfidence": least, "lang": language}
    data = json.loads(server.ask("GET", f"/compare.json?{urlencode(asked)}")[2])
    sure = {(one["newer"]["line"], one["older"]["line"], one["kind"]) for one in (*data["kept"], *data["changed"])}
    rows = answered(server, "continued-lines", minConfidence=least, lang=language)
    assert sure == {(row["newer"], row["older"], row["kind"]) for row in rows}
    html = unescape(page(server, f"/compare?{urlencode(asked)}"))
    every = answered(server, "continued-lines", lang=language)
    # Those that are less sure are shown as well, apart.
    assert all(row["rationale"] in html for row in every)
    unsure = html.partition('aria-labelledby="unsure"')[2]
    for row in every:
        assert (row["rationale"] in unsure) == (row not in rows)


def test_each_line_comes_with_the_words_of_its_source(server: Server, pair: dict[str, str]) -> None:
    html = unescape(page(server, f"/compare?{urlencode(pair | {'lang': 'en'})}"))
    for plan in pair.values():
        for row in answered(server, "lines-of-action", plan=plan, lang="nl"):
            assert row["lineLabel"] in html


def test_the_drawing_has_a_name_and_each_reading(server: Server, pair: dict[str, str]) -> None:
    html = page(server, f"/compare?{urlencode(pair | {'lang': 'nl'})}")
    drawings = re.findall(r'<svg class="alluvial (?:wide|middle|narrow).*?</svg>', html, re.DOTALL)
    assert len(drawings) == 3
    for svg in drawings:
        assert svg.count('<path class="f-flow') == len(answered(server, "continued-lines"))
        assert svg.count('<g class="f-node') == len(answered(server, "lines-of-action"))
        assert re.search(r'role="img" aria-labelledby="(flow-\w+)-title" aria-describedby="\1-desc"', svg)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_without_plans_it_offers_some_and_says_what_nobody_compared(server: Server, pair: dict[str, str]) -> None:
    html = page(server, "/compare?lang=en")
    assert html.count("<select") == 2
    assert urlencode(pair).replace("&", "&amp;") in html
    turned = {"older": pair["newer"], "newer": pair["older"], "lang": "en"}
    html = page(server, f"/compare?{urlencode(turned)}")
    assert "Nobody has compared" in html
    assert "The other way round" in html
    assert '<svg class="alluvial' not in html
    data = json.loads(server.ask("GET", f"/compare.json?{urlencode(turned)}")[2])
    assert (data["compared"], data["new"], data["dropped"]) == (False, [], [])
    assert answered(server, "new-and-dropped-lines", older=turned["older"], newer=turned["newer"]) == []
    same = {"older": pair["newer"], "newer": pair["newer"], "lang": "en"}
    assert "the same plan twice" in page(server, f"/compare?{urlencode(same)}")


def test_a_plan_is_named_as_in_a_question(server: Server, pair: dict[str, str]) -> None:
    short = {name: iri.removeprefix(f"{BASE}id/") for name, iri in pair.items()}
    assert '<ul class="tally">' in page(server, f"/compare?{urlencode(short)}")


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"older": "id/plan/nowhere"}, 404),
        ({"older": "no iri <"}, 400),
        ({"older": "javascript:alert(1)"}, 404),
        ({"minConfidence": "sure"}, 400),
        ({"minConfidence": "1.1"}, 400),
        ({"minConfidence": "-0.1"}, 400),
        ({"minConfidence": "٠"}, 400),
        ({}, 200),
        ({"older": "", "newer": "", "minConfidence": ""}, 200),
    ],
)
def test_what_cannot_be_compared_is_refused(server: Server, given: dict[str, str], status: int) -> None:
    assert server.ask("GET", f"/compare?{urlencode(given)}", headers={"Accept": "text/html"})[0] == status
