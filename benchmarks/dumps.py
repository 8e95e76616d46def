"""What the dumps of a large version cost to make, and how fast they are sent, beside nginx with the same files.

    python -m benchmarks.dumps [--triples 1000000] [--rounds 5] [--megabytes 200] [--seconds 2]

The version is made of the shipped plans under new names. Downloads come from wrk; this server and nginx take turns, and
a ratio is the median of the rounds'. Small queries are asked alone and beside sixteen downloads that never end.
"""

import asyncio
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.measuring import MIB, Verdict, arguments, ask, percentile
from benchmarks.peers.servers import exported
from benchmarks.repeated import repeated
from dppgraph.core.iris import DEFAULT_BASE
from dppgraph.operations.dumps import Dump, make_dumps
from dppgraph.operations.dumps.dump import write_list
from tests.conftest import Server, start_server
from tests.operate.conftest import NGINX, Nginx, free_port, replaced

SMALL: Final = "SELECT ?plan ?title { ?plan a dpp:PolicyPlan ; dct:title ?title }"
MEGABYTE: Final = 1_000_000
ASKED: Final = 400
ONE, MANY = 1, 16
ALLOWED: Final = 300
"""MiB that making the dumps of any version may take besides its lines."""
_UNITS: Final = {"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}


class Cost(NamedTuple):
    """What making dumps came to.

    Attributes:
        seconds: how long it took.
        lines: bytes of memory of the process that had the lines in hand.
        most: bytes of memory at most.
        files: how many there are.
        size: their bytes.
    """

    seconds: float
    lines: int
    most: int
    files: int
    size: int


def cost_of(data: Path, count: int, folder: Path) -> Cost:
    """Makes the dumps of so many triples, in this process, which is to do nothing else."""
    lines = repeated(data.read_text(encoding="utf-8").splitlines(), count, DEFAULT_BASE)
    had = _most_memory()
    begun = time.monotonic()
    dumps = make_dumps(lines, folder, DEFAULT_BASE)
    seconds = time.monotonic() - begun
    return Cost(seconds, had, _most_memory(), len(dumps), sum(dump.size for dump in dumps))


def _most_memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


def making(data: Path, count: int, folder: Path, verdict: Verdict) -> None:
    """Makes the dumps of a large version, and says what that cost."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        cost = process.submit(cost_of, data, count, folder).result()
    verdict.figure(f"all dumps of {count:,} triples (s)", f"{cost.seconds:.1f}")
    verdict.figure("  files, and MiB of them", f"{cost.files:,}, {cost.size / MIB:,.0f}")
    more = (cost.most - cost.lines) / MIB
    verdict.figure(f"  memory besides the lines' {cost.lines / MIB:.0f} (MiB)", f"{more:.0f}", more < ALLOWED)


def lay_out(folder: Path, content: bytes, sizes: dict[str, int]) -> None:
    """Files of some sizes as the dumps of a version."""
    folder.mkdir(parents=True, exist_ok=True)
    dumps = []
    for name, size in sizes.items():
        data = (content * (size // len(content) + 1))[:size]
        (folder / name).write_bytes(data)
        digest = sha256(data).hexdigest()
        dumps.append(Dump(name, "ntriples", "application/n-triples", False, size, digest, "all"))
    write_list(dumps, folder, None)


@contextmanager
def nginx_serving(files: Path, folder: Path) -> Iterator[Nginx]:
    """Nginx with these files at ``/dumps``, until the block ends."""
    if NGINX is None:
        sys.exit("there is no nginx here: on Debian, apt install nginx-light")
    at = free_port()
    folder.mkdir()
    said = (Path(__file__).parent / "static.conf").read_text(encoding="utf-8")
    said = replaced(replaced(said, "127.0.0.1:8000", f"127.0.0.1:{at}"), "root files", f"root {files.parent}")
    (folder / "static.conf").write_text(said)
    as_root = ["-g", "user root;"] if os.geteuid() == 0 else []
    command = [NGINX, "-p", str(folder), "-c", "static.conf", "-e", "error.log", *as_root]
    nginx = Nginx(subprocess.Popen(command, text=True), at)
    try:
        nginx.wait_until_it_listens()
        yield nginx
    finally:
        nginx.stop()


def rate(port: int, name: str, connections: int, seconds: int) -> float:
    """Bytes a second that wrk is sent of a file over some connections."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}", f"http://127.0.0.1:{port}/dumps/{name}"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"Transfer/sec: +([\d.]+)(B|KB|MB|GB)\n", said)
    if found is None or "Non-2xx" in said:
        raise RuntimeError(f"wrk says something else: {said}")
    return float(found[1]) * _UNITS[found[2]]


