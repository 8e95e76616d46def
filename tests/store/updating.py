"""Data to be written to: exact quads in memory, and the engine's copy of them."""

from collections.abc import Iterable

import pyoxigraph

from dppgraph.core import formats
from dppgraph.core.quads import Delta, Quad, canonical, difference, parse_line
from dppgraph.store.rdf import engine_quads, parse
from dppgraph.store.updates import QuadPattern, Stated, Target, updated

BASE = "http://base.example/"


class Held:
    """Exact quads in memory, to be looked up."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._quads = list(quads)

    def quads(self, pattern: QuadPattern) -> list[Quad]:
        return [quad for quad in self._quads if all(w in (None, term) for term, w in zip(quad, pattern, strict=True))]


class State:
    """What is written to, one request after the other; each has to say exactly what it changes.

    Args:
        trig: what is there at first.
        union: whether the default graph is the union of all.
        gated: whether blank nodes get names.
        base: what relative IRIs are relative to.
    """

    def __init__(self, trig: str = "", *, union: bool = False, gated: bool = False, base: str = BASE) -> None:
        self.lines = lines_of(trig)
        self._union, self._gated, self.base = union, gated, base

    @property
    def target(self) -> Target:
        """A fresh copy to be written to."""
        held = [parse_line(line) for line in self.lines]
        store = pyoxigraph.Store()
        store.extend(engine_quads(held))
        return Target(store, Held(held), self.base, union=self._union, gated=self._gated)

    def update(self, text: str, default: tuple[str, ...] = (), named: tuple[str, ...] = ()) -> Delta:
        target = self.target
        return self.take(target, updated(text, target, default, named))

    def take(self, target: Target, stated: Stated) -> Delta:
        """Has what was written be there from now on: net, exact, and the same in the engine's copy."""
        after = sorted({*self.lines, *stated.delta.added} - set(stated.delta.removed))
        assert difference(self.lines, after) == stated.delta
        self.lines = after
        assert set(target.store) == self.engine()
        return stated.delta

    def engine(self) -> set[pyoxigraph.Quad]:
        """What the engine holds of it."""
        return as_the_engine_has(self.lines)


def as_the_engine_has(lines: Iterable[str]) -> set[pyoxigraph.Quad]:
    """What the engine holds of lines."""
    store = pyoxigraph.Store()
    store.extend(engine_quads(map(parse_line, lines)))
    return set(store)


def lines_of(trig: str) -> list[str]:
    """The canonical lines of a text in TriG, ``u:`` declared."""
    return canonical(parse(f"PREFIX u: <http://u/> {trig}".encode(), formats.TRIG))
