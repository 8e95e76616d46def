"""Hostile clients, several at a time and in any order, beside one who asks in good faith.

    python -m benchmarks.hostile [--rounds 1000] [--seed 1]

Every answer has to be true: each kind of attack has the outcomes that are true for it. The memory of all processes
together is sampled, the good client's waits are counted, and nothing may be left at the end.
"""

import asyncio
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Final

from benchmarks.measuring import (
    MIB,
    Reply,
    Verdict,
    arguments,
    ask,
    descriptors,
    memory,
    percentile,
    read_reply,
    send,
    spooled,
)
from tests.conftest import Server, start_server

MEMORY: Final = 1024
SLACK: Final = 512
DEADLINE: Final = 1
TOGETHER: Final = 6
SMALL: Final = "SELECT ?plan ?title { ?plan a dpp:PolicyPlan ; dct:title ?title }"
FLOOD: Final = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"

_DOUBLE: Final = "BIND(CONCAT({0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}) AS {1})"
DOUBLED: Final = "SELECT ?m { BIND('xxxxxxxxxx' AS ?a) " + " ".join(
    _DOUBLE.format(f"?{one}", f"?{other}") for one, other in pairwise("abcdefghijklm")
) + " }"  # fmt: skip

Outcome = Callable[[Reply], bool]
Attack = Callable[[int, random.Random], Awaitable[Reply]]


def told(*statuses: int) -> Outcome:
    """One of these problems, told as one."""
    return lambda reply: reply.status in statuses and reply.whole and (reply.problem or reply.status == 200)


def told_or_broken_off(*statuses: int) -> Outcome:
    """One of these, or an answer that plainly has no end."""
    return lambda reply: told(*statuses)(reply) or (reply.status == 200 and not reply.whole)


def asked(query: str, format_: str = "json") -> Attack:
    """A query as an attack."""
    return lambda port, _: ask(port, query, format_)


def sent(data: bytes) -> Attack:
    """Bytes as an attack."""
    return lambda port, _: send(port, data)


async def left_early(port: int, chance: random.Random) -> Reply:
    """Goes away at any moment of a large answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = f"query={FLOOD.replace(' ', '+').replace('?', '%3F')}"
    data = (
        f"POST /sparql?format=csv HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()
    with suppress(ConnectionError):
        writer.write(data[: chance.randrange(1, len(data) + 1)])
        await writer.drain()
        await asyncio.sleep(chance.random() * 0.3)
        if chance.random() < 0.5:
            await asyncio.wait_for(reader.read(100_000), 2)
    writer.transport.abort()
    return Reply(0, {}, b"", whole=False, seconds=0)


async def slow_sender(port: int, _: random.Random) -> Reply:
    """Sends a byte now and then."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    reply = asyncio.create_task(read_reply(reader))
    with suppress(ConnectionError):
        for byte in b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: a\r\n":
            if not reply.done():
                writer.write(bytes([byte]))
                await asyncio.sleep(0.1)
    writer.close()
    return await reply


async def slow_reader(port: int, _: random.Random) -> Reply:
    """Takes a large answer in drops, until it has had enough."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
    writer.write(
        b"GET /sparql?format=csv&query=SELECT%20*%20%7B%3Fa%20%3Fb%20%3Fc%20.%20%3Fd%20%3Fe%20%3Ff%7D%20LIMIT%2050000"
    )
    writer.write(b" HTTP/1.1\r\nHost: a\r\n\r\n")
    with suppress(ConnectionError, TimeoutError):
        for _drop in range(20):
            await asyncio.wait_for(reader.read(10), 1)
            await asyncio.sleep(0.05)
    writer.transport.abort()
    return Reply(0, {}, b"", whole=False, seconds=0)


async def silent(port: int, _: random.Random) -> Reply:
    """Connects, and says nothing."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    reply = await read_reply(reader)
    writer.close()
    return reply


def anything(_: Reply) -> bool:
    """Whoever goes away hears nothing."""
    return True


