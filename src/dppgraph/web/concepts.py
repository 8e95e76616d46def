"""Concepts as people read them: ``/concepts`` lists all, ``/concepts/NAME`` tells all about one."""

from collections.abc import Mapping
from typing import Final

from fastapi import FastAPI

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.concepts import COLUMNS, concept_list, concept_of
from dppgraph.operations.facts import Facts
from dppgraph.web.reading import Kind, Place, Things, Told, add_kind_routes, contents

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


def add_concept_routes(app: FastAPI, things: Things) -> None:
    """Adds the routes to an application."""
    place = Place("concepts", "concept", "concept", "concept.html", (f"{PREFIXES['skos']}Concept",))
    add_kind_routes(app, things, Kind(place, COLUMNS, concept_list, _told, ("All concepts", "A concept")))


def _told(facts: Facts, term: str, page: int) -> tuple[object, Told]:
    concept = concept_of(facts, term, page)
    sections = contents(
        ("facts", "concepts.place", True),
        ("uses", "concepts.uses", True),
        ("others", "reading.others", concept.remaining),
        ("query", "reading.query", True),
        ("cite", "cite.title", True),
    )
    return concept, {"contents": sections, "headings": _HEADINGS, "matches": _MATCHES}
