"""Some uses of a term, those with words of a source first."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.facts import Evidence, Facts
from dppgraph.operations.ontology.terms import Term
from dppgraph.store.history import Pattern

_RDF: Final = PREFIXES["rdf"]
_TYPE: Final = f"<{_RDF}type>"
_LOOKED_AT: Final = 40
"""How many uses are looked at for words of a source: a property may have millions."""


@dataclass(frozen=True, slots=True)
class Example:
    """A use of a term.

    Attributes:
        subject: the member of the class, or what has the property.
        value: the property's value; for a member of a class, empty.
        evidence: what says so; for a member of a class, one thing that is said of it in words of a source.
    """

    subject: str
    value: str
    evidence: tuple[Evidence, ...]


def examples(facts: Facts, term: Term, most: int = 5) -> list[Example]:
    """Some uses of a term: members of a class, statements with a property.

    Args:
        facts: where to look.
        term: the term.
        most: how many at most.
    """
    pattern = Pattern(None, _TYPE, term.iri) if term.kind == "class" else Pattern(None, term.iri, None)
    triples = facts.published.exact.match(pattern, limit=_LOOKED_AT)
    if term.kind == "class":
        found = [Example(subject, "", _quoted(facts, subject)) for subject, _, _ in triples]
    else:
        found = [Example(*ends, tuple(facts.evidence(ends[0], term.iri, ends[1]))) for ends in map(_ends, triples)]
    return sorted(found, key=lambda example: not any(one.quote for one in example.evidence))[:most]


def _ends(triple: tuple[str, str, str]) -> tuple[str, str]:
    return triple[0], triple[2]


def _quoted(facts: Facts, subject: str) -> tuple[Evidence, ...]:
    """The first thing that is said of a subject, or by which it is named, in words of a source; empty for none."""
    quoted = (one for one in _said(facts, subject) if one.quote)
    return tuple(islice(quoted, 1))


def _said(facts: Facts, subject: str) -> Iterator[Evidence]:
    if facts.one(subject, f"<{_RDF}subject>"):
        # A description of a statement has its own words.
        yield facts.described(subject)
    for predicate, values in facts.about(subject).items():
        for value in values:
            yield from facts.evidence(subject, predicate, value)
    naming = facts.published.exact.match(Pattern(None, f"<{_RDF}object>", subject), limit=_LOOKED_AT)
    yield from (facts.described(statement) for statement, _, _ in naming)


def query_of(term: Term) -> str:
    """The text of a query for the uses of a term, to begin with."""
    name = "members" if term.kind == "class" else "statements"
    return (Path(__file__).parent / f"{name}.rq").read_text(encoding="utf-8").replace("?term", term.iri)
