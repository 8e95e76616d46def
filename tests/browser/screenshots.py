"""Pictures of every page: on a phone, a tablet and a desk, light and dark, in both languages.

    python -m tests.browser.screenshots [--folder screenshots] [--route /plans]

It builds and serves the shipped data itself. Of pages that are alike, the longest is taken.
"""

import argparse
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

from tests.browser.site import ERRORS, LANGUAGES, ROUTES, Found, Site
from tests.browser.visiting import CHROMIUM, DESK, PHONE, SCHEMES, Visitor, launch
from tests.conftest import REPOSITORY, Server, start_server

WIDTHS = (PHONE, 768, DESK)


@contextmanager
def served() -> Iterator[Server]:
    """A server of the shipped data."""
    with tempfile.TemporaryDirectory() as folder:
        running = start_server("--store", folder)
        try:
            yield running
        finally:
            running.stop()


def name_of(page: Found) -> str:
    """The name of a page's pictures."""
    words = re.sub(r"[^a-z0-9]+", "-", page.address.lower()).strip("-")
    return words[:60] or "home"


def taken(visitor: Visitor, page: Found, folder: Path) -> int:
    """Takes all pictures of a page, whole; how many there are."""
    visit = visitor.open(page)
    count = 0
    for width in WIDTHS:
        for scheme in SCHEMES:
            visit.look(width=width, scheme=scheme)
            path = folder / f"{name_of(page)}-{width}-{scheme}-{page.language}.png"
            visit.page.screenshot(path=path, full_page=True, animations="disabled")
            count += 1
    return count


def main() -> None:
    """Takes the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=REPOSITORY / "screenshots")
    parser.add_argument("--route", action="append", choices=[*ROUTES, ERRORS])
    asked = parser.parse_args()
    if not CHROMIUM.exists():
        parser.exit(2, "there is no Chromium here: on Debian, apt install chromium\n")
    asked.folder.mkdir(parents=True, exist_ok=True)
    with served() as server, sync_playwright() as playwright:
        site, browser = Site(server), launch(playwright)
        visitor = Visitor(browser, site.url)
        count = 0
        for language in LANGUAGES:
            for route in asked.route or [*ROUTES, ERRORS]:
                pages = site.samples(route, language)
                # The second of two that are alike is the shorter one.
                shapes = {(len(urlsplit(page.address).query) > 0, page.status): page for page in reversed(pages)}
                count += sum(taken(visitor, page, asked.folder) for page in shapes.values())
        visitor.close()
        browser.close()
    print(f"{count} pictures in {asked.folder}")  # noqa: T201 - what a command says


if __name__ == "__main__":
    main()
