"""The query editor in Chromium: with YASGUI's editor, by keyboard, and as the plain form that it is without scripts."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from dppgraph.web.rendering import asset
from tests.browser.site import Site
from tests.browser.visiting import Visit, Visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(120),
    pytest.mark.skipif(not asset("yasgui/yasgui.min.js"), reason="npm could not get YASGUI here: make editor"),
]

PLANS = "SELECT ?plan ?from ?until { ?plan a dpp:PolicyPlan ; dct:temporal ?p . ?p dpp:from ?from ; dpp:until ?until }"
NOT_ONE = "SELECT * {\n  ?s ?p\n}"


@pytest.fixture
def alone(chromium: Browser, site: Site) -> Iterator[Visit]:
    """A window that remembers nothing from before."""
    with Visitor(chromium, site.url).alone("nl") as visit:
        yield visit


def opened(visit: Visit, site: Site, path: str = "/sparql") -> Page:
    visit.page.goto(f"{site.url}{path}")
    expect(visit.page.locator(".CodeMirror")).to_be_visible()
    visit.page.wait_for_load_state("networkidle")
    return visit.page


def written(page: Page) -> str:
    return str(page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getValue()"))


def write(page: Page, text: str) -> None:
    page.evaluate("text => document.querySelector('.CodeMirror').CodeMirror.setValue(text)", text)


def test_a_query_is_run_and_its_answer_shown_without_a_complaint(alone: Visit, site: Site) -> None:
    page = opened(alone, site)
    assert "SELECT" in written(page)
    write(page, PLANS)
    page.get_by_role("button", name="Voer uit").click()
    expect(page.locator("#answer table.answer tbody tr").first).to_be_visible()
    expect(page.locator("#answer table.answer th").first).to_have_text("Plan")
    assert "format=html" in page.url
    page.locator(".over-time summary").click()
    expect(page.locator(".over-time svg")).to_be_visible()
    assert not alone.faults
    # The address can be passed on: it is the same page for who opens it.
    rows = page.locator("#answer table.answer tbody tr").count()
    page.goto(page.url)
    assert page.locator("#answer table.answer tbody tr").count() == rows
    assert written(page) == PLANS


def test_terms_are_completed_by_what_they_are_called_and_prefixes_declared(alone: Visit, site: Site) -> None:
    page = opened(alone, site)
    write(page, "SELECT * { ?line a  }")
    page.evaluate("document.querySelector('.CodeMirror').CodeMirror.focus()")
    page.evaluate("document.querySelector('.CodeMirror').CodeMirror.setCursor({line: 0, ch: 19})")
    page.keyboard.type("krachtlijn", delay=15)
    expect(page.locator(".CodeMirror-hint").first).to_contain_text("dpp:LineOfAction")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert "PREFIX dpp: <https://w3id.org/dppgraph/ns#>" in written(page)
    assert "a dpp:LineOfAction" in written(page)
    assert not alone.faults


def test_a_mistake_is_shown_where_it_is_and_in_the_readers_words(alone: Visit, site: Site) -> None:
    page = opened(alone, site)
    write(page, NOT_ONE)
    page.get_by_role("button", name="Voer uit").click()
    expect(page.locator("#answer [role=alert]")).to_contain_text("De zoekvraag klopt niet. Regel 3")
    expect(page.locator(".wrong-here")).to_have_count(1)
    assert page.locator(".yasqe_tooltip:visible").count() == 0


def test_a_query_after_the_hash_is_run(alone: Visit, site: Site) -> None:
    page = opened(alone, site, f"/sparql#query={quote(PLANS)}")
    expect(page.locator("#answer table.answer tbody tr").first).to_be_visible()
    assert written(page) == PLANS


def test_an_example_takes_the_place_of_the_query(alone: Visit, site: Site) -> None:
    page = opened(alone, site)
    page.locator("[data-example]").nth(3).click()
    expect(page.locator("#answer table.answer tbody tr").first).to_be_visible()
    assert written(page).startswith("# ")
    assert not alone.faults


def test_what_was_written_is_kept_until_it_is_to_be_forgotten(alone: Visit, site: Site) -> None:
    page = opened(alone, site)
    first = written(page)
    write(page, PLANS)
    page = opened(alone, site)
    assert written(page) == PLANS
    page.get_by_role("button", name="Begin opnieuw").click()
    page.wait_for_load_state("networkidle")
    assert written(page) == first


def test_the_keyboard_gets_in_and_out(alone: Visit, site: Site) -> None:
    page = opened(alone, site)
    page.evaluate("document.querySelector('.CodeMirror').CodeMirror.focus()")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Voer uit")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.closest('.CodeMirror') !== null")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#answer-title")).to_be_focused()


def test_without_scripts_it_is_a_form_that_works(visitor: Visitor) -> None:
    visit = visitor.open("/sparql", scripts=False)
    page = visit.page
    page.locator("textarea[name=query]").fill(PLANS)
    page.get_by_role("button", name="Voer uit").click()
    # Two at the least: the second is waited for, since a click does not wait for the page that it leads to.
    expect(page.locator("table.answer tbody tr").nth(1)).to_be_visible()
    assert page.locator("textarea[name=query]").input_value() == PLANS
    page.locator("textarea[name=query]").fill(NOT_ONE)
    page.get_by_role("button", name="Voer uit").click()
    expect(page.locator("[role=alert]")).to_contain_text("Regel 3")
