"""Validation of a whole graph: how much sooner it is done than by pySHACL alone, and that it comes to the same.

``python -m benchmarks.validate --triples 100000`` generates a graph, has pySHACL judge all of it (with the engine
finding targets, as for small data), and then the faster way (``operations/validate/whole``), which asks pySHACL about
few nodes. Both are given the quads in memory; loading them into the engine is counted with the faster way. With
``--alone 1`` pySHACL is left out, for sizes where it takes hours.
"""

import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from benchmarks.generate.__main__ import generate
from benchmarks.measuring import Verdict, arguments
from dppgraph import wiring
from dppgraph.core.iris import graph_iri
from dppgraph.core.quads import canonical
from dppgraph.operations.validate import Candidate, assemble
from dppgraph.operations.validate.facts import Facts
from dppgraph.operations.validate.here import Here
from dppgraph.operations.validate.judge import judged
from dppgraph.operations.validate.names import unknown_names
from dppgraph.operations.validate.report import Result
from dppgraph.operations.validate.whole import Checks, Whole
from dppgraph.settings import read_settings
from dppgraph.store.memory import MemoryStore

AT_LEAST = 5
"""How many times sooner it has to be done; more is gained the more there is."""

_T = TypeVar("_T")


def timed(work: Callable[[], _T]) -> tuple[_T, float]:
    """What some work gives, and the seconds that it took this process, whatever else the machine did."""
    begun = time.process_time()
    return work(), time.process_time() - begun


def in_full(candidate: Candidate) -> list[Result]:
    """What all checks find, pySHACL judging everything."""
    found = judged(candidate.quads, candidate.shapes.merged)
    for name, shapes in candidate.shapes.by_graph.items():
        graph = f"<{graph_iri(name, candidate.base)}>"
        found += judged([quad for quad in candidate.quads if quad.graph == graph], shapes)
    here = Here(candidate.shapes.merged, candidate.base)
    found += here.quotes(candidate.quads)
    stated = Facts(quad for quad in candidate.quads if quad not in candidate.rules)
    found += here.names(unknown_names(stated, candidate.base))
    return sorted(set(found))


def main() -> None:
    """Measures, and ends with status 1 if a bound is broken."""
    asked = arguments(triples=100_000, seed=1, alone=0)
    verdict = Verdict(untimed=asked.untimed)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        generate(asked.triples, asked.seed, data)
        sources = wiring.sources(read_settings({}), data, None)
        candidate = assemble(sources)
    lines = canonical(candidate.quads)
    verdict.figure("statements that are judged", f"{len(lines):,}")
    store, loading = timed(lambda: MemoryStore(candidate.quads))
    verdict.figure("loaded into the engine (s)", f"{loading:.1f}")
    checks, reading = timed(lambda: Checks(candidate.shapes, candidate.base))
    found, judging = timed(lambda: checks.results(Whole(lambda: lines, store)))
    verdict.figure("the shapes read (s)", f"{reading:.1f}")
    verdict.figure("judged as a whole (s)", f"{judging:.1f}")
    verdict.figure("results", len(found), len(found) > 0)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    verdict.figure("most memory, the quads and the engine included (MiB)", memory)
    if not asked.alone:
        known, full = timed(lambda: in_full(candidate))
        whole = loading + reading + judging
        verdict.figure("judged by pySHACL alone (s)", f"{full:.1f}")
        verdict.figure("results that differ", len(set(known) ^ set(found)), known == found)
        verdict.figure("how many times sooner", f"{full / whole:.1f}", full >= AT_LEAST * whole, timed=True)
    verdict.end()


if __name__ == "__main__":
    main()
