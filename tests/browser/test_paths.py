"""What people come for is three clicks from the front page at most, in both languages: clicked, and then read."""

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest
from babel.dates import format_date
from playwright.sync_api import Page

from tests.browser.site import LANGUAGES, Site
from tests.browser.test_numbers import FIRST, SECOND
from tests.browser.visiting import DESK, PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]

MOST = 3
SECOND_PLAN = "Vlaams actieplan duurzame overheidsopdrachten 2012-2014"
BY = "2020"


class Way(NamedTuple):
    """A way from the front page.

    Attributes:
        finds: what it leads to.
        clicks: the links that are clicked, by what they say, for each language.
    """

    finds: str
    clicks: dict[str, tuple[str, ...]]


WAYS = {
    "promise at the front": Way(
        "promise", {"nl": ("Wat werd beloofd tegen 2020?",), "en": ("What was promised by 2020?",)}
    ),
    "promise by the questions": Way(
        "promise",
        {"nl": ("Vragen", "Wat werd tegen een jaar beloofd?"), "en": ("Questions", "What was promised by a year?")},
    ),
    "dropped at the front": Way(
        "dropped", {"nl": ("Welke krachtlijnen vielen weg?",), "en": ("Which lines were dropped?",)}
    ),
    "dropped by comparing": Way(
        "dropped",
        {"nl": ("Vergelijken", SECOND_PLAN), "en": ("Compare", SECOND_PLAN)},
    ),
    "approval at the front": Way(
        "approval", {"nl": ("Wie keurde wat goed, en wanneer?",), "en": ("Who approved what, and when?",)}
    ),
    "approval by the plan": Way("approval", {"nl": ("Plannen", SECOND_PLAN), "en": ("Plans", SECOND_PLAN)}),
}


def answered(site: Site, name: str, **parameters: str) -> list[dict[str, str]]:
    """The rows of a named question."""
    _, _, body = site.server.ask("GET", f"/queries/{name}.json?{urlencode(parameters)}")
    return [{key: cell["value"] for key, cell in row.items()} for row in json.loads(body)["results"]["bindings"]]


def promise(site: Site, language: str) -> list[str]:
    found = answered(site, "promises-by-year", year=BY, lang=language)
    return [words for row in found for words in (row["label"], row["quote"]) if words]


def dropped(site: Site, language: str) -> list[str]:
    found = answered(site, "new-and-dropped-lines", older=FIRST, newer=SECOND, lang=language)
    return [row["lineLabel"] for row in found if row["status"] == "dropped"]


def approval(site: Site, language: str) -> list[str]:
    (found,) = (row for row in answered(site, "approvals", lang=language) if row["plan"] == SECOND)
    said = format_date(date.fromisoformat(found["date"]), "long", locale={"nl": "nl_BE", "en": "en_GB"}[language])
    return [said, found["bodyLabel"]]


FOUND: dict[str, Callable[[Site, str], list[str]]] = {"promise": promise, "dropped": dropped, "approval": approval}


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("way", WAYS)
def test_it_is_found_in_three_clicks(site: Site, visitor: Visitor, way: str, language: str, width: int) -> None:
    expected = FOUND[WAYS[way].finds](site, language)
    assert expected
    assert all(expected)
    clicks = WAYS[way].clicks[language]
    assert len(clicks) <= MOST
    visit = visitor.open("/", language)
    visit.look(width=width)
    for said in clicks:
        link = visit.page.get_by_role("link", name=re.compile(rf"^\s*{re.escape(said)}|{re.escape(said)}\s*$"))
        seen = [one for one in link.all() if one.is_visible()]
        assert seen, f"nobody sees a link that says {said!r} on {visit.page.url}"
        seen[0].click()
        visit.page.wait_for_load_state()
    assert not visit.faults
    missing = [words for words in expected if not is_read(visit.page, words)]
    assert not missing, f"{visit.page.url} does not say {missing}"


def is_read(page: Page, words: str) -> bool:
    """Whether words are to be seen on a page as it is, with nothing unfolded."""
    seen: Any = page.evaluate("() => document.querySelector('main').innerText")
    return " ".join(words.split()).lower() in " ".join(seen.split()).lower()
