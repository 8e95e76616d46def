"""Names that stand for nothing, which are judged beside the shapes."""

from typing import Final

from dppgraph.core.iris import NAMESPACE, graph_iri
from dppgraph.operations.validate.facts import OBJECT, SUBJECT, TYPE, Fact
from dppgraph.operations.validate.here import Here
from dppgraph.operations.validate.names import unknown_in
from dppgraph.operations.validate.report import Result
from dppgraph.operations.validate.whole.exact import Index
from dppgraph.operations.validate.whole.groups import Node
from dppgraph.store.history import QuadPattern

_KEPT: Final = 200_000
"""Things of which it is remembered whether they are described."""
_NO_THINGS: Final = (SUBJECT, OBJECT)
"""Properties whose values need not be described."""


class Names:
    """Finds names that stand for nothing, node by node.

    Args:
        index: the engine.
        here: gives the results.
        base: the base of the data.
    """

    def __init__(self, index: Index, here: Here, base: str) -> None:
        self._index = index
        self._here = here
        self._base = base
        self._inferred = f"<{graph_iri('inferred', base)}>"
        self._ours = (f"<{NAMESPACE}", f"<{base}id/")
        self._graphs = f"<{base}id/graph/"
        self._described: dict[str, bool] = {}
        self._fine: set[str] = set()
        self.found = list[Result]()

    def look(self, node: Node) -> None:
        """Looks at what is stated of a node."""
        fine, inferred = self._fine, self._inferred
        stated = described = False
        names = {node.term}
        for predicate, obj, graph in node.rows:
            if graph == inferred:
                continue
            stated = True
            if predicate not in fine:
                names.add(predicate)
            if predicate == TYPE:
                described = True
            if obj[0] == "<" and obj not in fine and predicate not in _NO_THINGS:
                names.add(obj)
        if not stated:
            return
        self._keep(node.term, described)
        if all(map(self._is_fine, names)):
            return
        facts = sorted({Fact(node.term, *row[:2]) for row in node.rows if row[2] != inferred})
        self.found += self._here.names(unknown_in(facts, self, self._base))

    def is_described(self, term: str) -> bool:
        """Whether a thing has a type."""
        known = self._described.get(term)
        if known is None:
            known = self._keep(term, self._is_stated(QuadPattern(term, TYPE)))
        return known

    def is_subject(self, term: str) -> bool:
        """Whether anything is stated of it."""
        return self._is_stated(QuadPattern(term))

    def _is_stated(self, pattern: QuadPattern) -> bool:
        return any(quad.graph != self._inferred for quad in self._index.quads(pattern))

    def _is_fine(self, name: str) -> bool:
        """Whether a name stands for something, or is none of ours."""
        if name.startswith(self._ours) and not name.startswith(self._graphs) and not self.is_described(name):
            return False
        if len(self._fine) >= _KEPT:
            self._fine.clear()
        self._fine.add(name)
        return True

    def _keep(self, term: str, described: bool) -> bool:
        if len(self._described) >= _KEPT:
            self._described.clear()
        self._described[term] = described
        return described
