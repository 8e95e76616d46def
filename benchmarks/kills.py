"""A server that is written to, and ``kill -9`` at any moment of it: is anything lost, or half there?

    python -m benchmarks.kills [--kills 500] [--seed 0]

Writers send changes of two statements, in two places, one after the other. A process of the server is killed at a
random moment: the supervisor with all its children, the writer, the query engine or a front, in turn. Then the server
answers again, after a restart where the supervisor was killed, and: what was acknowledged is there, what is there was
sent, and of each change both statements are there or none. Where the server lives on, changes are acknowledged again.
"""

import asyncio
import json
import os
import random
import signal
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Final

from benchmarks.measuring import Verdict, arguments, ask
from dppgraph.store.versions import VersionStore
from tests.conftest import Server, start_server

TOKEN: Final = "-".join(["benchmark"] * 4)
BASE: Final = "https://w3id.org/dppgraph/"
NOTE: Final = "http://www.w3.org/2004/02/skos/core#changeNote"
HERE: Final = f"{BASE}id/concept/level-regional"
THERE: Final = f"{BASE}id/concept/level-national"
UPDATE: Final = (
    f"INSERT DATA {{ GRAPH <{BASE}id/graph/concepts> {{ <{HERE}> <{NOTE}> 'NUMBER' . <{THERE}> <{NOTE}> 'NUMBER' }} }}"
)
QUERY: Final = f"SELECT ?a ?b {{ {{ <{HERE}> <{NOTE}> ?a }} UNION {{ <{THERE}> <{NOTE}> ?b }} }}"
WRITERS: Final = 2
PARTS: Final = ("supervisor", "dppgraph.cli.writer", "dppgraph.store.workers.pool", "dppgraph.cli.front")
PATIENCE: Final = 60.0
GOES_ON: Final = 60.0
"""Seconds in which a change is acknowledged again once a part was killed that is replaced."""


@dataclass
class Written:
    """What the writers have sent, and what they were told.

    Attributes:
        sent: the numbers of the changes that were sent.
        acknowledged: of those whose answer said that they are published.
        refused: the statuses of other answers.
    """

    sent: set[int] = field(default_factory=set)
    acknowledged: set[int] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self) -> int:
        """The number of a change that is sent now."""
        with self.lock:
            number = len(self.sent)
            self.sent.add(number)
            return number


def write(server: Server, written: Written, stop: threading.Event) -> None:
    """Sends one change after the other until it is over."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/sparql-update"}
    while not stop.is_set():
        number = written.next()
        try:
            status, _, body = server.ask("POST", "/sparql", UPDATE.replace("NUMBER", str(number)).encode(), headers)
        except (OSError, HTTPException):
            time.sleep(0.02)
            continue
        if status < 300:
            written.acknowledged.add(number)
        else:
            with suppress(ValueError):
                written.refused[f"{status} {json.loads(body)['type'].rpartition('/')[2]}"] += 1


def there(server: Server) -> tuple[set[int], set[int]]:
    """The numbers that are there, in the one place and in the other, once the server answers."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with suppress(OSError):
            reply = asyncio.run(ask(server.port, QUERY))
            if reply.status == 200:
                rows = json.loads(reply.body)["results"]["bindings"]
                numbers = [{int(row[name]["value"]) for row in rows if name in row} for name in "ab"]
                return numbers[0], numbers[1]
        time.sleep(0.05)
    raise AssertionError(f"the server answers no more: {server.said[-10:]}")


def judged(store: Path, server: Server, written: Written, verdict: list[str]) -> None:
    """Holds what is there against what was sent."""
    here, also = there(server)
    if here != also:
        verdict.append(f"half there: {sorted(here ^ also)[:5]}")
    if lost := written.acknowledged - here:
        verdict.append(f"lost: {sorted(lost)[:5]}")
    if foreign := here - written.sent:
        verdict.append(f"never sent: {sorted(foreign)[:5]}")
    number, damage = VersionStore(store).newest_whole()
    if damage:
        verdict.append(f"version {number} is whole, and: {damage[0]}")


def _goes_on(written: Written, before: int) -> bool:
    """Waits until one more change is acknowledged than before."""
    until = time.monotonic() + GOES_ON
    while len(written.acknowledged) <= before:
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def measure(kills: int, seed: int, verdict: Verdict) -> None:
    """Kills so many times."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        store = Path(name) / "store"
        environment = {"DPPGRAPH_TOKEN": TOKEN, "DPPGRAPH_ACCESS_LOG": "off"}
        server = start_server("--store", store, environment=environment)
        written, wrong, killed = Written(), list[str](), Counter[str]()
        try:
            for kill in range(kills):
                stop = threading.Event()
                threads = [threading.Thread(target=write, args=(server, written, stop)) for _ in range(WRITERS)]
                for thread in threads:
                    thread.start()
                time.sleep(chance.uniform(0.05, 0.8))
                part = PARTS[kill % len(PARTS)]
                if part == "supervisor":
                    server.stop(signal.SIGKILL)
                else:
                    with suppress(AssertionError, ProcessLookupError):
                        os.kill(server.child(part), signal.SIGKILL)
                before = len(written.acknowledged)
                killed[part.rpartition(".")[2]] += 1
                time.sleep(chance.uniform(0.0, 0.3))
                if part != "supervisor" and not _goes_on(written, before):
                    wrong.append(f"nothing was acknowledged in {GOES_ON:.0f} s after kill {kill}, of {part}")
                stop.set()
                for thread in threads:
                    thread.join()
                if part == "supervisor":
                    server = start_server("--store", store, environment=environment)
                judged(store, server, written, wrong)
        finally:
            server.stop()
        verdict.figure("killed", dict(killed))
        verdict.figure("changes sent, acknowledged", (len(written.sent), len(written.acknowledged)))
        verdict.figure("other answers", dict(written.refused))
        verdict.figure("versions", VersionStore(store).current())
        verdict.figure("lost, half there, never sent, or not going on", (len(wrong), wrong[:3]), not wrong)


def main() -> None:
    """Measures."""
    said = arguments(kills=500, seed=0)
    verdict = Verdict(untimed=said.untimed)
    measure(said.kills, said.seed, verdict)
    verdict.end()


if __name__ == "__main__":
    main()
