"""SPARQL in the visitor's browser: a real Chromium, nginx alone, and then no network at all."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from dppgraph.operations.build import Built
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvests
from dppgraph.operations.queries import read_questions
from dppgraph.operations.questions import example
from dppgraph.store.versions import VersionStore
from dppgraph.web.rendering import asset
from tests.browser.site import LANGUAGES
from tests.browser.visiting import PHONE, SCHEMES, Visit, Visitor
from tests.conftest import REPOSITORY, Run
from tests.freeze.site import FrozenSite

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not asset("oxigraph/web.js"), reason="npm could not get oxigraph here: make editor"),
]

ASKED = ("gaps", "continued-lines", "approvals", "facts-by-provenance", "new-and-dropped-lines", "theme-matrix")
READY = {"nl": "Klaar voor uw vraag", "en": "Ready for your question"}
ANSWERED = {"nl": "Het antwoord is er", "en": "The answer is here"}
TWICE = "ASK { { SELECT ?s ?p ?o (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s ?p ?o } FILTER(?n > 1) }"
LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture
def visit(chromium: Browser, site: FrozenSite) -> Iterator[Visit]:
    """A window of one's own."""
    with Visitor(chromium, site.url).alone("nl") as visit:
        visit.page.set_default_timeout(30_000)
        yield visit


def opened(visit: Visit, site: FrozenSite, language: str = "nl") -> Page:
    """The page, once it has all that it needs."""
    visit.page.goto(f"{site.url}/{'' if language == 'nl' else 'en/'}sparql/")
    expect(visit.page.get_by_role("status")).to_contain_text(READY[language], timeout=30_000)
    return visit.page


def asked_by_a_click(page: Page, name: str, language: str = "nl") -> dict[str, Any]:
    """The answer to a named question, as it can be saved."""
    link = page.locator(f"[data-question={name}]")
    link.evaluate("link => { link.closest('details').open = true }")
    page.evaluate("() => { document.getElementById('say').textContent = '' }")
    link.click()
    expect(page.get_by_role("status")).to_have_text(ANSWERED[language], timeout=30_000)
    with page.expect_download() as saved:
        page.locator("#told a[download]").click()
    found: dict[str, Any] = json.loads(Path(saved.value.path()).read_text(encoding="utf-8"))
    return found


def embedded(store: VersionStore, name: str, language: str, run: Run) -> dict[str, Any]:
    """What the embedded store answers to the same question."""
    harvest = Harvests(store, "http://localhost/").of(store.manifest(1))
    text = example(read_questions(REPOSITORY / "queries")[name], Facts(harvest.published, language))
    said = run("query", "-e", text, "--format", "json", "--store", store.folder)
    assert said.returncode == 0, said.stderr
    found: dict[str, Any] = json.loads(said.stdout)
    return found


