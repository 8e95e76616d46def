"""What shapes are judged on: the exact quads of a version, looked up, with a change on top."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol

from dppgraph.core.quads import Quad
from dppgraph.store.history import QuadPattern

Triple = tuple[str, str, str]
"""Three terms."""


class Lookups(Protocol):
    """The exact quads of a version."""

    def quads(self, pattern: QuadPattern) -> Iterable[Quad]:
        """Those that a pattern fits."""
        ...


class Remembered:
    """The same, asked each question once.

    Args:
        quads: the quads.
    """

    def __init__(self, quads: Lookups) -> None:
        self._quads = quads
        self._found: dict[QuadPattern, list[Quad]] = {}

    def quads(self, pattern: QuadPattern) -> list[Quad]:
        """Those that a pattern fits."""
        found = self._found.get(pattern)
        if found is None:
            found = self._found[pattern] = list(self._quads.quads(pattern))
        return found


class Change(NamedTuple):
    """A change of what is stated and inferred.

    Attributes:
        added: the quads that come.
        removed: those that go.
    """

    added: tuple[Quad, ...] = ()
    removed: tuple[Quad, ...] = ()

    def only(self, seen: Callable[[Quad], bool]) -> "Change":
        """As far as somebody sees it."""
        return Change(*(tuple(filter(seen, part)) for part in self))

    def triples(self) -> set[Triple]:
        """All that it is about."""
        return {quad[:3] for part in self for quad in part}


class View:
    """The triples of some of the quads after a change.

    Args:
        before: the quads before it.
        change: the change.
        seen: tells which quads there are, for whoever looks here.
        graph: the term of the only graph that is looked in; None for all of them.
    """

    def __init__(self, before: Lookups, change: Change, seen: Callable[[Quad], bool], graph: str | None = None) -> None:
        self._before = before
        self._seen = seen
        self._graph = graph
        self._removed = frozenset(change.removed)
        self._added: dict[str, list[Quad]] = defaultdict(list)
        for quad in change.added:
            for term in {quad.subject, quad.predicate, quad.object}:
                self._added[term].append(quad)
        self._all = change.added

    def triples(self, subject: str | None = None, predicate: str | None = None, obj: str | None = None) -> list[Triple]:
        """Those that a pattern fits, each once, in the order of their terms."""
        return sorted({quad[:3] for quad in self._quads(QuadPattern(subject, predicate, obj, self._graph))})

    def has(self, subject: str) -> bool:
        """Whether there is anything of a subject."""
        return any(True for _ in self._quads(QuadPattern(subject, graph=self._graph)))

    def quads(self, subject: str) -> list[Quad]:
        """All quads of a subject."""
        return list(self._quads(QuadPattern(subject, graph=self._graph)))

    def _quads(self, pattern: QuadPattern) -> Iterator[Quad]:
        for quad in self._before.quads(pattern):
            if quad not in self._removed and self._seen(quad):
                yield quad
        given = next((term for term in (pattern.subject, pattern.object, pattern.predicate) if term), None)
        for quad in self._added.get(given, ()) if given else self._all:
            if _fits(quad, pattern) and self._seen(quad):
                yield quad


def _fits(quad: Quad, pattern: QuadPattern) -> bool:
    return all(wanted is None or wanted == term for wanted, term in zip(pattern, quad, strict=True))
