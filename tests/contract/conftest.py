"""What the contract is held to: datasets, small and whole, behind each kind of store."""

import asyncio
import itertools
import json
import secrets
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.quads import canonical
from dppgraph.operations.build import Built
from dppgraph.operations.publish import Publish, Published
from dppgraph.store.rdf import parse
from dppgraph.store.remote.address import Address
from dppgraph.store.remote.replicas import Replica, Replicas
from dppgraph.store.remote.serving import EndpointVersions
from dppgraph.store.remote.wire import Wire
from dppgraph.store.versions import Manifest, VersionStore
from dppgraph.store.workers.client import Limits, WorkerStore
from dppgraph.store.workers.current import CurrentVersion
from dppgraph.store.workers.process import PoolOptions
from dppgraph.store.workers.spool import Spool
from tests.conftest import Server, start_server
from tests.contract.engines import ENGINES, Engine
from tests.store.conftest import MIB, Pool, publication, request, until

EMBEDDED: Final = "embedded"
_NO_END: Final = 1 << 40
_USUAL: Final = {"timeout": 30.0, "max_bytes": _NO_END, "workers": 1, "max_workers": 4, "queue": 50}

Row = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Holding:
    """Versions of some data, and what answers from them.

    Attributes:
        versions: the store.
        engine: the engine that has them too; None where the store's own query processes answer.
        folder: a place for sockets.
    """

    versions: VersionStore
    engine: Engine | None
    folder: Path

    def add(self, data: str, base: str) -> Manifest:
        """Publishes one more version of data in TriG, to the engine too, if there is one."""
        manifest = self.build(data, base)
        if self.engine:
            self.publish()
        return manifest

    def build(self, data: str, base: str) -> Manifest:
        """Publishes one more version in the store alone."""
        lines = canonical(parse(data.encode(), formats.TRIG))
        with self.versions.writing("a test") as writer:
            return writer.publish(publication(lines, base=base), None)

    def publish(self, number: int | None = None, *, keep: int = 2, grace: float = 60.0) -> Published:
        """Publishes a version to the engine."""
        assert self.engine is not None
        return Publish(self.versions, Address(self.engine.url, "auto"), keep, grace)(number)

    @asynccontextmanager
    async def store(
        self, *, union: bool = True, max_rows: int = 100_000, version: int | None = None, **limits: Any
    ) -> AsyncIterator[WorkerStore | EndpointVersions]:
        """A store that is open for as long as the block runs."""
        bounds = Limits(**_USUAL | limits)
        manifest = self.versions.manifest(version or self.versions.current())
        if self.engine is None:
            options = PoolOptions(
                self.versions.folder, manifest.version, manifest.base, union, 64 * MIB, max_rows=max_rows
            )
            pool = Pool(options, self.folder / secrets.token_hex(4))
            try:
                async with pool.store(**_USUAL | limits) as embedded:
                    yield embedded
            finally:
                pool.stop()
            return
        store = EndpointVersions(
            self.versions,
            bounds,
            Spool(_NO_END),
            manifest,
            CurrentVersion.alone(manifest.version),
            Replicas([Replica(Wire(Address(self.engine.url, "auto"), 5), max_rows)]),
            union,
            max_rows,
        )
        await store.open()
        try:
            yield store
        finally:
            await store.close()

    def ask(self, text: str, *, union: bool = True, version: int | None = None, **said: Any) -> tuple[Format, bytes]:
        """The whole answer to one query."""

        limits: dict[str, Any] = {
            name: said.pop(name) for name in ("max_rows", "max_bytes", "most_seconds") if name in said
        }
        if "most_seconds" in limits:
            limits["timeout"] = limits.pop("most_seconds")

        async def asked() -> tuple[Format, bytes]:
            async with self.store(union=union, version=version, **limits) as store:
                answer = await store.query(request(text, **said))
                try:
                    return answer.format, b"".join([chunk async for chunk in answer.chunks])
                finally:
                    await answer.chunks.aclose()

        return asyncio.run(asked())

    def rows(self, text: str, **said: Any) -> list[Row]:
        """The rows of a table, each as its variables and terms; sorted, so that no order counts."""
        _, data = self.ask(text, **said)
        return rows_of(data)

    def triples(self, text: str, **said: Any) -> list[str]:
        """The triples of an answer, as canonical lines."""
        _, data = self.ask(text, **said)
        return canonical(parse(data, formats.NTRIPLES))


