"""What a request has changed so far, in exact quads, and the engine's copy brought along with it.

The engine has one quad for several exact ones (``1.50`` and ``1.5``). An update removes all of them, since no query
could tell them apart; a document that is put in place of a graph leaves the engine with those that it says.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from itertools import chain, islice
from typing import Final

import pyoxigraph

from dppgraph.core.quads import Delta, Quad
from dppgraph.store.history import QuadPattern
from dppgraph.store.merge import as_the_engine_has_them, rewritten
from dppgraph.store.rdf import engine_quads, exact_term
from dppgraph.store.updates.target import ExactQuads

_FEW: Final = 2_000
"""Quads of a graph up to which they are looked up one by one."""

_Place = tuple[str, str, str]
"""A subject, a predicate and a graph."""


class Ledger:
    """The exact quads that there are now: those of a version, and what was changed since.

    Args:
        store: the engine's copy, which is changed as well.
        exact: the version's quads.
    """

    def __init__(self, store: pyoxigraph.Store, exact: ExactQuads) -> None:
        self._store = store
        self._exact = exact
        self._added: defaultdict[_Place, set[Quad]] = defaultdict(set)
        self._removed: set[Quad] = set()

    def quads(self, pattern: QuadPattern) -> list[Quad]:
        """The quads that a pattern fits."""
        found = [quad for quad in self._exact.quads(pattern) if quad not in self._removed]
        if None in (pattern.subject, pattern.predicate, pattern.graph):
            more: Iterable[Quad] = chain.from_iterable(self._added.values())
        else:
            more = self._added.get((pattern.subject or "", pattern.predicate or "", pattern.graph or ""), ())
        return found + [quad for quad in more if _fits(quad, pattern)]

    def has_graph(self, graph: str) -> bool:
        """Whether something is said in a graph, given as a term."""
        return next(self._store.quads_for_pattern(None, None, None, _graph(graph)), None) is not None

    def graphs_saying(self, subject: str, predicate: str, object_: str) -> list[str]:
        """The graphs that have a triple, as terms, and ``""``."""
        (quad,) = engine_quads([Quad(subject, predicate, object_)])
        found = self._store.quads_for_pattern(quad.subject, quad.predicate, quad.object, None)
        return ["" if _is_default(found_.graph_name) else str(found_.graph_name) for found_ in found]

    def held(self, quads: Collection[Quad]) -> dict[Quad, list[Quad]]:
        """For each of these quads, in whatever form, the exact ones that the engine holds as that one; none: no key."""
        there = [quad for quad, own in zip(quads, engine_quads(quads), strict=True) if own in self._store]
        held = {quad: [quad] for quad in there if not rewritten(quad.object)}
        asked = [quad for quad in there if quad not in held]
        candidates = [
            quad
            for place in dict.fromkeys(map(_place, asked))
            for quad in self.quads(QuadPattern(place[0], place[1], None, place[2]))
            if rewritten(quad.object)
        ]
        forms: dict[tuple[_Place, str], list[Quad]] = {}
        for quad, form in _with_engine_forms(candidates):
            forms.setdefault((_place(quad), form), []).append(quad)
        for quad, form in _with_engine_forms(asked):
            if found := forms.get((_place(quad), form)):
                held[quad] = found
        return held

    def in_graph(self, graph: str) -> list[Quad]:
        """The quads of a graph, given as a term.

        Exact quads are found by what they say, and those of a small graph among a million others by the engine.
        """
        few = list(islice(self._store.quads_for_pattern(None, None, None, _graph(graph)), _FEW + 1))
        if len(few) > _FEW:
            return self.quads(QuadPattern(graph=graph))
        found = [Quad(str(own.subject), str(own.predicate), exact_term(own.object), graph) for own in few]
        return list(chain.from_iterable(self.held(found).values()))

    def change(self, removed: Collection[Quad], added: Collection[Quad], kept: Iterable[Quad] = ()) -> None:
        """Removes quads that are there, and adds others that are not.

        Args:
            removed: what is removed.
            added: what is added.
            kept: what stays, and what the engine may hold as the same as something that is removed.
        """
        for quad, own in zip(removed, engine_quads(removed), strict=True):
            self._forget(quad)
            self._store.remove(own)
        for quad in added:
            if quad in self._removed:
                self._removed.remove(quad)
            else:
                self._added[_place(quad)].add(quad)
        places = {_place(quad) for quad in removed if rewritten(quad.object)}
        left = (quad for quad in kept if places and rewritten(quad.object) and _place(quad) in places)
        self._store.extend(engine_quads([*added, *left]))
        for graph in {quad.graph for quad in removed}:
            if graph and not self.has_graph(graph):
                # A graph is what is said in it: GRAPH ?g is not to find an empty one.
                self._store.remove_graph(_graph(graph))

    def delta(self) -> Delta:
        """What has come of it all."""
        added = chain.from_iterable(self._added.values())
        return Delta(sorted(quad.line() for quad in added), sorted(quad.line() for quad in self._removed))

    def _forget(self, quad: Quad) -> None:
        added = self._added.get(_place(quad), set())
        if quad in added:
            added.remove(quad)
        else:
            self._removed.add(quad)


def _place(quad: Quad) -> _Place:
    return quad.subject, quad.predicate, quad.graph


def _with_engine_forms(quads: list[Quad]) -> Iterable[tuple[Quad, str]]:
    """Each quad with its object as the engine gives it back."""
    return zip(quads, as_the_engine_has_them([quad.object for quad in quads]), strict=True)


def _fits(quad: Quad, pattern: QuadPattern) -> bool:
    return all(wanted in (None, term) for term, wanted in zip(quad, pattern, strict=True))


def _graph(graph: str) -> pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.DefaultGraph:
    """The engine's name for a graph."""
    (quad,) = engine_quads([Quad("<a:a>", "<a:a>", "<a:a>", graph)])
    return quad.graph_name


def _is_default(graph: object) -> bool:
    return isinstance(graph, pyoxigraph.DefaultGraph)
