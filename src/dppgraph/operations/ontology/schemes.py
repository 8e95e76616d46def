"""The lists of concepts that the ontology's properties take their values from."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.facts import Facts, Text, text_of
from dppgraph.store.history import Pattern

_SKOS: Final = PREFIXES["skos"]
_RDF: Final = PREFIXES["rdf"]
_LABEL: Final = f"<{_SKOS}prefLabel>"
_DEFINED: Final = (f"<{_SKOS}definition>", f"<{_SKOS}scopeNote>", f"<{PREFIXES['dct']}description>")
_OBJECT: Final = f"<{_RDF}object>"
_PLACING: Final = tuple(
    f"<{_SKOS}{name}>"
    for name in (
        "hasTopConcept",
        "broader",
        "narrower",
        "related",
        "member",
        "broaderTransitive",
        "narrowerTransitive",
        "exactMatch",
        "closeMatch",
        "broadMatch",
        "narrowMatch",
        "relatedMatch",
    )
)
"""What points at a concept without using it: its place among others. Descriptions of statements do so as well."""


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept of a list.

    Attributes:
        iri: the concept, as a term.
        notation: its short name, or empty.
        label: what it is called.
        definition: what it means.
        uses: how many statements have it as their value; its place in lists does not count.
    """

    iri: str
    notation: str
    label: Text
    definition: Text | None
    uses: int


@dataclass(frozen=True, slots=True)
class Scheme:
    """A list of concepts.

    Attributes:
        iri: the list, as a term.
        label: what it is called.
        definition: what it is for.
        concepts: its concepts, in the order of their names.
    """

    iri: str
    label: Text
    definition: Text | None
    concepts: tuple[Concept, ...]


def schemes(facts: Facts) -> list[Scheme]:
    """All lists of concepts of a version, in the order of their names."""
    found = facts.subjects(f"<{_RDF}type>", f"<{_SKOS}ConceptScheme>")
    placed = Counter(
        object_
        for predicate in _PLACING
        for _, _, object_ in facts.published.exact.match(Pattern(None, predicate, None))
    )
    return [
        Scheme(
            iri,
            facts.label(iri),
            facts.text(iri, *_DEFINED),
            tuple(_concept(facts, one, placed[one]) for one in facts.subjects(f"<{_SKOS}inScheme>", iri)),
        )
        for iri in found
    ]


def _concept(facts: Facts, iri: str, placed: int) -> Concept:
    exact = facts.published.exact
    pointing = exact.count(Pattern(None, None, iri))
    notation = facts.one(iri, f"<{_SKOS}notation>")
    return Concept(
        iri,
        text_of(notation).text if notation else "",
        facts.text(iri, _LABEL) or facts.label(iri),
        facts.text(iri, *_DEFINED),
        pointing - placed - exact.count(Pattern(None, _OBJECT, iri)),
    )
