"""This server beside its peers, on the same data in one run: who answers how much, and how fast?

    python -m benchmarks.peers [--rounds 7] [--seconds 3] [--processes 1] [--quick] [--write docs/performance.md]

In each round all are asked, one after the other, and in each another one first: what else the machine does meets all of
them alike. A ratio is the median of the rounds' ratios.
"""

import argparse
import datetime
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.measuring import Verdict
from benchmarks.peers import environment
from benchmarks.peers.comparing import Comparison
from benchmarks.peers.figures import put_into
from benchmarks.peers.load import Wrk
from benchmarks.peers.servers import running
from tests.operate.conftest import NGINX


def options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers")
    parser.add_argument("--rounds", type=int, default=7, help="how often all are asked")
    parser.add_argument("--seconds", type=int, default=3, help="of one server's turn with small queries")
    parser.add_argument("--processes", type=int, default=1, help="processes of this server that speak HTTP")
    parser.add_argument("--quick", action="store_true", help="two rounds of a second: whether it works, no figures")
    parser.add_argument("--untimed", action="store_true", help="bounds on time do not count")
    parser.add_argument("--write", type=Path, metavar="FILE", help="the document that gets the table")
    return parser.parse_args()


def main() -> None:
    """Measures, prints, and writes the table."""
    said = options()
    wrk = shutil.which("wrk")
    if wrk is None or NGINX is None:
        print("This asks with wrk, and through nginx: apt-get install wrk nginx-light", file=sys.stderr)
        sys.exit(2)
    rounds, seconds = (2, 1) if said.quick else (said.rounds, said.seconds)
    verdict = Verdict(untimed=said.untimed)
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), said.processes) as asked:
        comparison = Comparison(asked, Wrk(wrk, seconds), verdict)
        comparison.look()
        comparison.grow()
        comparison.go(rounds)
    comparison.judge()
    told = (
        f"Measured on {datetime.datetime.now(tz=datetime.UTC).date()}, all on one machine: {environment.machine()}. "
        f"{'; '.join(environment.versions(wrk, NGINX))}. {rounds} rounds; a turn with small queries takes {seconds} s"
        f"{f'; dppgraph with --processes {said.processes}' if said.processes > 1 else ''}."
    )
    written = f"{told}\n\n{comparison.figures.table()}"
    print(f"\n{written}\n")
    if said.write:
        said.write.write_text(put_into(said.write.read_text(encoding="utf-8"), written), encoding="utf-8")
    verdict.end()


if __name__ == "__main__":
    main()
