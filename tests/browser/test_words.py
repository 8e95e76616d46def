"""All that people read is a message: in a language whose every message stands in brackets, nothing stands outside."""

import pytest

from tests.browser.conftest import Strange
from tests.browser.site import ERRORS, LANGUAGES, ROUTES, told
from tests.browser.visiting import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("route", [*ROUTES, ERRORS])
def test_no_text_is_left_untranslated(strange: Strange, route: str, language: str) -> None:
    faults = []
    for page in strange.site.samples(route, language):
        visit = strange.visitor.open(page)
        faults += [f"{page}: {fault}" for fault in visit.run("unspoken")]
    assert not faults, told(dict.fromkeys(faults))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_are_strange(strange: Strange, language: str) -> None:
    """What is looked at is what it should be."""
    assert "⟦" in strange.site.read("/", language).html.findtext("head/title")


def test_what_is_untranslated_is_found(visitor: Visitor) -> None:
    with visitor.alone() as visit:
        visit.page.set_content(
            "<title>⟦a⟧ · <b>x</b></title><p>⟦Een <a href=/>hele</a> zin⟧ 12 – <bdi>data</bdi> <i lang=fr>mot</i></p>"
            "<p title='⟦a⟧'>English <input placeholder='Search'><img alt='⟦b⟧ c'>"
        )
        found = visit.run("unspoken")
    assert [fault.partition(">")[0] for fault in found] == ["<title", "<p", "<input placeholder", "<img alt"]
