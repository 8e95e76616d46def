"""A thousand versions: does each answer as it did when it was current, and what do questions to old ones cost others?

    python -m benchmarks.versions [--versions 1000] [--sample 200] [--quads 0] [--seconds 15] [--seed 0] [--processes 1]

Each version comes of a change to one entity over HTTP; what it answers to some queries is noted while it is current,
and its digest. At the end, when the databases of all but the last few are gone, versions are asked again by
``?version=N`` (``--sample 0``: all of them): their rows as a bag, in order under a total ORDER BY. Then 20 clients ask
any old version, without a pause, while others ask the current one. With ``--quads`` the graph is so large, copies of
the shipped one, and the shapes are off: what judging costs is measured elsewhere.
"""

import asyncio
import json
import random
import signal
import subprocess
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from benchmarks.kills import BASE, HERE, NOTE, THERE, TOKEN
from benchmarks.measuring import MIB, Reply, Verdict, arguments, percentile, send
from benchmarks.repeated import repeated
from benchmarks.writers import update
from dppgraph.core.digest import root_of, tree_of
from dppgraph.store.versions import VersionStore
from tests.conftest import DPPGRAPH, Server, start_server

CLIENTS: Final = 20
READERS: Final = 2
LARGE: Final = 1_000_000
"""Quads from which on many small versions may take no more than one does."""
GRAPH: Final = f"{BASE}id/graph/concepts"
CHANGE: Final = f"""
DELETE WHERE {{ GRAPH <{GRAPH}> {{ <{THERE}> <{NOTE}> ?n }} }} ;
INSERT DATA {{ GRAPH <{GRAPH}> {{
  <{HERE}> <{NOTE}> "NUMBER", "0NUMBER.50"^^xsd:decimal . <{THERE}> <{NOTE}> "NUMBER"@nl
}} }}"""
FORGET: Final = f'; DELETE DATA {{ GRAPH <{GRAPH}> {{ <{HERE}> <{NOTE}> "NUMBER" }} }}'
# Of two literals of different kinds, none comes first by itself (SPARQL 1.1, section 15.1).
KEYS: Final = "STR(?n) LANG(?n) STR(DATATYPE(?n))"
QUERIES: Final = (
    f"SELECT ?s ?n {{ VALUES ?s {{ <{HERE}> <{THERE}> }} ?s <{NOTE}> ?n }} ORDER BY ?s {KEYS}",
    f"SELECT * {{ GRAPH ?g {{ <{HERE}> ?p ?o }} }}",
    f"SELECT ?p (COUNT(*) AS ?count) {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }} GROUP BY ?p",
)
ORDERED: Final = (True, False, False)
MANY: Final = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"

Answers = tuple[tuple[str, ...], ...]


@dataclass
class Line:
    """The versions that were made.

    Attributes:
        answers: version to what each query answered when it was current.
        digests: version to its digest, as the answer to its change said.
        took: how long each change took, in seconds.
    """

    answers: dict[int, Answers] = field(default_factory=dict)
    digests: dict[int, str] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)


async def asked(port: int, query: str, version: int | None = None) -> Reply:
    """The reply to a query of a version, by GET, as whoever follows a citation sends it."""
    which = f"&version={version}" if version else ""
    head = f"GET /sparql?format=json&query={quote(query)}{which} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    return await send(port, head.encode())


def rows_of(reply: Reply, *, ordered: bool) -> tuple[str, ...]:
    """The rows of an answer: as they came, or as a bag."""
    if reply.status != 200:
        return (f"status {reply.status}: {reply.body[:200]!r}",)
    rows = [json.dumps(row, sort_keys=True) for row in json.loads(reply.body)["results"]["bindings"]]
    return tuple(rows if ordered else sorted(rows))


async def answers_of(port: int, version: int | None = None) -> Answers:
    """What a version answers to all queries; waited for, where another one is being made ready."""
    found = []
    for query, ordered in zip(QUERIES, ORDERED, strict=True):
        reply = await asked(port, query, version)
        while version and reply.status == 503 and "retry-after" in reply.headers:
            await asyncio.sleep(0.2)
            reply = await asked(port, query, version)
        found.append(rows_of(reply, ordered=ordered))
    return tuple(found)