def rows(found: dict[str, Any]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in found["results"]["bindings"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_six_questions_are_answered_with_the_network_cut_as_the_embedded_store_answers_them(
    visit: Visit, site: FrozenSite, built: tuple[VersionStore, Built], run: Run, language: str
) -> None:
    page = opened(visit, site, language)
    visit.page.context.set_offline(True)
    for name in ASKED:
        found, expected = asked_by_a_click(page, name, language), embedded(built[0], name, language, run)
        assert found["head"]["vars"] == expected["head"]["vars"], name
        assert rows(found) == rows(expected), name
        assert rows(found), name
        assert page.locator("#told tbody tr").count() == len(rows(found))
    assert not visit.faults


def test_a_long_query_leaves_the_page_alive_and_is_stopped_without_a_network(visit: Visit, site: FrozenSite) -> None:
    page = opened(visit, site)
    visit.page.context.set_offline(True)
    page.locator("#query").fill(LONG)
    page.get_by_role("button", name="Voer uit").click()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    # Another thread is at it: what is typed is there at once.
    page.locator("#query").fill("ASK { ?s ?p ?o }")
    assert page.locator("#query").input_value() == "ASK { ?s ?p ?o }"
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    page.get_by_role("button", name="Voer uit").click()
    expect(page.locator("#told .verdict")).to_have_text("ja", timeout=30_000)


def test_a_mistake_is_told_and_a_graph_is_shown(visit: Visit, site: FrozenSite) -> None:
    page = opened(visit, site)
    page.locator("#query").fill("SELECT * {\n  ?s ?p\n}")
    page.locator("#query").press("Control+Enter")
    expect(page.locator("#told").get_by_role("alert")).to_contain_text("error at 3:")
    page.locator("#query").fill("CONSTRUCT { ?newer dpp:succeeds ?older } { ?newer dpp:succeeds ?older }")
    page.locator("#query").press("Control+Enter")
    expect(page.locator("#told pre")).to_contain_text("dppgraph/ns#succeeds")
    assert not visit.faults


def test_graphs_can_be_named_and_what_two_of_them_say_is_there_once(visit: Visit, site: FrozenSite) -> None:
    page = opened(visit, site)
    page.locator("#query").fill("SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }")
    page.locator("#query").press("Control+Enter")
    expect(page.locator("#told tbody td")).to_have_text("8")
    page.locator("#query").fill(
        "ASK { { SELECT ?s ?p ?o (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s ?p ?o } FILTER(?n > 1) }"
    )
    page.locator("#query").press("Control+Enter")
    expect(page.locator("#told .verdict")).to_have_text("nee", timeout=30_000)


def test_a_query_after_the_hash_is_run_and_things_lead_to_their_pages(visit: Visit, site: FrozenSite) -> None:
    visit.page.goto(f"{site.url}/questions/gaps/")
    visit.page.get_by_role("link", name="Open in de editor").click()
    expect(visit.page.locator("#told tbody tr").first).to_be_visible(timeout=30_000)
    visit.page.locator("#told tbody a").first.click()
    expect(visit.page.locator("h1")).to_be_visible()
    assert "/doc/plan/" in visit.page.url
    assert not visit.faults


@pytest.mark.parametrize("scheme", SCHEMES)
def test_an_answer_fits_a_phone_and_is_read_by_axe(visit: Visit, site: FrozenSite, scheme: Any) -> None:
    page = opened(visit, site)
    asked_by_a_click(page, "facts")
    visit.look(width=PHONE, scheme=scheme)
    assert not visit.run("beyond")
    axe = REPOSITORY / "tests" / "browser" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.exists():
        pytest.skip("axe-core is not installed: `make heavy` does it, or `npm ci` in tests/browser/npm")
    page.evaluate(axe.read_text(encoding="utf-8"))
    assert visit.run("axe") == []


def test_without_scripts_it_says_what_there_is_instead(chromium: Browser, site: FrozenSite) -> None:
    with Visitor(chromium, site.url).alone("en", java_script_enabled=False) as visit:
        visit.page.goto(f"{site.url}/en/sparql/")
        expect(visit.page.get_by_text("This needs JavaScript")).to_be_visible()
        expect(visit.page.locator("#query")).to_be_hidden()
        visit.page.get_by_role("link", name="answers to the questions").click()
        expect(visit.page.locator("h1")).to_have_text("Questions")


def test_only_the_worker_may_compile(site: FrozenSite) -> None:
    page = site.read("/sparql/")
    assert "wasm-unsafe-eval" not in page.headers["content-security-policy"]
    (bench,) = page.html.xpath("//*[@id='workbench']")
    policies = {}
    for name in ("worker", "engine", "module"):
        _, headers, _ = site.server.ask("HEAD", bench.get(f"data-{name}").removeprefix(site.url))
        policies[name] = headers["content-security-policy"]
    assert [name for name, policy in policies.items() if "'wasm-unsafe-eval'" in policy] == ["worker"]
    assert "'unsafe-eval'" not in policies["worker"].replace("'wasm-unsafe-eval'", "")
