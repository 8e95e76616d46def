"""The pages of the ontology: each term with its numbers, and how its classes hang together."""

import csv
import io
import json
from collections.abc import Iterator
from itertools import combinations
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.iris import NAMESPACE
from dppgraph.operations.ontology import Row
from dppgraph.web.ontology.drawing import Box, Drawing, drawing
from tests.conftest import Server
from tests.web.selecting import parsed, select

HTML = {"Accept": "text/html"}


def page(server: Server, path: str) -> Any:
    status, headers, body = server.ask("GET", path, headers=HTML)
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8"), body
    return parsed(body)


def data(server: Server, path: str) -> Any:
    status, headers, body = server.ask("GET", path)
    assert (status, headers["content-type"]) == (200, "application/json")
    return json.loads(body)


def rows(server: Server, query: str) -> list[dict[str, str]]:
    status, _, body = server.ask("GET", f"/sparql?query={quote(query)}", headers={"Accept": "text/csv"})
    assert status == 200, body
    return list(csv.DictReader(io.StringIO(body.decode())))


@pytest.mark.parametrize("language", ["nl", "en"])
def test_each_term_of_the_question_has_its_place_and_its_page(server: Server, language: str) -> None:
    asked = {row["term"]: row for row in rows_of_question(server, f"/queries/ontology-terms.csv?lang={language}")}
    found = page(server, f"/ontology?lang={language}")
    headings = {heading.get("id"): heading for heading in select(found, ".term h3")}
    assert {f"{NAMESPACE}{name}" for name in headings} == set(asked)
    for name, heading in headings.items():
        row = asked[f"{NAMESPACE}{name}"]
        assert select(heading, "bdi")[0].text_content() == row["label"]
        section = next(heading.iterancestors("section"))
        assert row["definition"] in section.text_content()


def rows_of_question(server: Server, path: str) -> Iterator[dict[str, str]]:
    status, _, body = server.ask("GET", path)
    assert status == 200
    return iter(csv.DictReader(io.StringIO(body.decode())))


def test_the_numbers_are_those_of_sparql(server: Server) -> None:
    members = rows(server, "SELECT ?it (COUNT(DISTINCT ?s) AS ?n) { ?s a ?it } GROUP BY ?it")
    statements = rows(server, "SELECT ?it (COUNT(*) AS ?n) { ?s ?it ?o } GROUP BY ?it")
    counted = [{row["it"]: int(row["n"]) for row in found} for found in (members, statements)]
    said = {term["term"]: term for term in data(server, "/ontology.json?lang=en")["terms"]}
    table = rows_of_question(server, "/ontology.csv")
    assert {row["term"]: int(row["uses"]) for row in table} == {iri: term["uses"] for iri, term in said.items()}
    found = page(server, "/ontology?lang=en")
    notes = {one.getprevious().getprevious().get("id"): one.text_content() for one in select(found, ".term p.note")}
    for iri, term in said.items():
        count = counted[term["kind"] != "class"].get(iri, 0)
        assert term["uses"] == count, iri
        thing = "thing" if term["kind"] == "class" else "statement"
        assert f" {count} {thing}" in f" {notes[term['name']]}", iri


def test_the_page_of_a_term_shows_uses_with_words_and_the_questions_that_use_it(server: Server) -> None:
    found = page(server, "/ontology/hasLineOfAction?lang=en")
    assert len(select(found, ".t-examples q.quote")) == 5
    names = {link.get("href").partition("?")[0].rpartition("/")[2] for link in select(found, "dl.facts ul a")}
    assert names == set(data(server, "/ontology/hasLineOfAction.json")["questions"])
    assert "lines-of-action" in names
    assert {example["value"].partition("/id/")[2].partition("/")[0] for example in examples(server)} == {
        "line-of-action"
    }


def examples(server: Server) -> Any:
    return data(server, "/ontology/hasLineOfAction.json")["examples"]


def test_the_diagram_says_what_the_table_says(server: Server) -> None:
    found = page(server, "/ontology?lang=nl")
    (svg,) = select(found, "svg.classes")
    assert svg.get("role") == "img"
    assert [select(found, f"#{name}")[0].text_content().strip() != "" for name in svg.get("aria-labelledby").split()]
    names = " ".join(text.text_content() for text in select(svg, "text"))
    table = [[cell.text_content() for cell in row] for row in select(found, "#as-table tbody tr")]
    assert ["Krachtlijn", "thema", "begrip"] in table
    for begins, links, leads in table:
        for name in (begins, leads, *links.split(", ")):
            assert set(name.split()) <= set(names.split()), name


@pytest.mark.parametrize("path", ["/ontology/Nothing", "/ontology/Nothing.json", "/ontology/a/b", "/ontology.xml"])
def test_a_term_that_is_not_there_is_404(server: Server, path: str) -> None:
    assert server.ask("GET", path, headers=HTML)[0] == 404


def overlapping(drawn: Drawing) -> list[tuple[Box, Box]]:
    return [
        (one, other)
        for one, other in combinations(drawn.boxes, 2)
        if one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    ]


NAMES = st.text("abc ", min_size=1, max_size=60)


@st.composite
def trees(draw: st.DrawFn) -> list[Row]:
    """Rows as a diagram has them: each after the one that leads to it, deeper by one."""
    found = [Row(draw(NAMES), None, (), 0, again=False)]
    for _ in range(draw(st.integers(0, 12))):
        parent = draw(st.one_of(st.none(), st.integers(0, len(found) - 1)))
        # Only the last of each depth still takes branches.
        if parent is not None and any(row.depth <= found[parent].depth for row in found[parent + 1 :]):
            parent = len(found) - 1
        depth = 0 if parent is None else found[parent].depth + 1
        links = tuple(draw(st.lists(NAMES, min_size=1, max_size=3))) if parent is not None else ()
        kinds = tuple(draw(st.lists(NAMES, max_size=3)))
        found.append(Row(draw(NAMES), parent, links, depth, draw(st.booleans()), kinds))
    return found


@given(trees())
def test_no_two_boxes_of_a_drawing_overlap_and_all_are_inside(rows_: list[Row]) -> None:
    drawn = drawing(rows_, lambda name: name, lambda _: True)
    assert overlapping(drawn) == []
    assert len(drawn.boxes) == len(rows_)
    assert len(drawn.arrows) == sum(row.parent is not None for row in rows_)
    for box in drawn.boxes:
        assert box.x > 0
        assert box.y > 0
        assert box.x + box.width <= drawn.width
        assert box.y + box.height <= drawn.height
        assert all(box.y < line.y <= box.y + box.height for line in box.lines)
    for arrow in drawn.arrows:
        # Names of links stand above their line, and below whatever is above.
        assert all(0 < line.y < arrow.y for line in arrow.lines)
