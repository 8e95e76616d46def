"""Search boxes: suggestions by keyboard and by pointer, and a plain form without them."""

import pytest

from tests.browser.visiting import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

BOX = "#search-q"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_suggestions_are_chosen_with_the_arrow_keys(visitor: Visitor, language: str) -> None:
    visit = visitor.open("/search", language)
    page = visit.page
    page.locator(BOX).press_sequentially("vlaams act")
    options = page.get_by_role("listbox").get_by_role("option")
    options.first.wait_for()
    box = page.locator(BOX)
    assert box.get_attribute("aria-expanded") == "true"
    assert str(options.count()) in page.locator("form.search [role=status]").inner_text()
    page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    assert options.first.get_attribute("aria-selected") == "true"
    # One up is the box itself again, and what was typed is still there.
    page.keyboard.press("ArrowUp")
    assert box.get_attribute("aria-activedescendant") is None
    assert box.input_value() == "vlaams act"
    page.keyboard.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"
    page.keyboard.press("ArrowDown")
    options.first.wait_for()
    page.keyboard.press("ArrowDown")
    leads_to = options.first.get_attribute("data-url")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url == leads_to
    assert not visit.faults


def test_a_suggestion_is_chosen_with_the_pointer_and_enter_alone_searches(visitor: Visitor) -> None:
    visit = visitor.open("/about")
    page = visit.page
    page.locator("#q").press_sequentially("duurz")
    option = page.get_by_role("listbox").get_by_role("option").first
    option.wait_for()
    leads_to = option.get_attribute("data-url")
    with page.expect_navigation():
        option.click()
    assert page.url == leads_to
    visitor.open("/about")
    page.locator("#q").press_sequentially("duurz")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/search?q=duurz")
    assert not visit.faults


def test_without_scripts_it_is_a_form(visitor: Visitor) -> None:
    page = visitor.open("/search?lang=en", scripts=False).page
    page.locator(BOX).fill("tegen 2020")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "lang=en" in page.url
    assert page.locator("ol.results mark").count() > 1
