"""What else is said of a thing: all that has no place of its own on its page, so that nothing is hidden."""

from collections.abc import Set
from typing import Final, NamedTuple

from dppgraph.operations.facts import Facts
from dppgraph.operations.said import Name, Said, name_of

_MANY: Final = 100


class Property(NamedTuple):
    """A property of a thing.

    Attributes:
        name: the property.
        values: its values, at most a hundred.
        more: how many there are beyond these.
    """

    name: Name
    values: list[Said]
    more: int


def others_of(facts: Facts, thing: str, told: Set[str]) -> list[Property]:
    """What is said of a thing by properties other than some, in the order of their names."""
    found = []
    for predicate, terms in facts.about(thing).items():
        if predicate not in told:
            shown = [Said(term, facts.label(term), facts.evidence(thing, predicate, term)) for term in terms[:_MANY]]
            found.append(Property(name_of(facts, predicate), shown, len(terms) - len(shown)))
    return sorted(found, key=lambda one: one.name.label)
