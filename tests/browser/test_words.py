"""All that people read is a message: in a language whose every message stands in brackets, nothing stands outside."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from babel.dates import get_month_names

from dppgraph.operations.queries import read_questions
from tests.browser.conftest import Strange
from tests.browser.site import ERRORS, IN_EACH_LANGUAGE, LANGUAGES, ROUTES, Site, told
from tests.browser.visiting import Visitor
from tests.conftest import REPOSITORY

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


LITERALS = "SELECT DISTINCT ?said { ?s ?p ?said FILTER(isLiteral(?said)) }"


def described(site: Site) -> list[str]:
    """All texts of the server's description, which is in English."""

    def texts(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            yield from (one for value in part.values() for one in texts(value))
        elif isinstance(part, list):
            yield from (one for value in part for one in texts(value))
        elif isinstance(part, str):
            yield " ".join(part.split())

    found = list(texts(json.loads(site.server.ask("GET", "/openapi.json")[2])))
    assert not [text for text in found if "Raises:" in text or "Attributes:" in text or "``" in text], "a docstring"
    return found


def known(site: Site, language: str) -> dict[str, list[str]]:
    """Words that are no message's: what the data say, what questions are called, and months."""
    _, _, body = site.server.ask("GET", f"/sparql?format=json&query={quote(LITERALS)}")
    questions = read_questions(REPOSITORY / "queries").values()
    titles = [words[language] for one in questions for words in (one.titles, one.descriptions)]
    titles += [given.descriptions[language] for one in questions for given in one.parameters.values()]
    return {
        "said": [row["said"]["value"] for row in json.loads(body)["results"]["bindings"]],
        "named": titles if language != "en" else [*titles, *described(site)],
        "months": list(get_month_names("wide", locale=language).values()),
    }


@pytest.mark.parametrize("language", IN_EACH_LANGUAGE)
@pytest.mark.parametrize("route", [*ROUTES, ERRORS])
def test_no_text_is_left_untranslated(strange: Strange, route: str, language: str) -> None:
    faults = []
    for page in strange.site.samples(route, language):
        visit = strange.visitor.open(page)
        faults += [f"{page}: {fault}" for fault in visit.run("unspoken", known(strange.site, language))]
    assert not faults, told(dict.fromkeys(faults))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_are_strange(strange: Strange, language: str) -> None:
    """What is looked at is what it should be."""
    assert "⟦" in strange.site.read("/", language).html.findtext("head/title")


def test_what_is_untranslated_is_found(visitor: Visitor) -> None:
    with visitor.alone() as visit:
        visit.page.set_content(
            "<title>⟦a⟧ · <b>x</b></title><p>⟦Een <a href=/>hele</a> zin⟧ 12 – <bdi>data</bdi> <i lang=fr>mot</i></p>"
            "<p title='⟦a⟧'>English <input placeholder='Search'><img alt='⟦b⟧ c'> 5 mei 2020 /plans<p>What now?</p>"
            "<svg><text>a plan</text><text>no plan</text></svg><i>a plan</i>"
        )
        found = visit.run("unspoken", {"said": ["This is a plan"], "named": ["What now?"], "months": ["mei"]})
    told_of = [fault.partition(">")[0] for fault in found]
    assert told_of == ["<title", "<p", "<text", "<i", "<input placeholder", "<img alt"]
