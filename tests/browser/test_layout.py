"""Pages fit a phone, can be printed, and keep still for whoever asks for that."""

import pytest
from playwright.sync_api import Browser

from tests.browser.site import ERRORS, IN_EACH_LANGUAGE, ROUTES, Site, told
from tests.browser.slowly import slowly
from tests.browser.visiting import DESK, PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

NARROWEST = 320
"""CSS pixels at which text still has to fit: a window of 1280 at 400 % (WCAG 2.1, 1.4.10)."""
SEEN = 0.001
"""A shift of the layout that nobody sees is smaller."""


@pytest.mark.parametrize("language", IN_EACH_LANGUAGE)
@pytest.mark.parametrize("route", [*ROUTES, ERRORS])
def test_no_page_scrolls_sideways(site: Site, visitor: Visitor, route: str, language: str) -> None:
    faults = []
    for page in site.samples(route, language):
        visit = visitor.open(page)
        for width in (NARROWEST, PHONE, 768, DESK):
            visit.look(width=width)
            faults += [f"{page}, {width} wide: {fault}" for fault in visit.run("beyond")]
    assert not faults, told(faults)


@pytest.mark.parametrize("route", ROUTES)
def test_it_can_be_printed(site: Site, visitor: Visitor, route: str) -> None:
    for page in site.samples(route, "nl")[:1]:
        with visitor.alone() as visit:
            visit.page.goto(f"{site.url}{page.address}")
            visit.page.emulate_media(media="print", color_scheme="dark")
            shown = visit.page.eval_on_selector_all(
                "body > header nav, body > nav, form, button, video",
                "all => all.filter(one => one.checkVisibility()).map(one => one.outerHTML.slice(0, 80))",
            )
            assert not shown, told([page, *shown])
            paper = visit.page.evaluate("() => getComputedStyle(document.body).backgroundColor")
            # On paper there is no dark scheme.
            assert paper in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"), f"{page}: {paper}"
            assert visit.page.pdf().startswith(b"%PDF")


@pytest.mark.parametrize("route", ROUTES)
def test_it_keeps_still_where_that_is_asked_for(site: Site, visitor: Visitor, route: str) -> None:
    faults = []
    for page in site.samples(route, "nl")[:1]:
        with visitor.alone(reduced_motion="reduce") as visit:
            visit.page.goto(f"{site.url}{page.address}")
            faults += [f"{page}: {fault}" for fault in visit.run("moving")]
    assert not faults, told(faults)


def test_the_checks_find_what_is_wrong(visitor: Visitor) -> None:
    with visitor.alone(reduced_motion="reduce") as visit:
        visit.look(width=PHONE)
        visit.page.set_content(
            "<style>b { display: block; width: 500px; height: 20px; transition: color 1s }</style><b>wide</b>"
            "<div style='overflow: auto'><b>may be</b></div>"
            "<button style='width: 9px; height: 9px; padding: 0'></button>"
        )
        assert len(visit.run("beyond")) == 2
        assert len(visit.run("targets")) == 1
        assert len(visit.run("moving")) == 2


@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
@pytest.mark.parametrize("route", ["/sources", "/agents", "/plans", "/dumps", "/timeline", "/quality"])
def test_a_table_that_comes_in_pieces_keeps_still(site: Site, chromium: Browser, route: str, share: float) -> None:
    with slowly(site.server.port, share) as url:
        # On a phone columns are as narrow as they can be; 0.1 is what browsers call good.
        for width, most in ((PHONE, 0.05), (DESK, SEEN)):
            with Visitor(chromium, url).alone() as visit:
                visit.look(width=width)
                visit.page.goto(f"{url}{route}")
                assert visit.run("shifts") < most, f"{width} wide"


def test_a_layout_that_shifts_is_seen(visitor: Visitor) -> None:
    # What benchmarks/pages.py measures by.
    with visitor.alone() as visit:
        visit.page.goto(f"{visitor.url}/")
        # A page that comes in pieces, as on a busy machine, may move by less than anybody can see.
        assert visit.run("shifts") < SEEN
        visit.page.evaluate(
            "() => document.body.prepend(Object.assign(document.createElement('h2'), { innerHTML: 'x<br>' }))"
        )
        assert visit.run("shifts") > 10 * SEEN