async def made(port: int, count: int) -> Line:
    """Makes so many versions, one after the other."""
    line = Line()
    for number in range(count):
        text = CHANGE.replace("NUMBER", str(number))
        # What was said some versions ago goes, so that each version has something that no other one has.
        reply = await update(port, text + (FORGET.replace("NUMBER", str(number - 5)) if number >= 5 else ""))
        if reply.status != 200:
            raise AssertionError(f"change {number} was answered {reply.status}: {reply.body[:300]!r}")
        said = json.loads(reply.body)
        line.took.append(reply.seconds)
        line.digests[said["version"]] = said["digest"]
        line.answers[said["version"]] = await answers_of(port)
    return line


async def asked_again(port: int, line: Line, sample: list[int]) -> tuple[list[int], list[float]]:
    """The versions of a sample that answer otherwise than they did, and how long the first answer of each took."""
    wrong, took = [], []
    for version in sample:
        begun = time.monotonic()
        if await answers_of(port, version) != line.answers[version]:
            wrong.append(version)
        took.append(time.monotonic() - begun)
    return wrong, took


@dataclass
class Flood:
    """Questions to old versions, and what they came to.

    Attributes:
        statuses: status to how many answers had it.
        wrong: answers that should not have come.
        pools: the most query engines that there were at one moment; one is the current version's.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    pools: int = 0


async def flooding(port: int, versions: list[int], chance: random.Random, flood: Flood, stop: asyncio.Event) -> None:
    """Asks any old version, without a pause."""
    while not stop.is_set():
        reply = await asked(port, f"{MANY} # {chance.random()}", chance.choice(versions))
        flood.statuses[reply.status] += 1
        if reply.status not in (200, 503) or (reply.status == 503 and "retry-after" not in reply.headers):
            flood.wrong.append(f"{reply.status}: {reply.body[:200]!r}")


async def reading(port: int, took: list[float], wrong: list[str], stop: asyncio.Event) -> None:
    """Asks the current version, each time in other words, so that nothing is answered that was kept."""
    while not stop.is_set():
        reply = await asked(port, f"{QUERIES[0]} # {random.random()}")
        took.append(reply.seconds)
        if reply.status != 200:
            wrong.append(f"{reply.status}: {reply.body[:200]!r}")
        await asyncio.sleep(0.02)


async def watching(server: Server, flood: Flood, stop: asyncio.Event) -> None:
    """Counts the query engines."""
    while not stop.is_set():
        flood.pools = max(flood.pools, await asyncio.to_thread(pools_of, server))
        await asyncio.sleep(0.1)


def pools_of(server: Server) -> int:
    """How many query engines there are: processes of their module that are the supervisor's and not workers of one."""
    supervisor, *others = server.family()
    return sum(is_pool(process, supervisor) for process in others)


def is_pool(process: int, supervisor: int) -> bool:
    """Whether a process is a query engine, and no worker that has lost its engine and is about to end with it."""
    try:
        parent = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1]
        module = Path(f"/proc/{process}/cmdline").read_bytes()
        # The supervisor adopts orphans, whose end may have to wait for a core: they have their signal by then.
        said = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    except OSError:
        return False
    pending = int(said["SigPnd"], 16) | int(said["ShdPnd"], 16)
    dying = bool(pending & 1 << signal.SIGKILL - 1)
    return int(parent) == supervisor and b"dppgraph.store.workers.pool" in module and not dying


async def flooded(server: Server, versions: list[int], said: Any, verdict: Verdict) -> None:
    """Readers of the current version alone, then beside whoever asks old ones."""
    port, found, flood = server.port, list[float](), Flood()
    for clients in (0, CLIENTS):
        took, wrong, stop = list[float](), list[str](), asyncio.Event()
        tasks = [asyncio.create_task(reading(port, took, wrong, stop)) for _ in range(READERS)]
        if clients:
            chances = [random.Random(said.seed + client) for client in range(clients)]
            tasks += [asyncio.create_task(flooding(port, versions, chance, flood, stop)) for chance in chances]
            tasks.append(asyncio.create_task(watching(server, flood, stop)))
        await asyncio.sleep(said.seconds)
        stop.set()
        await asyncio.gather(*tasks)
        beside = "beside the flood" if clients else "alone"
        found.append(percentile(took, 0.99) * 1000)
        verdict.figure(f"readers {beside}: answers, failed", (len(took), wrong[:2]), bool(took) and not wrong)
        verdict.figure(f"readers {beside}: ms at 99 of 100", f"{found[-1]:.1f}")
    verdict.figure("that is times", f"{found[1] / found[0]:.2f}")
    verdict.figure("answers to the flood", dict(flood.statuses), flood.statuses[200] > 0)
    verdict.figure("of them neither 200 nor 503 with Retry-After", flood.wrong[:3], not flood.wrong)
    # The current version's, and those of two older ones for each front.
    verdict.figure("query engines at once, at most", flood.pools, flood.pools <= 1 + 2 * said.processes)


