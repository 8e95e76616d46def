"""A build with full validation beside ``oxigraph load`` of the same statements: time and memory."""

import gzip
import shutil
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.build import MOST, MOST_MEMORY, Measured, built, loaded
from benchmarks.generate.__main__ import generate
from benchmarks.measuring import MIB, Verdict
from benchmarks.peers import environment
from benchmarks.peers.result import Bar, Result, Row, figures, ratios
from benchmarks.peers.run import Run
from benchmarks.peers.servers import OURS
from dppgraph.store.versions import VersionStore
from dppgraph.store.versions.names import KEYFRAME

NAME: Final = "loading"
LOAD: Final = "oxigraph load"
SIZES: Final = (100_000, 1_000_000)


def compare(run: Run, folder: Path, verdict: Verdict) -> Result:
    """Builds and loads graphs of several sizes in turn."""
    rows, bars = list[Row](), list[Bar]()
    for size in run.of_sizes(SIZES):
        found, quads = measured(size, run.rounds(3), folder / str(size))
        what = f"{quads:,} statements"
        build, load = figures(found.build), figures(found.load)
        rows.append(Row(what, "s", {OURS: build, LOAD: load}))
        if size in MOST:
            bars.append(
                Bar(f"{what}: how many times as long as the engine's loading", ratios(build, load), most=MOST[size])
            )
        memory = figures(value / MIB for value in found.memory)
        bars.append(
            Bar(f"{what}: memory of all processes of a build", memory, "MiB", most=MOST_MEMORY / MIB, timed=False)
        )
        verdict.figure(f"{what}: seconds to build, to load", (median(build), median(load)))
    versions = environment.versions("dppgraph", "Oxigraph")
    told = run.told(versions, f"{run.rounds(3)} rounds")
    return Result(NAME, "A validated version, and a database", told, (OURS, LOAD), tuple(rows), tuple(bars))


def measured(size: int, rounds: int, folder: Path) -> tuple[Measured, int]:
    """The figures of one size, and how many statements it came to."""
    found, quads = Measured(), 0
    generate(size, 0, folder / "data")
    for number in range(rounds):
        print(f"{size:,} statements, round {number + 1} of {rounds}", flush=True)
        for name in ("store", "database"):
            shutil.rmtree(folder / name, ignore_errors=True)
        built(folder / "data", folder / "store", found)
        if not number:
            versions = VersionStore(folder / "store")
            quads = versions.manifest(1).quads
            with gzip.open(versions.path(1) / KEYFRAME) as lines, (folder / "lines.nq").open("wb") as file:
                shutil.copyfileobj(lines, file)
        loaded(folder / "lines.nq", folder / "database", found)
    shutil.rmtree(folder)
    return found, quads