def attacks() -> dict[str, tuple[Attack, Outcome]]:
    """Every attack by its name, with the outcomes that are true."""
    cross = " ".join(f"?a{number} ?b{number} ?c{number} ." for number in range(8))
    deep = 10_000
    form = b"Content-Type: application/sparql-query\r\n"
    post = b"POST /sparql HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
    values = "SELECT (COUNT(*) AS ?n) { VALUES ?x { " + "1 " * 400_000 + "} }"
    million = "SELECT (COUNT(*) AS ?n) { VALUES ?x { " + "1 " * 1_000_000 + "} }"
    return {
        "cross product, counted": (asked(f"SELECT (COUNT(*) AS ?n) {{ {cross} }}"), told(504, 413, 429)),
        "cross product, sent": (asked(FLOOD, "csv"), told_or_broken_off(504, 413, 429)),
        "cross product, sorted": (asked(f"SELECT * {{ {cross} }} ORDER BY ?c1 ?b2"), told(504, 413, 429)),
        "cross product, distinct": (asked(f"SELECT DISTINCT * {{ {cross} }}"), told_or_broken_off(504, 413, 429)),
        "cross product, as a graph": (
            asked("CONSTRUCT { ?a ?b ?f } { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "turtle"),
            told_or_broken_off(504, 413, 429),
        ),
        "path closure": (
            asked("SELECT (COUNT(*) AS ?n) { ?a (!<a:a>)* ?b . ?b (!<a:b>)* ?c . ?c (!<a:c>)* ?d }"),
            told(504, 413, 429, 200),
        ),
        "regular expression": (
            asked("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(STR(?c), '(a+)+(b+)+.*(.*)*x') && "
                  "REGEX(CONCAT(STR(?c), STR(?f)), '((((a|b)*)*)*)*$')) }"),
            told(504, 413, 429, 400, 200),
        ),
        "all in one text": (
            asked("SELECT (GROUP_CONCAT(CONCAT(STR(?c), STR(?f))) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"),
            told(504, 413, 429),
        ),
        "a text that doubles": (asked(DOUBLED), told_or_broken_off(413, 504, 429, 503)),
        "deep groups": (asked("SELECT * " + "{" * deep + "}" * deep), told(400, 429, 504)),
        "deep brackets": (asked("SELECT * { FILTER(" + "(" * deep + "1" + ")" * deep + ") }"), told(400, 429, 504)),
        "deep negation": (asked("SELECT * { FILTER(" + "!" * deep + "true) }"), told(400, 413, 429, 504)),
        "deep triple terms": (
            asked("SELECT * { BIND(" + "<<( <a:a> <a:a> " * deep + "1" + " )>>" * deep + " AS ?x) }"),
            told(400, 429, 504),
        ),
        "deep paths": (asked("SELECT * { ?a " + "^" * deep + "<a:a> ?b }"), told(400, 413, 200, 429, 504)),
        "many unions": (
            asked("SELECT * {" + " UNION ".join(["{?a ?b ?c}"] * 5000) + "} LIMIT 1"), told(400, 413, 504, 429, 200)
        ),
        "many values": (asked(values), told(200, 504, 413, 429)),
        "a million values": (asked(million), told(413)),
        "ten megabytes": (
            sent(post + form + b"Content-Length: 10000000\r\n\r\n" + b"#" * 10_000_000),
            told(413),
        ),
        "ten megabytes in chunks": (
            sent(
                post + form + b"Transfer-Encoding: chunked\r\n\r\n10000\r\n" + (b"#" * 65536 + b"\r\n10000\r\n") * 150
            ),
            told(413),
        ),
        "a large address": (sent(b"GET /sparql?query=" + b"a" * 500_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n"), told(414)),
        "large header fields": (sent(b"GET / HTTP/1.1\r\nX: " + b"a" * 500_000 + b"\r\n\r\n"), told(431)),
        "many header fields": (sent(b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 5_000 + b"\r\n"), told(431)),
        "nonsense": (sent(bytes(range(256)) * 8), told(400)),
        "nonsense in chunks": (sent(post + form + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n"), told(400)),
        "two lengths": (
            sent(post + form + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), told(400)
        ),
        "half a head": (sent(b"GET /sparql?query=ASK"), told(408)),
        "half a body": (sent(post + form + b"Content-Length: 1000\r\n\r\nASK {"), told(408)),
        "slow sender": (slow_sender, told(408)),
        "silent": (silent, lambda reply: reply.status in (0, 408)),
        "many requests at once": (
            sent(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n" * 2_000), lambda reply: reply.status in (0, 200)
        ),
        "left early": (left_early, anything),
        "slow reader": (slow_reader, anything),
    }  # fmt: skip


async def good_client(port: int, waits: list[float], wrong: list[str], stop: asyncio.Event) -> None:
    """Asks small queries for as long as all this goes on."""
    expected = json.loads((await ask(port, SMALL)).body)
    while not stop.is_set():
        reply = await ask(port, SMALL)
        waits.append(reply.seconds)
        if reply.status != 200 or not reply.whole or json.loads(reply.body) != expected:
            wrong.append(f"{reply.status} {reply.body[:100]!r}")
        await asyncio.sleep(0.02)


async def watch(server: Server, highest: list[int], stop: asyncio.Event) -> None:
    """Samples the memory of all processes."""
    while not stop.is_set():
        highest[0] = max(highest[0], await asyncio.to_thread(lambda: memory(server.family())))
        await asyncio.sleep(0.1)


async def measure(server: Server, verdict: Verdict, rounds: int, seed: int) -> None:
    """All rounds, and what is left after them."""
    chance = random.Random(seed)
    known = attacks()
    for _ in range(20):
        await ask(server.port, SMALL)
    await asyncio.sleep(0.5)
    before, files = descriptors(server.family()), spooled(server.family())
    waits: list[float] = []
    wrong: list[str] = []
    untrue: Counter[str] = Counter()
    outcomes: Counter[tuple[str, int, bool]] = Counter()
    highest = [0]
    stop = asyncio.Event()
    beside = [
        asyncio.create_task(good_client(server.port, waits, wrong, stop)),
        asyncio.create_task(watch(server, highest, stop)),
    ]
    seats = asyncio.Semaphore(TOGETHER)

    async def attack(name: str, own: random.Random) -> None:
        async with seats:
            make, is_true = known[name]
            reply = await make(server.port, own)
            outcomes[name, reply.status, reply.whole] += 1
            if reply.status == 200 and reply.whole and not is_true(reply):
                untrue[f"{name}: a whole answer"] += 1
            elif not is_true(reply):
                untrue[f"{name}: {reply.status}, whole: {reply.whole}, {reply.body[:120]!r}"] += 1

    begun = time.monotonic()
    names = [chance.choice(list(known)) for _ in range(rounds)]
    for start in range(0, rounds, 50):
        await asyncio.gather(*(attack(name, random.Random(chance.random())) for name in names[start : start + 50]))
        print(
            f"... {min(start + 50, rounds)} rounds, {time.monotonic() - begun:.0f} s, at most {highest[0] // MIB} MiB",
            flush=True,
        )
    stop.set()
    await asyncio.gather(*beside)
    for (name, status, whole), count in sorted(outcomes.items()):
        print(f"    {name:<28} {status} {'whole' if whole else 'no end'} {count}")
    verdict.figure("rounds", rounds)
    verdict.figure("answers that were not true", dict(untrue), not untrue)
    verdict.figure("the good client: asked, wrong", (len(waits), wrong[:3]), not wrong)
    median, most, longest = (1000 * percentile(waits, share) for share in (0.5, 0.99, 1.0))
    said = f"{median:.0f} and {most:.0f} ms, at most {longest:.0f} ms"
    verdict.figure("the good client: median and 99%", said, percentile(waits, 0.99) < 0.25, timed=True)
    verdict.figure("memory at most (MiB)", highest[0] // MIB, highest[0] < (MEMORY + SLACK) * MIB)
    until = time.monotonic() + 10
    while time.monotonic() < until and (
        len(server.family()) > len(before) or spooled(server.family()) > files
        or sum(descriptors(server.family()).values()) > sum(before.values()) + 4
    ):  # fmt: skip
        await asyncio.sleep(0.2)
    verdict.figure(
        "processes before and after", (len(before), len(server.family())), len(server.family()) <= len(before)
    )
    after = descriptors(server.family())
    leaked = sum(after.values()) - sum(before.values())
    verdict.figure("descriptors more than before", leaked, leaked <= 4)
    verdict.figure("files that are left", spooled(server.family()) - files, spooled(server.family()) <= files)
    blamed = [line for line in server.said if "Traceback" in line or "internal error" in line]
    verdict.figure("tracebacks in the log", len(blamed), not blamed)


def main() -> None:
    """Measures a server of the shipped data."""
    said = arguments(rounds=1000, seed=1)
    verdict = Verdict(untimed=said.untimed)
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "DPPGRAPH_QUERY_TIMEOUT": str(DEADLINE), "DPPGRAPH_MEMORY": str(MEMORY), "DPPGRAPH_REQUEST_TIMEOUT": "1.5",
            "TMPDIR": folder,
        }  # fmt: skip
        server = start_server("--store", Path(folder) / "store", environment=environment)
        try:
            asyncio.run(measure(server, verdict, said.rounds, said.seed))
        finally:
            server.stop()
        left = [path.name for path in Path(folder).iterdir() if path.name != "store"]
        verdict.figure("left in the folder for temporary files", left, not left)
    verdict.end()


if __name__ == "__main__":
    main()