def size_of(folder: Path) -> int:
    """Bytes that a folder takes on the disk; a file of several names counts once."""
    stats = {stat.st_ino: stat.st_blocks * 512 for stat in (path.lstat() for path in folder.rglob("*"))}
    return sum(stats.values())


def measure(said: Any, folder: Path, verdict: Verdict) -> None:
    """Makes the versions, and asks them."""
    store = VersionStore(folder / "store")
    options = ["--store", store.folder]
    if said.quads:
        (folder / "data").mkdir()
        of = ["--store", str(folder / "shipped")]
        subprocess.run([*DPPGRAPH, "build", *of], capture_output=True, check=True)
        shipped = subprocess.run(
            [*DPPGRAPH, "export", "--format", "nquads", *of], capture_output=True, check=True, text=True
        )
        lines = repeated(shipped.stdout.splitlines(), said.quads, BASE)
        (folder / "data" / "data.nq").write_text("".join(f"{line}\n" for line in lines))
        options += ["--data", folder / "data", "--shapes", "none"]
    environment = {"DPPGRAPH_TOKEN": TOKEN, "DPPGRAPH_ACCESS_LOG": "off", "DPPGRAPH_PROCESSES": str(said.processes)}
    server = start_server(*options, environment=environment)
    try:
        before = size_of(store.folder / "versions"), size_of(store.folder)
        begun = time.monotonic()
        line = asyncio.run(made(server.port, said.versions))
        verdict.figure("versions, seconds with their answers", (len(line.answers), round(time.monotonic() - begun)))
        verdict.figure("ms that a change took, median, at 99 of 100", _ms(line.took))
        kept = len(list((store.folder / "indexes").iterdir()))
        verdict.figure("databases that are kept", kept, kept < 5)
        stored(store, before, said.quads, verdict)
        old = sorted(line.answers)[: -kept or None]
        sample = sorted(random.Random(said.seed).sample(old, min(said.sample or len(old), len(old))))
        wrong, took = asyncio.run(asked_again(server.port, line, sample))
        verdict.figure("asked again, answered otherwise", (len(sample), wrong[:5]), bool(sample) and not wrong)
        verdict.figure("ms until an old version has answered, median, at 99 of 100", _ms(took))
        other = [number for number in sample if line.digests[number] != digest_of(store, number)]
        verdict.figure("whose digest is another one now", other[:5], not other)
        asyncio.run(flooded(server, old, said, verdict))
    finally:
        server.stop()


def digest_of(store: VersionStore, number: int) -> str:
    """The digest of a version, worked out anew from its quads; nothing, where its manifest says another one."""
    found = root_of(tree_of(store.lines(number)))
    return found if found == store.manifest(number).digest else ""


def stored(store: VersionStore, before: tuple[int, int], quads: int, verdict: Verdict) -> None:
    """What the versions take on the disk, beside what one of them takes."""
    after = size_of(store.folder / "versions"), size_of(store.folder)
    for what, one, all_ in zip(("of versions/", "of the store"), before, after, strict=True):
        verdict.figure(f"MiB {what}, with one version, with all", (_mib(one), _mib(all_)))
    ratio = after[1] / before[1]
    verdict.figure("that is times", f"{ratio:.2f}", ratio <= 2 or quads < LARGE)


def _ms(seconds: list[float]) -> tuple[int, int]:
    return round(percentile(seconds, 0.5) * 1000), round(percentile(seconds, 0.99) * 1000)


def _mib(size: int) -> float:
    return round(size / MIB, 1)


def main() -> None:
    """Measures."""
    said = arguments(versions=1000, sample=200, quads=0, seconds=15, seed=0, processes=1)
    verdict = Verdict(untimed=said.untimed)
    with tempfile.TemporaryDirectory() as folder:
        measure(said, Path(folder), verdict)
    verdict.end()


if __name__ == "__main__":
    main()
