"""What the tests of the store share: versions on disk, pool parents over them, and ways to ask."""

import asyncio
import os
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.quads import canonical
from dppgraph.store.interface import QueryRequest
from dppgraph.store.rdf import parse
from dppgraph.store.versions import Manifest, Publication, VersionStore
from dppgraph.store.workers.client import Limits, WorkerStore
from dppgraph.store.workers.process import PoolOptions, listen, start_pool
from dppgraph.store.workers.spool import Spool

BASE = "https://data.example.org/"
MIB = 1 << 20
_NO_END = 1 << 40
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


def living(process: int) -> bool:
    """Whether a process runs; one that has ended and was not yet waited for does not."""
    return _state_and_parent(process) is not None


def children(process: int) -> set[int]:
    """The process numbers of the living children of a process."""
    numbers = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return {number for number in numbers if (found := _state_and_parent(number)) and found[1] == process}


def _state_and_parent(process: int) -> tuple[str, int] | None:
    try:
        state, parent = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:
        return None
    return None if state in "ZX" else (state, int(parent))


@dataclass
class Pool:
    """A pool parent over a version, and clients of it."""

    options: PoolOptions
    address: Path
    process: subprocess.Popen[bytes] = field(init=False)

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
        """A store that is open for as long as the block runs; bytes that are not limited have no end.

        An endless answer would reach any cap, sooner on a faster machine, and a test that looks at what still runs
        would find it ended.
        """
        usual = {"timeout": 30, "max_bytes": _NO_END, "workers": 1, "max_workers": 4, "queue": 200}
        spool = Spool(limits.pop("spool", _NO_END))
        store = WorkerStore(self.address, self.options.version, Limits(**usual | limits), spool)
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
    usual: dict[str, Any] = {"results": formats.JSON, "rdf": formats.NTRIPLES}
    return QueryRequest(text, **usual | said)


async def read(store: WorkerStore, text: str, **said: Any) -> tuple[Format, bytes]:
    """The whole answer to a query."""
    answer = await store.query(request(text, **said))
    try:
        return answer.format, b"".join([chunk async for chunk in answer.chunks])
    finally:
        await answer.chunks.aclose()


def xml(document: bytes) -> ElementTree.Element:
    """The root of an XML document, read by a parser that knows namespaces and line ends, as XML asks for."""
    return ElementTree.fromstring(document)  # noqa: S314 - our own


def published(folder: Path, lines: list[str]) -> tuple[VersionStore, Manifest]:
    """A new version store with one version of these lines."""
    versions = VersionStore(folder)
    with versions.writing("a test") as writer:
        return versions, writer.publish(publication(lines), None)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of the test's own, in memory if it can be: to sync it to a disk, over and over, would take long."""
    memory = Path("/dev/shm")  # noqa: S108 - the folder in it has a random name
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as name:
        yield Path(name)


@pytest.fixture(scope="session")
def store_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A version store whose one version holds :data:`DATA`."""
    folder = tmp_path_factory.mktemp("store")
    published(folder, canonical(parse(DATA, formats.TRIG)))
    return folder


@pytest.fixture(scope="session")
def options(store_folder: Path) -> PoolOptions:
    """What a pool parent over :data:`DATA` is told; 64 MiB for a query."""
    return PoolOptions(store_folder, 1, BASE, union=True, query_memory=64 * MIB)


@pytest.fixture(scope="session")
def pool(options: PoolOptions, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """A pool parent for tests that leave it as it was."""
    running = Pool(options, tmp_path_factory.mktemp("pool") / "address")
    yield running
    running.stop()


@pytest.fixture
def mortal_pool(options: PoolOptions, tmp_path: Path) -> Iterator[Pool]:
    """A pool parent of the test's own, to be killed."""
    running = Pool(options, tmp_path / "address")
    yield running
    running.stop()
