"""This server beside Oxigraph's own and rdflib-endpoint, on the shipped data: who answers how much, and how fast?"""

from pathlib import Path
from typing import Final

from benchmarks.measuring import Verdict
from benchmarks.peers import environment
from benchmarks.peers.comparing import Comparison
from benchmarks.peers.figures import SERVERS
from benchmarks.peers.load import Wrk
from benchmarks.peers.result import Result
from benchmarks.peers.run import Run
from benchmarks.peers.servers import running

NAME: Final = "servers"


def compare(run: Run, folder: Path, verdict: Verdict) -> Result:
    """Asks all of them in turn."""
    with running(folder, run.processes) as asked:
        comparison = Comparison(asked, Wrk(run.wrk, run.seconds), verdict)
        comparison.look()
        comparison.grow()
        comparison.go(run.rounds(7))
    bars = comparison.judge()
    versions = environment.versions("dppgraph", "Oxigraph", "rdflib-endpoint", "nginx", "wrk")
    more = f"; dppgraph with --processes {run.processes}" if run.processes > 1 else ""
    told = run.told(versions, f"{run.rounds(7)} rounds; a turn with small queries takes {run.seconds} s{more}")
    return Result(NAME, "Servers on the shipped data", told, SERVERS, comparison.figures.rows(SERVERS), bars)