def sending(ours: Server, nginx: Server, names: dict[str, int], rounds: int, seconds: int, verdict: Verdict) -> None:
    """Has files downloaded from both in turn, and says how they compare."""
    for name in names:
        for connections in (ONE, MANY):
            rates: dict[int, list[float]] = {ours.port: [], nginx.port: []}
            for number in range(rounds):
                # Neither is always the first.
                for port in sorted(rates, reverse=bool(number % 2)):
                    rates[port].append(rate(port, name, connections, seconds))
            ratios = [mine / theirs for mine, theirs in zip(rates[ours.port], rates[nginx.port], strict=True)]
            what = f"{names[name] // MEGABYTE} MB over {connections}"
            verdict.figure(f"{what}: dppgraph (MiB/s)", f"{statistics.median(rates[ours.port]) / MIB:,.0f}")
            verdict.figure(f"{what}: nginx (MiB/s)", f"{statistics.median(rates[nginx.port]) / MIB:,.0f}")
            ratio = statistics.median(ratios)
            figure = f"{ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
            verdict.figure(f"{what}: dppgraph to nginx", figure, ratio >= 0.5, timed=True)


async def small_queries(port: int) -> list[float]:
    """The seconds that small queries take, one after the other."""
    taken = []
    for number in range(ASKED):
        # Each another one, so that it is evaluated.
        reply = await ask(port, f"{SMALL} # {number} {time.monotonic()}")
        if reply.status != 200 or not reply.whole:
            raise RuntimeError(f"a small query was answered with {reply.status}")
        taken.append(reply.seconds)
        await asyncio.sleep(0.002)
    return taken


def beside(server: Server, name: str, verdict: Verdict) -> None:
    """Small queries alone, and beside downloads."""
    alone = asyncio.run(small_queries(server.port))
    command = ["wrk", "-t1", f"-c{MANY}", "-d60", f"http://127.0.0.1:{server.port}/dumps/{name}"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as downloads:
        try:
            time.sleep(0.5)
            busy = asyncio.run(small_queries(server.port))
        finally:
            downloads.terminate()
    for what, taken in (("alone", alone), (f"beside {MANY} downloads", busy)):
        figure = ", ".join(f"{percentile(taken, share) * 1000:.1f}" for share in (0.5, 0.99))
        holds = percentile(taken, 0.99) < 0.1
        verdict.figure(f"a small query {what}: median, 99 of 100 (ms)", figure, holds, timed=True)


def main() -> None:
    """Measures all of it."""
    asked = arguments(triples=MEGABYTE, rounds=5, megabytes=200, seconds=2)
    verdict = Verdict(untimed=asked.untimed)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        data = exported(folder)
        (folder / "made").mkdir()
        making(data, asked.triples, folder / "made", verdict)
        files = folder / "store" / "harvest" / "000001" / "dumps"
        sizes = {"small.nt": 2 * MEGABYTE, "large.nt": asked.megabytes * MEGABYTE}
        lay_out(files, data.read_bytes(), sizes)
        log = {"DPPGRAPH_ACCESS_LOG": str(folder / "access.log")}
        ours = start_server("--store", folder / "store", environment=log)
        try:
            with nginx_serving(files, folder / "nginx") as nginx:
                sending(ours, nginx, sizes, asked.rounds, asked.seconds, verdict)
            beside(ours, "large.nt", verdict)
        finally:
            ours.stop()
    verdict.end()


if __name__ == "__main__":
    main()
