"""With JavaScript off nothing is missing: scripts only add."""

import pytest

from tests.browser.site import ERRORS, IN_EACH_LANGUAGE, ROUTES, Site, told
from tests.browser.visiting import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

REPLACED = ("/sparql",)
"""The editor takes the place of the form."""


@pytest.mark.parametrize("language", IN_EACH_LANGUAGE)
@pytest.mark.parametrize("route", [route for route in (*ROUTES, ERRORS) if route not in REPLACED])
def test_the_text_is_the_same(site: Site, visitor: Visitor, route: str, language: str) -> None:
    faults = []
    for page in site.samples(route, language):
        plain = visitor.open(page, scripts=False)
        faults += [f"{page}, without scripts: {fault}" for fault in plain.faults]
        without = plain.run("text")
        with_scripts = visitor.open(page).run("text")
        missing = [line for line in with_scripts if line not in set(without)]
        gone = [line for line in without if line not in set(with_scripts)]
        faults += [f"{page}: only with scripts, and not marked as added: {line[:80]}" for line in missing]
        faults += [f"{page}: only without scripts: {line[:80]}" for line in gone]
    assert not faults, told(faults[:30])
