"""Virtuoso, filled by ``dppgraph publish``: asked directly, and with this server in front of it; beside our own store.

Asked directly, it is told the graphs of the version, as this server tells it.
"""

import itertools
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final, cast
from urllib.parse import quote

from benchmarks.measuring import Verdict
from benchmarks.peers import environment, large
from benchmarks.peers.comparing import PAUSE, QUERIES
from benchmarks.peers.figures import DISTINCT, FIRST, LARGE, REPEATED, Bound, Figures
from benchmarks.peers.load import Wrk
from benchmarks.peers.result import Result
from benchmarks.peers.run import Run
from benchmarks.peers.servers import OURS, Asked, exported
from tests.conftest import DPPGRAPH, Server, start_server
from tests.contract.virtuoso import ISQL, MISSING, SERVER, VirtuosoServer

NAME: Final = "virtuoso"
DIRECT: Final = "Virtuoso"
FRONT: Final = "dppgraph before Virtuoso"
WHO: Final = (OURS, FRONT, DIRECT)
UNITS: Final = {REPEATED: "answers/s", DISTINCT: "answers/s", LARGE: "ms", FIRST: "ms"}
BOUNDS: Final = (
    Bound((REPEATED, FRONT), (REPEATED, DIRECT), 2),
    Bound((DISTINCT, FRONT), (DISTINCT, DIRECT), 0.2),
    Bound((DISTINCT, OURS), (DISTINCT, DIRECT), 1),
    Bound((LARGE, FRONT), (LARGE, DIRECT), 0.3),
    Bound((LARGE, OURS), (LARGE, DIRECT), 1),
)
THREADS: Final = 40
"""Of Virtuoso's for HTTP: more than ask it at a time, as docs/endpoint.md wants them."""
GRAPHS: Final = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } FILTER(CONTAINS(STR(?g), '?version=1&')) }"


def compare(run: Run, folder: Path, verdict: Verdict) -> Result:
    """Asks all three in turn, in each round another one first."""
    if SERVER is None or ISQL is None:
        sys.exit(MISSING)
    figures, failed = Figures(UNITS), 0
    with three(folder) as asked:
        look(asked, verdict)
        for number in range(run.rounds(5)):
            print(f"round {number + 1} of {run.rounds(5)}", flush=True)
            at = number % len(WHO)
            for what, who in itertools.product((REPEATED, DISTINCT, LARGE), WHO[at:] + WHO[:at]):
                failed += turn(what, asked[who], Wrk(run.wrk, run.seconds), (11 + number) * 1_000_000, figures)
                time.sleep(PAUSE)
    verdict.figure("answers that failed", failed, failed == 0)
    versions = environment.versions("dppgraph", "Virtuoso", "wrk")
    told = run.told(versions, f"{run.rounds(5)} rounds; a turn with small queries takes {run.seconds} s")
    title = "Virtuoso by itself, and with dppgraph before it"
    return Result(NAME, title, told, WHO, figures.rows(WHO), figures.bars(BOUNDS))


def turn(what: str, one: Asked, wrk: Wrk, number: int, figures: Figures) -> int:
    """Asks one of them for one thing; how many answers failed.

    Args:
        what: for what.
        one: whom.
        wrk: asks small queries.
        number: the first of those that make queries distinct.
        figures: notes how fast it was.
    """
    one.forget_the_log()
    if what == LARGE:
        taken = large.take(one, QUERIES["large"].replace("NUMBER", str(number)))
        figures.add(LARGE, one.name, taken.seconds * 1000)
        figures.add(FIRST, one.name, taken.first * 1000)
        return not taken.whole
    if what == REPEATED:
        load = wrk.repeated(one, QUERIES["repeated"])
    else:
        load = wrk.distinct(one, QUERIES["distinct"], number)
    figures.add(what, one.name, load.rate)
    return load.failed


@contextmanager
def three(folder: Path) -> Iterator[dict[str, Asked]]:
    """This server, Virtuoso with the same version, and another of our servers that asks that one."""
    exported(folder)
    store = folder / "store"
    with ExitStack() as stack:
        engine = VirtuosoServer(folder, threads=THREADS)
        stack.callback(engine.stop)
        engine.start()
        publish = [*DPPGRAPH, "publish", engine.url, "--store", str(store)]
        subprocess.run(publish, check=True, capture_output=True, env={"PATH": "/usr/bin:/bin"})
        shutil.copytree(store, folder / "copy")
        found = {
            OURS: stack.enter_context(_ours(OURS, folder, "--store", store)),
            FRONT: stack.enter_context(_ours(FRONT, folder, "--store", folder / "copy", "--endpoint", engine.url)),
        }
        direct = Asked(DIRECT, Server(cast("subprocess.Popen[str]", engine.process), engine.port), "/sparql", ())
        _, _, said = direct.get(GRAPHS)
        graphs = re.findall(r'"value": "([^"]*\?version=1&[^"]*)"', said.decode())
        named = [quote(graph, safe="") for graph in graphs if "/.well-known/" not in graph]
        yield found | {DIRECT: replace(direct, more="".join(f"&default-graph-uri={graph}" for graph in named))}


@contextmanager
def _ours(name: str, folder: Path, *arguments: object) -> Iterator[Asked]:
    log = folder / f"{name}.log"
    server = start_server(*arguments, environment={"DPPGRAPH_ACCESS_LOG": str(log)})
    try:
        yield Asked(name, server, "/sparql", (), (log,))
    finally:
        server.stop()


def look(asked: dict[str, Asked], verdict: Verdict) -> None:
    """Holds the answers of all against each other, before anything is measured."""
    for name, column in (("repeated", "title"), ("distinct", "title"), ("large", "a")):
        found = {}
        for who, one in asked.items():
            status, _, body = one.get(QUERIES[name].replace("NUMBER", "1000000"))
            # Virtuoso has spaces where others have none.
            found[who] = status, len(re.findall(rf'"{column}"\s*:\s*{{'.encode(), body))
        same = len(set(found.values())) == 1 and found[OURS][0] == 200
        verdict.figure(f"{name}.rq: status and rows of all", found[OURS] if same else found, same)
