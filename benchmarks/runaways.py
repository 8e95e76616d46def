"""Small queries beside eight runaways: are they all answered, how fast, and does each runaway hear the truth in time?

python -m benchmarks.runaways
"""

import asyncio
import json
import tempfile
import time
from pathlib import Path

from benchmarks.measuring import MIB, Reply, Verdict, arguments, ask, memory
from tests.conftest import Server, start_server

COUNT = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
"""As the question was put, ``AS ?c`` would give a name a second time, which SPARQL forbids."""
SORT = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY DESC(?i) ?a ?d"
SMALL = "SELECT ?plan ?title { ?plan a dpp:PolicyPlan ; dct:title ?title }"
DEADLINE = 10
SMALL_QUERIES = 200


async def measure(server: Server, verdict: Verdict) -> None:
    """Asks all of them, and holds the answers to the bounds."""
    family = len(server.family())
    expected = (await ask(server.port, SMALL)).body
    before = memory(server.family())
    runaways = [asyncio.create_task(ask(server.port, query)) for query in [COUNT] * 4 + [SORT] * 4]
    await asyncio.sleep(0.5)
    small: list[Reply] = []
    highest = 0
    for number in range(SMALL_QUERIES):
        small.append(await ask(server.port, SMALL))
        if number % 20 == 0:
            highest = max(highest, memory(server.family()))
        await asyncio.sleep(0.01)
    running = sum(not task.done() for task in runaways)
    verdict.figure("runaways that still ran after the small queries", running, running > 0, timed=True)
    replies = await asyncio.gather(*runaways)
    answered = sum(
        reply.status == 200 and reply.whole and json.loads(reply.body) == json.loads(expected) for reply in small
    )
    slowest = max(reply.seconds for reply in small)
    verdict.figure("small queries answered", f"{answered} of {SMALL_QUERIES}", answered == SMALL_QUERIES)
    verdict.figure("slowest of them", f"{slowest * 1000:.0f} ms", slowest < 0.3, timed=True)
    told = sorted(f"{reply.status} {json.loads(reply.body)['title']}" for reply in replies)
    verdict.figure("what the runaways heard", set(told), all(reply.status in (413, 504) for reply in replies))
    latest = max(reply.seconds for reply in replies)
    verdict.figure("the last of them", f"{latest:.2f} s of {DEADLINE} s", latest < DEADLINE + 1, timed=True)
    until = time.monotonic() + 2
    while time.monotonic() < until and len(server.family()) > family:
        await asyncio.sleep(0.02)
    verdict.figure("processes before and after", (family, len(server.family())), len(server.family()) <= family)
    verdict.figure(
        "memory before, at most, after (MiB)", (before // MIB, highest // MIB, memory(server.family()) // MIB)
    )


def main() -> None:
    """Measures a server of the shipped data."""
    verdict = Verdict(untimed=arguments().untimed)
    with tempfile.TemporaryDirectory() as folder:
        server = start_server("--store", Path(folder) / "store", environment={"DPPGRAPH_QUERY_TIMEOUT": str(DEADLINE)})
        try:
            asyncio.run(measure(server, verdict))
        finally:
            server.stop()
    verdict.end()


if __name__ == "__main__":
    main()
