"""What is counted just before a change and just after it, as far as the change is about it."""

from collections.abc import Iterable
from typing import Final, Protocol

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad
from dppgraph.store.history import QuadPattern

_A: Final = f"<{PREFIXES['rdf']}type>"

Triple = tuple[str, str, str]
"""Three terms."""


class Looking(Protocol):
    """Where quads are looked up."""

    def quads(self, pattern: QuadPattern, *, outside: str | None = None, limit: int = -1) -> list[Quad]:
        """The quads that a pattern fits, outside of a graph, at most so many (below 0: all); in no order."""
        ...


class Before:
    """What was there before a change.

    Args:
        looking: where it is looked up.
        uncounted: the graph that is not counted.
    """

    def __init__(self, looking: Looking, uncounted: str) -> None:
        self._looking = looking
        self._uncounted = uncounted
        self._classes: dict[str, frozenset[str]] = {}

    def classes(self, subject: str) -> frozenset[str]:
        """The classes that a thing has."""
        if subject not in self._classes:
            self._classes[subject] = frozenset(quad.object for quad in self._quads(QuadPattern(subject, _A)))
        return self._classes[subject]

    def members(self, class_: str) -> Iterable[str]:
        """The things that have a class."""
        return {quad.subject for quad in self._quads(QuadPattern(None, _A, class_))}

    def among(self, triples: Iterable[Triple]) -> set[Triple]:
        """Those of the triples that are there."""
        return {triple for triple in triples if self._quads(QuadPattern(*triple))}

    def around(self, things: Iterable[str]) -> set[Triple]:
        """The triples from and to things."""
        patterns = (pattern for thing in things for pattern in (QuadPattern(thing), QuadPattern(None, None, thing)))
        return {quad[:3] for pattern in patterns for quad in self._quads(pattern)}

    def has_any(self, pattern: QuadPattern) -> bool:
        """Whether a pattern fits anything."""
        return bool(self._looking.quads(pattern, outside=self._uncounted, limit=1))

    def _quads(self, pattern: QuadPattern) -> list[Quad]:
        return self._looking.quads(pattern, outside=self._uncounted)


class After(Before):
    """What is there after it.

    Args:
        looking: where that is looked up which was there before.
        uncounted: the graph that is not counted.
        added: what the change adds outside of that graph.
        removed: what it removes.
    """

    def __init__(self, looking: Looking, uncounted: str, added: Iterable[Quad], removed: Iterable[Quad]) -> None:
        super().__init__(looking, uncounted)
        self._added, self._removed = _Held(added), _Held(removed)

    def has_any(self, pattern: QuadPattern) -> bool:
        """Whether a pattern fits anything."""
        if self._added.fitting(pattern):
            return True
        removed = self._removed.fitting(pattern)
        # One more than those that go: one of them stays, or there are no others.
        return bool(
            {*self._looking.quads(pattern, outside=self._uncounted, limit=len(removed) + 1)}.difference(removed)
        )

    def _quads(self, pattern: QuadPattern) -> list[Quad]:
        found = {*super()._quads(pattern)}.difference(self._removed.fitting(pattern))
        return [*found.union(self._added.fitting(pattern))]


class _Held:
    """A few quads, found by their subject or their object."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._by_subject: dict[str, list[Quad]] = {}
        self._by_object: dict[str, list[Quad]] = {}
        for quad in quads:
            self._by_subject.setdefault(quad.subject, []).append(quad)
            self._by_object.setdefault(quad.object, []).append(quad)

    def fitting(self, pattern: QuadPattern) -> list[Quad]:
        """The quads that a pattern with a subject or an object fits."""
        by, term = (
            (self._by_subject, pattern.subject) if pattern.subject is not None else (self._by_object, pattern.object)
        )
        return [
            quad
            for quad in by.get(term or "", ())
            if all(given in (None, has) for given, has in zip(pattern, quad, strict=True))
        ]
