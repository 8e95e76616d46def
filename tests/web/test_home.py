"""The first page: three answers at once, from whatever plans there are; and pages over data that mean harm."""

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.conftest import Server, start_server

PAGES = ("/", "/timeline", "/timeline?on=2013-05-01", "/compare")

PREFIXES = """\
@base <https://w3id.org/dppgraph/> .
@prefix dpp: <https://w3id.org/dppgraph/ns#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
LONG = f'"{"x" * 100_000}"@fr'
LABELS = (
    r'"<script>alert(1)</script>\" onload=alert(1) x=\""@en',
    r'"</title></svg><img src=x onerror=alert(1)>"@nl',
    r'"\u202Eplan \u202Ex"@ar',
    '"{{ 7 * 7 }} %(x)s"',
)


def hostile() -> str:
    """Sixty plans that follow each other, two with lines and readings between them, and targets."""
    found = [PREFIXES]
    for number in range(60):
        plan, label = f"<id/plan/p{number}>", LONG if number == 7 else LABELS[number % len(LABELS)]
        found.append(
            f"{plan} a dpp:PolicyPlan, dpp:PolicyInstrument ; dct:title {label} ; dpp:issuedBy <javascript:x> ."
        )
        found.append(f"{plan} dpp:approvedIn <id/approval/a{number}> ; dct:temporal <id/plan/p{number}#period> .")
        found.append(f'<id/plan/p{number}#period> dcat:startDate "{1950 + number}"^^xsd:gYear .')
        found.append(f"<id/approval/a{number}> prov:wasAssociatedWith <javascript:alert(1)> ; skos:prefLabel {label} .")
        found.append(f'<id/approval/a{number}> dpp:decisionDate "{1950 + number}-02-30"^^xsd:date, {label} .')
        if number:
            found.append(f"{plan} dpp:succeeds <id/plan/p{number - 1}> .")
        line = f"<id/line-of-action/l{number}>"
        found.append(f"<id/plan/p{number % 2}> dpp:hasLineOfAction {line} . {line} skos:prefLabel {label} .")
        found.append(f"<id/target/t{number}> a dpp:Target ; skos:prefLabel {label} ; dpp:deadline '{2000 + number}' .")
    for number in range(0, 20, 2):
        found.append(f"<id/continuity/c{number}> dpp:newerLine <id/line-of-action/l{number + 1}> ;")
        found.append(f"  dpp:olderLine <id/line-of-action/l{number}> ; dpp:continuityKind <javascript:alert(2)> ;")
        found.append(f"  dpp:confidence {0.7 + number / 50} ; dpp:rationale {LABELS[number % len(LABELS)]} .")
    return "\n".join(found)


def page(server: Server, path: str) -> str:
    status, _, body = server.ask("GET", path, headers={"Accept": "text/html"})
    assert status == 200, (path, body[:300])
    return body.decode()


@pytest.fixture(scope="module")
def harmful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("harmful")
    (folder / "data" / "source").mkdir(parents=True)
    (folder / "data" / "source" / "plans.ttl").write_text(hostile(), encoding="utf-8")
    running = start_server("--store", folder / "store", "--data", folder / "data", "--shapes", "none")
    yield running
    assert running.stop() == 0


@pytest.mark.heavy
@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize(
    "path",
    [*PAGES, "/timeline?page=2", "/compare?older=plan/p0&newer=plan/p1", "/compare?older=plan/p1&newer=plan/p0"],
)
def test_data_that_means_harm_is_shown_and_does_none(harmful: Server, path: str, language: str) -> None:
    html = page(harmful, f"{path}{'&' if '?' in path else '?'}lang={language}")
    tags = {tag.lower() for tag in re.findall(r"<([a-zA-Z]+)", html)}
    assert "img" not in tags
    assert not re.findall(r"<style|\sstyle=|<[^>]*\son\w+=|<script(?! type=\"module\" src=)", html)
    assert not re.findall(r'(?:href|src|action|data-to)="(?!/(?!/)|http://127\.0\.0\.1)[^#"]', html)
    # Of a label only so much is shown as a page has room for.
    assert "x" * 2001 not in html
    assert "49" not in re.findall(r"<bdi[^>]*>(.*?)</bdi>", html)
    assert html.count("<svg") == html.count("</svg>")


@pytest.mark.heavy
def test_the_data_says_all_of_it_as_it_is(harmful: Server) -> None:
    data = json.loads(harmful.ask("GET", "/timeline.json")[2])
    assert len(data["plans"]) == 60
    assert any("<script>" in plan["title"]["text"] for plan in data["plans"])
    found = json.loads(harmful.ask("GET", "/compare.json?older=plan/p0&newer=plan/p1")[2])
    assert len(found["kept"]) + len(found["changed"]) + len(found["unsure"]) == 10
    assert found["unsure"]


@pytest.mark.heavy
def test_a_server_without_plans_says_so(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    empty = start_server("--store", tmp_path / "store", "--data", tmp_path / "data", "--shapes", "none")
    try:
        for path in PAGES:
            html = page(empty, f"{path}{'&' if '?' in path else '?'}lang=en")
            assert "<h1" in html
            assert '<svg class="timeline' not in html
        assert "There are no plans" in page(empty, "/timeline?lang=en")
        assert json.loads(empty.ask("GET", "/timeline.json")[2]) == {"on": None, "plans": [], "targets": [], "gaps": []}
        assert json.loads(empty.ask("GET", "/compare.json")[2]) == {"pairs": []}
    finally:
        assert empty.stop() == 0


def answered(server: Server, name: str, **given: str) -> list[dict[str, Any]]:
    body = server.ask("GET", f"/queries/{name}.json?{urlencode(given)}")[2]
    rows = json.loads(body)["results"]["bindings"]
    return [{column: term["value"] for column, term in row.items()} for row in rows]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_three_answers_are_on_the_first_page_and_lead_on(server: Server, language: str) -> None:
    html = page(server, f"/?lang={language}")
    said = unescape(html)
    for row in answered(server, "promises-by-year", year="2020", lang=language):
        assert row["quote"] in said
        assert row["label"] in said
    assert f"/questions/promises-by-year?year=2020&lang={language}" in said
    for row in answered(server, "approvals", lang=language):
        assert row["bodyLabel"] in said
        assert row["date"][:4] in said
    pairs = json.loads(server.ask("GET", "/compare.json")[2])["pairs"]
    pair = next({"older": one["older"], "newer": one["newer"]} for one in pairs if one["compared"])
    way = re.search(r'href="(/compare\?[^"#]*)#dropped">(\d+) ', said)
    assert way is not None
    rows = answered(server, "new-and-dropped-lines", **pair, lang=language)
    dropped = [row for row in rows if row["status"] == "dropped"]
    assert int(way[2]) == len(dropped)
    led = unescape(page(server, way[1]))
    assert all(row["lineLabel"] in led for row in dropped)


def test_four_ways_lead_on(server: Server) -> None:
    html = page(server, "/?lang=nl")
    for path in ("plans", "questions", "dumps", "api"):
        assert re.search(rf'<h3><a href="/{path}\?lang=nl">', html), path


def test_the_first_page_and_the_catalogue_have_the_same_data_sets(server: Server) -> None:
    pages = (server.ask("GET", path, headers={"Accept": "text/html"})[2].decode() for path in ("/", "/catalogue"))
    first, catalogue = (set(re.findall(r'href="([^"]*/doc/dataset/[^"]*)"', page)) for page in pages)
    assert first == catalogue
    assert first
