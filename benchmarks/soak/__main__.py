"""Half an hour of everything that clients do at once: does memory stay flat, is every file closed, does anything fail?

    python -m benchmarks.soak [--minutes 30] [--processes 1] [--share 70] [--write docs/performance.md]

First it is found out how much the server takes; then it is asked at 70 % of that, at a fixed rate, whether it keeps up
or not, while somebody edits: changes with a token, some that are refused, and builds. Each of them is a new version,
and old ones are let go. Now and then all rest for a moment, in which memory and open files are looked at: what is kept
is bounded, and is looked at only after it has been filled. After each look it is found out anew how much the server
takes: a machine that others work on, too, is not as fast all the time.
"""

import argparse
import asyncio
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Final

import uvloop

from benchmarks.kills import TOKEN
from benchmarks.measuring import MIB, Verdict, send
from benchmarks.peers.document import section, write
from benchmarks.soak.editing import Editor
from benchmarks.soak.load import Found, Load
from benchmarks.soak.looks import PATIENCE, Look, look
from benchmarks.soak.reads import read_site
from benchmarks.soak.report import Soaked, result
from tests.conftest import DPPGRAPH, Server, start_server

CACHE: Final = 8
"""MiB of answers that are kept: few, so that they are all used, and let go for others, from early on."""
KEPT: Final = 10
"""Versions that are kept: few, so that old ones are let go all the time."""
LOOKS: Final = 30
FEWEST_LOOKS: Final = 10
SHORTEST: Final = 6.0
"""Seconds between two looks, at least."""
WARM: Final = 0.2
"""The share of the time in which nothing is looked at yet."""
WARMING: Final = 45.0
"""Seconds in which all that is kept is filled, with as much load as there can be."""
COUNTED: Final = 60.0
"""Seconds, at most, in which it is counted how much the server takes."""
AGAIN: Final = 0.15
"""The share of the time between two looks in which that is counted anew."""
SEVERAL: Final = 5
"""Of how many counts it is the median."""
STARTED_AGAIN: Final = "is started again"
"""What the log says of a process that ended though nobody asked it to."""
ENDED: Final = "is ended"
"""What it says before, of one that is ended since it does not answer."""
TRACED: Final = 80
"""Lines of the log that are shown from where it first tells of a fault."""


def options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak")
    parser.add_argument("--minutes", type=float, default=30, help="of load, besides finding out how much there may be")
    parser.add_argument("--processes", type=int, default=1, help="processes of the server that speak HTTP")
    parser.add_argument("--share", type=int, default=70, help="of what the server takes, in a hundred")
    parser.add_argument("--seed", type=int, default=0, help="decides what is asked")
    parser.add_argument("--untimed", action="store_true", help="bounds on time do not count")
    parser.add_argument("--write", type=Path, metavar="FILE", help="the document that gets the tables and the plot")
    return parser.parse_args()


async def served(port: int, wanted: str) -> str:
    """The version that answers, once it is the one that was published last, or after some patience."""
    until = time.monotonic() + PATIENCE
    while True:
        answer = await send(port, b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        found = answer.headers.get("dppgraph-version", "none")
        if found == wanted or time.monotonic() > until:
            return found
        await asyncio.sleep(0.1)


async def soak(server: Server, editor: Editor, said: argparse.Namespace) -> Soaked:
    """Loads a server, and looks at it."""
    load, whole = Load(await read_site(server.port), said.seed), 60.0 * said.minutes
    editing = asyncio.create_task(editor.edit())
    # Once so that all is warm, once to count.
    await load.as_much_as_it_takes(WARMING)
    counted = min(COUNTED, whole / 3)
    first = await load.as_much_as_it_takes(counted)
    print(f"{first.count / counted:,.0f} requests a second", flush=True)
    turns = max(FEWEST_LOOKS, min(LOOKS, round(whole / SHORTEST)))
    found, looks, capacities, begun = Found(), list[Look](), [first.count / counted], time.monotonic()
    for number in range(turns):
        taken = await load.as_much_as_it_takes(AGAIN * whole / turns)
        first.add(taken)
        capacities.append(taken.count / (AGAIN * whole / turns))
        # One count alone may fall into a moment without any change, or into a build.
        capacity = median(capacities[-SEVERAL:])
        await load.at_a_rate(capacity * said.share / 100, (1 - AGAIN) * whole / turns, found)
        async with editor.resting():
            if editing.done():
                await editing
            seen = await look(server, begun)
        if number >= WARM * turns:
            looks.append(seen)
        failed = sum(found.failed.values())
        print(
            f"{number + 1} of {turns}: {seen}, {editor.published} versions, {capacity:,.0f} requests a second, "
            f"{failed} other answers",
            flush=True,
        )
    async with editor.resting():
        editing.cancel()
    last = await served(server.port, str(1 + editor.published))
    return Soaked(
        said.minutes,
        said.processes,
        said.share,
        capacities,
        (first, found),
        editor.found,
        looks,
        editor.published,
        last,
    )


def main() -> None:
    """Loads one server."""
    said = options()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = folder / "store"
        for words in (["build"], ["versions", "pin", "1"]):
            subprocess.run([*DPPGRAPH, *words, "--store", str(store)], check=True, capture_output=True)
        environment = {
            "DPPGRAPH_CACHE": str(CACHE),
            "DPPGRAPH_KEEP_VERSIONS": str(KEPT),
            "DPPGRAPH_TOKEN": TOKEN,
            "DPPGRAPH_ACCESS_LOG": str(folder / "access.log"),
        }
        server = start_server("--store", store, "--processes", said.processes, environment=environment)
        try:
            short = said.minutes < 5
            editor = Editor(server.port, store, folder / "data", 3.0 if short else 5.0, 20.0 if short else 60.0)
            soaked = uvloop.run(soak(server, editor, said))
            size = sum(path.stat().st_size for path in store.rglob("*") if path.is_file())
            print(f"{size / MIB:,.0f} MiB of files in the store; builds waited for it {editor.waited} times")
        finally:
            status = server.stop()
    faults = [at for at, line in enumerate(server.said) if "internal error" in line or "Traceback" in line]
    for at in faults[:1]:
        print("\n".join(server.said[at : at + TRACED]))
    ended = [line for line in server.said if STARTED_AGAIN in line]
    print("".join(f"{line}\n" for line in server.said if STARTED_AGAIN in line or ENDED in line), end="")
    for found in (*soaked.reads, soaked.edits):
        print("".join(f"{one}\n" for one in found.wrong), end="")
    came_to = result(soaked, len(faults), len(ended))
    verdict = Verdict(untimed=said.untimed)
    verdict.figure("its exit status", status, status == 0)
    for bar in came_to.bars:
        verdict.figure(bar.what, f"{bar.found}, {bar.wanted}", bar.holds, timed=bar.timed)
    print(f"\n{section(came_to, 'performance')}\n", flush=True)
    if said.write:
        write(came_to, said.write)
    verdict.end()


if __name__ == "__main__":
    main()
