"""What a graph costs as it grows: building, files, memory, loading, starting, asking, for each size; and beyond.

    python -m benchmarks.scaling [--sizes 10000,100000,1000000] [--rounds 1] [--write docs/scaling.md]

Sizes that were measured in another run keep their figures in the document. What is beyond the largest is reckoned from
how each figure grew between the two largest sizes, and is called so.
"""

import argparse
import gzip
import itertools
import json
import math
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from benchmarks.build import Measured, built, loaded
from benchmarks.generate.__main__ import generate
from benchmarks.harvest import made
from benchmarks.measuring import MIB, memory
from benchmarks.peers import environment
from benchmarks.peers.chart import plot
from benchmarks.peers.document import put_into, table_of
from benchmarks.peers.result import Curves, Result, Row, Spread, figures, significant
from benchmarks.peers.run import Run
from dppgraph.store.versions import VersionStore
from dppgraph.store.versions.names import KEYFRAME
from tests.conftest import Server, start_server

NAME: Final = "scaling"
BEYOND: Final = 100_000_000
RECKONED: Final = f"{BEYOND:,}, reckoned"
ASKED: Final = 200
"""Things that are asked about, one query each."""
STATEMENTS: Final = "statements of the version"
UNITS: Final = {
    STATEMENTS: "",
    "build": "s",
    "build, memory of all processes": "MiB",
    "what harvesters take": "s",
    "what harvesters take, memory of the largest process": "MiB",
    "files of a version": "MiB",
    "files of its index": "MiB",
    "files of what harvesters take": "MiB",
    "`oxigraph load` of the same": "s",
    "start of a server": "s",
    "server, memory of all processes": "MiB",
    "a query about one thing, the median": "ms",
    "a document that was not asked for before, the median": "ms",
}
CURVES: Final = ("build", "what harvesters take", "`oxigraph load` of the same", "start of a server")
FLAT: Final = 0.05
"""How a figure grows that does not: by less than this power of the size."""
PLANS: Final = "SELECT ?plan { ?plan a dpp:PolicyPlan } LIMIT 200"


def measured(size: int, seed: int, folder: Path, found: Mapping[str, list[float]]) -> None:
    """Measures one size once."""
    generate(size, seed, folder / "data")
    store, build = folder / "store", Measured()
    built(folder / "data", store, build)
    found["build"].append(build.build[0])
    found["build, memory of all processes"].append(build.memory[0] / MIB)
    versions = VersionStore(store)
    found[STATEMENTS].append(versions.manifest(1).quads)
    before = weight(store)
    found["files of a version"].append((before - weight(store / "indexes")) / MIB)
    found["files of its index"].append(weight(store / "indexes") / MIB)
    seconds, most = made(store)
    found["what harvesters take"].append(sum(seconds.values()))
    found["what harvesters take, memory of the largest process"].append(max(most.values()) / MIB)
    found["files of what harvesters take"].append((weight(store) - before) / MIB)
    with gzip.open(versions.path(1) / KEYFRAME) as lines, (folder / "lines.nq").open("wb") as file:
        shutil.copyfileobj(lines, file)
    loaded(folder / "lines.nq", folder / "database", build)
    found["`oxigraph load` of the same"].append(build.load[0])
    for name in ("lines.nq", "database"):
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    begun = time.monotonic()
    # Of the data that were built, so that it does not build those that are shipped.
    server = start_server("--store", store, "--data", folder / "data", environment={"DPPGRAPH_ACCESS_LOG": "off"})
    try:
        found["start of a server"].append(time.monotonic() - begun)
        asked(server, found)
        found["server, memory of all processes"].append(memory(server.family()) / MIB)
    finally:
        server.stop()


