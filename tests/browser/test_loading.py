"""Every page loads in Chromium without a complaint, from this server alone, under a strict policy."""

import base64
import hashlib
from typing import Any

import pytest

from tests.browser.site import ERRORS, IN_EACH_LANGUAGE, LANGUAGES, ROUTES, Found, Site, told
from tests.browser.visiting import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

EDITOR = "/sparql"
"""The one page with an exception in its policy: what its libraries write into the styles of elements."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_that_should_be_there_is_and_no_other(site: Site, language: str) -> None:
    assert {page.route for page in site.pages(language)} == set(ROUTES)


def test_what_the_description_of_the_server_has_as_a_page_is_looked_at(site: Site) -> None:
    described = [site.read(path) for path in site.described()]
    assert {page.route for page in described if page.is_page and page.status == 200} <= set(ROUTES)


def test_links_within_the_site_lead_somewhere(site: Site) -> None:
    links = {link: page for page in site.pages("nl") for link in site.addresses(page)}
    # Of what is there for each thing, one of its kind will do.
    few = {link: page for link, page in links.items() if not link.startswith(("/doc/", "/id/"))}
    broken = []
    for link, page in few.items():
        status, _, _ = site.server.ask("HEAD", link, headers={"Accept": "text/html, */*;q=0.1"})
        # An address that is not asked this way is one all the same.
        if status >= 400 and status != 405:
            broken.append(f"{page} has a link to {link}, which answers {status}")
    assert not broken, told(broken)


@pytest.mark.parametrize("language", IN_EACH_LANGUAGE)
@pytest.mark.parametrize("route", [*ROUTES, ERRORS])
def test_it_loads_without_a_complaint(site: Site, visitor: Visitor, route: str, language: str) -> None:
    faults = []
    for page in site.samples(route, language):
        visit = visitor.open(page)
        faults += [f"{page}: {fault}" for fault in visit.faults]
    assert not faults, told(faults)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_policy_lets_nothing_in(site: Site, language: str) -> None:
    faults = []
    for page in [*site.pages(language), *site.of(ERRORS, language)]:
        policy = policy_of(page)
        if policy.get("default-src") != ["'none'"]:
            faults.append(f"{page}: default-src is {policy.get('default-src')}")
        for directive, sources in policy.items():
            excepted = page.route == EDITOR and directive.startswith("style-src")
            loose = {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:"} & set(sources)
            if loose and not excepted:
                faults.append(f"{page}: {directive} has {loose}")
            faults += [f"{page}: {directive} allows {source}" for source in sources if "//" in source]
        for needed in ("base-uri", "form-action", "frame-ancestors"):
            if needed not in policy:
                faults.append(f"{page}: {needed} is missing")
    assert not faults, told(faults)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_has_anything_inline(site: Site, language: str) -> None:
    faults = []
    for page in [*site.pages(language), *site.of(ERRORS, language)]:
        for element in page.html.iter():
            if not isinstance(element.tag, str):
                continue
            inline = [name for name in element.attrib if name.startswith("on") or name == "style"]
            faults += [f"{page}: <{element.tag} {name}>" for name in inline]
            if (element.tag == "style" and not is_known(page, element.text)) or (
                element.tag == "script" and not element.get("src") and _runs(element)
            ):
                faults.append(f"{page}: <{element.tag}> without a file")
    assert not faults, told(faults)


def policy_of(page: Found) -> dict[str, list[str]]:
    """The content security policy of a page, by directive."""
    parts = [part.split() for part in page.headers.get("content-security-policy", "").split(";")]
    return {part[0]: part[1:] for part in parts if part}


def is_known(page: Found, style: str) -> bool:
    """Whether the policy of a page names a style by its digest."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"'sha256-{digest}'" in policy_of(page).get("style-src", [])


def _runs(script: Any) -> bool:
    """Whether a script is one, and not data."""
    return script.get("type", "module") in ("module", "text/javascript")
