"""How long a build with full validation takes beside the engine's own loading of the same statements, and its memory.

    python -m benchmarks.build [--rounds 3] [--sizes 100000,1000000] [--seed 0]

Plans are generated for each size (``benchmarks/generate``); in each round a new store is built of them, and then
``oxigraph load`` makes a database of the file of the same statements. What harvesters take is made after a version is
published, and is no part of the build that is timed here. Memory is the most that all processes of a build together
had at one time, looked at up to ten times a second.
"""

import argparse
import gzip
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.generate.__main__ import generate
from benchmarks.measuring import MIB, Verdict, memory
from benchmarks.peers.environment import programs
from dppgraph.store.versions import VersionStore
from dppgraph.store.versions.names import KEYFRAME

MOST: Final = {1_000_000: 2.5, 10_000_000: 3.0}
"""Size to how many times as long as the engine's loading a build may take."""
MOST_MEMORY: Final = 6 << 30
_LEAST_PAUSE: Final = 0.1
"""Seconds between two looks at the memory."""
_REST: Final = 50.0
"""How many times as long as a look the pause after it is."""
_BUILDING: Final = """
import getpass, sys
from pathlib import Path
from dppgraph import wiring
from dppgraph.operations.build import build
from dppgraph.settings import read_settings
settings = read_settings({"store": Path(sys.argv[2])})
versions = wiring.versions(settings)
with versions.writing("the measurement") as writer:
    build(versions, writer, wiring.sources(settings, Path(sys.argv[1])), agent="the measurement")
"""


@dataclass
class Measured:
    """What was measured of one size; seconds, and bytes."""

    build: list[float] = field(default_factory=list)
    load: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        """How many times as long the build took, round by round."""
        return [build / load for build, load in zip(self.build, self.load, strict=True)]


@contextmanager
def watched(process: int, most: list[int]) -> Iterator[None]:
    """Notes the most memory that a process and those below it have together."""
    ended = threading.Event()
    peak = 0

    def watch() -> None:
        nonlocal peak
        pause = _LEAST_PAUSE
        while not ended.wait(pause):
            began = time.monotonic()
            peak = max(peak, memory(below(process)))
            # Looking at a gigabyte takes the machine some time: it is not to count as the build's.
            pause = max(_LEAST_PAUSE, _REST * (time.monotonic() - began))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        most.append(peak)


def below(process: int) -> list[int]:
    """A process, and all that it started."""
    found = [process]
    for one in found:
        for path in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                found += map(int, path.read_text().split())
            except OSError:
                continue
    return found


def built(data: Path, store: Path, found: Measured) -> None:
    """Builds data into a new store."""
    began = time.monotonic()
    with (
        subprocess.Popen([sys.executable, "-P", "-c", _BUILDING, data, store]) as process,
        watched(process.pid, found.memory),
    ):
        if process.wait():
            raise SystemExit("the build failed")
    found.build.append(time.monotonic() - began)


def loaded(lines: Path, database: Path, found: Measured) -> None:
    """Has the engine's own program make a database of a file."""
    command: list[str | Path] = [programs() / "oxigraph", "load", "--location", database, "--file", lines]
    began = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    found.load.append(time.monotonic() - began)


def measured(size: int, rounds: int, seed: int, verdict: Verdict) -> None:
    """Measures one size."""
    with tempfile.TemporaryDirectory() as name:
        folder, found, quads = Path(name), Measured(), 0
        generate(size, seed, folder / "data")
        for place in range(rounds):
            store = folder / "store"
            shutil.rmtree(store, ignore_errors=True)
            built(folder / "data", store, found)
            versions = VersionStore(store)
            if not place:
                quads = versions.manifest(1).quads
                with gzip.open(versions.path(1) / KEYFRAME) as lines, (folder / "lines.nq").open("wb") as file:
                    shutil.copyfileobj(lines, file)
            shutil.rmtree(folder / "database", ignore_errors=True)
            loaded(folder / "lines.nq", folder / "database", found)
    what = f"{quads:,} statements"
    verdict.figure(f"{what}: seconds to build", spread(found.build))
    verdict.figure(f"{what}: seconds to load", spread(found.load))
    ratio = statistics.median(found.ratios)
    verdict.figure(f"{what}: build to load", spread(found.ratios), ratio <= MOST.get(size, ratio), timed=True)
    most = max(found.memory)
    verdict.figure(f"{what}: memory of all processes (MiB)", most // MIB, most <= MOST_MEMORY)


def spread(values: list[float]) -> str:
    """The median, with the least and the most."""
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def main() -> None:
    """Measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", default="100000,1000000")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--untimed", action="store_true", help="judge nothing that depends on how busy the machine is")
    said = parser.parse_args()
    verdict = Verdict(untimed=said.untimed)
    for size in map(int, said.sizes.split(",")):
        measured(size, said.rounds, said.seed, verdict)
    verdict.end()


if __name__ == "__main__":
    main()
