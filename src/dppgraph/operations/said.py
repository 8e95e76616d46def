"""What is said of a thing, as pages and their data show it: each value by its name, with what it rests on.

A fact may be written in either direction (``dpp:succeeds``, ``dpp:isSucceededBy``), and may be described in both. It is
shown once. Where a source says it, or a reading, what merely follows from that by a rule is not repeated beside it.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import datatype_of
from dppgraph.operations.facts import Evidence, Facts, Text

_FOLLOWS: Final = "inferred"
_UNPLACED: Final = 1 << 62
_DAYS: Final = tuple(f"{PREFIXES['xsd']}{name}" for name in ("date", "dateTime", "gYearMonth", "gYear"))


class Name(NamedTuple):
    """A thing and what it is called.

    Attributes:
        term: the thing, as a term.
        label: its name, in the best language there is.
    """

    term: str
    label: Text


class Said(NamedTuple):
    """A value that is stated, and what it rests on.

    Attributes:
        term: the value, as a term: a thing or a literal.
        label: the thing's name, or the literal's text.
        evidence: the descriptions of the statement; empty where there is none.
    """

    term: str
    label: Text
    evidence: list[Evidence]

    @property
    def is_thing(self) -> bool:
        """Whether it is a thing rather than a literal."""
        return not self.term.startswith('"')

    @property
    def is_day(self) -> bool:
        """Whether it is a literal that names a day, a month or a year."""
        return not self.is_thing and datatype_of(self.term) in _DAYS


def prefixed(name: str) -> str:
    """The term of a property or class by its short name; an IRI is its own.

    >>> prefixed("skos:broader")
    '<http://www.w3.org/2004/02/skos/core#broader>'
    """
    prefix, _, local = name.partition(":")
    return f"<{name}>" if local.startswith("//") else f"<{PREFIXES[prefix]}{local}>"


_TYPE: Final = prefixed("rdf:type")


def name_of(facts: Facts, term: str) -> Name:
    """A thing by its name."""
    return Name(term, facts.label(term))


def names_of(facts: Facts, terms: Iterable[str]) -> list[Name]:
    """Things by their names, sorted by these."""
    return sorted((name_of(facts, term) for term in dict.fromkeys(terms)), key=_by_name)


def _by_name(name: Name) -> tuple[str, Text, str]:
    return name.label.text.casefold(), name.label, name.term


def values(facts: Facts, subject: str, predicate: str, inverse: str = "") -> list[str]:
    """The values of a property, also those told from their side; by short names of both directions. Sorted."""
    found = set(facts.all(subject, prefixed(predicate))) if predicate else set()
    if inverse:
        found.update(facts.subjects(prefixed(inverse), subject))
    return sorted(found)


def said(facts: Facts, subject: str, predicate: str, inverse: str = "") -> list[Said]:
    """The values of a property, with what each rests on, in the order of the words that say so.

    Args:
        facts: where to look.
        subject: the thing, as a term.
        predicate: the property, by its short name; empty for none.
        inverse: the property of the other direction, likewise.
    """
    found = [
        Said(term, facts.label(term), rests_on(facts, subject, term, predicate, inverse))
        for term in values(facts, subject, predicate, inverse)
    ]
    return sorted(found, key=lambda one: (_place(one), one.term))


def rests_on(facts: Facts, subject: str, value: str, predicate: str, inverse: str = "") -> list[Evidence]:
    """What it rests on that a thing has a value, in whichever direction it is written; names as in :func:`said`."""
    found = facts.evidence(subject, prefixed(predicate), value) if predicate else []
    if inverse and not value.startswith('"'):
        found = [*found, *facts.evidence(value, prefixed(inverse), subject)]
    return [one for one in found if one.provenance != _FOLLOWS] or found


def together(found: Iterable[Said]) -> list[Evidence]:
    """What several values rest on, those of the same words or the same rule once."""
    grounds = (one for value in found for one in value.evidence)
    return list({(one.provenance, one.source, one.start, one.end, one.rule): one for one in grounds}.values())


def in_language(facts: Facts, subject: str, *predicates: str) -> list[Said]:
    """The texts of the first of some properties that has any, the one in the best language first.

    Values that are no texts are left out.
    """
    for predicate in predicates:
        texts = [one for one in said(facts, subject, predicate) if not one.is_thing]
        best = facts.text(subject, prefixed(predicate))
        if best is not None:
            return sorted(texts, key=lambda one: one.label != best)
    return []


def is_of_class(facts: Facts, thing: str, class_: str) -> bool:
    """Whether a thing is of a class, by its short name."""
    return prefixed(class_) in facts.types(thing)


def instances(facts: Facts, *names: str) -> list[str]:
    """The things of some classes and of those that are below them, sorted."""
    return sorted({thing for class_ in narrower(facts, *names) for thing in facts.subjects(_TYPE, class_)})


def narrower(facts: Facts, *names: str) -> list[str]:
    """Some classes and those that are below them, as terms.

    A store without the ontology's rules has no wider types written down, so the classes are followed here.
    """
    classes = [prefixed(name) for name in names]
    for known in classes:
        found = facts.subjects(prefixed("rdfs:subClassOf"), known)
        classes += [term for term in found if term not in classes]
    return classes


def _place(one: Said) -> int:
    """Where in a source the words are; what has no words comes last."""
    return min((found.start for found in one.evidence if found.start is not None), default=_UNPLACED)
