"""Concepts as people read them: ``/concepts`` lists all, ``/concepts/NAME`` tells all about one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.concepts import COLUMNS, Concept, concept_list, concept_of
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvest
from dppgraph.web.pages import Page, Reader, add_page
from dppgraph.web.parameters import decoded
from dppgraph.web.reading import (
    DATA,
    LIST,
    PAGE,
    Place,
    Things,
    Told,
    View,
    asked_for,
    contents,
    list_data,
    page_of,
    speaking,
)

_PLACE: Final = Place("concepts", "concept", "concept", "concept.html", (f"{PREFIXES['skos']}Concept",))
_HEADINGS: Final[Mapping[str, str]] = {
    "dpp:theme": "concepts.as-theme",
    "dpp:emphasises": "concepts.as-emphasis",
    "dpp:policyLevel": "concepts.as-level",
    "dpp:mentionsLevel": "concepts.as-mentioned",
    "dct:type": "concepts.as-type",
    "dpp:lineListing": "concepts.as-listing",
    "dpp:continuityKind": "concepts.as-continuity",
    "dpp:eventKind": "concepts.as-event",
    "dpp:outcome": "concepts.as-outcome",
    "dpp:unit": "concepts.as-unit",
    "dpp:verification": "concepts.as-verification",
    "dpp:provenanceClass": "concepts.as-provenance",
}
"""The keys of the headings for what uses a concept, by property."""
_MATCHES: Final[Mapping[str, str]] = {
    "skos:exactMatch": "concepts.exact",
    "skos:closeMatch": "concepts.close",
    "skos:broadMatch": "concepts.broad",
    "skos:narrowMatch": "concepts.narrow",
    "skos:relatedMatch": "concepts.beside",
}
"""The keys of the words for how close a concept of another scheme is."""


@dataclass(frozen=True, slots=True)
class Concepts:
    """The routes ``/concepts`` and ``/concepts/NAME``.

    Attributes:
        things: answers for pages about things.
    """

    things: Things

    async def all(self, request: Request) -> Response:
        """The list of concepts.

        Raises:
            BadParameter: the page is no number.
            Unknown: there is no such page.
        """
        page = page_of(decoded(request.scope["query_string"]))

        def read(harvest: Harvest, reader: Reader) -> Told:
            facts = Facts(harvest.published, reader.language)
            return {"found": concept_list(facts, page), **speaking(facts)}

        answer = Page("concepts", "concepts.html", read, list_data(COLUMNS), asked_for(page))
        return await self.things.pages.answered(request, answer)

    async def one(self, request: Request) -> Response:
        """A concept.

        Raises:
            BadParameter: the page is no number.
            Gone: an earlier version knew it.
            Unknown: there is no such concept, or no such page of what uses it.
        """
        page = page_of(decoded(request.scope["query_string"]))

        def read(facts: Facts, term: str) -> tuple[object, Told]:
            concept = concept_of(facts, term, page)
            return concept, {"contents": _contents(concept), "headings": _HEADINGS, "matches": _MATCHES}

        return await self.things.answered(request, _PLACE, View(read, asked_for(page)))


def add_concept_routes(app: FastAPI, things: Things) -> None:
    """Adds the routes to an application."""
    concepts = Concepts(things)
    add_page(app, "/concepts", concepts.all, "All concepts", LIST, (PAGE,))
    add_page(app, "/concepts/{slug:path}", concepts.one, "A concept", DATA, (PAGE,))


def _contents(concept: Concept) -> list[tuple[str, str]]:
    return contents(
        ("facts", "concepts.place", True),
        ("uses", "concepts.uses", True),
        ("others", "reading.others", concept.remaining),
        ("query", "reading.query", True),
        ("cite", "reading.cite", True),
    )
