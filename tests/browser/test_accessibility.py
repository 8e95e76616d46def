"""axe-core has nothing against any page: light and dark, on a phone and on a desk."""

import json
from pathlib import Path
from typing import Literal

import pytest

from tests.browser.site import ERRORS, ROUTES, Site, told
from tests.browser.visiting import DESK, PHONE, Visit, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

AXE = Path(__file__).parent / "npm" / "node_modules" / "axe-core" / "axe.min.js"
MOST = 3
"""So many pages of a route are judged."""
LOOKS: dict[str, tuple[tuple[int, Literal["light", "dark"]], ...]] = {
    "nl": ((PHONE, "dark"), (DESK, "light")),
    "en": ((PHONE, "light"), (DESK, "dark")),
}
"""Each width and each scheme meets each page, in one language or the other."""


@pytest.fixture(scope="module")
def axe() -> str:
    """The text of axe-core."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: `make heavy` does it, or `npm ci` in tests/browser/npm")
    return AXE.read_text(encoding="utf-8")


def judged(visit: Visit, axe: str) -> list[str]:
    """What axe has against a page that is open."""
    if not visit.page.evaluate("() => 'axe' in window"):
        visit.page.evaluate(axe)
    found: list[str] = visit.run("axe")
    return found


@pytest.mark.parametrize("language", LOOKS)
@pytest.mark.parametrize("route", [*ROUTES, ERRORS])
def test_axe_finds_no_violation(site: Site, visitor: Visitor, axe: str, route: str, language: str) -> None:
    faults = []
    for page in site.samples(route, language)[:MOST]:
        visit = visitor.open(page)
        for width, scheme in LOOKS[language]:
            visit.look(width=width, scheme=scheme)
            faults += [f"{page}, {width} wide, {scheme}: {fault}" for fault in judged(visit, axe)]
    assert not faults, told(faults)


def test_axe_judges(visitor: Visitor, axe: str) -> None:
    with visitor.alone() as visit:
        visit.page.set_content("<p style='color: #999; background: #aaa'>What nobody can read<p><img src=x>")
        found = told(judged(visit, axe))
    for rule in ("color-contrast", "image-alt", "html-has-lang", "document-title", "landmark-one-main"):
        assert rule in found


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("route", [*ROUTES, ERRORS])
def test_nothing_is_too_small_to_be_pressed(site: Site, visitor: Visitor, route: str, width: int) -> None:
    faults = []
    for page in site.samples(route, "nl"):
        visit = visitor.open(page)
        visit.look(width=width)
        faults += [f"{page}: {fault}" for fault in visit.run("targets")]
    assert not faults, told(faults)


def test_what_is_installed_is_named_by_its_digest_and_by_no_address() -> None:
    text = (AXE.parents[2] / "package-lock.json").read_text(encoding="utf-8")
    packages = {name: package for name, package in json.loads(text)["packages"].items() if name}
    assert packages
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())
    assert "resolved" not in text
