"""Concepts: what they mean, where they stand among others, and what uses them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dppgraph.operations.facts import Facts, Text
from dppgraph.operations.others import Property, others_of
from dppgraph.operations.paging import Paging
from dppgraph.operations.said import Name, Said, in_language, instances, name_of, names_of, prefixed, said, values
from dppgraph.operations.uses import Uses, uses_of

COLUMNS: Final = ("concept", "label", "definition", "scheme", "schemeLabel", "notation", "uses")
"""The columns of the list of concepts as a table."""

_DIGITS: Final = 18
_MATCHES: Final = ("skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch")
_STRUCTURE: Final = frozenset(
    map(
        prefixed,
        ("skos:hasTopConcept", "skos:topConceptOf", "skos:inScheme", "skos:broader", "skos:narrower", "skos:related"),
    )
)
"""What orders concepts among themselves, and uses none of them."""

_NAMES: Final = """
    rdf:type skos:prefLabel skos:altLabel skos:definition skos:scopeNote skos:notation dpp:levelOrder
"""
_TOLD: Final = frozenset(map(prefixed, (*_NAMES.split(), *_MATCHES))) | _STRUCTURE
"""What has a place of its own on the page of a concept."""

_FIRST: Final = tuple(
    map(prefixed, ("dpp:theme", "dpp:emphasises", "dpp:policyLevel", "dpp:mentionsLevel", "dct:type"))
)
_DOUBLED: Final = frozenset({prefixed("dct:subject")})
"""It says the same as ``dpp:theme``, for readers that do not know our terms."""


@dataclass(frozen=True, slots=True)
class Match:
    """A concept of another scheme that this one answers to, more or less.

    Attributes:
        relation: how close they are, as a property.
        other: the other concept.
    """

    relation: Name
    other: Said


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept.

    Attributes:
        term: the concept.
        labels: its names, the best language first.
        others: its other names.
        definitions: what it means, the best language first.
        notes: how it is to be used, likewise.
        notations: its codes.
        schemes: the schemes that it is in.
        broader: the concepts that are wider.
        narrower: those that are narrower.
        related: those beside it.
        matches: those of other schemes.
        uses: what uses it.
        remaining: what else is said of it.
    """

    term: str
    labels: list[Said]
    others: list[Said]
    definitions: list[Said]
    notes: list[Said]
    notations: list[Said]
    schemes: list[Name]
    broader: list[Name]
    narrower: list[Name]
    related: list[Name]
    matches: list[Match]
    uses: Uses
    remaining: list[Property]

    @property
    def label(self) -> Text:
        """Its name in the best language; its IRI where it has none."""
        return self.labels[0].label if self.labels else Text(self.term[1:-1])


