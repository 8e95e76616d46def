"""What kinds of objects there are, and how many, by predicate: so that queries are said rightly and asked fast."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from dppgraph.operations.validate.whole.kinds import BLANK, ODD, kind_of

_COUNTED: Final = 1000
"""Different objects of a predicate that are counted; few statements have any other, at a guess."""
_FEW: Final = 4.0


SPECIAL: Final = frozenset({BLANK, ODD})
NOTHING_SPECIAL: Final = frozenset[str]()


@dataclass(slots=True)
class _Objects:
    """What objects one predicate has: their kinds, how many there are, and how many times some of them are there."""

    kinds: set[str] = field(default_factory=set)
    count: int = 0
    some: dict[str, int] = field(default_factory=dict)


class There:
    """What objects there are."""

    def __init__(self) -> None:
        self._of: dict[str, _Objects] = defaultdict(_Objects)

    def note(self, predicate: str, values: list[str]) -> frozenset[str]:
        """Notes values of a predicate; tells whether some are blank nodes or odd."""
        of = self._of[predicate]
        kinds, some = of.kinds, of.some
        of.count += len(values)
        special = NOTHING_SPECIAL
        for value in values:
            kind = kind_of(value)
            kinds.add(kind)
            if kind in SPECIAL:
                special |= {kind}
            if value in some:
                some[value] += 1
            elif len(some) < _COUNTED:
                some[value] = 1
        return special

    def kinds(self, predicate: str | None = None) -> frozenset[str]:
        """The kinds of objects of a predicate; of all without one."""
        if predicate is None:
            return frozenset().union(*(of.kinds for of in self._of.values()))
        return frozenset(self._of[predicate].kinds) if predicate in self._of else frozenset()

    def count(self, predicate: str | None = None) -> int:
        """How many statements there are with a predicate."""
        if predicate is None:
            return sum(of.count for of in self._of.values())
        return self._of[predicate].count if predicate in self._of else 0

    def sharing(self, predicates: Iterable[str]) -> float:
        """How many statements with one of some predicates have the object of one of them, on average."""
        found = 0.0
        for predicate in predicates:
            some = self._of[predicate].some if predicate in self._of else {}
            shared = sum(count * count for count in some.values()) / max(self.count(predicate), 1)
            found += shared + (_FEW if len(some) >= _COUNTED else 0)
        return found
