"""Pages of plans: what they say is what the questions answer."""

import csv
import io
import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.conftest import BASE, Server

SLUGS = (
    "vlaams-actieplan-duurzame-overheidsopdrachten-2009-2011",
    "vlaams-actieplan-duurzame-overheidsopdrachten-2012-2014",
    "vlaams-plan-overheidsopdrachten",
    "actieplan-innovatief-aanbesteden",
)


def answer(server: Server, name: str, **parameters: str) -> list[dict[str, str]]:
    """The rows of a named question."""
    status, _, body = server.ask("GET", f"/queries/{name}.json?{urlencode(parameters)}")
    assert status == 200
    rows = json.loads(body)["results"]["bindings"]
    return [{column: cell["value"] for column, cell in row.items()} for row in rows]


def data(server: Server, path: str) -> Any:
    status, headers, body = server.ask("GET", f"/{path}")
    assert (status, headers["content-type"]) == (200, "application/json")
    return json.loads(body)


def page(server: Server, path: str) -> str:
    status, _, body = server.ask("GET", f"/{path}", headers={"Accept": "text/html"})
    assert status == 200, body
    return body.decode()


def plan(server: Server, slug: str) -> Any:
    return data(server, f"plans/{slug}.json?lang=nl")["plan"]


def iri(slug: str) -> str:
    return f"{BASE}id/plan/{slug}"


def test_the_list_counts_what_the_questions_count(server: Server) -> None:
    listed = {row["iri"]: row for row in data(server, "plans.json")["plans"]}
    counted = {row["plan"]: int(row["lines"]) for row in answer(server, "line-counts")}
    assert {iri: row["lines"] for iri, row in listed.items() if row["lines"]} == counted
    approved = {
        (plan, date["text"], agent["iri"])
        for plan, row in listed.items()
        for one in row["approvals"]
        for date in one["dates"]
        for agent in one["agents"]
    }
    assert approved == {(row["plan"], row["date"], row["body"]) for row in answer(server, "approvals")}
    shown = page(server, "plans")
    for row in listed.values():
        assert row["title"]["text"] in shown


@pytest.mark.parametrize("day", ["2008-12-31", "2009-01-01", "2011-12-31", "2013-05-01", "2015-06-01", "2019-12-31"])
def test_the_plans_in_force_on_a_day_are_those_that_the_question_gives(server: Server, day: str) -> None:
    listed = data(server, f"plans.json?on={day}")["plans"]
    in_force = {row["iri"] for row in listed if row["status"] == "in-force"}
    assert in_force == {row["plan"] for row in answer(server, "plan-in-force", on=day)}
    for slug in SLUGS:
        status = data(server, f"plans/{slug}.json?on={day}")["plan"]["status"]
        assert (status == "in-force") == (iri(slug) in in_force)


def test_the_table_has_a_row_for_each_plan(server: Server) -> None:
    _, headers, body = server.ask("GET", "/plans.csv?lang=en&on=2013-05-01")
    assert headers["content-type"] == "text/csv; charset=utf-8"
    rows = {row["plan"]: row for row in csv.DictReader(io.StringIO(body.decode()))}
    assert rows.keys() == {row["iri"] for row in data(server, "plans.json")["plans"]}
    second = rows[iri(SLUGS[1])]
    assert (second["from"], second["until"], second["status"]) == ("2012-01-01", "2014-12-31", "in-force")
    assert (second["approved"], second["approvedBy"], second["lines"]) == ("2012-12-21", "Flemish Government", "10")


@pytest.mark.parametrize("slug", SLUGS)
def test_lines_and_what_they_continue_are_those_of_the_questions(server: Server, slug: str) -> None:
    lines = plan(server, slug)["lines"]["shown"]
    told = [(line["iri"], line["label"]["text"]) for line in lines]
    assert told == [(row["line"], row["lineLabel"]) for row in answer(server, "lines-of-action", plan=iri(slug))]
    continued = {
        (line["iri"], one["line"]["iri"], one["kind"]["iri"], one["confidence"], one["rationale"]["text"])
        for line in lines
        for one in line["older"]
    }
    assert continued == {
        (row["newer"], row["older"], row["kind"], float(row["confidence"]), row["rationale"])
        for row in answer(server, "continued-lines")
        if row["newer"] in {line["iri"] for line in lines}
    }


