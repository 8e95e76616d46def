"""Fifty readers who take nothing of their answers, and one who takes them slowly: what do the others notice?

    python -m benchmarks.readers [--turns 4]

The small queries are asked alone and beside the stalled readers in turn, since a machine is not the same all the time.
"""

import asyncio
import hashlib
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from benchmarks.measuring import MIB, Verdict, arguments, ask, descriptors, memory, percentile, spooled
from tests.conftest import Server, start_server

LARGE = "SELECT ?a ?c ?d ?f { ?a ?b ?c . ?d ?e ?f } LIMIT 120000"
"""Some 20 MB as CSV."""
SMALL = "SELECT ?plan ?title { ?plan a dpp:PolicyPlan ; dct:title ?title }"
STALLED = 50
ASKED = 300
RATE = MIB


async def small_queries(port: int) -> list[float]:
    """The seconds that small queries take, one after the other."""
    taken = []
    for _ in range(ASKED):
        reply = await ask(port, SMALL)
        if reply.status != 200 or not reply.whole:
            raise RuntimeError(f"a small query was answered with {reply.status}")
        taken.append(reply.seconds)
        await asyncio.sleep(0.005)
    return taken


def large_request(more: str = "") -> bytes:
    """A request for the large answer."""
    body = f"query={quote(LARGE)}"
    return (
        f"POST /sparql?format=csv HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"{more}Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


async def stalled(port: int) -> asyncio.StreamWriter:
    """A connection on which a large answer was asked for, and of which nothing is read."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
    writer.write(large_request())
    await writer.drain()
    await reader.read(1)
    return writer


async def slow_reader(port: int) -> tuple[str, int, float]:
    """The digest and the size of a large answer that is read at :data:`RATE`, and the seconds it took."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 16)
    writer.write(large_request("Connection: close\r\n"))
    await reader.readuntil(b"\r\n\r\n")
    begun, taken, found = time.monotonic(), 0, hashlib.sha256()
    while size := int(await reader.readline(), 16):
        chunk = await reader.readexactly(size)
        await reader.readexactly(2)
        found.update(chunk)
        taken += size
        await asyncio.sleep(max(0.0, begun + taken / RATE - time.monotonic()))
    writer.close()
    return found.hexdigest(), taken, time.monotonic() - begun


async def settled(server: Server, files: int, processes: int) -> None:
    """Waits until nothing is left of the readers that hung up."""
    until = time.monotonic() + 5
    while time.monotonic() < until and (spooled(server.family()) > files or len(server.family()) != processes):
        await asyncio.sleep(0.1)


async def measure(server: Server, turns: int, verdict: Verdict) -> None:
    """Small queries alone, then beside the stalled readers, in turn; then the slow one."""
    whole = await ask(server.port, LARGE, "csv")
    verdict.figure("a large answer (MB)", f"{len(whole.body) / 1e6:.1f}", whole.whole and len(whole.body) > 15e6)
    before, files = descriptors(server.family()), spooled(server.family())
    await small_queries(server.port)
    alone: list[float] = []
    beside: list[float] = []
    nobody_beside: list[float] = []
    writers: list[asyncio.StreamWriter] = []
    for _ in range(turns):
        for writer in writers:
            writer.close()
        await settled(server, files, len(before))
        taken = await small_queries(server.port)
        nobody_beside.append(percentile(taken, 0.99) * 1000)
        alone += taken
        begun = time.monotonic()
        writers = await asyncio.gather(*(stalled(server.port) for _ in range(STALLED)))
        verdict.figure("stalled readers, all begun after", f"{time.monotonic() - begun:.1f} s")
        while len(server.family()) > len(before) + 4:
            await asyncio.sleep(0.1)
        waiting = spooled(server.family()) - files
        verdict.figure("files that wait for them", waiting, waiting == STALLED)
        verdict.figure("memory (MiB)", memory(server.family()) // MIB)
        beside += await small_queries(server.port)
    spread = f"{min(nobody_beside):.1f} to {max(nobody_beside):.1f} ms"
    verdict.figure("small queries alone, 99%, from turn to turn", spread)
    for share in (0.5, 0.99):
        one, other = percentile(alone, share), percentile(beside, share)
        said = f"{one * 1000:.1f} ms alone, {other * 1000:.1f} ms beside them, ratio {other / one:.2f}"
        verdict.figure(f"small queries, {share:.0%}", said, other < 1.5 * one + 0.005, timed=True)
    slow = asyncio.create_task(slow_reader(server.port))
    again = await small_queries(server.port)
    verdict.figure("small queries beside a slow reader too, 99%", f"{percentile(again, 0.99) * 1000:.1f} ms")
    digest, size, seconds = await slow
    same = digest == hashlib.sha256(whole.body).hexdigest()
    verdict.figure("read at 1 MB/s", f"{size / 1e6:.1f} MB in {seconds:.1f} s, the same: {same}", same)
    for writer in writers:
        writer.close()
    await settled(server, files, len(before))
    left = spooled(server.family()) - files
    verdict.figure("files that are left", left, left == 0)
    after = descriptors(server.family())
    leaked = sum(after.values()) - sum(before.values())
    verdict.figure("descriptors more than before", leaked, leaked <= 4)


def main() -> None:
    """Measures a server of the shipped data."""
    said = arguments(turns=4)
    verdict = Verdict(untimed=said.untimed)
    with tempfile.TemporaryDirectory() as folder:
        server = start_server("--store", Path(folder) / "store", environment={"DPPGRAPH_MIN_RATE": "1024"})
        try:
            asyncio.run(measure(server, said.turns, verdict))
        finally:
            server.stop()
    verdict.end()


if __name__ == "__main__":
    main()
