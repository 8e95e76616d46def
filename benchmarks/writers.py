"""Twenty writers at once, and readers beside them: does the outcome equal some serial order, and who waits how long?

    python -m benchmarks.writers [--writers 20] [--writes 2000] [--seconds 20]

Each change takes the number that is there and puts a larger one in its place, at two things, and leaves a note of the
step at a thing of the writer's. In any serial order the number counts the changes, the notes make one chain from nought
to the last, and both things say the same at any moment: a reader that finds two numbers has seen a mixed version.
Readers are alone for so many ``--seconds`` before.
"""

import asyncio
import json
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.kills import BASE, TOKEN
from benchmarks.measuring import Reply, Verdict, arguments, ask, percentile, send
from tests.conftest import Server, start_server

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

READERS: Final = 4
CONCEPT: Final = f"{BASE}id/concept/level-regional"
OTHER: Final = f"{BASE}id/concept/level-national"
GRAPH: Final = f"{BASE}id/graph/concepts"
COUNTER: Final = "http://www.w3.org/2004/02/skos/core#editorialNote"
STEP: Final = "http://www.w3.org/2004/02/skos/core#changeNote"
BEGIN: Final = f"INSERT DATA {{ GRAPH <{GRAPH}> {{ <{CONCEPT}> <{COUNTER}> '0' . <{OTHER}> <{COUNTER}> '0' }} }}"
CHANGE: Final = f"""DELETE {{ GRAPH <{GRAPH}> {{ <{CONCEPT}> <{COUNTER}> ?n . <{OTHER}> <{COUNTER}> ?n }} }}
INSERT {{ GRAPH <{GRAPH}> {{ <{CONCEPT}> <{COUNTER}> ?m . <{OTHER}> <{COUNTER}> ?m . <THING> <{STEP}> ?step }} }}
WHERE {{ GRAPH <{GRAPH}> {{ <{CONCEPT}> <{COUNTER}> ?n }}
  BIND(STR(<http://www.w3.org/2001/XMLSchema#integer>(?n) + 1) AS ?m)
  BIND(CONCAT(?n, "-", ?m, " by WHO") AS ?step) }}"""
READ: Final = f"SELECT ?a ?b {{ <{CONCEPT}> <{COUNTER}> ?a . <{OTHER}> <{COUNTER}> ?b }}"
CHAIN: Final = f"SELECT ?step {{ ?thing <{STEP}> ?step FILTER(CONTAINS(?step, ' by ')) }}"
THINGS: Final = "SELECT DISTINCT ?thing { ?thing a skos:Concept } ORDER BY ?thing"


@dataclass
class Seen:
    """What readers saw.

    Attributes:
        seconds: how long each answer took.
        wrong: what no whole version says.
    """

    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