def rows_of(data: bytes) -> list[Row]:
    """The rows of a table in SPARQL's JSON."""
    said = json.loads(data)
    if "boolean" in said:
        return [(("boolean", str(said["boolean"])),)]
    return sorted(
        tuple(sorted((name, _term(term)) for name, term in row.items())) for row in said["results"]["bindings"]
    )


def _term(said: Mapping[str, str]) -> str:
    if said["type"] == "uri":
        return f"<{said['value']}>"
    if said["type"] == "bnode":
        return "_:"
    after = f"@{said['xml:lang']}" if "xml:lang" in said else f"^^<{said['datatype']}>" if "datatype" in said else ""
    return json.dumps(said["value"], ensure_ascii=False) + after


def _marked(name: str) -> Any:
    return name if name == EMBEDDED else pytest.param(name, marks=pytest.mark.remote)


Running = Callable[[str], Engine]


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Gives the engine of a name, which runs from when it is first asked for."""
    engines: dict[str, Engine] = {}

    def running_(name: str) -> Engine:
        if name not in engines:
            engine = ENGINES[name](tmp_path_factory.mktemp(name))
            engine.start()
            engines[name] = engine
        return engines[name]

    yield running_
    for engine in engines.values():
        engine.stop()


@pytest.fixture(scope="session", params=[_marked(name) for name in (EMBEDDED, *ENGINES)])
def engine(request: pytest.FixtureRequest, running: Running) -> Engine | None:
    """What answers: an engine, or None for the store's own query processes."""
    return None if request.param == EMBEDDED else running(request.param)


@pytest.fixture(scope="session", params=[_marked(name) for name in ENGINES])
def elsewhere(request: pytest.FixtureRequest, running: Running) -> Engine:
    """An engine."""
    return running(request.param)


@pytest.fixture(params=[_marked(name) for name in ENGINES])
def mortal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine of the test's own, to be killed."""
    own = ENGINES[request.param](tmp_path)
    own.start()
    yield own
    own.stop()


@pytest.fixture(scope="session")
def bases() -> Callable[[], str]:
    """Gives another base each time, so that what tests publish to one engine stays apart."""
    numbers = itertools.count()
    return lambda: f"https://data.example.org/{next(numbers)}/"


@pytest.fixture(scope="session")
def front(engine: Engine | None, built: tuple[VersionStore, Built]) -> Iterator[Server]:
    """A server of the shipped data, whatever answers its queries."""
    store, _ = built
    arguments: list[str] = []
    settings = {"DPPGRAPH_QUERY_TIMEOUT": "5", "DPPGRAPH_MAX_ROWS": "100000"}
    if engine:
        Publish(store, Address(engine.url, "auto"), 2, 60.0)(None)
        arguments, settings = ["--endpoint", engine.url], settings | dict(engine.settings)
    running = start_server("--store", store.folder, *arguments, environment=settings)
    # An engine on a busy machine may take its time to say what it holds.
    until(lambda: running.ask("GET", "/health/ready")[0] == 200)
    yield running
    assert running.stop() == 0
    assert "Traceback" not in "\n".join(running.said)


Hold = Callable[..., Holding]


@pytest.fixture(scope="session")
def hold(engine: Engine | None, bases: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Hold:
    """Has data in TriG, one version after the other, behind what answers."""
    return _hold(engine, bases, tmp_path_factory)


@pytest.fixture(scope="session")
def hold_elsewhere(elsewhere: Engine, bases: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Hold:
    """Likewise behind an engine."""
    return _hold(elsewhere, bases, tmp_path_factory)


def _hold(engine: Engine | None, bases: Callable[[], str], folders: pytest.TempPathFactory) -> Hold:
    def hold_(*versions: str, base: str | None = None) -> Holding:
        folder = folders.mktemp("held")
        holding = Holding(VersionStore(folder / "store"), engine, folder)
        base = base or bases()
        for data in versions:
            holding.add(data, base)
        return holding

    return hold_


__all__ = ["EMBEDDED", "Hold", "Holding", "Row", "request", "rows_of"]
