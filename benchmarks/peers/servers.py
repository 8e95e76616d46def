"""The servers that are compared, on the same data and free ports, each started as its own documentation says."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from benchmarks.peers.environment import programs
from tests.conftest import DPPGRAPH, Server, start_server
from tests.operate.conftest import free_port, start_nginx

OURS: Final = "dppgraph"
NGINX: Final = "dppgraph behind nginx"
DISK: Final = "Oxigraph from disk"
MEMORY: Final = "Oxigraph in memory"
RDFLIB: Final = "rdflib-endpoint"

JSON: Final = "application/sparql-results+json"
TURTLE: Final = "text/turtle"
NQUADS: Final = "application/n-quads"
ANSWERS: Final = 30.0
"""Seconds that a server may take until it answers."""


@dataclass(frozen=True)
class Asked:
    """A server that is asked.

    Attributes:
        name: what the table calls it.
        server: its processes and its port.
        path: where queries go.
        speaking: the numbers of its processes that speak HTTP.
        logs: the files it writes a line to for each request.
        more: what a query's address has besides.
    """

    name: str
    server: Server
    path: str
    speaking: tuple[int, ...]
    logs: tuple[Path, ...] = ()
    more: str = ""

    def target(self, query: str) -> str:
        """The path and query string that ask a query by GET."""
        return f"{self.path}?query={quote(query, safe='')}{self.more}"

    def get(self, query: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """One answer as JSON: its status, headers by lower-case name, and body."""
        return self.server.ask("GET", self.target(query), headers={"Accept": JSON} | headers)

    def forget_the_log(self) -> None:
        """Empties its logs, which would fill the disk: who appends to a file goes on at its new end."""
        for log in self.logs:
            os.truncate(log, 0)


@contextmanager
def running(folder: Path, processes: int) -> Iterator[dict[str, Asked]]:
    """All the servers by name, on the shipped data, until the block ends; ``processes`` is how many fronts ours has."""
    data = exported(folder)
    with ExitStack() as stack:
        # Each is stopped, whatever happens to the others.
        found = [
            stack.enter_context(ours(folder, processes)),
            stack.enter_context(oxigraph_from_disk(folder, data)),
            stack.enter_context(oxigraph_in_memory(folder, data)),
            stack.enter_context(rdflib_endpoint(folder, data)),
        ]
        found.append(stack.enter_context(behind_nginx(folder, found[0])))
        yield {one.name: one for one in found}


def exported(folder: Path) -> Path:
    """The shipped data, built into a store in the folder, as N-Quads: the file that all peers get."""
    data = folder / "data.nq"
    for arguments in (["build"], ["export", "--format", "nquads", "--out", str(data)]):
        command = [*DPPGRAPH, *arguments, "--store", str(folder / "store")]
        subprocess.run(command, check=True, capture_output=True, env={"PATH": "/usr/bin:/bin"})
    return data


@contextmanager
def ours(folder: Path, processes: int) -> Iterator[Asked]:
    """This server with its defaults, and its access log in a file."""
    log = folder / "access.log"
    server = start_server(
        "--store", folder / "store", "--processes", processes, environment={"DPPGRAPH_ACCESS_LOG": str(log)}
    )
    try:
        fronts = tuple(server.children("dppgraph.cli.front", processes))
        yield Asked(OURS, server, "/sparql", fronts, (log,))
    finally:
        server.stop()


@contextmanager
def behind_nginx(folder: Path, asked: Asked) -> Iterator[Asked]:
    """This server behind nginx, with the files that operators copy."""
    server = start_nginx(folder / "nginx", asked.server.port)
    try:
        yield Asked(NGINX, server, asked.path, tuple(server.family()), (folder / "nginx" / "access.log",))
    finally:
        server.stop()


@contextmanager
def oxigraph_from_disk(folder: Path, data: Path) -> Iterator[Asked]:
    """Oxigraph's server on a database that was loaded, and optimized for reading as its loader advises."""
    program, database = str(programs() / "oxigraph"), str(folder / "oxigraph")
    for command in (["load", "--location", database, "--file", str(data)], ["optimize", "--location", database]):
        subprocess.run([program, *command], check=True, capture_output=True)
    command = [program, "serve-read-only", "--location", database, "--union-default-graph"]
    with _peer(DISK, command, "--bind", "/query", folder) as asked:
        yield asked


@contextmanager
def oxigraph_in_memory(folder: Path, data: Path) -> Iterator[Asked]:
    """Oxigraph's server without a folder, the data sent to it."""
    with _peer(
        MEMORY, [str(programs() / "oxigraph"), "serve", "--union-default-graph"], "--bind", "/query", folder
    ) as asked:
        status, _, body = asked.server.ask("POST", "/store", data.read_bytes(), {"Content-Type": NQUADS})
        if status not in (200, 201, 204):
            raise RuntimeError(f"{MEMORY} does not take the data: {status} {body[:200]!r}")
        yield asked


@contextmanager
def rdflib_endpoint(folder: Path, data: Path) -> Iterator[Asked]:
    """rdflib-endpoint's own command, with its defaults: rdflib's store and uvicorn."""
    command = [str(programs() / "rdflib-endpoint"), "serve", str(data), "--host", "127.0.0.1"]
    with _peer(RDFLIB, command, "--port", "/", folder) as asked:
        yield asked


@contextmanager
def _peer(name: str, command: list[str], option: str, path: str, folder: Path) -> Iterator[Asked]:
    """A peer that is told its port, or address and port, by an option, and what it says in a file."""
    port = free_port()
    log = folder / f"{name}.log"
    address = f"127.0.0.1:{port}" if option == "--bind" else str(port)
    with log.open("ab") as said:
        process = subprocess.Popen([*command, option, address], stdout=said, stderr=said, text=True)
    server = Server(process, port)
    try:
        asked = Asked(name, server, path, (process.pid,), (log,))
        _wait(asked, log)
        yield asked
    finally:
        server.stop()


def _wait(asked: Asked, log: Path) -> None:
    until = time.monotonic() + ANSWERS
    while time.monotonic() < until and asked.server.process.poll() is None:
        try:
            if asked.get("ASK {}")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{asked.name} does not answer: {log.read_text(errors='replace')[-500:]}")