async def update(port: int, text: str) -> Reply:
    """The reply to an update."""
    body = text.encode()
    head = (
        f"POST /sparql HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {TOKEN}\r\n"
        f"Content-Type: application/sparql-update\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return await send(port, head.encode() + body)


async def reader(port: int, seen: Seen, stop: Event) -> None:
    """Asks until it is over; each time in other words, so that nothing is answered that was kept."""
    asked = 0
    while not stop.is_set():
        asked += 1
        reply = await ask(port, f"{READ} # {id(seen)} {asked}")
        seen.seconds.append(reply.seconds)
        rows = json.loads(reply.body)["results"]["bindings"] if reply.status == 200 else []
        numbers = {row[name]["value"] for row in rows for name in "ab"}
        if len(rows) != 1 or len(numbers) != 1:
            seen.wrong.append(f"{reply.status}: {rows or reply.body[:100]!r}")
        await asyncio.sleep(0.01)


def read_until(port: int, stop: Event, told: "Connection[Seen | None, None]") -> None:
    """Reads, in a process of its own, and tells when it begins, and at the end what was seen."""

    async def read() -> Seen:
        seen = Seen()
        readers = [asyncio.create_task(reader(port, seen, stop)) for _ in range(READERS)]
        told.send(None)
        await asyncio.gather(*readers)
        return seen

    told.send(asyncio.run(read()))


@asynccontextmanager
async def reading(port: int) -> AsyncIterator[list[Seen]]:
    """Has readers ask while the block runs; afterwards, what they saw is in the list.

    They have a process of their own: one that sends twenty changes at once would hear their answers late.
    """
    apart, seen = get_context("spawn"), list[Seen]()
    (heard, told), stop = apart.Pipe(duplex=False), apart.Event()
    process = apart.Process(target=read_until, args=(port, stop, told))
    process.start()
    try:
        await asyncio.to_thread(heard.recv)
        yield seen
    finally:
        stop.set()
    seen.append(await asyncio.to_thread(heard.recv))
    process.join()


async def writer(port: int, who: int, changes: list[int], took: list[float], answers: Counter[int]) -> None:
    """Makes changes as long as there are any left."""
    things = json.loads((await ask(port, THINGS)).body)["results"]["bindings"]
    mine = CHANGE.replace("THING", things[who % len(things)]["thing"]["value"])
    while changes:
        changes.pop()
        while True:
            reply = await update(port, mine.replace("WHO", f"{who} {len(changes)}"))
            answers[reply.status] += 1
            if reply.status < 300:
                took.append(reply.seconds)
                break
            await asyncio.sleep(0.2)


async def load(server: Server, said: Any, verdict: Verdict) -> None:
    """Readers alone, then readers beside the writers."""
    port = server.port
    begun = await update(port, BEGIN)
    verdict.figure("the first change", begun.status, begun.status < 300)
    found = []
    for count in (0, said.writers):
        async with reading(port) as readers:
            if count:
                changes, took, answers = list(range(said.writes)), list[float](), Counter[int]()
                begin = time.monotonic()
                await asyncio.gather(*(writer(port, who, changes, took, answers) for who in range(count)))
                verdict.figure("changes a second", f"{said.writes / (time.monotonic() - begin):.1f}")
                verdict.figure("seconds that a change waited, median", f"{percentile(took, 0.5):.2f}")
                verdict.figure("answers to changes", dict(answers))
            else:
                await asyncio.sleep(said.seconds)
        (seen,) = readers
        found.append(percentile(seen.seconds, 0.99) * 1000)
        beside = "beside the writers" if count else "alone"
        verdict.figure(f"readers {beside}: answers, mixed", (len(seen.seconds), seen.wrong[:2]), not seen.wrong)
        verdict.figure(f"readers {beside}: ms at 99 of 100", f"{found[-1]:.1f}")
    verdict.figure("that is times", f"{found[1] / found[0]:.2f}", found[1] < 2 * found[0], timed=True)
    last = json.loads((await ask(port, READ)).body)["results"]["bindings"][0]["a"]["value"]
    verdict.figure("the number at the end", last, last == str(said.writes))
    rows = json.loads((await ask(port, CHAIN)).body)["results"]["bindings"]
    steps = sorted(tuple(map(int, row["step"]["value"].partition(" ")[0].split("-"))) for row in rows)
    serial = steps == [(number, number + 1) for number in range(said.writes)]
    verdict.figure("the steps make one chain", serial, serial)


def main() -> None:
    """Measures."""
    said = arguments(writers=20, writes=2000, seconds=20)
    verdict = Verdict(untimed=said.untimed)
    with tempfile.TemporaryDirectory() as name:
        environment = {"DPPGRAPH_TOKEN": TOKEN, "DPPGRAPH_ACCESS_LOG": "off"}
        server = start_server("--store", Path(name) / "store", environment=environment)
        try:
            asyncio.run(load(server, said, verdict))
        finally:
            server.stop()
    verdict.end()


if __name__ == "__main__":
    main()
