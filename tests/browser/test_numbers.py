"""The numbers on pages are those that SPARQL gives: read off the pages, and asked for."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest

from tests.browser.site import LANGUAGES, Found, Site, told
from tests.conftest import BASE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

FIRST, SECOND = (
    f"{BASE}id/plan/vlaams-actieplan-duurzame-overheidsopdrachten-{years}" for years in ("2009-2011", "2012-2014")
)
COMPARED = f"/compare?{urlencode({'older': FIRST, 'newer': SECOND})}"
SURE = 0.8
"""The confidence from which a line counts as continued, where nobody says otherwise."""


def asked(site: Site, query: str) -> list[dict[str, str]]:
    """The rows that a query gives."""
    return rows(site, f"/sparql?format=json&query={quote(query)}")


def rows(site: Site, address: str) -> list[dict[str, str]]:
    """The rows of an answer in JSON."""
    status, _, body = site.server.ask("GET", address, headers={"Accept": "application/sparql-results+json"})
    assert status == 200, body
    return [{name: cell["value"] for name, cell in row.items()} for row in json.loads(body)["results"]["bindings"]]


def counted(site: Site, pattern: str) -> int:
    """How many solutions a pattern has."""
    return int(asked(site, f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")[0]["n"])


def numbers(text: str, language: str) -> list[int]:
    """The whole numbers in a text, as a language writes them."""
    mark = {"nl": ".", "en": ","}[language]
    return [int(found.replace(mark, "")) for found in re.findall(rf"\d+(?:\{mark}\d{{3}})*", text)]


def number(found: Any, page: Found) -> int:
    """The first number in what was found once on a page."""
    assert len(found) == 1, f"{page}: it is there {len(found)} times"
    return numbers(found[0].text_content(), page.language)[0]


def of(element: Any, name: str) -> str:
    """An XPath condition: it has a class."""
    return f"{element}[contains(concat(' ', @class, ' '), ' {name} ')]"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_plans_and_their_lines(site: Site, language: str) -> None:
    page = site.read("/plans", language)
    plans = counted(site, "SELECT DISTINCT ?plan { ?plan a dpp:PolicyInstrument }")
    lines = {row["plan"].rpartition("/")[2]: int(row["lines"]) for row in rows(site, "/queries/line-counts.json")}
    assert lines
    assert number(page.html.xpath(f"//{of('p', 'lead')}"), page) == plans
    table = page.html.xpath("//main//tbody/tr")
    assert len(table) == plans
    shown = {}
    for row in table:
        said = row.xpath(f"{of('td', 'number')}/a")
        if said:
            shown[urlsplit(row.xpath("th//a/@href")[0]).path.rpartition("/")[2]] = number(said, page)
    assert shown == lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lines_on_the_page_of_each_plan(site: Site, language: str) -> None:
    for row in rows(site, "/queries/line-counts.json"):
        page = site.read(f"/plans/{row['plan'].rpartition('/')[2]}", language)
        assert number(page.html.xpath(f"//*[@id='lines']/h2/{of('span', 'count')}"), page) == int(row["lines"])
        assert len(page.html.xpath(f"//*[@id='lines']/{of('ol', 'lines')}/li")) == int(row["lines"])


def compared(site: Site) -> dict[str, int]:
    """What became of the first plan's lines, by the named questions."""
    options = urlencode({"older": FIRST, "newer": SECOND})
    statuses = Counter(row["status"] for row in rows(site, f"/queries/new-and-dropped-lines.json?{options}"))
    read = [
        (float(row["confidence"]), row["kind"].rpartition("/")[2])
        for row in rows(site, "/queries/continued-lines.json")
        if "2012-2014" in row["newer"] and "2009-2011" in row["older"]
    ]
    sure = [kind for confidence, kind in read if confidence >= SURE]
    kept = sum(kind == "kind-continues" for kind in sure)
    unsure = sum(confidence < SURE for confidence, _ in read)
    return {**statuses, "kept": kept, "changed": len(sure) - kept, "unsure": unsure}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_became_of_the_lines(site: Site, language: str) -> None:
    expected = compared(site)
    assert expected["dropped"]
    assert expected["kept"]
    page = site.read(COMPARED, language)
    assert {name: number(page.html.xpath(f"//h2[@id='{name}']/span"), page) for name in expected} == expected
    tally = {name: number(page.html.xpath(f"//{of('ul', 'tally')}/li[@class='{name}']"), page) for name in expected}
    assert tally == expected
    front = site.read("/", language)
    said = [numbers(item.text_content(), language)[0] for item in front.html.xpath(f"//{of('ul', 'counts')}/li")]
    older = next(row for row in rows(site, "/queries/line-counts.json") if row["plan"] == FIRST)
    assert said == [expected["dropped"], expected["new"], int(older["lines"]) - expected["dropped"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_rows_of_each_question(site: Site, language: str) -> None:
    faults, seen = [], 0
    for page in site.of("/questions/{}", language):
        files = page.html.xpath("//main//a[@type='application/sparql-results+json']/@href")
        table = page.html.xpath(f"//{of('table', 'answer')}/tbody/tr")
        said = page.html.xpath(f"//section[@aria-labelledby='answer']/{of('p', 'note')}")
        if not files or not table or "page=" in page.address:
            continue
        seen += 1
        answered = len(rows(site, files[0].removeprefix(site.url)))
        shown = numbers(said[0].text_content(), language)[0]
        if shown != answered or len(table) != min(answered, 100):
            faults.append(f"{page}: {shown} and {len(table)} rows of {answered}")
    assert not faults, told(faults)
    assert seen > 20


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_much_each_term_is_used(site: Site, language: str) -> None:
    faults, seen = [], 0
    classes = {row["term"] for row in asked(site, "SELECT ?term { ?term a owl:Class }")}
    for page in site.of("/ontology/{}", language):
        iri = page.html.xpath("string(//main//code)")
        pattern = f"SELECT DISTINCT ?s {{ ?s a <{iri}> }}" if iri in classes else f"?s <{iri}> ?o"
        expected = counted(site, pattern)
        shown = {
            one
            for fact in page.html.xpath(f"//main//{of('dl', 'facts')}/dd")
            for one in numbers(fact.text_content(), language)
        }
        seen += 1
        if expected not in shown:
            faults.append(f"{page}: it is used {expected} times, and the page says {sorted(shown)}")
    assert not faults, told(faults)
    assert seen > 10


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_quality_page_says(site: Site, language: str) -> None:
    page = site.read("/quality", language)
    figures = {"missing": "missing-facts", "unverified": "unverified-facts", "conflicting": "conflicting-values"}
    shown = {name: number(page.html.xpath(f"//{of('ul', 'figures')}//a[@href='#{name}']"), page) for name in figures}
    assert shown == {name: len(rows(site, f"/queries/{question}.json")) for name, question in figures.items()}
    said = {
        urlsplit(row.xpath("th//a/@href")[0]).path.rpartition("/")[2]: number(row.xpath("td"), page)
        for row in page.html.xpath("//section[@aria-labelledby='provenance']//tbody/tr")
    }
    asked_for = rows(site, "/queries/facts-by-provenance.json")
    assert said == {row["provenance"].rpartition("/")[2]: int(row["statements"]) for row in asked_for}


STATEMENTS = "SELECT ?source (COUNT(DISTINCT ?s) AS ?n) { ?s dpp:inDocument ?source } GROUP BY ?source"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", ["/sources", "/quality"])
def test_the_statements_that_rest_on_each_source(site: Site, address: str, language: str) -> None:
    page = site.read(address, language)
    expected = {row["source"].rpartition("/")[2]: int(row["n"]) for row in asked(site, STATEMENTS)}
    assert expected
    shown = {}
    for row in page.html.xpath("//main//tr[th//a[contains(@href, '/sources/')]]"):
        numbered = row.xpath(of("td", "number"))
        if numbered:
            name = urlsplit(row.xpath("th//a/@href")[0]).path.rpartition("/")[2]
            shown[name] = number(numbered[:1], page)
    assert {name: shown.get(name) for name in expected} == expected
    assert not any(shown[name] for name in set(shown) - set(expected))


ROLES = ("prov:wasAssociatedWith", "dpp:issuedBy", "dpp:appliesTo", "prov:wasAttributedTo")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_each_body_did(site: Site, language: str) -> None:
    page = site.read("/agents", language)
    bodies = page.html.xpath("//main//tbody/tr")
    assert number(page.html.xpath("//main//caption"), page) == len(bodies)
    for row in bodies:
        iri = f"{BASE}id/agent/{urlsplit(row.xpath('th//a/@href')[0]).path.rpartition('/')[2]}"
        shown = [numbers(cell.text_content(), language)[0] for cell in row.xpath(of("td", "number"))]
        assert shown == [counted(site, f"SELECT DISTINCT ?s {{ ?s {role} <{iri}> }}") for role in ROLES], iri


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_size_of_a_version(site: Site, language: str) -> None:
    page = site.read("/changes", language)
    quads = int(asked(site, "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")[0]["n"])
    (version,) = page.html.xpath(f"//{of('ol', 'versions')}/li")
    assert quads in numbers(version.text_content(), language)


def sizes(site: Site, page: Found) -> Iterator[tuple[str, int, int]]:
    """The files of the page of downloads, with the size that it says and the one that they have."""
    for row in page.html.xpath("//main//tbody/tr"):
        href = row.xpath(".//a/@href")[0].removeprefix(site.url)
        _, headers, _ = site.server.ask("HEAD", href)
        yield href, number(row.xpath(of("td", "number")), page), int(headers["content-length"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_plans_on_the_timeline(site: Site, language: str) -> None:
    page = site.read("/timeline", language)
    plans = counted(site, "SELECT DISTINCT ?plan { ?plan a dpp:PolicyInstrument }")
    assert len(page.html.xpath("//h2[@id='plans']/following::table[1]/tbody/tr")) == plans
    gaps = rows(site, "/queries/gaps.json")
    assert len({(row["from"], row["until"]) for row in gaps}) > 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_results_of_a_search(site: Site, language: str) -> None:
    page = site.read("/search?q=innovatie", language)
    (said,) = page.html.xpath("//main//p[@role='status']")
    _, _, body = site.server.ask("GET", f"/search.json?q=innovatie&lang={language}")
    total = numbers(said.text_content(), language)[0]
    shown = page.html.xpath(f"//{of('ol', 'results')}/li")
    assert 0 < len(shown) <= total
    assert total == json.loads(body)["count"]
