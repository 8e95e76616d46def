"""What an answer costs from a large version beside one from a small version, and what a large one takes of memory.

    python -m benchmarks.serving [--sizes 10000,10000000] [--rounds 30] [--pages 500] [--stores DIR]

Plans are generated for each size (``benchmarks/generate``), a store is built of them, and the real server is started
on it, with no answers kept. In each round all servers are asked, in another order each time, about another plan each:
for its title (a point query at ``/sparql``), its page, and its document as Turtle and as JSON-LD. The plans are of
the smallest version, and of a larger one those about which as much is said, so that answers are of one size. A ratio is
that of the medians of the times; the first rounds are not counted, and the files have been read once, so that the
system has them at hand.

Of the largest, a dump and the feed are read, the feed as far as ``--pages`` pages; and all of what is long is asked for
once: how long it takes, and the most that the process that speaks HTTP has in memory meanwhile.
"""

import argparse
import http.client
import itertools
import random
import re
import statistics
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote, urlsplit

from benchmarks.generate.__main__ import generate
from benchmarks.measuring import MIB, Verdict, memory
from dppgraph.core.iris import NAMESPACE
from tests.conftest import DPPGRAPH, Server, start_server

MOST: Final = 1.3
"""How many times as much an answer may cost from the largest version as from the smallest."""
MOST_MEMORY: Final = 300 * MIB
"""What the process that speaks HTTP may have for itself, whatever is asked of it."""

_WARM: Final = 3
"""Rounds that are not counted."""
_PLANS: Final = f"SELECT ?plan (COUNT(*) AS ?n) {{ ?plan a <{NAMESPACE}PolicyInstrument> ; ?p ?o }} GROUP BY ?plan"
_TITLE: Final = "SELECT ?title {{ <{plan}> <http://purl.org/dc/terms/title> ?title }}"
_LONG: Final = (
    "/",
    "/plans",
    "/timeline",
    "/compare",
    "/sources",
    "/agents",
    "/quality",
    "/changes/1",
    "/things",
    "/graphs",
    "/catalogue",
    "/catalogue.ttl",
    "/catalogue.jsonld",
    "/.well-known/void",
    "/sparql",
    "/dumps",
    "/dumps?page=2",
    "/fragments",
    "/sitemap.xml",
    "/sitemap-1.xml",
)
"""Addresses of what is long where there is much, or counts it."""
_PIECE: Final = 1 << 20


@dataclass(frozen=True)
class Served:
    """A version that is served.

    Attributes:
        size: how many statements were asked for.
        server: the server.
        plans: IRI to how many statements there are about it.
        started: seconds from the command to the first answer.
    """

    size: int
    server: Server
    plans: dict[str, int]
    started: float

    @property
    def front(self) -> int:
        """The process that speaks HTTP."""
        return self.server.child("dppgraph.cli.front")


def built(size: int, seed: int, folder: Path) -> Path:
    """The folder of generated plans and of the store that is built of them, made unless it is there."""
    place = folder / str(size)
    if not place.exists():
        with tempfile.TemporaryDirectory(dir=folder) as name:
            work = Path(name) / "work"
            generate(size, seed, work / "data")
            command = [*DPPGRAPH, "build", "--data", str(work / "data"), "--store", str(work / "store")]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            work.rename(place)
    return place


def read_once(store: Path) -> None:
    """Reads the files that answers are made of, so that the system has them at hand, as far as it has room."""
    for path in (
        path for name in ("history.sqlite", "harvest/*/*.sqlite", "indexes/**/*") for path in store.glob(name)
    ):
        if path.is_file():
            with path.open("rb") as file:
                while file.read(_PIECE):
                    pass


@contextmanager
def served(size: int, place: Path) -> Iterator[Served]:
    """A server of a store, which keeps no answers."""
    began = time.monotonic()
    environment = {"DPPGRAPH_CACHE": "0", "DPPGRAPH_ACCESS_LOG": "off"}
    server = start_server("--store", place / "store", "--data", place / "data", environment=environment)
    try:
        answered(server.port, f"/sparql?query={quote('ASK {}')}", "application/json")
        started = time.monotonic() - began
        _, _, body = server.ask("GET", f"/sparql?query={quote(_PLANS)}", headers={"Accept": "text/csv"})
        rows = body.decode().split()[1:]
        counts = (row.rsplit(",", 1) for row in rows)
        yield Served(size, server, {plan: int(count) for plan, count in counts}, started)
    finally:
        server.stop()


