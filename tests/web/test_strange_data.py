"""Search, sources, changes and the page for developers over other data: none, hostile, of another base."""

import json
import re
from collections.abc import Iterator

import pytest

from tests.conftest import Server, start_server

HTML = {"Accept": "text/html"}
OTHER = "https://data.example.org/beleid/"
PUBLIC = "https://www.example.org/plans/"
HOSTILE = "<script>alert(1)</script>\" onmouseover='x' \u202e javascript:x"
LONG = "onafgebroken" * 9_000
DPP, OA = "https://w3id.org/dppgraph/ns#", "http://www.w3.org/ns/oa#"
RDF, SKOS = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2004/02/skos/core#"
PAGES = (
    "/search",
    "/search?q=alert",
    "/search?q=onafgebroken",
    "/sources",
    "/sources/x",
    "/changes",
    "/changes/1",
    "/api",
)


def lines() -> Iterator[str]:
    def said(subject: str, predicate: str, value: str) -> str:
        return f"<{OTHER}id/{subject}> <{predicate}> {value} ."

    def text(value: str) -> str:
        return json.dumps(value, ensure_ascii=False)

    yield said("plan/x", f"{RDF}type", f"<{DPP}PolicyPlan>")
    yield said("plan/x", f"{SKOS}prefLabel", f"{text(HOSTILE)}@ar")
    yield said("plan/y", f"{SKOS}prefLabel", text(LONG))
    yield said("plan/z", f"{SKOS}definition", text(f"alert {LONG}"))
    yield said("source/x", f"{RDF}type", f"<{DPP}SourceDocument>")
    yield said("source/x", "http://xmlns.com/foaf/0.1/page", "<javascript:alert(1)>")
    yield said("source/x", f"{DPP}length", '"no number"')
    for number in range(250):
        one = f"statement/{number}"
        yield said(one, f"{RDF}subject", f"<{OTHER}id/plan/x>")
        yield said(one, f"{RDF}predicate", f"<{SKOS}prefLabel>")
        yield said(one, f"{RDF}object", f"{text(HOSTILE)}@ar")
        yield said(one, f"{DPP}inDocument", f"<{OTHER}id/source/x>")
        if number < 120:
            yield said(one, f"{OA}hasSelector", f"<{OTHER}id/{one}#q>")
            yield said(f"{one}#q", f"{OA}exact", text(f"{HOSTILE} {number}"))
            yield said(f"{one}#q", f"{OA}start", f'"{number // 2}"^^<http://www.w3.org/2001/XMLSchema#integer>')
            yield said(f"{one}#q", f"{OA}end", f'"{number // 2 + 3}"^^<http://www.w3.org/2001/XMLSchema#integer>')


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("strange")
    (folder / "data").mkdir()
    (folder / "data" / "data.nt").write_text("\n".join(lines()) + "\n")
    options = ("--data", folder / "data", "--store", folder / "store", "--shapes", "none")
    running = start_server(*options, "--base", OTHER, "--public-url", PUBLIC)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("empty")
    (folder / "data").mkdir()
    running = start_server("--data", folder / "data", "--store", folder / "store", "--shapes", "none")
    yield running
    running.stop()


def page(server: Server, path: str) -> str:
    status, _, body = server.ask("GET", path, headers=HTML)
    assert status == 200, path
    return body.decode()


@pytest.mark.heavy
@pytest.mark.parametrize("language", ["nl", "en"])
def test_hostile_data_is_shown_and_nothing_else(strange: Server, language: str) -> None:
    for path in PAGES:
        said = page(strange, f"/plans{path}{'&' if '?' in path else '?'}lang={language}")
        assert "<script>alert" not in said
        assert not re.findall(r'<[^>]*\sonmouseover=|href="javascript:|href=""', said)
        assert len(said) < 400_000
        identifiers = re.findall(r'\sid="([^"]*)"', said)
        assert len(identifiers) == len(set(identifiers))
        for address in re.findall(r'(?:src|action)="([^"]*)"', said):
            assert address.startswith("/plans/"), address
        for address in re.findall(r'href="([^"#][^"]*)"', said):
            assert address.startswith(("/plans/", PUBLIC, OTHER, "http://www.w3.org/")), address


@pytest.mark.heavy
def test_many_quotes_are_paged_and_all_of_them_are_there(strange: Server) -> None:
    found = json.loads(strange.ask("GET", "/plans/sources/x.json")[2])
    assert (found["length"], found["share"]) == (None, None)
    pages = [json.loads(strange.ask("GET", f"/plans/sources/x.json?page={n}")[2]) for n in range(1, found["pages"] + 1)]
    passages = [one for each in pages for one in each["passages"] if not one.get("gap")]
    assert [one["number"] for one in passages] == list(range(1, 122))
    assert (passages[-1]["count"], len(passages[-1]["facts"])) == (130, 100)
    assert sum(one["count"] for one in passages) == found["statements"] == 250


@pytest.mark.heavy
def test_results_on_another_base_lead_to_this_server(strange: Server) -> None:
    found = json.loads(strange.ask("GET", "/plans/search.json?q=alert&lang=en")[2])
    assert found["results"][0]["iri"] == f"{OTHER}id/plan/x"
    assert found["results"][0]["url"] == f"{PUBLIC}plans/x?lang=en"
    quote = next(one for one in found["results"] if one["kind"] == "quote" and one["start"] == 5)
    assert quote["url"] == f"{PUBLIC}sources/x?at=5&lang=en#quote-5-8"


@pytest.mark.heavy
def test_without_data_every_page_says_so(empty: Server) -> None:
    for path in ("/search", "/search?q=plan", "/sources", "/changes", "/changes/1", "/api"):
        for language in ("nl", "en"):
            assert page(empty, f"{path}{'&' if '?' in path else '?'}lang={language}").count("<h1>") == 1
    assert json.loads(empty.ask("GET", "/search.json?q=plan")[2])["count"] == 0
    assert json.loads(empty.ask("GET", "/sources.json")[2])["sources"] == []