@pytest.mark.parametrize("slug", SLUGS)
def test_aims_findings_and_gaps_are_those_of_the_questions(server: Server, slug: str) -> None:
    told = plan(server, slug)
    quotes = {
        (one["iri"], ground["quote"]["text"])
        for one in told["objectives"]
        for ground in one["evidence"]
        if "quote" in ground
    }
    assert quotes == {(row["objective"], row["quote"]) for row in answer(server, "objectives", plan=iri(slug))}
    findings = [one for evaluation in told["evaluations"] for one in evaluation["findings"]] + told["findings"]
    concluded = {
        (outcome["iri"], ground["quote"]["text"])
        for one in findings
        if iri(slug) in {about["iri"] for about in one["concerns"]}
        for outcome in one["outcome"]
        for words in one["concludes"]
        for ground in words["evidence"]
    }
    answered = answer(server, "evaluation-findings", plan=iri(slug))
    assert concluded == {(row["outcome"], row["quote"]) for row in answered if "outcome" in row}
    missing = {row["property"] for row in answer(server, "missing-facts") if row["plan"] == iri(slug)}
    assert {one["iri"] for one in told["missing"]} == missing
    after = {one["iri"] for one in told["after"]}
    assert after == {row["plan"] for row in answer(server, "successors", plan=iri(slug)) if row["depth"] == "1"}
    doubted = {row["property"] for row in answer(server, "unverified-facts")}
    assert {one["property"]["iri"] for one in told["unverified"]} <= doubted


def test_all_that_is_unverified_is_told_on_some_plan(server: Server) -> None:
    told = [one["property"]["iri"] for slug in SLUGS for one in plan(server, slug)["unverified"]]
    assert sorted(told) == sorted(row["property"] for row in answer(server, "unverified-facts"))


def test_what_was_promised_by_2020_stands_on_the_page_with_its_words_and_their_source(server: Server) -> None:
    (promise,) = {row["quote"]: row for row in answer(server, "promises-by-year", year="2020")}.values()
    said = page(server, f"plans/{SLUGS[0]}")
    assert promise["quote"] in said
    assert "Beleid 2009 -2014" in said
    assert 'href="/sources/beleid-2009-2014' in said


def test_a_plan_leads_to_the_comparison_with_those_beside_it_that_have_lines(server: Server) -> None:
    said = page(server, f"plans/{SLUGS[1]}?lang=en")
    asked = urlencode({"older": iri(SLUGS[0]), "newer": iri(SLUGS[1]), "lang": "en"}).replace("&", "&amp;")
    assert f"compare?{asked}" in said
    assert urlencode({"newer": iri(SLUGS[2])}) not in said


def test_what_is_said_of_today_is_kept_no_longer_than_the_day(server: Server) -> None:
    _, today, _ = server.ask("GET", f"/plans/{SLUGS[0]}", headers={"Accept": "text/html"})
    _, fixed, _ = server.ask("GET", f"/plans/{SLUGS[0]}?on=2013-05-01", headers={"Accept": "text/html"})
    # What was not changed since a moment may still be another thing today.
    assert "last-modified" not in today
    assert "last-modified" in fixed
    known = {"Accept": "text/html", "If-None-Match": today["etag"]}
    assert server.ask("GET", f"/plans/{SLUGS[0]}", headers=known)[0] == 304


@pytest.mark.parametrize("asked", ["on=today", "on=2013-02-30", "on=2013-1-1", "page=0", "page=x"])
def test_a_day_or_a_page_that_is_none_is_refused(server: Server, asked: str) -> None:
    for path in ("plans", f"plans/{SLUGS[0]}"):
        assert server.ask("GET", f"/{path}?{asked}")[0] == 400


def test_a_page_that_is_not_there_is_not_made_up(server: Server) -> None:
    for path in ("plans?page=2", f"plans/{SLUGS[0]}?page=2"):
        assert server.ask("GET", f"/{path}")[0] == 404


def test_each_tie_between_plans_stands_over_its_own_words(server: Server) -> None:
    """A source that says 'followed by' is not shown as one that says 'replaced by'."""
    second = "vlaams-actieplan-duurzame-overheidsopdrachten-2012-2014"
    page = server.ask("GET", f"/plans/{second}?lang=en", headers={"Accept": "text/html"})[2].decode()
    rows = dict(re.findall(r"<dt>(Followed by|Replaced by)</dt>\s*<dd>(.*?)</dd>", page, re.DOTALL))
    assert "wordt opgevolgd door" in rows["Followed by"]
    assert "wordt opgevolgd door" not in rows["Replaced by"]


def test_how_a_plan_is_tied_to_a_target_is_said_in_the_open(server: Server) -> None:
    """The page that tells of the second plan does not say that the target is its own."""
    second = "vlaams-actieplan-duurzame-overheidsopdrachten-2012-2014"
    page = server.ask("GET", f"/plans/{second}?lang=en", headers={"Accept": "text/html"})[2].decode()
    target = re.search(r'<article class="card target">(.*?)<details>', page, re.DOTALL)
    assert target
    assert "related to" in target[1]
    assert "from another source" in target[1]
