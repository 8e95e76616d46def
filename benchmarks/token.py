"""Wrong tokens, sent to a server: does the time of its answer say how much of one was right?

    python -m benchmarks.token [--rounds 400] [--tokens 200] [--seed 0]

Each kind of wrong token is sent once a round, in an order that is drawn anew, each by another client, since whoever
guesses has to wait. A machine has better and worse moments: so each is compared with another wrong one of the same
round. If nothing is told, it takes longer in half of the rounds, give or take what chance does.
"""

import asyncio
import math
import random
import secrets
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks.measuring import Verdict, arguments, read_reply
from dppgraph.core.token import PREFIX, Token, sha256_of
from dppgraph.store.token import TokenFile
from tests.conftest import start_server

SIGMAS: Final = 4.0
"""How far from half of the rounds chance is taken to go: once in 16,000 measurements."""
ANY: Final = "another one"


def kinds_of(texts: list[str], chance: random.Random) -> dict[str, str]:
    """Wrong tokens: alike to a right one to some length, and from another place of the list."""
    first, last = texts[0], texts[-1]
    other = "".join(chance.choice("0123456789abcdef") for _ in range(64))

    def until(text: str, length: int) -> str:
        start = text[: len(PREFIX) + length]
        return start + "".join("0" if letter != "0" else "1" for letter in text[len(start) :])

    return {
        ANY: PREFIX + other,
        "yet another one": PREFIX + other[::-1],
        "wrong from the start": until(first, 0),
        "half of the first one": until(first, 32),
        "all but the last letter of the first one": until(first, 63),
        "all but the last letter of the last one": until(last, 63),
    }


async def asked(port: int, text: str, client: int) -> tuple[float, int]:
    """How long the answer to a dry run took that comes with a token, and its status; without the connecting."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    who = f"10.{client // 65536 % 256}.{client // 256 % 256}.{client % 256}"
    head = (
        "DELETE /graphs?default&dry-run=true HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
        f"Authorization: Bearer {text}\r\nX-Forwarded-For: {who}\r\n\r\n"
    )
    begun = time.perf_counter()
    writer.write(head.encode())
    reply = await read_reply(reader)
    spent = time.perf_counter() - begun
    writer.close()
    return spent, reply.status


async def timed(port: int, kinds: Mapping[str, str], rounds: int, chance: random.Random) -> dict[str, list[float]]:
    """How long the answers to each kind took."""
    spent: dict[str, list[float]] = {kind: [] for kind in kinds}
    client = 0
    for _ in range(rounds):
        for kind in chance.sample(list(kinds), len(kinds)):
            client += 1
            seconds, status = await asked(port, kinds[kind], client)
            if status != 401:
                raise AssertionError(f"{kind} was answered {status}")
            spent[kind].append(seconds)
    return spent


def measure(said: Any, folder: Path, verdict: Verdict) -> None:
    """Sends them."""
    store = folder / "store"
    (folder / "data").mkdir()
    store.mkdir()
    texts = [PREFIX + secrets.token_hex(32) for _ in range(said.tokens)]
    file, now = TokenFile(store), datetime.now(UTC)
    for number, text in enumerate(texts):
        file.add(Token(f"token-{number}", "write", sha256_of(text), now))
    environment = {"DPPGRAPH_ACCESS_LOG": "off", "DPPGRAPH_TRUSTED_PROXIES": "127.0.0.1"}
    server = start_server("--data", folder / "data", "--store", store, "--shapes", "none", environment=environment)
    try:
        chance = random.Random(said.seed)
        spent = asyncio.run(timed(server.port, kinds_of(texts, chance), said.rounds, chance))
    finally:
        server.stop()
    allowed = SIGMAS * 0.5 / math.sqrt(said.rounds)
    for kind, found in spent.items():
        slower = sum(one > other for one, other in zip(found, spent[ANY], strict=True)) / said.rounds
        shown = f"{median(found) * 1e6:.0f}, {slower:.3f}"
        holds = kind == ANY or abs(slower - 0.5) < allowed
        verdict.figure(f"{kind}: median in µs, slower in", shown, holds, timed=True)
    verdict.figure("half of the rounds, give or take", f"{allowed:.3f}")


def main() -> None:
    """Measures."""
    said = arguments(rounds=400, tokens=200, seed=0)
    verdict = Verdict(untimed=said.untimed)
    with tempfile.TemporaryDirectory() as folder:
        measure(said, Path(folder), verdict)
    verdict.end()


if __name__ == "__main__":
    main()
