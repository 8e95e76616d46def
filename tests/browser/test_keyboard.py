"""Whoever has a keyboard alone gets everywhere, in order, sees where, and gets out again."""

from typing import Any

import pytest

from tests.browser.site import ERRORS, ROUTES, Site, told
from tests.browser.visiting import Visit, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

MANY = 200
"""So many steps are taken on a page: what is beyond is more of the same."""


STOPS = 4
"""A field for a date has a stop for each of its parts, and one for its calendar: more in one place are a trap."""


def walked(visit: Visit, limit: int = MANY) -> list[dict[str, Any]]:
    """What the tab key comes to from the top of a page on, one after the other."""
    steps: list[dict[str, Any]] = []
    while len(steps) < limit:
        visit.page.keyboard.press("Tab")
        step = visit.run("focused")
        if step is None or (steps and step["place"] == steps[0]["place"]):
            break
        if len(steps) >= STOPS and all(before["place"] == step["place"] for before in steps[-STOPS:]):
            return [*steps, {**step, "trapped": True}]
        steps.append(step)
    return steps


@pytest.mark.parametrize("route", [*ROUTES, ERRORS])
def test_the_keyboard_gets_everywhere_in_order(site: Site, visitor: Visitor, route: str) -> None:
    faults = []
    for page in site.samples(route, "nl")[:2]:
        visit = visitor.open(page)
        should = visit.run("tabbable")
        steps = walked(visit)
        places = [step["place"] for step in steps]
        if any("trapped" in step for step in steps):
            faults.append(f"{page}: the keyboard does not get out of {steps[-1]['name']}")
        if page.route != ERRORS and (not steps or not steps[0]["skips"]):
            faults.append(f"{page}: the first step is not the link past the head of the page")
        if places != sorted(places):
            faults.append(f"{page}: the order is not that of the page")
        faults += [f"{page}: no focus shows on {step['name']}" for step in steps if not step["shows"]]
        faults += [f"{page}: {step['name']} has the focus and is not in view" for step in steps if not step["inView"]]
        missed = [name for place, name in should if place not in set(places)] if len(steps) < MANY else []
        faults += [f"{page}: the keyboard does not come to {name}" for name in missed]
    assert not faults, told(faults[:30])


@pytest.mark.parametrize("route", ROUTES)
def test_the_first_link_leads_past_the_head(site: Site, visitor: Visitor, route: str) -> None:
    for page in site.samples(route, "en")[:1]:
        visit = visitor.open(page)
        visit.page.keyboard.press("Tab")
        visit.page.keyboard.press("Enter")
        visit.page.keyboard.press("Tab")
        past = visit.page.evaluate(
            "() => document.activeElement.closest('main, footer') !== null || document.activeElement === document.body"
        )
        assert past, page


def test_a_trap_is_found(visitor: Visitor) -> None:
    with visitor.alone() as visit:
        visit.page.set_content(
            "<a href=#a>1</a><a href=#b style='outline: none'>2</a><a href=#c tabindex=-1>3</a><a href=#c>4</a>"
            "<textarea></textarea>"
        )
        visit.page.eval_on_selector("textarea", "area => { area.onkeydown = pressed => pressed.preventDefault() }")
        steps = walked(visit)
        assert "trapped" in steps[-1]
        assert [step["shows"] for step in steps[:3]] == [True, False, True]
        assert len(visit.run("tabbable")) == 4
