"""Ten minutes of everything that clients do at once: does memory stay flat, is every file closed, does anything fail?

    python -m benchmarks.soak [--minutes 10] [--processes 1]

Between turns all clients rest for a moment, in which memory and descriptors are looked at. What is kept is bounded, and
looked at is only after it has been filled once. What a client leaves in the middle is no error; any other answer has to
be the one that the request asks for.
"""

import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Final
from urllib.parse import quote

from benchmarks.measuring import MIB, Verdict, arguments, ask, descriptors, memory, percentile, send
from tests.conftest import Server, start_server

CLIENTS: Final = 12
TURN: Final = 10.0
"""Seconds of load between two looks."""
REST: Final = 1.5
CACHE: Final = 8
"""MiB of answers that are kept: few, so that they are all used, and let go for others, from early on."""
FILLED: Final = 3
"""Turns after which it is looked."""
FLAT: Final = 0.05

PLANS: Final = "SELECT ?plan ?title { ?plan a dpp:PolicyPlan ; dct:title ?title }"
LARGE: Final = "SELECT ?a ?c ?d ?f { ?a ?b ?c . ?d ?e ?f } LIMIT 20000"
TOO_LONG: Final = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"

Act = Callable[[int, random.Random], Awaitable[bool]]


async def get(port: int, target: str, *headers: str, status: int = 200) -> bool:
    """Whether a GET is answered with a status, to its end."""
    lines = "".join(f"{line}\r\n" for line in headers)
    reply = await send(port, f"GET {target} HTTP/1.1\r\nHost: localhost\r\n{lines}Connection: close\r\n\r\n".encode())
    return reply.status == status and reply.whole


def asked(query: str, more: str = "") -> str:
    """The target that asks a query."""
    return f"/sparql?query={quote(query)}{more}"


async def repeated(port: int, _: random.Random) -> bool:
    """A question that was asked before."""
    return await get(port, asked(PLANS))


async def distinct(port: int, chance: random.Random) -> bool:
    """A question that nobody asked before."""
    return await get(port, asked(f"{PLANS} LIMIT {chance.randrange(10, 10**9)}"))


async def another_form(port: int, chance: random.Random) -> bool:
    """CONSTRUCT, DESCRIBE or ASK, in a format of its own, compressed or not."""
    query, format_ = chance.choice(
        [
            ("CONSTRUCT { ?a dct:title ?b } { ?a dct:title ?b }", "turtle"),
            ("DESCRIBE ?plan { ?plan a dpp:PolicyPlan }", "jsonld"),
            ("ASK { ?plan dpp:succeeds ?older }", "xml"),
            (PLANS, "csv"),
        ]
    )
    coding = chance.choice([["Accept-Encoding: br"], ["Accept-Encoding: gzip"], []])
    return await get(port, asked(query, f"&format={format_}"), *coding)


async def posted(port: int, chance: random.Random) -> bool:
    """A query in a body."""
    reply = await ask(port, f"{PLANS} OFFSET {chance.randrange(3)}", "tsv")
    return reply.status == 200 and reply.whole


