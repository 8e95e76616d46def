"""A server, its pages, and Chromium to look at them."""

import shutil
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, sync_playwright

from dppgraph.operations.build import Built
from dppgraph.store.versions import VersionStore
from tests.browser.site import Site
from tests.browser.strange_words import python_with_strange_words
from tests.browser.visiting import CHROMIUM, Visitor, launch
from tests.conftest import start_server

FEW = 8
"""Of pages that are alike, how many will do."""


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


class Strange(NamedTuple):
    """The site with every message in brackets, and somebody who visits it."""

    site: Site
    visitor: Visitor


@pytest.fixture(scope="session")
def strange_site(built: tuple[VersionStore, Built], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The pages of the shipped data, with every message in brackets."""
    folder = tmp_path_factory.mktemp("strange")
    python = python_with_strange_words(folder)
    # A store has one server.
    store = shutil.copytree(built[0].folder, folder / "store")
    running = start_server("--store", store, python=python)
    yield Site(running, limit=FEW)
    assert running.stop() == 0


@pytest.fixture(scope="module")
def strange(chromium: Browser, strange_site: Site) -> Iterator[Strange]:
    """The site with every message in brackets, and somebody who visits it."""
    somebody = Visitor(chromium, strange_site.url)
    yield Strange(strange_site, somebody)
    somebody.close()
