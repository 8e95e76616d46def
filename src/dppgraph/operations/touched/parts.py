"""Parts of a query's pattern: what holds wherever one has a solution, and where it looks at the graph.

What is true of a part is said bottom-up, as SPARQL evaluates it (SPARQL 1.1, section 18.5): a variable that a part does
not always bind is no link to what is around it, since a solution without it goes with anything.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from dppgraph.operations.touched.sites import Pattern


class Look(NamedTuple):
    """A place where a query looks at the graph.

    Attributes:
        pattern: what it looks for.
        beside: patterns that hold wherever it matters.
        astray: whether the anchor has no value wherever it matters, so that it says nothing of any.
    """

    pattern: Pattern
    beside: tuple[Pattern, ...] = ()
    astray: bool = False


def variables(*patterns: Pattern) -> set[str]:
    """The variables of patterns, each as ``?name``."""
    return {term for pattern in patterns for term in pattern if term.startswith("?")}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a query's pattern.

    Attributes:
        looks: where it looks at the graph.
        holds: the patterns that hold of each of its solutions.
        certain: the variables that each of its solutions binds.
        binds: whether it may give the anchor a value.
    """

    looks: tuple[Look, ...] = ()
    holds: tuple[Pattern, ...] = ()
    certain: frozenset[str] = frozenset()
    binds: bool = False

    def joined(self, other: "Part") -> "Part":
        """Both parts: each solution is one of this and one of the other."""
        looks = (*self.within(other), *other.within(self))
        holds = (*self.holds, *other.holds)
        return Part(looks, holds, self.certain | other.certain, self.binds or other.binds)

    def beside(self, other: "Part", fresh: Callable[[], str], *, binds: bool = False) -> "Part":
        """This part, and one that says which of its solutions stay, or adds to them: an OPTIONAL, MINUS or EXISTS.

        Args:
            other: the other one.
            fresh: gives a new variable.
            binds: whether what the other binds is seen outside.
        """
        other_binds = binds and other.binds
        seen = other.seen_as(self.certain, fresh)
        looks = self.looks
        if other_binds:
            looks = tuple(look._replace(astray=False) for look in looks)
        return replace(self, looks=(*looks, *seen.within(self)), binds=self.binds or other_binds)

    def within(self, around: "Part") -> tuple[Look, ...]:
        """Where it looks, beside another part."""
        return tuple(
            Look(look.pattern, (*look.beside, *around.holds), look.astray and not around.binds) for look in self.looks
        )

    def seen_as(self, kept: Collection[str], fresh: Callable[[], str]) -> "Part":
        """The part with its own names for all variables but those that are seen from outside.

        Args:
            kept: the names that stay.
            fresh: gives a new variable.
        """
        found = variables(*self.holds, *(one for look in self.looks for one in (look.pattern, *look.beside)))
        names = {name: fresh() for name in sorted(found.difference(kept))}
        looks = tuple(
            # The anchor may be another variable there: whoever knows that it is not says so.
            Look(_named(look.pattern, names), tuple(_named(one, names) for one in look.beside))
            for look in self.looks
        )
        holds = tuple(_named(pattern, names) for pattern in self.holds)
        return replace(self, looks=looks, holds=holds, certain=self.certain.intersection(kept))


def _named(pattern: Pattern, names: Mapping[str, str]) -> Pattern:
    return Pattern(*(names.get(term, term) for term in pattern))
