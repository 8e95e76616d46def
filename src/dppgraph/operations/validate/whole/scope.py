"""The nodes of all graphs together, or of one of them, with what is stated of each."""

from typing import Final

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.validate.whole.exact import Exact, Index
from dppgraph.operations.validate.whole.groups import Group
from dppgraph.operations.validate.whole.kinds import ODD, kind_of
from dppgraph.store.history import QuadPattern
from dppgraph.store.merge import rewritten

_SUBCLASS: Final = f"<{PREFIXES['rdfs']}subClassOf>"
_KEPT: Final = 20_000
"""Nodes that are remembered, of those that were looked at."""


class Later(Exception):
    """A node cannot be looked at before all lines are read: only then is it known which literals are odd."""


class Scope:
    """Gives what is stated of nodes.

    Args:
        index: the engine.
        graph: the term of the graph; None for all.
    """

    def __init__(self, index: Index, graph: str | None) -> None:
        self.graph = graph
        self.exact: Exact | None = None
        self._index = index
        self._known: dict[str, Group] = {}
        self._narrower: dict[str, frozenset[str]] = {}

    def remember(self, term: str, group: Group) -> None:
        """Keeps what is stated of a node for a while."""
        if len(self._known) >= _KEPT:
            self._known.clear()
        self._known[term] = group

    def of(self, term: str) -> Group:
        """What is stated of a node.

        Raises:
            Later: that is not known yet.
        """
        known = self._known.get(term)
        if known is None:
            known = self._looked_up(term)
            self.remember(term, known)
        return known

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

    def _looked_up(self, term: str) -> Group:
        found: Group = {}
        for quad in (self.exact or self._index).quads(QuadPattern(subject=term, graph=self.graph)):
            if self.exact is None and "^^" in quad.object and rewritten(quad.object):
                raise Later
            values = found.setdefault(quad.predicate, [])
            if quad.object not in values:
                values.append(quad.object)
        return found


def is_sure(group: Group) -> bool:
    """Whether all values are told apart by rdflib as they are here: languages have no capitals."""
    return not any(
        value[0] == '"' and value[-1] not in '">' and kind_of(value) == ODD
        for values in group.values()
        for value in values
    )
