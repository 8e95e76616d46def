"""What is not known of a plan: what no source states, and what was found in no source."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from dppgraph.core.quads import literal, parse_line
from dppgraph.operations.facts import Evidence, Facts, Text
from dppgraph.operations.said import Name, name_of, names_of, prefixed

_INTERPRETATION: Final = "interpretation"
_UNVERIFIED: Final = "unverified"
_MANY: Final = 300
"""Statements that are looked at one by one; where there are more, all that are marked are looked up."""
_TRIPLE: Final = ("subject", "predicate", "object")


@dataclass(frozen=True, slots=True)
class Unverified:
    """A fact that is told of a thing, but that was not found in the source that it is ascribed to.

    Attributes:
        subject: what it is about.
        property: what it says of it.
        value: the value; None where not even that is known.
        note: what is unsure.
        evidence: the description of the fact.
    """

    subject: Name
    property: Name
    value: Name | None
    note: Text | None
    evidence: Evidence


def missing_of(facts: Facts, plan: str) -> list[Name]:
    """The properties that the ontology expects of such a plan and that no source gives; a reading does not count."""
    expected = {term for class_ in facts.types(plan) for term in facts.all(class_, prefixed("dpp:expects"))}
    if not expected:
        return []
    quads = map(parse_line, facts.published.saying(plan, frozenset(expected)))
    stated = {quad.predicate for quad in quads if not _is_reading(facts, quad.graph)}
    return names_of(facts, expected - stated)


def unverified_of(facts: Facts, things: Iterable[str]) -> list[Unverified]:
    """The facts about some things that were found in no source."""
    concepts = facts.subjects(prefixed("skos:notation"), literal(_UNVERIFIED))
    if not concepts:
        return []
    about = [statement for thing in things for statement in facts.subjects(prefixed("rdf:subject"), thing)]
    return [_unverified(facts, statement) for statement in _doubted(facts, about, concepts)]


def _doubted(facts: Facts, statements: Sequence[str], concepts: Sequence[str]) -> list[str]:
    """Those of some statements that are marked with one of these concepts."""
    marked = prefixed("dpp:verification")
    if len(statements) > _MANY:
        found = {statement for concept in concepts for statement in facts.subjects(marked, concept)}
        return [statement for statement in statements if statement in found]
    return [statement for statement in statements if not set(concepts).isdisjoint(facts.all(statement, marked))]


def _unverified(facts: Facts, statement: str) -> Unverified:
    subject, predicate, object_ = (facts.one(statement, prefixed(f"rdf:{name}")) for name in _TRIPLE)
    return Unverified(
        subject=name_of(facts, subject or statement),
        property=name_of(facts, predicate or statement),
        value=name_of(facts, object_) if object_ else None,
        note=facts.text(statement, prefixed("rdfs:comment")),
        evidence=facts.described(statement),
    )


def _is_reading(facts: Facts, graph: str) -> bool:
    classes = facts.all(graph, prefixed("dpp:provenanceClass")) if graph else []
    notations = (facts.label(term).text for class_ in classes for term in facts.all(class_, prefixed("skos:notation")))
    return _INTERPRETATION in notations
