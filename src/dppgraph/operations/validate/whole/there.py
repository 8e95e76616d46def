"""What kinds of objects there are, and how many, by predicate: so that queries are said rightly and asked fast."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from dppgraph.operations.validate.whole.kinds import kind_of

_COUNTED: Final = 1000
"""Different objects of a predicate that are counted; few statements have any other, at a guess."""
_FEW: Final = 4.0


class There:
    """What objects there are."""

    def __init__(self) -> None:
        self._kinds: dict[str, set[str]] = defaultdict(set)
        self._counts: dict[str, int] = defaultdict(int)
        self._some: dict[str, dict[str, int]] = defaultdict(dict)

    def note(self, predicate: str, values: list[str]) -> set[str]:
        """Notes values of a predicate; gives their kinds."""
        found = set(map(kind_of, values))
        self._kinds[predicate] |= found
        self._counts[predicate] += len(values)
        some = self._some[predicate]
        for value in values:
            if value in some:
                some[value] += 1
            elif len(some) < _COUNTED:
                some[value] = 1
        return found

    def kinds(self, predicate: str | None = None) -> frozenset[str]:
        """The kinds of objects of a predicate; of all without one."""
        if predicate is None:
            return frozenset().union(*self._kinds.values())
        return frozenset(self._kinds.get(predicate, ()))

    def count(self, predicate: str | None = None) -> int:
        """How many statements there are with a predicate."""
        return sum(self._counts.values()) if predicate is None else self._counts.get(predicate, 0)

    def sharing(self, predicates: Iterable[str]) -> float:
        """How many statements with one of some predicates have the object of one of them, on average."""
        found = 0.0
        for predicate in predicates:
            some = self._some.get(predicate, {})
            shared = sum(count * count for count in some.values()) / max(self.count(predicate), 1)
            found += shared + (_FEW if len(some) >= _COUNTED else 0)
        return found
