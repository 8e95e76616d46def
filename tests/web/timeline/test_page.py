"""The page of the timeline says what the questions answer, in both languages, and its data says the same."""

import csv
import io
import json
import re
from html import unescape
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest

from tests.conftest import BASE, Server

DAYS = ("2008-06-30", "2011-12-31", "2013-05-01", "2015-06-01", "2026-01-01")
SVG = "{http://www.w3.org/2000/svg}"


def page(server: Server, path: str, accept: str = "text/html") -> str:
    status, _, body = server.ask("GET", path, headers={"Accept": accept})
    assert status == 200, (path, body[:300])
    return body.decode()


def answered(server: Server, name: str, **given: str) -> list[dict[str, Any]]:
    body = server.ask("GET", f"/queries/{name}.json?{urlencode(given)}")[2]
    rows = json.loads(body)["results"]["bindings"]
    return [{column: term["value"] for column, term in row.items()} for row in rows]


def slugs(html: str) -> list[str]:
    return re.findall(r'href="[^"]*/plans/([^"?#]+)', html)


def slug(iri: str) -> str:
    return iri.removeprefix(f"{BASE}id/plan/")


def part(html: str, start: str, end: str) -> str:
    return html.partition(start)[2].partition(end)[0]


@pytest.mark.heavy
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("on", DAYS)
def test_what_was_in_force_is_what_the_question_answers(server: Server, on: str, language: str) -> None:
    rows = answered(server, "plan-in-force", on=on, lang=language)
    html = page(server, f"/timeline?on={on}&lang={language}")
    listed = part(html, 'aria-labelledby="in-force"', "</ul>") if rows else ""
    assert slugs(listed) == [slug(row["plan"]) for row in rows]
    assert all(row["title"] in unescape(listed) for row in rows)
    data = json.loads(page(server, f"/timeline.json?on={on}&lang={language}"))
    assert data["on"] == on
    assert {plan["plan"] for plan in data["plans"] if plan["inForce"]} == {row["plan"] for row in rows}
    table = list(csv.DictReader(io.StringIO(page(server, f"/timeline.csv?on={on}&lang={language}"))))
    assert {row["iri"] for row in table if row["inForce"] == "true"} == {row["plan"] for row in rows}


def test_gaps_approvals_and_promises_are_those_of_the_questions(server: Server) -> None:
    data = json.loads(page(server, "/timeline.json?lang=en"))
    assert data["gaps"] == answered(server, "gaps") != []
    approvals = {
        (plan["plan"], date, body["iri"], body["label"]["text"])
        for plan in data["plans"]
        for event in plan["events"]
        if event["kind"] == "approved"
        for date in event["dates"]
        for body in event["by"]
    }
    rows = answered(server, "approvals", lang="en")
    assert approvals == {(row["plan"], row["date"], row["body"], row["bodyLabel"]) for row in rows}
    quotes = {
        (target["target"], plan["iri"], quote["quote"]["text"])
        for target in data["targets"]
        if "2020" in target["deadlines"]
        for plan in target["plans"]
        for quote in target["quotes"]
    }
    promised = answered(server, "promises-by-year", year="2020", lang="en")
    assert quotes == {(row["target"], row["plan"], row["quote"]) for row in promised}
    html = unescape(page(server, "/timeline?lang=en"))
    assert all(row["quote"] in html for row in promised)


def test_the_table_says_the_same_as_the_drawings(server: Server) -> None:
    html = page(server, "/timeline?lang=nl")
    table = part(html, "<tbody>", "</tbody>")
    rows = [slugs(row)[0] for row in table.split("<tr")[1:]]
    assert len(rows) == len(set(rows)) == len(json.loads(page(server, "/timeline.json"))["plans"])
    drawn = re.findall(r'<svg class="timeline (?:wide|middle|narrow).*?</svg>', html, re.DOTALL)
    assert len(drawn) == 3
    for svg in drawn:
        assert sorted(re.findall(r'<g class="t-plan" data-to="[^"]*/plans/([^"?]+)', svg)) == sorted(rows)


def test_a_drawing_has_a_name_a_description_and_only_what_a_drawing_needs(server: Server) -> None:
    html = page(server, "/timeline?on=2013-05-01&lang=en")
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for svg in re.findall(r'<svg class="timeline (?:wide|middle|narrow).*?</svg>', html, re.DOTALL):
        root = ElementTree.fromstring(svg.replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ', 1))  # noqa: S314 - ours
        assert root.get("role") == "img"
        title, desc = root[0], root[1]
        assert (title.tag, desc.tag) == (f"{SVG}title", f"{SVG}desc")
        assert (root.get("aria-labelledby"), root.get("aria-describedby")) == (title.get("id"), desc.get("id"))
        assert title.text
        assert desc.text
        tags = {element.tag.removeprefix(SVG) for element in root.iter()}
        assert tags <= {"svg", "title", "desc", "g", "path", "rect", "circle", "text", "tspan"}
        assert not any(name in element.attrib for element in root.iter() for name in ("style", "fill", "href"))
        assert sum(element.get("class") == "t-on" for element in root.iter()) == 2


def test_a_day_that_is_none_is_refused_and_an_empty_field_is_no_day(server: Server) -> None:
    for on in ("2013", "2013-02-30", "2013-W18-3", "yesterday", "<script>"):
        status, _, body = server.ask("GET", f"/timeline?{urlencode({'on': on})}", headers={"Accept": "text/html"})
        assert status == 400
        assert b"<script>" not in body
    assert "in-force" not in page(server, "/timeline?on=&lang=nl")
    assert server.ask("GET", "/timeline?page=2")[0] == 404
    assert server.ask("GET", "/timeline.ttl")[0] == 404


def test_a_day_far_away_is_answered_and_not_drawn(server: Server) -> None:
    for on in ("0001-01-01", "9999-12-31"):
        html = page(server, f"/timeline?on={on}&lang=en")
        assert 'class="t-on"' not in html
        assert "outside the drawing" in html


def test_the_data_is_linked(server: Server) -> None:
    _, headers, body = server.ask("GET", "/timeline?on=2013-05-01&lang=en", headers={"Accept": "text/html"})
    for extension in ("json", "csv"):
        address = f"/timeline.{extension}?on=2013-05-01&lang=en"
        assert address in headers["link"]
        assert address.replace("&", "&amp;") in body.decode()
        assert server.ask("GET", address)[0] == 200
