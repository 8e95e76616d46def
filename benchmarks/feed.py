"""The feed of many members: what making it costs a build, how fast pages come, and how fast ldes-client harvests it.

    python -m benchmarks.feed [--members 10000] [--rounds 5]

Each member is an entity of eight statements with a part of three: eleven, as a plan or a statement of the shipped data
has. ldes-client (tests/clients/npm) reads over the loopback with what it does by itself, unless a row says otherwise;
its time counts from its first request to its last member. A figure is the median of the rounds, with the least and
the most in brackets.
"""

import http.client
import json
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks.measuring import MIB, Verdict, arguments
from dppgraph.core.iris import DEFAULT_BASE, PREFIXES, graph_iri
from dppgraph.core.quads import Quad, canonical, difference, literal
from dppgraph.operations.feed import FeedReader, make_members
from dppgraph.store.versions import Publication, VersionStore
from tests.clients.conftest import NPM
from tests.conftest import Server, start_server

SLOWEST: Final = 500
"""Members a second below which the harvest is too slow."""

CLIENTS: Final[dict[str, dict[str, object]]] = {
    "ldes-client": {},
    "ldes-client, ordered": {"ordered": "ascending"},
    "ldes-client, by graphs alone": {"noShape": True},
    "ldes-client, Turtle": {"accept": "text/turtle"},
}


def lines(members: int, changed: int = -1) -> list[str]:
    """The data; one entity says something else where that is asked for."""
    dct, base, graph = PREFIXES["dct"], DEFAULT_BASE, f"<{graph_iri('source')}>"
    found = []
    for number in range(members):
        me, part = f"<{base}id/thing/{number}>", f"<{base}id/thing/{number}#period>"
        title = f"The thing that is number {number}{' after all' if number == changed else ''}"
        values = {
            f"<{PREFIXES['rdf']}type>": f"<{base}ns#Thing>",
            f"<{dct}title>": literal(title, language="en"),
            f"<{dct}description>": literal(
                f"{title}, told at such a length as things are told of. " * 3, language="en"
            ),
            f"<{dct}identifier>": literal(str(number)),
            f"<{dct}relation>": f"<{base}id/thing/{(number * 7) % members}>",
            f"<{dct}isPartOf>": f"<{base}id/dataset/policy-plans>",
            f"<{dct}creator>": f"<{base}id/agent/dppgraph-editors>",
            f"<{dct}temporal>": part,
        }
        found += [Quad(me, predicate, value, graph) for predicate, value in values.items()]
        ends = {"from": "2009-01-01", "until": "2011-12-31"}
        found += [Quad(part, f"<{base}ns#{name}>", literal(day), graph) for name, day in ends.items()]
        found.append(Quad(part, f"<{PREFIXES['rdf']}type>", f"<{dct}PeriodOfTime>", graph))
    return canonical(found)


def published(folder: Path, said: list[str]) -> VersionStore:
    """A store of one version."""
    store = VersionStore(folder)
    with store.writing("benchmark") as writer:
        what = Publication(said, "a benchmark", "", "dppgraph", DEFAULT_BASE, "", None, None, "none")
        writer.publish(what, store.numbers()[-1] if store.numbers() else None)
    return store


def seconds(work: Callable[[], object]) -> float:
    """How long something takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def told(values: list[float]) -> str:
    """A figure."""
    return f"{statistics.median(values):,.0f} ({min(values):,.0f} to {max(values):,.0f})"


def fetching(server: Server, nodes: list[int], format_: str) -> float:
    """How many of these pages come in a second, over one connection, which has asked for the root before."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)

    def fetch(node: str) -> None:
        connection.request("GET", f"/feed{node}?format={format_}")
        connection.getresponse().read()

    fetch("")
    begun = time.perf_counter()
    for number in nodes:
        fetch(f"/{number}")
    connection.close()
    return len(nodes) / (time.perf_counter() - begun)


def harvested(server: Server, **settings: object) -> tuple[int, float]:
    """How many members ldes-client read, and in how many seconds."""
    node = shutil.which("node") or "node"
    asked = json.dumps(settings | {"quiet": True})
    command = [node, str(NPM / "feed.mjs"), f"http://127.0.0.1:{server.port}/feed", asked]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    *members, last = [line for line in said.splitlines() if line.startswith("{")]
    return len(members), float(json.loads(last)["seconds"])


def making(verdict: Verdict, folder: Path, said: list[str], members: int) -> None:
    """Measures what a build spends on the feed."""
    changed = lines(members, changed=members // 2)
    begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    store = published(folder / "making", said)
    first = seconds(lambda: make_members(store, store.manifest(1), said))
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - begun
    published(folder / "making", changed)
    again = seconds(lambda: make_members(store, store.manifest(2), changed, difference(said, changed)))
    verdict.figure(f"all {members:,} members of a first version (s)", f"{first:.2f}")
    more_members = FeedReader(store, 2).count - members
    verdict.figure("one changed member of a second version (s)", f"{again:.2f}", more_members == 1)
    verdict.figure("most memory that publishing and making took (MiB more)", f"{more * 1024 / MIB:.0f}")
    size = sum(path.stat().st_size for path in (store.folder / "feed").iterdir())
    plain = sum(len(line) + 1 for line in said)
    verdict.figure("size of the files, the statements themselves (MiB)", f"{size / MIB:.1f}, {plain / MIB:.1f}")


def main() -> None:
    """Runs all."""
    options = arguments(members=10_000, rounds=5)
    verdict = Verdict(untimed=options.untimed)
    said = lines(options.members)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        making(verdict, folder, said, options.members)
        (folder / "data").mkdir()
        (folder / "data" / "source.nq").write_text("".join(f"{line}\n" for line in said))
        served = ("--store", folder / "store", "--data", folder / "data", "--shapes", "none")
        start_server(*served).stop()
        pages = FeedReader(VersionStore(folder / "store"), 1).pages
        cold: dict[str, list[float]] = {"nquads": [], "turtle": []}
        cached: dict[str, list[float]] = {"nquads": [], "turtle": []}
        speeds: dict[str, list[float]] = {name: [] for name in CLIENTS}
        whole = True
        for _ in range(options.rounds):
            server = start_server(*served)
            for format_ in cold:
                cold[format_].append(fetching(server, list(range(1, pages + 1)), format_))
                cached[format_].append(fetching(server, [pages] * 200, format_))
            for name, settings in CLIENTS.items():
                count, took = harvested(server, **settings)
                whole &= count == options.members
                speeds[name].append(count / took)
            server.stop()
        for format_ in cold:
            verdict.figure(f"pages a second as {format_}, made when asked for", told(cold[format_]))
            verdict.figure(f"pages a second as {format_}, made before", told(cached[format_]))
        verdict.figure("every harvest got every member", "yes" if whole else "no", whole)
        for name, values in speeds.items():
            verdict.figure(f"{name} (members a second)", told(values), statistics.median(values) > SLOWEST, timed=True)
    verdict.end()


if __name__ == "__main__":
    main()
