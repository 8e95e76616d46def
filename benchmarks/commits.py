"""What a change costs from the request to the answer, beside judging all of the graph once.

    python -m benchmarks.commits [--quads 0] [--changes 40]

Changes of one thing each are sent over HTTP, one after the other, and each is answered once its version is served.
With ``--quads`` the graph is the shipped one again and again, under new names, until it has at least so many quads:
built and judged like any other. The first change is apart: it waits until the writer has read the shapes.
"""

import asyncio
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Final

from benchmarks.kills import BASE, TOKEN
from benchmarks.measuring import Verdict, arguments, percentile
from benchmarks.repeated import repeated
from benchmarks.writers import update
from dppgraph.core.iris import PREFIXES, graph_iri
from dppgraph.core.quads import Quad, parse_line
from dppgraph.operations.build import published
from dppgraph.operations.sources import Sources
from dppgraph.operations.validate.validate import assemble, facts_of, raw_results
from tests.conftest import REPOSITORY, Server, start_server

MOST_SMALL: Final = 0.1
MOST_LARGE: Final = 1.0
"""Seconds that the median of changes may take, of the shipped graph and of a large one."""

GRAPH: Final = f"{BASE}id/graph/concepts"
CONCEPT: Final = f"{BASE}id/concept/level-regional"
NOTE: Final = f"INSERT DATA {{ GRAPH <{GRAPH}> {{ <{CONCEPT}> <{PREFIXES['skos']}changeNote> 'note NUMBER' }} }}"
LABEL: Final = f"""PREFIX skos: <{PREFIXES["skos"]}>
WITH <{GRAPH}>
DELETE {{ <{CONCEPT}> skos:altLabel ?old }}
INSERT {{ <{CONCEPT}> skos:altLabel 'label NUMBER'@en }}
WHERE {{ OPTIONAL {{ <{CONCEPT}> skos:altLabel ?old FILTER(STRSTARTS(?old, "label ")) }} }}"""
CHANGES: Final = {"a note": NOTE, "a label in place of another": LABEL}


def copied(folder: Path, quads: int) -> Path:
    """The shipped data, and copies of its plans until there are so many quads."""
    sources = Sources(REPOSITORY / "data", REPOSITORY / "ontology", REPOSITORY / "ontology" / "shapes", BASE)
    # As they are published: each thing with a name.
    stated = {f"<{graph_iri(name, BASE)}>" for name in ("source", "interpretation", "external")}
    lines = [line for line in published(assemble(sources), sources) if parse_line(line).graph in stated]
    there = set(lines)
    by_graph: dict[str, list[Quad]] = defaultdict(list)
    for line in repeated(lines, quads, BASE):
        if line not in there:
            quad = parse_line(line)
            by_graph[quad.graph[1:-1].rpartition("/")[2]].append(quad)
    data = folder / "data"
    shutil.copytree(REPOSITORY / "data", data)
    for name, found in by_graph.items():
        with (data / name / "copies.ttl").open("w", encoding="utf-8") as file:
            file.writelines(quad._replace(graph="").line() + "\n" for quad in found)
    return data


def judged_in_full(data: Path, verdict: Verdict) -> None:
    """Says what judging all of it takes, apart from reading it and inferring."""
    candidate = assemble(Sources(data, REPOSITORY / "ontology", REPOSITORY / "ontology" / "shapes", BASE))
    began = time.monotonic()
    found = list(raw_results(candidate, facts_of(candidate)))
    verdict.figure("judging all of it in full: seconds, results", (f"{time.monotonic() - began:.2f}", len(found)))


async def changed(server: Server, count: int, verdict: Verdict, most: float) -> None:
    """Makes changes one after the other."""
    began = time.monotonic()
    first = await update(server.port, NOTE.replace("NUMBER", "first"))
    verdict.figure("the first change: seconds", f"{time.monotonic() - began:.2f}", first.status == 200)
    for what, text in CHANGES.items():
        replies = [await update(server.port, text.replace("NUMBER", f"{what} {number}")) for number in range(count)]
        bad = {reply.status for reply in replies} - {200}
        took = [reply.seconds for reply in replies]
        median = statistics.median(took)
        said = f"{median * 1000:.0f} ({min(took) * 1000:.0f} to {percentile(took, 0.9) * 1000:.0f})"
        verdict.figure(f"{what}: ms, the median (least to 9 of 10)", said, not bad and median <= most, timed=not bad)


def main() -> None:
    """Measures."""
    said = arguments(quads=0, changes=40)
    verdict = Verdict(untimed=said.untimed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = copied(folder, said.quads) if said.quads else REPOSITORY / "data"
        store = folder / "store"
        began = time.monotonic()
        built = subprocess.run(
            [sys.executable, "-m", "dppgraph", "build", "--data", data, "--store", store],
            check=True,
            capture_output=True,
            text=True,
        )
        verdict.figure(built.stdout.strip().partition(" sha256")[0], built.stdout.rpartition("(")[2].strip(")\n"))
        verdict.figure("building it: seconds", f"{time.monotonic() - began:.1f}")
        environment = {"DPPGRAPH_TOKEN": TOKEN, "DPPGRAPH_ACCESS_LOG": "off"}
        server = start_server("--data", data, "--store", store, environment=environment)
        try:
            most = MOST_LARGE if said.quads else MOST_SMALL
            asyncio.run(changed(server, said.changes, verdict, most))
        finally:
            server.stop()
        judged_in_full(data, verdict)
    verdict.end()


if __name__ == "__main__":
    main()
