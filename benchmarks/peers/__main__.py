"""This project beside its peers, on the same data in one run: who does how much, how fast, and in how much memory?

    python -m benchmarks.peers [--only servers,virtuoso,validation,loading,files] [--write docs/performance.md]
                               [--rounds N] [--seconds 3] [--sizes 100000,1000000] [--processes 1] [--quick]

In each round all are asked, one after the other, and in each another one first: what else the machine does meets all of
them alike. A ratio is the median of the rounds' ratios. ``--write`` rewrites the sections of those that were run, and
the table of all bounds; the figures of each round go into a file beside the document.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from benchmarks.measuring import Verdict
from benchmarks.peers.comparisons import files, loading, servers, validation, virtuoso
from benchmarks.peers.document import section, write
from benchmarks.peers.result import Bar, Result
from benchmarks.peers.run import Run
from tests.operate.conftest import NGINX

COMPARISONS: Final[Mapping[str, Callable[[Run, Path, Verdict], Result]]] = MappingProxyType(
    {one.NAME: one.compare for one in (servers, virtuoso, validation, loading, files)}
)


def options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers")
    parser.add_argument("--only", default=",".join(COMPARISONS), help="which comparisons are made; by default all")
    parser.add_argument("--rounds", type=int, help="how often all are asked; by default 3, 5 or 7 times")
    parser.add_argument("--seconds", type=int, default=3, help="of one server's turn with small queries")
    parser.add_argument("--sizes", default="", help="statements of the graphs that are validated, or built and loaded")
    parser.add_argument("--processes", type=int, default=1, help="processes of this server that speak HTTP")
    parser.add_argument("--quick", action="store_true", help="two rounds of a second: whether it works, no figures")
    parser.add_argument("--untimed", action="store_true", help="bounds on time do not count")
    parser.add_argument("--write", type=Path, metavar="FILE", help="the document that gets the tables and plots")
    said = parser.parse_args()
    said.only = said.only.split(",")
    if unknown := set(said.only) - set(COMPARISONS):
        parser.error(f"there is no comparison {', '.join(sorted(unknown))}: take some of {', '.join(COMPARISONS)}")
    return said


def main() -> None:
    """Measures, prints, and writes the tables."""
    said = options()
    wrk = shutil.which("wrk")
    if wrk is None or NGINX is None:
        print("This asks with wrk, and through nginx: apt-get install wrk nginx-light", file=sys.stderr)
        sys.exit(2)
    sizes = tuple(int(size) for size in said.sizes.split(",") if size)
    run = Run(wrk, said.rounds, 1 if said.quick else said.seconds, said.processes, sizes, said.quick)
    verdict = Verdict(untimed=said.untimed)
    for name in said.only:
        print(f"--- {name}", flush=True)
        result = compared(name, run, verdict)
        print(f"\n{section(result, 'performance')}\n", flush=True)
        if said.write:
            write(result, said.write)
    verdict.end()


def compared(name: str, run: Run, verdict: Verdict) -> Result:
    """One comparison, held against its bounds; what else was not as it has to be is one of them."""
    before = len(verdict.broken)
    with tempfile.TemporaryDirectory() as folder:
        result = COMPARISONS[name](run, Path(folder), verdict)
    broken = len(verdict.broken) - before
    checked = Bar("answers and figures that were not as they have to be", (float(broken),), most=0, timed=False)
    for bar in result.bars:
        verdict.figure(bar.what, f"{bar.found}, {bar.wanted}", bar.holds, timed=bar.timed)
    return Result(result.name, result.title, result.told, result.who, result.rows, (*result.bars, checked))


if __name__ == "__main__":
    main()
