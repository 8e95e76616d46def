"""What it takes to make all that harvesters take of a version: history, dumps, index of words, feed, catalogue.

    python -m benchmarks.harvest [--sizes 100000,1000000] [--seed 0]

Plans are generated for each size (``benchmarks/generate``), and a store is built of them. Memory is the most that any
one process had for itself at a time, looked at twenty times a second; what it maps of files is not counted, as the
system takes it back when it needs it.
"""

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Final

from benchmarks.build import Measured, below, built
from benchmarks.generate.__main__ import generate
from benchmarks.measuring import MIB, Verdict
from dppgraph.store.versions import VersionStore

MOST: Final = {"taking down": 1536, "writing": 300, "making": 1536}
"""First words of a step to the MiB that a process of it may have: 300 for dumps, 1.5 GiB for history and search."""
_MAKING: Final = """
import sys
from pathlib import Path
from dppgraph.operations.harvest import harvesting
from dppgraph.store.versions import VersionStore
store = VersionStore(Path(sys.argv[1]))
with store.writing("the measurement") as writer:
    writer.harvest(1, harvesting(store, lambda step: print(step, flush=True)))
"""


def own_memory(process: int) -> int:
    """Bytes that a process has for itself now; 0 where it has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().split("\n")
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("RssAnon:"))


class Watching:
    """The most that any process of a program had, step by step."""

    def __init__(self, process: int) -> None:
        self.most: Counter[str] = Counter()
        self.step = "reading the lines"
        self._process = process
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def end(self) -> None:
        """Ends."""
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.05):
            now = max(map(own_memory, below(self._process)))
            self.most[self.step] = max(self.most[self.step], now)


def made(store: Path) -> tuple[dict[str, float], Counter[str]]:
    """Has all of it made; the seconds of each step, and the most memory of a process in it."""
    seconds: dict[str, float] = {}
    with subprocess.Popen([sys.executable, "-P", "-c", _MAKING, store], stdout=subprocess.PIPE, text=True) as process:
        watching = Watching(process.pid)
        try:
            began = time.monotonic()
            for line in process.stdout or ():
                now = time.monotonic()
                seconds[watching.step], began, watching.step = now - began, now, line.strip()
            seconds[watching.step] = time.monotonic() - began
        finally:
            watching.end()
    if process.returncode:
        raise SystemExit("what harvesters take could not be made")
    return seconds, watching.most


def measured(size: int, seed: int, verdict: Verdict) -> None:
    """Measures one size."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(size, seed, folder / "data")
        built(folder / "data", folder / "store", Measured())
        seconds, most = made(folder / "store")
        versions = VersionStore(folder / "store")
        what = f"{versions.manifest(1).quads:,} statements"
        for step, taken in seconds.items():
            bound = next((bound for words, bound in MOST.items() if step.startswith(words)), None)
            verdict.figure(f"{what}: {step} (s)", f"{taken:.1f}")
            needed = most[step] // MIB
            verdict.figure(f"{what}: {step}, memory of a process (MiB)", needed, bound is None or needed <= bound)
        for part in ("harvest", "feed"):
            sizes = [path.stat().st_size for path in (folder / "store" / part).rglob("*") if path.is_file()]
            verdict.figure(f"{what}: files in {part}/, and MiB of them", f"{len(sizes):,}, {sum(sizes) // MIB:,}")
        verdict.figure(f"{what}: history.sqlite (MiB)", f"{versions.history_path.stat().st_size // MIB:,}")


def main() -> None:
    """Measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="100000,1000000")
    parser.add_argument("--seed", type=int, default=0)
    said = parser.parse_args()
    verdict = Verdict(untimed=True)
    for size in map(int, said.sizes.split(",")):
        measured(size, said.seed, verdict)
    verdict.end()


if __name__ == "__main__":
    main()
