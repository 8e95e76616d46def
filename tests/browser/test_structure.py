"""Each page is a well-made document: one heading at the top, landmarks, tables with headers, pictures with words."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.site import ERRORS, LANGUAGES, Found, Site, told, with_parameter

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

FOLLOWED = {"http", "https", "mailto", ""}


def headings(page: Found) -> Iterator[str]:
    levels = [int(element.tag[1]) for element in page.html.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    if levels.count(1) != 1 or levels[0] != 1:
        yield f"the headings are {levels}: the first, and it alone, is an h1"
    yield from (f"an h{low} follows an h{high}" for high, low in pairwise(levels) if low > high + 1)


def landmarks(page: Found) -> Iterator[str]:
    counted = Counter(element.tag for element in page.html.body.iterchildren())
    mains = page.html.xpath("//main")
    if len(mains) != 1:
        yield f"there are {len(mains)} mains"
    if page.route == ERRORS:
        # Made with nothing that could fail too: it says what is wrong, and leads to the front page.
        return
    yield from (f"there is no {tag} of the page" for tag in ("header", "footer") if not counted[tag])
    named = [element.get("aria-label") or element.get("aria-labelledby") for element in page.html.iter("nav")]
    if not named:
        yield "there is no nav"
    if len(named) > 1 and (None in named or len(set(named)) < len(named)):
        yield f"the navs are named {named}"


def skip_link(page: Found) -> Iterator[str]:
    if page.route == ERRORS:
        return
    first = next(page.html.body.iter("a"), None)
    target = first.get("href", "") if first is not None else ""
    if not target.startswith("#") or not page.html.xpath("//*[@id=$name]", name=target[1:]):
        yield f"the first link leads to {target!r}, not past the head of the page"


def tables(page: Found) -> Iterator[str]:
    for table in page.html.iter("table"):
        name = " ".join((table.text_content() or "").split())[:40]
        if not (table.xpath("caption") or table.get("aria-label") or table.get("aria-labelledby")):
            yield f"a table has no caption: {name}"
        if not table.xpath(".//th"):
            yield f"a table has no headers: {name}"
        if table.xpath(".//th[not(@scope)]"):
            yield f"a header of a table has no scope: {name}"


def pictures(page: Found) -> Iterator[str]:
    for image in page.html.iter("img"):
        if image.get("alt") is None:
            yield f"a picture has no alt: {image.get('src')}"
    for drawing in page.html.iter("svg"):
        if drawing.get("aria-hidden") == "true":
            continue
        if drawing.get("role") != "img":
            yield "an svg is no img to who cannot see it"
        if not drawing.xpath("*[local-name()='title'][normalize-space()]") and not drawing.get("aria-label"):
            yield "an svg has no title"
        if not drawing.xpath("following::*[self::table or self::ul or self::ol or self::dl][ancestor::main]"):
            yield "an svg has no table or list with the same beneath"


def names(page: Found) -> Iterator[str]:
    counted = Counter(page.html.xpath("//@id"))
    yield from (f"{count} elements have the id {name}" for name, count in counted.items() if count > 1)
    for attribute in ("for", "aria-labelledby", "aria-describedby", "aria-controls", "list"):
        for value in page.html.xpath(f"//@{attribute}"):
            yield from (
                f"{attribute} names {name}, which is not there" for name in value.split() if name not in counted
            )
    here = {*counted, "", "top"}
    for href in page.html.xpath("//a/@href[starts-with(., '#')]"):
        if href[1:] not in here:
            yield f"a link leads to {href}, which is not there"


def links(page: Found) -> Iterator[str]:
    for href in page.html.xpath("//@href | //@src | //@action"):
        if urlsplit(href).scheme not in FOLLOWED:
            yield f"a link leads to {href[:60]}"


def languages(page: Found) -> Iterator[str]:
    if page.html.get("lang") != page.language:
        yield f"its lang is {page.html.get('lang')}"
    marked = page.html.xpath("//@lang")
    yield from (f"a lang is {lang!r}" for lang in set(marked) if not lang or not lang.replace("-", "").isalnum())


def head(page: Found) -> Iterator[str]:
    wanted = {
        "a title": "/html/head/title[normalize-space()]",
        "the size of a window": "/html/head/meta[@name='viewport']",
        "an address of its own": "/html/head/link[@rel='canonical']",
    }
    found = page.html.getroottree()
    yield from (f"there is not {what}" for what, path in wanted.items() if not found.xpath(path))
    zooms = found.xpath("string(/html/head/meta[@name='viewport']/@content)")
    if "user-scalable=no" in zooms or "maximum-scale" in zooms:
        yield "nobody can zoom in"


CHECKS: list[Callable[[Found], Iterator[str]]] = [
    headings, landmarks, skip_link, tables, pictures, names, links, languages, head,
]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_it_is_well_made(site: Site, check: Callable[[Found], Iterator[str]], language: str) -> None:
    pages = [*site.pages(language), *site.of(ERRORS, language)]
    # An error has no address of its own.
    pages = [page for page in pages if check is not head or page.route != ERRORS]
    faults = [f"{page}: {fault}" for page in pages for fault in check(page)]
    assert not faults, told(faults)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_pages_have_the_same_title(site: Site, language: str) -> None:
    titles: dict[str, list[str]] = {}
    # A document and an edition have the title of what they are of.
    for page in [page for page in site.pages(language) if page.route not in ("/doc/{}", "/ns/{}")]:
        titles.setdefault(page.html.findtext("head/title"), []).append(page.address)
    same = {title: addresses for title, addresses in titles.items() if len({urlsplit(a).path for a in addresses}) > 1}
    assert not same, told(same.items())


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_names_itself_in_both_languages(site: Site, language: str) -> None:
    faults = []
    for page in site.pages(language):
        found = {link.get("hreflang"): link.get("href") for link in page.html.xpath("/html/head/link[@hreflang]")}
        if not set(LANGUAGES) <= set(found):
            faults.append(f"{page}: it is told in {sorted(found)}")
            continue
        for other in LANGUAGES:
            if not found[other].startswith(site.url):
                faults.append(f"{page}: in {other} it is at {found[other]}")
                continue
            # Asked for by who would like another language better.
            shown = site.read(found[other].removeprefix(site.url), "nl" if other == "en" else "en")
            if shown.status != 200 or shown.html.get("lang") != other:
                faults.append(f"{page}: {found[other]} answers {shown.status} in {shown.html.get('lang')}")
    assert not faults, told(faults)


def test_a_language_that_was_chosen_stays(site: Site) -> None:
    faults = []
    for page in site.pages("nl"):
        if page.route == "/doc/{}":
            continue
        chosen = site.read(with_parameter(page.address, "lang", "en"), "nl")
        lost = {link for link in site.addresses(chosen) if "lang=en" not in link and "lang=nl" not in link}
        # An address that the data say is given as it is.
        lost -= {urlsplit(said).path for said in chosen.html.xpath("//a[normalize-space() = @href]/@href")}
        led = [link for link in lost if site.read(link, "nl").is_page and site.read(link, "nl").status == 200]
        faults += [f"{page}: a link to {link} forgets the language" for link in led]
    assert not faults, told(faults[:40])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_data_of_a_page_is_linked_and_answers(site: Site, language: str) -> None:
    faults = []
    for page in site.pages(language):
        visible = set(page.html.xpath("//body//a/@href"))
        for link in page.html.xpath("/html/head/link[@rel='alternate'][@type][not(@hreflang)]"):
            href, wanted = link.get("href"), link.get("type")
            if href.removeprefix(site.url) not in visible and page.route != "/":
                faults.append(f"{page}: nobody sees the link to {href}")
            status, headers, _ = site.server.ask("GET", href.removeprefix(site.url), headers={"Accept": "*/*"})
            got = headers.get("content-type", "").partition(";")[0]
            if (status, got) != (200, wanted.partition(";")[0]):
                faults.append(f"{page}: {href} answers {status}, {got}, not {wanted}")
    assert not faults, told(faults)


def test_the_checks_find_what_is_wrong() -> None:
    """What a check lets through, no page can be held to."""
    body = b"""<html lang=fr><body><a href=/>x</a><h2>a</h2><h4>b</h4><nav></nav><nav></nav><table><tr><td>1</table>
      <table><tr><th>1</table><svg></svg><img src=x><i id=a></i><i id=a lang=""></i><label for=b></label>
      <a href=#gone></a><a href="javascript:1">z</a></body></html>"""
    page = Found("/", "nl", 200, {}, body)
    found: dict[str, list[Any]] = {check.__name__: list(check(page)) for check in CHECKS}
    assert all(found.values()), found
    assert (len(found["headings"]), len(found["landmarks"]), len(found["tables"])) == (2, 4, 4)
