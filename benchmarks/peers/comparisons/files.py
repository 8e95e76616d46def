"""Files: nginx with the same bytes on disk, beside this server, for a page, a document and dumps."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.dumps import MEGABYTE, lay_out, nginx_serving
from benchmarks.dumps import rate as sent
from benchmarks.measuring import MIB, Verdict
from benchmarks.pages import asked_by_wrk
from benchmarks.peers import environment
from benchmarks.peers.comparing import DOCUMENT
from benchmarks.peers.result import Bar, Result, Row, figures, ratios
from benchmarks.peers.run import Run
from benchmarks.peers.servers import OURS, exported
from tests.conftest import Server, start_server

NAME: Final = "files"
NGINX: Final = "nginx"
PAGES: Final = {
    "the first page": ("/", {"Accept": "text/html", "Accept-Language": "nl", "Accept-Encoding": "br"}),
    "a page about a plan": (f"{DOCUMENT}.html", {"Accept-Language": "nl", "Accept-Encoding": "br"}),
    "a document as Turtle": (f"{DOCUMENT}.ttl", {}),
}
DUMPS: Final = {"small.nt": 2 * MEGABYTE, "large.nt": 200 * MEGABYTE}
MANY: Final = 5_000
"""Answers a second of a page that is kept."""
BESIDE: Final = 0.5
"""The share of what nginx sends of a dump that we send at least."""
CONNECTIONS: Final = 16


def compare(run: Run, folder: Path, verdict: Verdict) -> Result:
    """Asks both in turn, in each round another one first."""
    data = exported(folder)
    files = folder / "store" / "harvest" / "000001" / "dumps"
    lay_out(files, data.read_bytes(), DUMPS)
    server = start_server("--store", folder / "store", environment={"DPPGRAPH_ACCESS_LOG": str(folder / "access.log")})
    try:
        with nginx_serving(files, folder / "nginx") as nginx:
            failed = list[int]()
            pages = [_page(name, server, nginx.port, files, run, failed) for name in PAGES]
            dumps = [_dump(name, server.port, nginx.port, run) for name in DUMPS]
    finally:
        server.stop()
    bars = [Bar(f"{row.what}: dppgraph", row.of[OURS], row.unit, least=MANY) for row in pages]
    bars += [Bar(f"{row.what}: dppgraph to nginx", ratios(row.of[OURS], row.of[NGINX]), least=BESIDE) for row in dumps]
    verdict.figure("requests that failed", sum(failed), not any(failed))
    versions = environment.versions("dppgraph", "nginx", "wrk")
    how = f"{run.rounds(5)} rounds of {run.seconds} s over {CONNECTIONS} connections, one process each that speaks HTTP"
    return Result(NAME, "Files, beside nginx", run.told(versions, how), (OURS, NGINX), (*pages, *dumps), tuple(bars))


def _page(name: str, server: Server, port: int, files: Path, run: Run, failed: list[int]) -> Row:
    target, headers = PAGES[name]
    status, _, body = server.ask("GET", target, headers=headers)
    if status != 200:
        raise RuntimeError(f"{target} was answered with {status}")
    file = name.replace(" ", "-")
    (files / file).write_bytes(body)

    def rate(at: int, path: str, more: dict[str, str]) -> float:
        load = asked_by_wrk(at, path, more, run.seconds)
        failed.append(load.failed)
        return load.rate

    asked: dict[str, Callable[[], float]] = {
        OURS: lambda: rate(server.port, target, headers),
        NGINX: lambda: rate(port, f"/dumps/{file}", {}),
    }
    return Row(f"{name}, {len(body) / 1000:.1f} kB", "answers/s", _in_turn(asked, run))


def _dump(name: str, ours: int, theirs: int, run: Run) -> Row:
    def rate(port: int) -> float:
        return sent(port, name, CONNECTIONS, run.seconds) / MIB

    asked: dict[str, Callable[[], float]] = {OURS: partial(rate, ours), NGINX: partial(rate, theirs)}
    return Row(f"a dump of {DUMPS[name] // MEGABYTE} MB", "MiB/s", _in_turn(asked, run))


def _in_turn(asked: dict[str, Callable[[], float]], run: Run) -> dict[str, tuple[float, ...]]:
    found = {who: list[float]() for who in asked}
    for number in range(run.rounds(5)):
        for who in sorted(asked, reverse=bool(number % 2)):
            found[who].append(asked[who]())
    return {who: figures(values) for who, values in found.items()}
