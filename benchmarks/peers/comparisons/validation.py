"""Full validation of generated plans beside pySHACL's, whose results are compared one by one.

Both judge the same quads, in memory, with all checks of a build. pySHACL has the targets in SPARQL found by the engine
first, and parses each query once, as a build of small data (below 8,000 statements) has it. By itself it takes longer:
that is measured too where there are few statements, of all graphs together, without the checks of one graph alone. What
is counted is processor time, whatever else the machine does.
"""

import tempfile
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.generate.__main__ import generate
from benchmarks.measuring import Verdict
from benchmarks.peers import environment
from benchmarks.peers.result import Bar, Result, Row, figures, ratios
from benchmarks.peers.run import Run
from benchmarks.peers.servers import OURS
from dppgraph import wiring
from dppgraph.core.quads import Quad, canonical
from dppgraph.settings import read_settings

NAME: Final = "validation"
PYSHACL: Final = "pySHACL"
BY_ITSELF: Final = "pySHACL by itself"
MOST_BY_ITSELF: Final = 30_000
"""Statements of a graph that it judges by itself: more take minutes, then hours."""
SIZES: Final = (10_000, 30_000, 100_000)
LEAST: Final = {100_000: 5.0, 1_000_000: 10.0}
"""Statements of a graph to how many times sooner than by pySHACL it has to be judged: with more, more is gained."""


class Judged(NamedTuple):
    """What was found of one graph.

    Attributes:
        statements: how many are judged.
        ours: seconds that a build takes for it, loading the engine and reading the shapes included.
        theirs: seconds of pySHACL.
        itself: seconds of pySHACL by itself, on rdflib's own graph; nothing where that would take too long.
        results: how many there are.
        differ: how many the one has and the other has not.
    """

    statements: int
    ours: float
    theirs: float
    itself: float | None
    results: int
    differ: int


def compare(run: Run, folder: Path, verdict: Verdict) -> Result:
    """Judges graphs of several sizes both ways, each round in a process of its own."""
    del folder
    rows, bars = list[Row](), list[Bar]()
    for size in run.of_sizes(SIZES):
        found = list[Judged]()
        for number in range(run.rounds(3)):
            print(f"{size:,} statements, round {number + 1} of {run.rounds(3)}", flush=True)
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
                found.append(process.submit(judged_both_ways, size, number).result())
        ours, theirs = figures(one.ours for one in found), figures(one.theirs for one in found)
        what = f"{size:,} statements, {found[0].statements:,} of them judged"
        itself = figures(one.itself for one in found if one.itself is not None)
        rows.append(Row(what, "s", {OURS: ours, PYSHACL: theirs, BY_ITSELF: itself}))
        if size in LEAST:
            bars.append(
                Bar(f"{size:,} statements: how many times sooner than pySHACL", ratios(theirs, ours), least=LEAST[size])
            )
        differ = figures(one.differ for one in found)
        bars.append(
            Bar(f"{size:,} statements: of {found[0].results:,} results, those that differ", differ, most=0, timed=False)
        )
        verdict.figure(f"{size:,} statements: results", found[0].results, found[0].results > 0)
    versions = environment.versions("dppgraph", "pySHACL")
    told = run.told(versions, f"{run.rounds(3)} rounds, each in a process of its own; seconds of processor time")
    return Result(NAME, "Full validation", told, (OURS, PYSHACL, BY_ITSELF), tuple(rows), tuple(bars))


def judged_both_ways(size: int, number: int) -> Judged:
    """Judges a generated graph in a round, of which the number says who comes first; in a process of its own."""
    # They load pySHACL, which is for a child alone; and that they do is no part of the work that is timed.
    from benchmarks.validate import in_full, timed  # noqa: PLC0415 - loads pySHACL
    from dppgraph.operations.validate import whole  # noqa: F401, PLC0415 - so that loading it is not timed
    from dppgraph.operations.validate.validate import assemble, facts_of, raw_results  # noqa: PLC0415 - likewise

    with tempfile.TemporaryDirectory() as name:
        generate(size, 1, Path(name) / "data")
        candidate = assemble(wiring.sources(read_settings({}), Path(name) / "data", None))
    facts = facts_of(candidate)
    ways = {OURS: lambda: raw_results(candidate, facts), PYSHACL: lambda: in_full(candidate)}
    found = {way: timed(ways[way]) for way in sorted(ways, reverse=bool(number % 2))}
    (ours, ours_took), (theirs, theirs_took) = found[OURS], found[PYSHACL]
    itself = None
    if size <= MOST_BY_ITSELF:
        _, itself = timed(lambda: by_itself(candidate.quads, candidate.shapes.merged))
    return Judged(len(candidate.quads), ours_took, theirs_took, itself, len(theirs), len(set(ours) ^ set(theirs)))


def by_itself(data: Iterable[Quad], shapes: Iterable[Quad]) -> None:
    """Has pySHACL judge quads as its own documentation says."""
    import pyshacl  # noqa: PLC0415 - it changes rdflib for the whole process
    import rdflib  # noqa: PLC0415 - which it changes

    graphs = []
    for quads in (data, shapes):
        graph = rdflib.Graph()
        graph.parse(data="\n".join(canonical(quad._replace(graph="") for quad in quads)), format="nt")
        graphs.append(graph)
    pyshacl.validate(graphs[0], shacl_graph=graphs[1], advanced=True, inplace=True)