async def held(port: int, _: random.Random) -> bool:
    """A tag that the client has."""
    reply = await send(port, f"GET {asked(PLANS)} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
    return await get(port, asked(PLANS), f"If-None-Match: {reply.headers['etag']}", status=304)


async def large(port: int, chance: random.Random) -> bool:
    """An answer of some megabytes, of which no two are the same."""
    return await get(port, asked(f"{LARGE} OFFSET {chance.randrange(10**6)}", "&format=csv"))


async def left(port: int, chance: random.Random) -> bool:
    """A client that goes away, in the middle of a query or of its answer."""
    query = chance.choice([LARGE, TOO_LONG])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {asked(query)} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    with suppress(TimeoutError):
        await asyncio.wait_for(reader.read(1000), chance.random() / 4)
    writer.close()
    return True


async def ended(port: int, _: random.Random) -> bool:
    """A query that takes longer than its client allows."""
    return await get(port, asked(TOO_LONG, "&timeout=0.2"), status=504)


async def wrong(port: int, chance: random.Random) -> bool:
    """A query that does not parse, an update, an address that is not there."""
    target, status = chance.choice([(asked("SELEKT"), 400), (asked("DROP ALL"), 403), ("/nothing", 404)])
    return await get(port, target, status=status)


async def looked(port: int, chance: random.Random) -> bool:
    """What else there is to see."""
    paths = ["/queries", "/queries/plan-in-force.csv?on=2013-05-01", "/sparql", "/health", "/health/ready", "/metrics"]
    return await get(port, chance.choice([*paths, "/context.jsonld", "/openapi.json"]))


MIX: Final[list[tuple[Act, int]]] = [
    (repeated, 30),
    (distinct, 30),
    (another_form, 10),
    (posted, 8),
    (held, 8),
    (looked, 6),
    (wrong, 4),
    (large, 2),
    (left, 2),
    (ended, 1),
]


async def client(port: int, until: float, chance: random.Random, found: Counter[tuple[str, bool]]) -> list[float]:
    """Does one thing after the other until a moment; the seconds that each took."""
    acts, weights = zip(*MIX, strict=True)
    taken = []
    while time.monotonic() < until:
        (act,) = chance.choices(acts, weights)
        begun = time.monotonic()
        try:
            done = await act(port, chance)
        except (OSError, KeyError):
            done = False
        taken.append(time.monotonic() - begun)
        found[act.__name__, done] += 1
    return taken


async def measure(server: Server, minutes: int, processes: int, verdict: Verdict) -> None:
    """Turns of load, and a look after each."""
    found: Counter[tuple[str, bool]] = Counter()
    sizes: list[int] = []
    files: list[int] = []
    taken: list[float] = []
    fronts = server.children("dppgraph.cli.front", processes)
    turns = round(minutes * 60 / (TURN + REST))
    for turn in range(FILLED + turns):
        until = time.monotonic() + TURN
        each = [client(server.port, until, random.Random(1000 * turn + number), found) for number in range(CLIENTS)]
        for seconds in await asyncio.gather(*each):
            taken += seconds
        await asyncio.sleep(REST)
        if turn >= FILLED:
            sizes.append(memory(server.family()))
            files.append(sum(descriptors(fronts).values()))
            print(
                f"turn {turn - FILLED + 1} of {turns}: {sizes[-1] / MIB:.1f} MiB, {files[-1]} descriptors", flush=True
            )
    failed = {name: count for (name, done), count in found.items() if not done}
    verdict.figure("requests", sum(found.values()))
    verdict.figure("seconds of each, half and 99%", f"{median(taken):.4f}, {percentile(taken, 0.99):.3f}")
    verdict.figure("that were not answered as they have to be", failed or 0, not failed)
    part = max(1, len(sizes) // 4)
    first, last = median(sizes[:part]), median(sizes[-part:])
    said = f"{first / MIB:.1f} MiB in the first quarter, {last / MIB:.1f} in the last: {last / first - 1:+.1%}"
    verdict.figure("memory of all processes", said, last < (1 + FLAT) * first)
    verdict.figure("descriptors of what speaks HTTP", f"{min(files)} to {max(files)}", min(files) == max(files))
    faults = [line for line in server.said if "Traceback" in line or "internal error" in line]
    verdict.figure("lines of the log that tell of our fault", len(faults), not faults)


def main() -> None:
    """Measures one server."""
    said = arguments(minutes=10, processes=1)
    verdict = Verdict(untimed=said.untimed)
    with tempfile.TemporaryDirectory() as folder:
        environment = {"DPPGRAPH_CACHE": str(CACHE), "DPPGRAPH_ACCESS_LOG": str(Path(folder) / "access.log")}
        server = start_server("--store", Path(folder) / "store", "--processes", said.processes, environment=environment)
        try:
            asyncio.run(measure(server, said.minutes, said.processes, verdict))
        finally:
            status = server.stop()
    verdict.figure("its exit status", status, status == 0)
    verdict.end()


if __name__ == "__main__":
    main()