@dataclass(frozen=True, slots=True)
class ListedConcept:
    """A concept in the list of its scheme.

    Attributes:
        name: the concept.
        definition: what it means.
        notation: its first code.
        broader: the concepts that are wider.
        uses: how many statements use it.
    """

    name: Name
    definition: Text | None
    notation: Text | None
    broader: list[Name]
    uses: int


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme, with those of its concepts that are on the page.

    Attributes:
        name: the scheme; None for the concepts that are in none.
        description: what it is for.
        total: how many concepts it has.
        concepts: those that are on the page.
    """

    name: Name | None
    description: Text | None
    total: int
    concepts: list[ListedConcept]


@dataclass(frozen=True, slots=True)
class ConceptList:
    """A page of the concepts, by scheme.

    Attributes:
        paging: which page this is; a concept of two schemes is counted in both.
        schemes: the schemes that the page has something of.
    """

    paging: Paging
    schemes: list[Scheme]

    def rows(self) -> Iterator[list[object]]:
        """The concepts of the page as rows of the table."""
        for scheme in self.schemes:
            for one in scheme.concepts:
                yield [
                    one.name.term[1:-1],
                    one.name.label.text,
                    one.definition.text if one.definition else None,
                    scheme.name.term[1:-1] if scheme.name else None,
                    scheme.name.label.text if scheme.name else None,
                    one.notation.text if one.notation else None,
                    one.uses,
                ]


def concept_of(facts: Facts, concept: str, page: int = 1) -> Concept:
    """All about a concept.

    Args:
        facts: where to look.
        concept: the concept, as a term.
        page: which page of what uses it.

    Raises:
        Unknown: there is no such page.
    """
    return Concept(
        term=concept,
        labels=in_language(facts, concept, "skos:prefLabel", "rdfs:label"),
        others=said(facts, concept, "skos:altLabel"),
        definitions=in_language(facts, concept, "skos:definition"),
        notes=in_language(facts, concept, "skos:scopeNote"),
        notations=said(facts, concept, "skos:notation"),
        schemes=_names(facts, concept, "skos:inScheme", "skos:hasTopConcept"),
        broader=_names(facts, concept, "skos:broader", "skos:narrower"),
        narrower=_names(facts, concept, "skos:narrower", "skos:broader"),
        related=_names(facts, concept, "skos:related", "skos:related"),
        matches=[
            Match(name_of(facts, prefixed(relation)), other)
            for relation in _MATCHES
            for other in said(facts, concept, relation)
        ],
        uses=uses_of(facts, concept, page, without=_STRUCTURE | _DOUBLED, first=_FIRST),
        remaining=others_of(facts, concept, _TOLD),
    )


def concept_list(facts: Facts, page: int = 1) -> ConceptList:
    """A page of all concepts, by scheme.

    Raises:
        Unknown: there is no such page.
    """
    schemes = names_of(facts, instances(facts, "skos:ConceptScheme"))
    members = {scheme.term: _members(facts, scheme.term) for scheme in schemes}
    held = {term for terms in members.values() for term in terms}
    loose = [concept for concept in instances(facts, "skos:Concept") if concept not in held]
    pairs: list[tuple[Name | None, str]] = [(scheme, term) for scheme in schemes for term in members[scheme.term]]
    pairs += [(None, name.term) for name in names_of(facts, loose)]
    paging = Paging.of(len(pairs), page)
    found: list[Scheme] = []
    for scheme, concept in paging.cut(pairs):
        if not found or found[-1].name != scheme:
            total = len(members[scheme.term]) if scheme else len(loose)
            found.append(Scheme(scheme, _described(facts, scheme), total, []))
        found[-1].concepts.append(_listed(facts, concept))
    return ConceptList(paging, found)


def _described(facts: Facts, scheme: Name | None) -> Text | None:
    return facts.text(scheme.term, prefixed("dct:description"), prefixed("skos:definition")) if scheme else None


def _listed(facts: Facts, concept: str) -> ListedConcept:
    counted = facts.published.count_by_predicate(concept)
    aside = _STRUCTURE | _DOUBLED | {prefixed(f"rdf:{name}") for name in ("subject", "predicate", "object")}
    return ListedConcept(
        name=name_of(facts, concept),
        definition=facts.text(concept, prefixed("skos:definition")),
        notation=facts.text(concept, prefixed("skos:notation")),
        broader=_names(facts, concept, "skos:broader", "skos:narrower"),
        uses=sum(count for predicate, count in counted.items() if predicate not in aside),
    )


def _members(facts: Facts, scheme: str) -> list[str]:
    """The concepts of a scheme: in its order where levels have one, else by name."""
    found = values(facts, scheme, "skos:hasTopConcept", "skos:inScheme")
    names = names_of(facts, found)
    return [name.term for name in sorted(names, key=lambda name: _order(facts, name.term))]


def _order(facts: Facts, concept: str) -> tuple[bool, int]:
    term = facts.one(concept, prefixed("dpp:levelOrder"))
    text = facts.label(term).text if term else ""
    return (not text.isdecimal(), int(text) if text.isdecimal() and len(text) < _DIGITS else 0)


def _names(facts: Facts, concept: str, predicate: str, inverse: str) -> list[Name]:
    return names_of(facts, values(facts, concept, predicate, inverse))
