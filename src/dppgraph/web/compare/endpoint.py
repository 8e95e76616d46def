"""The route ``/compare``: the lines of action of two plans side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.errors import Unknown
from dppgraph.operations.compare import Comparison, Line, beside_of, compare, line_of
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.paging import pages_of
from dppgraph.operations.timeline import Outlined, outline_of
from dppgraph.web.compare.alluvial import SHEETS, flowing
from dppgraph.web.compare.asked import Asked, asked_of
from dppgraph.web.compare.data import compare_csv, compare_json
from dppgraph.web.pages import Page, Pages, Reader, add_page
from dppgraph.web.parameters import decoded, described, number_of

PER_PAGE: Final = 100
"""Lines or readings of each list on a page."""

_CHOICES: Final = 500
"""Plans that the form offers to choose from; where there are more, they are named."""

_LISTED: Final = f"<{PREFIXES['dpp']}lineListing>"
_DATA: Final = MappingProxyType({formats.DATA: compare_json, formats.CSV: compare_csv})


@dataclass(frozen=True, slots=True)
class ComparePage:
    """The route ``/compare``.

    Attributes:
        pages: answers for the pages.
    """

    pages: Pages

    async def __call__(self, request: Request) -> Response:
        """Answers one request.

        Raises:
            BadParameter: what is asked cannot be read.
            Unknown: there is no such plan, or no such page.
        """
        parameters = decoded(request.scope["query_string"])
        asked, number = asked_of(parameters), number_of(parameters, "page") or 1

        def read(harvest: Harvest, reader: Reader) -> dict[str, object]:
            return _told(harvest, reader, asked, number)

        given = asked.parameters | ({"page": str(number)} if number > 1 else {})
        return await self.pages.answered(request, Page("compare", "compare.html", read, _DATA, given))


def add_compare_routes(app: FastAPI, page: ComparePage) -> None:
    """Adds the route to an application."""
    parameters = [
        described("older", "string", "the IRI of the older plan, or plan/x"),
        described("newer", "string", "the IRI of the newer plan, likewise"),
        described("minConfidence", "number", "how sure a reading must be at least to count, 0 to 1; 0.8 if not given"),
    ]
    add_page(app, "/compare", page, "Two plans compared", tuple(_DATA), parameters)


def _told(harvest: Harvest, reader: Reader, asked: Asked, number: int) -> dict[str, object]:
    facts = Facts(harvest.published, reader.language)
    beside = beside_of(harvest, facts)
    known = {plan.term: plan for plan in outline_of(harvest, facts).plans}
    older, newer = (_plan(known, term) for term in asked.terms(harvest.manifest.base))
    choices = list(dict.fromkeys((*beside.comparable, *filter(None, (older, newer)))))
    are_many = len(choices) > _CHOICES
    told: dict[str, object] = {
        "asked": asked,
        "least": asked.least,
        "older": older,
        "newer": newer,
        "choices": [] if are_many else choices,
        "pairs": beside.pairs,
        "are_many": are_many,
        "names": facts.label,
        "found": None,
        "line": None,
        "page": number,
        "pages": 1,
    }
    if older is None or newer is None or older == newer:
        return told | {"is_same": older is not None and older == newer}
    return told | _compared(facts, older, newer, asked, number)


def _plan(known: dict[str, Outlined], term: str) -> Outlined | None:
    if term and term not in known:
        raise Unknown(f"there is no plan {term[:200]} here: /plans has all there are")
    return known.get(term)


def _compared(facts: Facts, older: Outlined, newer: Outlined, asked: Asked, number: int) -> dict[str, object]:
    found = compare(facts, older.term, newer.term, asked.least)
    lists = {
        name: getattr(found, name)
        for name in ("kept", "changed", "unsure", "new", "dropped", *(() if found.is_compared else _BOTH))
    }
    pages = pages_of(max(map(len, lists.values())), number, PER_PAGE)
    line = _lines(facts, older, newer, found)
    part = slice((number - 1) * PER_PAGE, number * PER_PAGE)
    return {
        "found": found,
        "line": line,
        "part": {name: values[part] for name, values in lists.items()},
        "pages": pages,
        "drawings": [flowing(found, line, sheet) for sheet in SHEETS] if found.is_compared and number == 1 else [],
        "is_turned": not found.is_compared and compare(facts, newer.term, older.term).is_compared,
        "listings": [(plan, listing) for plan in (older, newer) if (listing := facts.one(plan.term, _LISTED))],
    }


_BOTH: Final[Sequence[str]] = ("older_lines", "newer_lines")


def _lines(facts: Facts, older: Outlined, newer: Outlined, found: Comparison) -> Callable[[str], Line]:
    """Gives the lines of two plans, each looked up once."""
    of_newer = {*found.newer_lines, *(reading.newer for reading in (*found.kept, *found.changed, *found.unsure))}

    @cache
    def line(term: str) -> Line:
        return line_of(facts, (newer if term in of_newer else older).term, term)

    return line
