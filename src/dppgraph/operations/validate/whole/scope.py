"""The nodes of all graphs together, or of one of them, with what is stated of each."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Protocol, TypeVar

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad
from dppgraph.operations.validate.whole.exact import Exact, Index
from dppgraph.operations.validate.whole.groups import Group
from dppgraph.operations.validate.whole.kinds import ODD, kind_of
from dppgraph.store.history import QuadPattern
from dppgraph.store.merge import rewritten

_T = TypeVar("_T")

TYPE: Final = f"<{PREFIXES['rdf']}type>"
_SUBCLASS: Final = f"<{PREFIXES['rdfs']}subClassOf>"
_NODES: Final = 5_000
"""Nodes that are remembered, of those that were looked at."""
_TYPES: Final = 200_000
"""Nodes of which only the classes are remembered."""


class Unsure(Exception):
    """Of a node nothing can be told."""


class Later(Exception):
    """A node cannot be looked at before all lines are read: only then is it known which literals are odd."""


class Known(Protocol):
    """What is stated of a node: predicate to objects, each once."""

    def get(self, predicate: str, /) -> Sequence[str] | None:
        """The objects of a predicate; None for none."""
        ...

    def __iter__(self) -> Iterator[str]:
        """The predicates."""
        ...


class Scope:
    """Gives what is stated of nodes.

    Args:
        index: the engine.
        graph: the term of the graph; None for all.

    Attributes:
        exact: looks quads up as they were written; None before all lines are read.
        wanted: whether some shape looks from one node at another, so that what was read lately is worth keeping.
    """

    def __init__(self, index: Index, graph: str | None) -> None:
        self.graph = graph
        self.exact: Exact | None = None
        self.wanted = False
        self._index = index
        self._known: dict[str, Known] = {}
        self._types: dict[str, Sequence[str]] = {}
        self._narrower: dict[str, frozenset[str]] = {}

    def remember(self, term: str, group: Group) -> None:
        """Keeps what is stated of a node for a while."""
        if not self.wanted:
            return
        self._keep(self._known, _NODES, term, group)
        self._keep(self._types, _TYPES, term, group.get(TYPE) or ())

    def of(self, term: str) -> Known:
        """What is stated of a node."""
        return self._known.get(term) or self._keep(self._known, _NODES, term, _LookedUp(term, self))

    def types(self, term: str) -> Sequence[str]:
        """The classes that are stated of a node."""
        known = self._types.get(term)
        return self._keep(self._types, _TYPES, term, self.values(term, TYPE)) if known is None else known

    def values(self, term: str, predicate: str) -> Sequence[str]:
        """The objects of a node's predicate.

        Raises:
            Later: they are not known yet.
        """
        found = list(dict.fromkeys(quad.object for quad in self._quads(QuadPattern(term, predicate, None, self.graph))))
        if self.exact is None and any("^^" in value and rewritten(value) for value in found):
            raise Later
        return found

    def predicates(self, term: str) -> set[str]:
        """The predicates of a node."""
        return {quad.predicate for quad in self._quads(QuadPattern(term, graph=self.graph))}

    def _quads(self, pattern: QuadPattern) -> Iterable[Quad]:
        return (self.exact or self._index).quads(pattern)

    @staticmethod
    def _keep(kept: dict[str, _T], most: int, term: str, found: _T) -> _T:
        if len(kept) >= most:
            kept.clear()
        kept[term] = found
        return found

    def narrower(self, kind: str) -> frozenset[str]:
        """A class and those below it."""
        if kind not in self._narrower:
            found, waiting = set[str](), {kind}
            while waiting:
                found |= waiting
                patterns = [QuadPattern(predicate=_SUBCLASS, object=one, graph=self.graph) for one in waiting]
                waiting = {quad.subject for pattern in patterns for quad in self._index.quads(pattern)} - found
            self._narrower[kind] = frozenset(found)
        return self._narrower[kind]


class _LookedUp:
    """What is stated of a node, looked up as far as it is asked for."""

    def __init__(self, term: str, scope: Scope) -> None:
        self._term = term
        self._scope = scope
        self._found: dict[str, Sequence[str]] = {}

    def get(self, predicate: str, /) -> Sequence[str]:
        """The objects of a predicate.

        Raises:
            Later: they are not known yet.
            Unsure: rdflib may take some of them for one.
        """
        known = self._found.get(predicate)
        if known is None:
            known = self._scope.values(self._term, predicate)
            if not is_sure(known):
                raise Unsure
            self._found[predicate] = known
        return known

    def __iter__(self) -> Iterator[str]:
        """The predicates."""
        return iter(self._scope.predicates(self._term))


def is_sure(values: Iterable[str]) -> bool:
    """Whether values are told apart by rdflib as they are here: languages have no capitals."""
    return not any(value[0] == '"' and value[-1] not in '">' and kind_of(value) == ODD for value in values)
