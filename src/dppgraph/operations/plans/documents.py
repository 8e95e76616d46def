"""The documents and numbers that belong to a plan."""

from dataclasses import dataclass

from dppgraph.operations.facts import Evidence, Facts, Text
from dppgraph.operations.said import Said, rests_on, said, values


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number that something goes by.

    Attributes:
        term: the identifier.
        notations: the number as it is written.
        evidence: what it rests on that it is a number of the thing.
    """

    term: str
    notations: list[Said]
    evidence: list[Evidence]


@dataclass(frozen=True, slots=True)
class Document:
    """A document of a plan.

    Attributes:
        term: the document.
        label: its name.
        pages: where it is to be read.
        identifiers: its numbers.
        evidence: what it rests on that it belongs to the plan.
    """

    term: str
    label: Text
    pages: list[Said]
    identifiers: list[Identifier]
    evidence: list[Evidence]


def documents_of(facts: Facts, plan: str) -> list[Document]:
    """The documents of a plan."""
    return [
        Document(
            term=document,
            label=facts.label(document),
            pages=said(facts, document, "foaf:page"),
            identifiers=identifiers_of(facts, document),
            evidence=rests_on(facts, plan, document, "dpp:hasDocument"),
        )
        for document in values(facts, plan, "dpp:hasDocument")
    ]


def identifiers_of(facts: Facts, thing: str) -> list[Identifier]:
    """The numbers that a thing goes by."""
    return [
        Identifier(term, said(facts, term, "skos:notation"), rests_on(facts, thing, term, "adms:identifier"))
        for term in values(facts, thing, "adms:identifier")
    ]
