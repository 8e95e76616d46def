"""The tests of a server's pages, of the same pages frozen: nginx alone, and the same judges.

What cannot be held of files is left out by name: that a page is asked for in a language by a header or ``?lang=``, that
it comes in pieces through a slow proxy of a server, the numbers that an endpoint is asked for, suggestions of a search.
"""

import pytest

from tests.browser.site import ERRORS, LANGUAGES, ROUTES, told
from tests.browser.test_accessibility import axe, test_axe_finds_no_violation, test_nothing_is_too_small_to_be_pressed
from tests.browser.test_keyboard import (
    test_the_first_link_leads_past_the_head,
    test_the_keyboard_gets_everywhere_in_order,
)
from tests.browser.test_layout import (
    test_it_can_be_printed,
    test_it_keeps_still_where_that_is_asked_for,
    test_no_page_scrolls_sideways,
)
from tests.browser.test_loading import (
    test_it_loads_without_a_complaint,
    test_links_within_the_site_lead_somewhere,
    test_no_page_has_anything_inline,
    test_the_policy_lets_nothing_in,
)
from tests.browser.test_structure import (
    test_each_page_names_itself_in_both_languages,
    test_it_is_well_made,
    test_the_data_of_a_page_is_linked_and_answers,
)
from tests.browser.test_without_scripts import test_the_text_is_the_same
from tests.freeze.site import NOT_FROZEN, FrozenSite, frozen_routes, in_language

pytestmark = [pytest.mark.browser, pytest.mark.sampled(6), pytest.mark.timeout(600)]

__all__ = [
    "axe",
    "test_axe_finds_no_violation",
    "test_each_page_names_itself_in_both_languages",
    "test_it_can_be_printed",
    "test_it_is_well_made",
    "test_it_keeps_still_where_that_is_asked_for",
    "test_it_loads_without_a_complaint",
    "test_links_within_the_site_lead_somewhere",
    "test_no_page_has_anything_inline",
    "test_no_page_scrolls_sideways",
    "test_nothing_is_too_small_to_be_pressed",
    "test_the_data_of_a_page_is_linked_and_answers",
    "test_the_first_link_leads_past_the_head",
    "test_the_keyboard_gets_everywhere_in_order",
    "test_the_policy_lets_nothing_in",
    "test_the_text_is_the_same",
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_a_server_is_there_but_for_those_that_need_one(site: FrozenSite, language: str) -> None:
    assert {page.route for page in site.pages(language)} == set(frozen_routes())
    assert NOT_FROZEN.keys() < set(ROUTES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_pages_have_the_same_title(site: FrozenSite, language: str) -> None:
    titles: dict[str, set[str]] = {}
    # A document and an edition have the title of what they are of; what a server tells by a parameter is one page.
    for page in [page for page in site.pages(language) if page.route not in ("/doc/{}", "/ns/{}")]:
        titles.setdefault(page.html.findtext("head/title"), set()).add(page.address.partition("~")[0])
    same = {title: addresses for title, addresses in titles.items() if len(addresses) > 1}
    assert not same, told(same.items())


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_stay_in_the_language_of_the_page(site: FrozenSite, language: str) -> None:
    faults = []
    for page in site.pages(language):
        for element in page.html.iter("a"):
            href = element.get("href", "").partition("#")[0].removeprefix(site.url)
            if href.startswith("/") and href.endswith("/") and not element.get("hreflang"):
                faults += [f"{page}: {href}"] if not in_language(href, language) else []
    assert not faults, told(faults[:30])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_has_a_form_that_nobody_answers(site: FrozenSite, language: str) -> None:
    pages = [*site.pages(language), *site.of(ERRORS, language)]
    assert not [page for page in pages if page.html.xpath("//form")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_is_its_own_canonical_one(site: FrozenSite, language: str) -> None:
    faults = []
    for page in site.pages(language):
        (canonical,) = page.html.xpath("/html/head/link[@rel='canonical']/@href")
        if canonical != f"{site.url}{page.address}":
            faults.append(f"{page}: {canonical}")
    # Of a plan there are pages that begin elsewhere, and say so.
    assert not faults, told(faults[:30])