def weight(folder: Path) -> int:
    """Bytes of the files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def asked(server: Server, found: Mapping[str, list[float]]) -> None:
    """Asks a server about things that nobody asked about before, one after the other."""
    status, _, body = server.ask("POST", "/sparql", PLANS.encode(), {"Content-Type": "application/sparql-query"})
    if status != 200:
        raise SystemExit(f"the plans were answered with {status}")
    plans = [row["plan"]["value"] for row in json.loads(body)["results"]["bindings"]]
    queries, documents = list[float](), list[float]()
    for _, plan in zip(range(ASKED), itertools.cycle(plans), strict=False):
        query = f"SELECT ?p ?o {{ <{plan}> ?p ?o }} # {len(queries)}"
        queries.append(took(server, "POST", "/sparql", query.encode(), {"Content-Type": "application/sparql-query"}))
    for plan in plans:
        documents.append(took(server, "GET", f"/doc/{plan.partition('/id/')[2]}.ttl", None, {}))
    found["a query about one thing, the median"].append(statistics.median(queries) * 1000)
    found["a document that was not asked for before, the median"].append(statistics.median(documents) * 1000)


def took(server: Server, method: str, target: str, body: bytes | None, headers: dict[str, str]) -> float:
    """The seconds of an answer, connecting included."""
    begun = time.monotonic()
    status, _, _ = server.ask(method, target, body, headers)
    if status != 200:
        raise SystemExit(f"{target} was answered with {status}")
    return time.monotonic() - begun


def reckoned(row: Row, sizes: Mapping[str, float]) -> tuple[float, ...]:
    """What a figure would be beyond what was measured, if it goes on as between the two largest sizes."""
    known = sorted((sizes[who], spread.median) for who in row.of if who in sizes and (spread := row.spread(who)))
    if len(known) < 2 or not all(figure for _, figure in known[-2:]):
        return ()
    (less, before), (more, after) = known[-2:]
    power = math.log(after / before) / math.log(more / less)
    return (significant(after * (BEYOND / more) ** (power if abs(power) >= FLAT else 0)),)


def result_of(rows: Iterable[Row], told: str) -> Result:
    """What was measured, with what is reckoned from it."""
    rows = list(rows)
    count = next(row for row in rows if row.what == STATEMENTS)
    sizes = {who: Spread(of).median for who, of in count.of.items() if who != RECKONED}
    who = tuple(sorted(sizes, key=lambda name: sizes[name]))
    reckoning = tuple(
        Row(row.what, row.unit, {one: row.of[one] for one in who} | {RECKONED: reckoned(row, sizes)}) for row in rows
    )
    curves = {
        row.what.replace("`", ""): tuple((sizes[one], Spread(row.of[one]).median) for one in who)
        for row in rows
        if row.what in CURVES
    }
    return Result(
        NAME, "What a graph costs as it grows", told, (*who, RECKONED), reckoning, (),
        Curves("statements", "seconds", curves, log=True),
    )  # fmt: skip


def write(rows: Mapping[str, Row], told: str, document: Path) -> None:
    """Writes the sizes that were measured; those of other runs stay."""
    folder = document.parent / "performance"
    file = folder / f"{NAME}.json"
    if file.exists():
        before = Result.from_json(file.read_text(encoding="utf-8"))
        rows = {row.what: Row(row.what, row.unit, {**row.of, **rows[row.what].of}) for row in before.rows}
    result = result_of(rows.values(), told)
    folder.mkdir(exist_ok=True)
    file.write_text(result.to_json(), encoding="utf-8")
    (folder / f"{NAME}.svg").write_text(plot(result), encoding="utf-8")
    document.write_text(written(document.read_text(encoding="utf-8"), result), encoding="utf-8")


def written(text: str, result: Result) -> str:
    """The document's text with the figures of a result."""
    picture = f"![{result.title}](performance/{NAME}.svg)"
    return put_into(text, NAME, "\n".join([result.told, "", *table_of(result), "", picture]))


def main() -> None:
    """Measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", type=Path, metavar="FILE", help="the document that gets the table")
    said = parser.parse_args()
    found: dict[str, dict[str, tuple[float, ...]]] = defaultdict(dict)
    for size in map(int, said.sizes.split(",")):
        of: dict[str, list[float]] = defaultdict(list)
        for number in range(said.rounds):
            print(f"{size:,} statements, round {number + 1} of {said.rounds}", flush=True)
            with tempfile.TemporaryDirectory() as folder:
                measured(size, said.seed, Path(folder), of)
        for what, values in of.items():
            found[what][f"{size:,}"] = figures(values)
            print(f"  {what}: {Spread(figures(values))} {UNITS[what]}", flush=True)
    rows = {what: Row(what, unit, found[what]) for what, unit in UNITS.items()}
    run = Run("", said.rounds, 0, 1, (), quick=False)
    how = f"{said.rounds} round{'s' if said.rounds > 1 else ''} of each size that was measured last: {said.sizes}"
    told = run.told(environment.versions("dppgraph", "Oxigraph"), how)
    print("\n".join(table_of(result_of(rows.values(), told))))
    if said.write:
        write(rows, told, said.write)


if __name__ == "__main__":
    main()
