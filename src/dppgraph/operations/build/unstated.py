"""Which of the statements that rules make nobody stated: asked of the engine, and of files where it cannot tell."""

from collections.abc import Sequence
from pathlib import Path

from dppgraph.core.quads import Quad
from dppgraph.store.memory import MemoryStore
from dppgraph.store.merge import rewritten


class Unstated:
    """Tells which of some quads say what nobody stated, in whatever graph.

    Args:
        store: what is stated, and what is inferred so far.
        paths: the files of what is stated.
    """

    def __init__(self, store: MemoryStore, paths: Sequence[Path]) -> None:
        self._store = store
        self._paths = paths
        self._predicates: set[bytes] = set()
        self._stated: set[bytes] = set()

    def __call__(self, quads: set[Quad]) -> set[Quad]:
        """Those of the quads, none of them inferred before, whose triples are nowhere stated."""
        there = self._store.said(quads)
        # The store does not tell a literal from one that is written in another way: the files do.
        doubtful = {quad for quad in there if rewritten(quad.object)}
        self._read({quad.predicate.encode() for quad in doubtful} - self._predicates)
        different = {quad for quad in doubtful if " ".join(quad[:3]).encode() not in self._stated}
        return quads - (there - different)

    def _read(self, predicates: set[bytes]) -> None:
        """Remembers the triples of more properties."""
        if not predicates:
            return
        self._predicates |= predicates
        for path in self._paths:
            with path.open("rb") as file:
                for line in file:
                    if line.split(b" ", 2)[1] in predicates:
                        # In a gated store each line ends with its graph.
                        self._stated.add(line[: line.rindex(b" ", 0, -3)])
