"""What the tests of the store share: versions on disk, pool parents over them, and ways to ask."""

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.quads import canonical
from dppgraph.store.interface import QueryRequest
from dppgraph.store.rdf import parse
from dppgraph.store.versions import Manifest, Publication, VersionStore
from dppgraph.store.workers.client import Limits, WorkerStore
from dppgraph.store.workers.process import PoolOptions, listen, start_pool

BASE = "https://data.example.org/"
MIB = 1 << 20
DATA = b"""
@prefix e: <http://e/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
e:default e:p "in the default graph" .
e:one { e:a e:p "one"@en , "01"^^xsd:integer ; e:q e:b . }
e:two { e:b e:p "two" . }
"""


def publication(lines: list[str], **said: Any) -> Publication:
    """Lines to publish, with something said of them."""
    usual: dict[str, Any] = {
        "agent": "an editor",
        "message": "a test",
        "software": "dppgraph 0",
        "base": BASE,
        "inputs": "0" * 64,
        "findings": None,
    }
    return Publication(lines=lines, **usual | said)


def until(condition: Callable[[], object]) -> None:
    """Waits for something that is sure to come; if it does not, the test's own timeout ends it."""
    while not condition():
        time.sleep(0.005)


def children(process: int) -> set[int]:
    """The process numbers of the living children of a process."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
            if int(parent) == process and state not in "ZX":
                found.add(int(stat.parent.name))
    return found


@dataclass
class Pool:
    """A pool parent over a version, and clients of it."""

    options: PoolOptions
    address: Path
    process: "subprocess.Popen[bytes]" = field(init=False)

    def __post_init__(self) -> None:
        self.listener = listen(self.address)
        self.start()

    def start(self) -> None:
        """Starts the pool parent; once more, if the last one is gone."""
        self.process = start_pool(self.options, self.listener)

    def stop(self) -> None:
        """Kills the pool parent, if it still lives, and hangs up."""
        self.process.kill()
        self.process.wait()
        self.listener.close()

    def workers(self) -> set[int]:
        """The process numbers of its workers."""
        return children(self.process.pid)

    @asynccontextmanager
    async def store(self, **limits: Any) -> AsyncIterator[WorkerStore]:
        """A store that is open for as long as the block runs; limits that are not given are wide."""
        usual = {"timeout": 30, "max_bytes": 16 * MIB, "workers": 1, "max_workers": 4, "queue": 200}
        store = WorkerStore(self.address, self.options.version, Limits(**usual | limits))
        try:
            await store.open()
            yield store
        finally:
            await store.close()

    def ask(self, text: str, **said: Any) -> tuple[Format, bytes]:
        """The whole answer to one query, asked through a store of its own."""

        async def asked() -> tuple[Format, bytes]:
            async with self.store() as store:
                return await read(store, text, **said)

        return asyncio.run(asked())


def request(text: str, **said: Any) -> QueryRequest:
    """A query whose sender takes JSON and N-Triples, unless it is said otherwise."""
    return QueryRequest(**{"text": text, "results": formats.JSON, "rdf": formats.NTRIPLES} | said)


async def read(store: WorkerStore, text: str, **said: Any) -> tuple[Format, bytes]:
    """The whole answer to a query."""
    answer = await store.query(request(text, **said))
    try:
        return answer.format, b"".join([chunk async for chunk in answer.chunks])
    finally:
        await answer.chunks.aclose()


def published(folder: Path, lines: list[str]) -> tuple[VersionStore, Manifest]:
    """A new version store with one version of these lines."""
    versions = VersionStore(folder)
    with versions.writing("a test") as writer:
        return versions, writer.publish(publication(lines), None)


@pytest.fixture(scope="session")
def store_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A version store whose one version holds :data:`DATA`."""
    folder = tmp_path_factory.mktemp("store")
    published(folder, canonical(parse(DATA, formats.TRIG)))
    return folder


@pytest.fixture(scope="session")
def options(store_folder: Path) -> PoolOptions:
    """What a pool parent over :data:`DATA` is told; 64 MiB for a query."""
    return PoolOptions(store_folder, 1, BASE, union=True, memory=64 * MIB)