class Answered(NamedTuple):
    """An answer: seconds until its first byte and its last, how many there are, and the first mebibyte of them."""

    first: float
    last: float
    size: int
    body: bytes


def answered(port: int, target: str, accept: str) -> Answered:
    """The answer to one request over a connection of its own, read to its end and not kept."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.connect()
    began = time.monotonic()
    connection.request("GET", target, headers={"Accept": accept, "Accept-Language": "en"})
    answer = connection.getresponse()
    first, size, body = time.monotonic() - began, 0, b""
    while piece := answer.read(_PIECE):
        body = body or piece
        size += len(piece)
    last = time.monotonic() - began
    connection.close()
    if answer.status != HTTPStatus.OK:
        raise SystemExit(f"{target} was answered with {answer.status}")
    return Answered(first, last, size, body)


def asked_about(plan: str) -> dict[str, tuple[str, str]]:
    """What is asked about a plan: a target and a media type, by what it is called here."""
    slug = urlsplit(plan).path.partition("/id/plan/")[2]
    return {
        "a point query": (f"/sparql?query={quote(_TITLE.format(plan=plan))}", "application/sparql-results+json"),
        "a plan's page": (f"/plans/{slug}", "text/html"),
        "a document as Turtle": (f"/doc/plan/{slug}", "text/turtle"),
        "a document as JSON-LD": (f"/doc/plan/{slug}", "application/ld+json"),
    }


def alike(sizes: list[Served], rounds: int) -> Iterator[dict[int, str]]:
    """For each round, a plan of each version, about which as much is said as about those of the others."""
    smallest = sizes[0].plans
    used: dict[int, set[str]] = defaultdict(set)
    shuffled = {one.size: random.sample(sorted(one.plans), len(one.plans)) for one in sizes}
    for plan, _ in zip(itertools.cycle(sorted(smallest)), range(rounds), strict=False):
        found = {}
        for one in sizes:
            fresh = [other for other in shuffled[one.size] if other not in used[one.size]] or shuffled[one.size]
            wanted = smallest[plan]
            found[one.size] = plan if one is sizes[0] else min(fresh, key=lambda at: abs(one.plans[at] - wanted))
            used[one.size].add(found[one.size])
        yield found


def compared(sizes: list[Served], rounds: int, verdict: Verdict) -> None:
    """Says what answers cost from each version, and from a larger one beside the smallest."""
    taken: defaultdict[tuple[str, int], list[float]] = defaultdict(list)
    weighed: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for number, plans in enumerate(alike(sizes, _WARM + rounds)):
        for one in random.sample(sizes, len(sizes)):
            for what, (target, accept) in asked_about(plans[one.size]).items():
                answer = answered(one.server.port, target, accept)
                if number >= _WARM:
                    taken[what, one.size].append(answer.last)
                    weighed[what, one.size].append(answer.size)
    for what in asked_about(""):
        for one in sizes:
            times = [seconds * 1000 for seconds in taken[what, one.size]]
            size = statistics.median(weighed[what, one.size])
            figure = f"{statistics.median(times):.2f} ({min(times):.2f} to {max(times):.2f}), {size:,.0f}"
            verdict.figure(f"{what}, {one.size:,} statements (ms, bytes)", figure)
        least = statistics.median(taken[what, sizes[0].size])
        for one in sizes[1:]:
            ratio = statistics.median(taken[what, one.size]) / least
            figure = f"{what}, {one.size:,} statements to {sizes[0].size:,}"
            verdict.figure(figure, f"{ratio:.2f}", ratio <= MOST, timed=True)


def at_rest(one: Served, verdict: Verdict) -> None:
    """Says how long it took to be there, and what each process has."""
    verdict.figure(f"{one.size:,} statements: seconds from the command to a first answer", f"{one.started:.1f}")
    names = {
        "fronts": one.server.children("dppgraph.cli.front", 1),
        "query processes": [
            process for process in one.server.family() if _runs(process, "dppgraph.store.workers.pool")
        ],
        "supervisor": [one.server.process.pid],
    }
    for name, processes in names.items():
        sizes = ", ".join(f"{memory([process]) // MIB}" for process in processes)
        verdict.figure(f"{one.size:,} statements, at rest: {name} (MiB each)", sizes)


def _runs(process: int, module: str) -> bool:
    return module.encode() in Path(f"/proc/{process}/cmdline").read_bytes()


class Peak:
    """The most memory that a process has had in it since it was looked at last, as the kernel keeps count."""

    def __init__(self, process: int) -> None:
        self._process = Path(f"/proc/{process}")

    def begin(self) -> None:
        """Begins anew."""
        (self._process / "clear_refs").write_text("5")

    @property
    def size(self) -> int:
        """Bytes."""
        found = re.search(r"^VmHWM:\s+(\d+) kB", (self._process / "status").read_text(), re.MULTILINE)
        return int(found[1]) << 10 if found else 0


def streamed(one: Served, pages: int, verdict: Verdict) -> None:
    """Says what a large dump and the feed take of memory, read to their end or to so many pages."""
    peak = Peak(one.front)
    what = f"{one.size:,} statements"
    for name in ("policy-plans.nq", "policy-plans.ttl.gz"):
        peak.begin()
        answer = answered(one.server.port, f"/dumps/{name}", "*/*")
        rate = answer.size / answer.last / MIB
        verdict.figure(f"{what}: {name} (MiB, MiB/s)", f"{answer.size / MIB:,.0f}, {rate:,.0f}")
        most = peak.size
        verdict.figure(f"{what}: {name}, memory (MiB)", most // MIB, most <= MOST_MEMORY)
    peak.begin()
    waiting, seen, members, began = ["/feed"], set[str](), 0, time.monotonic()
    while waiting and len(seen) < pages:
        target = waiting.pop()
        seen.add(target)
        page = answered(one.server.port, target, "application/n-quads").body.decode(errors="replace")
        members += page.count("<https://w3id.org/tree#member>")
        linked = re.findall(r"<https://w3id\.org/tree#node> <([^>]+)>", page)
        waiting += sorted({urlsplit(link).path for link in linked} - seen - set(waiting), reverse=True)
    figure = f"{members:,} in {len(seen):,}{'' if not waiting else ' and there are more'}"
    verdict.figure(f"{what}: members of the feed, and pages", figure)
    verdict.figure(f"{what}: pages of the feed a second", f"{len(seen) / (time.monotonic() - began):.0f}")
    verdict.figure(f"{what}: the feed, memory (MiB)", peak.size // MIB, peak.size <= MOST_MEMORY)


def long(one: Served, verdict: Verdict) -> None:
    """Says how long what is long takes to be there, and what it takes of memory."""
    peak = Peak(one.front)
    for target in _LONG:
        peak.begin()
        path = urlsplit(target).path
        accept = "text/turtle" if path in ("/.well-known/void", "/sparql", "/fragments") else "text/html"
        answer = answered(one.server.port, target, "*/*" if "." in path.rpartition("/")[2] else accept)
        most = peak.size
        figure = f"{answer.first:.2f}, {answer.last:.2f}, {answer.size / MIB:,.2f}, {most // MIB}"
        what = f"{target} (s until it begins and ends, MiB of it, MiB of memory)"
        verdict.figure(what, figure, most <= MOST_MEMORY)


def main() -> None:
    """Measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,10000000")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--pages", type=int, default=500, help="pages of the feed that are read")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--stores", type=Path, help="where stores are kept for the next time, or are from the last")
    parser.add_argument("--untimed", action="store_true", help="judge nothing that depends on how busy the machine is")
    said = parser.parse_args()
    verdict = Verdict(untimed=said.untimed)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = said.stores or Path(name)
        places = {size: built(size, said.seed, folder) for size in sorted(map(int, said.sizes.split(",")))}
        sizes = [stack.enter_context(served(size, place)) for size, place in places.items()]
        for one in sizes:
            at_rest(one, verdict)
            read_once(places[one.size] / "store")
        compared(sizes, said.rounds, verdict)
        streamed(sizes[-1], said.pages, verdict)
        long(sizes[-1], verdict)
    verdict.end()


if __name__ == "__main__":
    main()
