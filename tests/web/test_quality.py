"""The page of quality: its numbers are those that anybody gets who asks."""

import csv
import io
import json
import threading
from typing import Any
from urllib.parse import quote

import pytest

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.quality import ASKED
from tests.conftest import Server, start_server
from tests.web.selecting import parsed, select

HTML = {"Accept": "text/html"}


def page(server: Server, path: str) -> Any:
    status, headers, body = server.ask("GET", path, headers=HTML)
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8"), body
    return parsed(body)


def said(server: Server) -> Any:
    status, headers, body = server.ask("GET", "/quality.json")
    assert (status, headers["content-type"]) == (200, "application/json")
    return json.loads(body)


def rows(server: Server, path: str) -> list[dict[str, str]]:
    status, _, body = server.ask("GET", path, headers={"Accept": "text/csv"})
    assert status == 200, body
    return list(csv.DictReader(io.StringIO(body.decode())))


def numbers(found: Any, part: str) -> list[list[str]]:
    return [
        [cell.text_content().strip() for cell in row] for row in select(found, f"[aria-labelledby={part}] tbody tr")
    ]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_shows_the_numbers_that_sparql_gives(server: Server, language: str) -> None:
    found = page(server, f"/quality?lang={language}")
    asked = {name: rows(server, f"/queries/{name}") for name in ASKED}
    figures = [int(figure.text_content()) for figure in select(found, ".figures b")]
    assert figures[1:] == [len(asked[name]) for name in ("missing-facts", "unverified-facts", "conflicting-values")]
    assert [row[1] for row in numbers(found, "provenance")] == [
        row["statements"] for row in asked["facts-by-provenance"]
    ]
    assert len(numbers(found, "unverified")) == len(asked["unverified-facts"])
    assert len(numbers(found, "conflicting")) == len(asked["conflicting-values"])
    assert len(numbers(found, "missing")) == len({row["plan"] for row in asked["missing-facts"]})
    prefixes = "".join(f"PREFIX {name}: <{iri}> " for name, iri in PREFIXES.items())
    query = (
        f"{prefixes} SELECT ?it (COUNT(?s) AS ?n) {{ ?it a dpp:SourceDocument . ?s dpp:inDocument ?it }} GROUP BY ?it"
    )
    counted = sorted(int(row["n"]) for row in rows(server, f"/sparql?query={quote(query)}"))
    assert sorted(int(row[1]) for row in numbers(found, "quotes")) == counted


def test_what_the_shapes_found_is_told_in_the_readers_language(server: Server) -> None:
    for language, words in (("nl", "Dit plan is beschreven"), ("en", "This plan is described")):
        found = page(server, f"/quality?lang={language}")
        assert words in found.text_content()
        assert len(select(found, "details.check")) == len(said(server)["checks"])
    data = said(server)
    assert sum(check["count"] for check in data["checks"]) == sum(data["findings"].values())
    assert data["findings"]["Violation"] == 0


def test_the_data_say_the_same(server: Server) -> None:
    data = said(server)
    for name in ASKED:
        asked = rows(server, f"/queries/{name}")
        assert data["questions"][name]["count"] == len(asked)
        assert [{column: value for column, value in row.items() if value} for row in asked][:50] == data["questions"][
            name
        ]["rows"]
    assert {one["language"] for one in data["labels"]} == {"nl", "en"}
    assert all(0 <= one["share"] <= 1 for one in (*data["labels"], *data["quotes"]))
    assert {one["metric"].rpartition("metric-")[2] for one in data["measurements"]} >= {"quote-coverage", "violations"}


def test_many_readers_at_once_are_all_answered(server: Server) -> None:
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda: answers.append(server.ask("GET", "/quality", headers=HTML)[0]))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 8


@pytest.mark.heavy
def test_where_the_default_graph_is_plain_the_numbers_are_the_same(server: Server, built: Any) -> None:
    plain = start_server("--store", built[0].folder, "--default-graph", "plain")
    try:
        assert said(plain) == said(server)
    finally:
        assert plain.stop() == 0
