"""A change followed: what is made of a version, and what the shapes say of it, brought up to date by what changed.

The outcome is that of making and judging everything anew, or there is none: whatever is not known to be followed is
left to a full run. So is whatever a shape forbids, which is told with all that such a run finds out (what was probably
meant, what comes of what); but of a graph that takes too long for that, with what the shapes say alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from dppgraph.core.iris import graph_iri
from dppgraph.core.made import judged_in, stated_in
from dppgraph.core.quads import Delta, Quad, parse_line
from dppgraph.operations.build import Known
from dppgraph.operations.catalogue import CATALOG
from dppgraph.operations.infer import unseen_graphs
from dppgraph.operations.infer.following import REMOVED
from dppgraph.operations.touched import Triple
from dppgraph.operations.validate import Report, Result
from dppgraph.operations.validate.again.again import Seen
from dppgraph.operations.validate.again.view import Change as Changed
from dppgraph.operations.validate.report import SEVERITIES
from dppgraph.operations.write.catalogue import Made
from dppgraph.operations.write.ready import Ready
from dppgraph.store.history import ExactQuads, QuadPattern
from dppgraph.store.memory import MemoryStore

_WHOLE: Final = ("catalogue", "ontology", "shapes", "inferred")
"""The graphs that decide what is made of all others, or hold it: a change there is not followed."""
_LARGE: Final = 100_000
"""Statements from which on a full run may take longer than a change may."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What comes of a change.

    Attributes:
        delta: all that there is more and less.
        known: what is known of the outcome.
        report: what the shapes say of it; of a small graph, they let it pass.
    """

    delta: Delta
    known: Known
    report: Report


@dataclass(frozen=True, slots=True)
class Parent:
    """The version that a change follows.

    Attributes:
        exact: its quads.
        catalogue: the lines that are stated in its graph ``catalogue``.
        known: what is known of it.
    """

    exact: ExactQuads
    catalogue: frozenset[str]
    known: Known


def followed(delta: Delta, parent: Parent, engine: MemoryStore, ready: Ready) -> Followed | None:
    """What comes of a change; None where it takes a full run to tell.

    Args:
        delta: what is stated more and less.
        parent: the version that it follows.
        engine: the engine's copy with that change in it. What is made is brought up to date in it.
        ready: the rules and the shapes.

    Raises:
        BadRdf: there is something that shapes cannot judge.
    """
    base = ready.base
    change = Changed(*(tuple(map(parse_line, lines)) for lines in delta))
    whole = {f"<{graph_iri(name, base)}>" for name in _WHOLE}
    if any(quad.graph in whole or quad.object == CATALOG for part in change for quad in part):
        return None
    if not parent.exact.quads(QuadPattern(None, None, CATALOG), limit=1):
        return None
    lookups = _Lookups(parent, change, base)
    engine.add(quad._replace(graph=f"<{REMOVED}>") for quad in change.removed)
    unseen = {f"<{graph}>" for graph in unseen_graphs(base)}
    seen = Delta(*(sorted(quad.line() for quad in part if quad.graph not in unseen) for part in change))
    inferred = ready.following.after(seen, engine, lookups)
    if inferred is None:
        return None
    so_far = Delta([*delta.added, *inferred.added], [*delta.removed, *inferred.removed])
    both = Changed(*(tuple(map(parse_line, lines)) for lines in so_far))

    def asked(text: str, graph: str | None) -> Iterator[Mapping[str, str]]:
        return engine.select(text, base=base, graphs=None if graph is None else (graph, REMOVED))

    judged = Seen(judged_in(base, parent.catalogue), base)
    results = ready.again.after(parent.known.results, parent.exact, both, judged, asked)
    report = Report(tuple(sorted(results, key=_by_severity)), base)
    if not report.conforms and sum(parent.known.tally.graphs.values()) < _LARGE:
        return None
    tally = parent.known.tally.changed(so_far, parent.exact)
    made = Made(parent.exact, parent.catalogue, ready.examples, engine, ready.derived)
    catalogue = made.after(both, parent.known.tally, tally)
    engine.drop(REMOVED)
    outcome = Delta(sorted([*so_far.added, *catalogue.added]), sorted([*so_far.removed, *catalogue.removed]))
    return Followed(outcome, Known(tuple(results), tally), report)


def _by_severity(result: Result) -> tuple[int, Result]:
    return SEVERITIES.index(result.severity), result


class _Lookups:
    """The exact quads of a version, and what is stated after a change to it. Implements ``infer.following.Lookups``."""

    def __init__(self, parent: Parent, change: Changed, base: str) -> None:
        self._exact = parent.exact
        self._is_stated = stated_in(base, parent.catalogue)
        self._unseen = {f"<{graph}>" for graph in unseen_graphs(base)}
        self._removed = frozenset(change.removed)
        self._added = {quad[:3] for quad in change.added if quad.graph not in self._unseen}

    def quads_of(self, subject: str, predicate: str | None = None, graph: str | None = None) -> Iterable[Quad]:
        """Those of a subject."""
        return self._exact.quads(QuadPattern(subject, predicate, None, graph))

    def is_stated(self, triple: Triple) -> bool:
        """Whether a graph that rules see states a triple, after the change."""
        if triple in self._added:
            return True
        return any(
            quad.graph not in self._unseen and quad not in self._removed and self._is_stated(quad)
            for quad in self._exact.quads(QuadPattern(*triple))
        )
