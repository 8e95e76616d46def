"""A graph that means harm: nothing of it runs, nothing breaks the page, and no list is endless."""

import fcntl
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import FEW
from tests.browser.hostile import MANY, MARK, RAN, write_hostile
from tests.browser.site import IN_EACH_LANGUAGE, LANGUAGES, ROUTES, Found, Site, shape_of, told
from tests.browser.visiting import DESK, PHONE, Visitor
from tests.conftest import DPPGRAPH, start_server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

A_PAGE = 400_000
"""Bytes of HTML: whatever is in the graph, a page is no longer."""
OFTEN = 300
"""So often at most is the same kind of thing on a page."""


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Site]:
    """The pages of a graph that means harm, which one of the test processes builds for all."""
    alone = worker_id == "master"
    folder = tmp_path_factory.getbasetemp() if alone else tmp_path_factory.getbasetemp().parent
    given = ("--data", folder / "hostile", "--store", folder / "hostile-store", "--shapes", "none")
    with (folder / "hostile.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "hostile").exists():
            write_hostile(folder / "hostile")
            command = [*DPPGRAPH, "build", *map(str, given)]
            built = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)
            assert built.returncode == 0, built.stderr
    running = start_server(*given)
    yield Site(running, limit=10)
    assert running.stop() == 0


@pytest.fixture(scope="module")
def victim(chromium: Browser, hostile_site: Site) -> Iterator[Visitor]:
    somebody = Visitor(chromium, hostile_site.url)
    yield somebody
    somebody.close()


@pytest.mark.parametrize("language", IN_EACH_LANGUAGE)
@pytest.mark.parametrize("route", ROUTES)
def test_nothing_runs_and_nothing_breaks(hostile_site: Site, victim: Visitor, route: str, language: str) -> None:
    faults = []
    for page in hostile_site.samples(route, language):
        visit = victim.open(page)
        found = [*visit.faults, *visit.run("leading")]
        found += [f"it is not isolated: {text}" for text in visit.run("unisolated", MARK)]
        for width in (PHONE, DESK):
            visit.look(width=width)
            found += [f"{width} wide: {fault}" for fault in visit.run("beyond")]
        if visit.page.evaluate("() => 'ran' in window"):
            found.append("a script of the data ran")
        faults += [f"{page}: {fault}" for fault in found]
    assert not faults, told(faults[:40])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_is_endless(hostile_site: Site, language: str) -> None:
    faults = []
    for page in hostile_site.pages(language):
        links = len(page.html.xpath("//a[@href]"))
        if len(page.body) > A_PAGE:
            faults.append(f"{page}: it has {len(page.body)} bytes")
        if links > 3 * OFTEN:
            faults.append(f"{page}: it has {links} links")
    assert not faults, told(faults)


def test_every_page_of_a_graph_without_labels_answers(hostile_site: Site) -> None:
    """Names that are odd in an address, and things that nothing is said of."""
    alike: defaultdict[str, dict[str, Found]] = defaultdict(dict)
    for page in hostile_site.pages("nl"):
        for link in hostile_site.addresses(page):
            alike[shape_of(link)][link] = page
    broken = []
    for link, page in [pair for pages in alike.values() for pair in list(pages.items())[:FEW]]:
        # What is published without its shapes has no ontology.
        if link == "/ns":
            continue
        status, _, _ = hostile_site.server.ask("HEAD", link, headers={"Accept": "text/html, */*;q=0.1"})
        if status >= 400 and status != 405:
            broken.append(f"{page} has a link to {link}, which answers {status}")
    assert not broken, told(broken[:40])


def test_the_plan_with_many_lines_is_paged(hostile_site: Site) -> None:
    first = hostile_site.read("/plans/many")
    assert first.status == 200
    shown = set(re.findall(r"line-of-action/many-(\d+)|lines/many-(\d+)", first.body.decode()))
    assert 10 < len(shown) < OFTEN
    last = first.html.xpath("//nav[contains(@class, 'pager')]//a/@href")
    assert last
    assert str(MANY) not in first.html.xpath("string(//title)")


def test_harm_that_is_done_is_noticed(victim: Visitor) -> None:
    with victim.alone() as visit:
        visit.page.set_content(
            f"<script>{RAN}</script><p>{MARK} out <bdi>{MARK} in</bdi></p>"
            "<a href='javascript:1'>x</a><a href='data:,'>y</a>"
            "<img src='https://example.org/x.png'><p onclick='alert(1)'>press</p>"
        )
        visit.page.click("[onclick]")
        assert visit.page.evaluate("() => 'ran' in window")
        assert len(visit.run("leading")) == 2
        assert len(visit.run("unisolated", MARK)) == 1
        noticed = told(visit.faults)
    assert "asked another host: https://example.org/x.png" in noticed
    assert "dialog: 1" in noticed


def test_a_policy_that_is_broken_is_noticed(victim: Visitor) -> None:
    with victim.alone() as visit:
        visit.page.goto(f"{victim.url}/")
        visit.page.evaluate("() => { document.body.append(document.createElement('script')) }")
        visit.page.evaluate("() => { document.querySelector('body > script:last-child').text = 'window.ran = 1' }")
        visit.page.title()
        assert "Content Security Policy" in told(visit.faults)
        assert not visit.page.evaluate("() => 'ran' in window")
