"""New versions beside fifty clients, and processes that are killed: does anybody hear a wrong answer, or none?

    python -m benchmarks.handover [--versions 30] [--processes 1]

Each version says its number in three places; an answer that holds two numbers would be of two versions. Once anybody
has got an answer from a version, nobody who asks later may get one from an older version, whichever front answers.
"""

import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.measuring import Verdict, arguments, ask
from tests.conftest import Server, start_server

CLIENTS: Final = 50
QUERY: Final = """SELECT ?a ?b ?c (COUNT(*) AS ?n) {
  <http://e/a> <http://e/version> ?a . <http://e/b> <http://e/version> ?b .
  GRAPH <http://e/g> { ?x <http://e/version> ?c }
  ?s <http://e/filler> ?o
} GROUP BY ?a ?b ?c"""
FILLER: Final = 2000
PATIENCE: Final = 20  # seconds until the last version has to be served

PUBLISH: Final = """
import sys
from pathlib import Path
from dppgraph.store.versions import Publication, VersionStore
store, number = VersionStore(Path(sys.argv[1])), sys.argv[2]
lines = sorted(Path(sys.argv[3]).read_text().replace("NUMBER", number).splitlines())
with store.writing("benchmark") as writer:
    base = "https://w3id.org/dppgraph/"
    said = Publication(lines, "a benchmark", number, "dppgraph", base, number, None, None, "none")
    writer.publish(said, store.current())
"""


def lines() -> str:
    """The data: three marks of the version, and something to count."""
    version = '<http://e/version> "NUMBER"'
    marks = [f"<http://e/a> {version} .", f"<http://e/b> {version} .", f"<http://e/c> {version} <http://e/g> ."]
    filler = [f'<http://e/s{number}> <http://e/filler> "{number} of NUMBER" .' for number in range(FILLER)]
    return "\n".join([*marks, *filler])


@dataclass
class Heard:
    """What all clients have heard: which version says which, what was wrong, and the newest version."""

    seen: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    older: list[str] = field(default_factory=list)
    newest: int = 1


async def client(port: int, heard: Heard, stop: asyncio.Event) -> None:
    """Asks until it is over, and holds each answer against itself and those before."""
    wrong = heard.wrong
    while not stop.is_set():
        floor = heard.newest
        try:
            reply = await ask(port, QUERY)
        except OSError as error:
            wrong.append(f"no connection: {error}")
            continue
        if reply.status != 200 or not reply.whole:
            wrong.append(f"{reply.status} {reply.body[:150]!r}")
            continue
        rows = json.loads(reply.body)["results"]["bindings"]
        numbers = {row[name]["value"] for row in rows for name in "abc"}
        if len(rows) != 1 or len(numbers) != 1 or rows[0]["n"]["value"] != str(FILLER):
            wrong.append(f"mixed: {rows}")
        version = int(reply.headers["dppgraph-version"])
        if version < floor:
            heard.older.append(f"{version} after {floor}")
        heard.newest = max(heard.newest, version)
        heard.seen[f"{version} says {numbers.pop()}"] += 1


async def versions(server: Server, store: Path, data: Path, count: int, verdict: Verdict) -> None:
    """Publishes one version after the other beside the clients."""
    heard = Heard()
    seen, wrong = heard.seen, heard.wrong
    stop = asyncio.Event()
    clients = [asyncio.create_task(client(server.port, heard, stop)) for _ in range(CLIENTS)]
    for number in range(2, count + 2):
        publisher = await asyncio.create_subprocess_exec(
            sys.executable, "-c", PUBLISH, str(store), str(number), str(data)
        )
        if await publisher.wait():
            wrong.append("a version could not be published")
        await asyncio.sleep(0.3)
    last = f"{count + 1} says {count + 1}"
    late = time.monotonic() + PATIENCE
    while last not in seen and time.monotonic() < late:
        await asyncio.sleep(0.1)
    stop.set()
    await asyncio.gather(*clients)
    pairs = {tuple(said.split(" says ")) for said in seen}
    verdict.figure("answers, over how many versions", (seen.total(), len(seen)))
    verdict.figure("answers that failed or were mixed", (len(wrong), wrong[:2]), not wrong)
    verdict.figure("answers from an older version than one before", heard.older[:3], not heard.older)
    verdict.figure("the version that is said is the one that answers", all(one == two for one, two in pairs))
    verdict.figure("the last one is served", last in seen, last in seen)


def killed(server: Server, name: str, count: int, verdict: Verdict) -> None:
    """Kills one of so many children of the supervisor, and waits until all is as before."""
    os.kill(server.children(name, count)[0], signal.SIGKILL)
    begun = time.monotonic()
    while time.monotonic() < begun + 10:
        try:
            if asyncio.run(ask(server.port, "ASK {}")).status == 200:
                break
        except OSError:
            pass
    seconds = time.monotonic() - begun
    verdict.figure(f"{name} killed, the next answer after", f"{seconds:.2f} s", seconds < 1, timed=True)


def _lives(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def measure(mode: str, count: int, fronts: int, verdict: Verdict) -> None:
    """All of it in one mode, with so many fronts."""
    print(f"--- mode {mode}, {fronts} front{'s' if fronts > 1 else ''}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data").mkdir()
        (folder / "data" / "data.nq").write_text(lines().replace("NUMBER", "1"))
        template = folder / "template"
        template.write_text(lines())
        server = start_server(
            "--data", folder / "data", "--store", folder / "store", "--shapes", "none",
            environment={"DPPGRAPH_MODE": mode, "DPPGRAPH_QUERY_TIMEOUT": "20", "DPPGRAPH_PROCESSES": str(fronts)},
        )  # fmt: skip
        try:
            asyncio.run(versions(server, folder / "store", template, count, verdict))
            killed(server, "dppgraph.store.workers.pool", 1, verdict)
            killed(server, "dppgraph.cli.front", fronts, verdict)
            family = server.family()
            server.stop(signal.SIGKILL)
            time.sleep(0.5)
            left = [process for process in family if _lives(process)]
            verdict.figure("supervisor killed, processes that are left", left, not left)
        finally:
            server.stop()


def main() -> None:
    """Measures both modes."""
    said = arguments(versions=30, processes=1)
    verdict = Verdict(untimed=said.untimed)
    for mode in ("memory", "disk"):
        measure(mode, said.versions, said.processes, verdict)
    verdict.end()


if __name__ == "__main__":
    main()
