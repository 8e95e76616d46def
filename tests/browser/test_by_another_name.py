"""A server that is opened by another name than the one it knows itself by: through a tunnel, or as ``localhost``."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from dppgraph.operations.build import Built
from dppgraph.store.versions import VersionStore
from dppgraph.web.rendering import asset
from tests.browser.site import LANGUAGES, ROUTES, Site, told
from tests.browser.visiting import Visitor
from tests.conftest import start_server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def site(built: tuple[VersionStore, Built]) -> Iterator[Site]:
    """The pages of a server that knows itself by another host, port and scheme than those it is opened by."""
    running = start_server("--store", built[0].folder, "--public-url", "https://data.example.org:8443/")
    yield Site(running)
    assert running.stop() == 0


@pytest.fixture(scope="module")
def elsewhere(chromium: Browser, site: Site) -> Iterator[Visitor]:
    """Somebody who opens the site as that of ``localhost``: whatever is asked of another name is a fault."""
    somebody = Visitor(chromium, site.url.replace("127.0.0.1", "localhost"))
    yield somebody
    somebody.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_comes_with_its_style_and_its_scripts(site: Site, elsewhere: Visitor, language: str) -> None:
    faults = []
    for route in ROUTES:
        page = site.samples(route, language)[0]
        visit = elsewhere.open(page)
        faults += [f"{page}: {fault}" for fault in visit.faults]
        if visit.page.evaluate("[...document.styleSheets].every(sheet => sheet.cssRules.length === 0)"):
            faults.append(f"{page} has no style")
    assert not faults, told(faults)


def test_links_and_forms_lead_to_where_it_was_opened(elsewhere: Visitor) -> None:
    visit = elsewhere.open("/")
    page = visit.page
    page.locator("nav.main a").first.click()
    page.wait_for_url("**/plans")
    page.locator("#q").press_sequentially("vlaams act")
    option = page.get_by_role("listbox").get_by_role("option").first
    option.wait_for()
    with page.expect_navigation():
        option.click()
    assert page.url.startswith(f"{elsewhere.url}/plans/")
    page.locator("#q").fill("tegen 2020")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == f"{elsewhere.url}/search?q=tegen+2020"
    assert not visit.faults, told(visit.faults)


@pytest.mark.skipif(not asset("yasgui/yasgui.min.js"), reason="npm could not get YASGUI here: make editor")
def test_a_query_is_run_there(elsewhere: Visitor) -> None:
    visit = elsewhere.open("/sparql")
    page = visit.page
    expect(page.locator(".CodeMirror")).to_be_visible()
    page.get_by_role("button", name="Voer uit").click()
    expect(page.locator("#answer table.answer tbody tr").first).to_be_visible()
    assert page.url.startswith(f"{elsewhere.url}/sparql?format=html")
    assert not visit.faults, told(visit.faults)
