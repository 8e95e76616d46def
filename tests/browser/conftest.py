"""A server, its pages, and Chromium to look at them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from dppgraph.operations.build import Built
from dppgraph.store.versions import VersionStore
from tests.browser.site import Site
from tests.browser.visiting import CHROMIUM, Visitor, launch
from tests.conftest import start_server


@pytest.fixture(scope="session")
def site(built: tuple[VersionStore, Built]) -> Iterator[Site]:
    """The pages of the shipped data."""
    running = start_server("--store", built[0].folder)
    yield Site(running)
    assert running.stop() == 0


# Not for the whole session: while Playwright runs, no other test of the process can run an event loop.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser."""
    if not CHROMIUM.exists():
        pytest.skip("there is no Chromium here: on Debian, apt install chromium")
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def visitor(chromium: Browser, site: Site) -> Iterator[Visitor]:
    """Somebody who visits the site."""
    somebody = Visitor(chromium, site.url)
    yield somebody
    somebody.close()
