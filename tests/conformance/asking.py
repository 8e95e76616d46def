"""The real app over one test's data: a store of its own, its query processes, and HTTP requests."""

import asyncio
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2
import pyoxigraph

from dppgraph import wiring
from dppgraph.operations.build import build
from dppgraph.operations.sources import Sources
from dppgraph.settings import read_settings
from dppgraph.store.versions import VersionStore
from dppgraph.store.workers.process import listen, start_pool
from tests.conftest import REPOSITORY

_FORMATS = {
    ".ttl": pyoxigraph.RdfFormat.TURTLE,
    ".n3": pyoxigraph.RdfFormat.TURTLE,
    ".nt": pyoxigraph.RdfFormat.N_TRIPLES,
    ".nq": pyoxigraph.RdfFormat.N_QUADS,
    ".trig": pyoxigraph.RdfFormat.TRIG,
    ".rdf": pyoxigraph.RdfFormat.RDF_XML,
}

Dataset = tuple[str, tuple[Path, ...], tuple[tuple[str, Path], ...]]
"""What relative IRIs are relative to; the files of the default graph; those of the named graphs, with their IRIs."""


def rdf_format(path: Path) -> pyoxigraph.RdfFormat:
    """What a file is written in."""
    return _FORMATS[path.suffix]


def read(path: Path, base: str) -> list[pyoxigraph.Quad]:
    """The quads of a file, its blank nodes no other file's."""
    found = pyoxigraph.parse(path.read_bytes(), rdf_format(path), base_iri=base + path.name, rename_blank_nodes=True)
    return list(found)


class App:
    """As ``dppgraph serve --shapes none --default-graph plain`` has it, over one data set, without a socket between.

    Args:
        dataset: what is asked.
    """

    def __init__(self, dataset: Dataset) -> None:
        self._base, self._default, self._named = dataset
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="dppgraph-conformance-")
        folder = Path(self._folder.name)
        (folder / "data").mkdir()
        (folder / "data" / "data.nq").write_bytes(self._quads())
        versions = VersionStore(folder / "store")
        sources = Sources(folder / "data", REPOSITORY / "ontology", None, self._base)
        with versions.writing("a test") as writer:
            manifest = build(versions, writer, sources, agent="a test").manifest
        settings = read_settings({"store": folder / "store", "base": self._base, "access_log": "off"}, environment={})
        address = folder / "pool"
        with listen(address) as listener:
            self._pool = start_pool(wiring.pool_options(settings, manifest, union=False), listener)
        self._store = wiring.served_versions(address, manifest.version, settings)
        app = wiring.web_app(self._store, settings, union=False, writing=folder / "writing").app
        self._client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://localhost")
        self._run(self._store.open())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run(self._store.close())
        self._run(self._client.aclose())
        self._pool.kill()
        self._pool.wait()
        self._runner.close()
        self._folder.cleanup()

    def ask(self, query: bytes, accept: str) -> httpx2.Response:
        """The answer to a query that is POSTed as it is."""
        headers = {"content-type": "application/sparql-query", "accept": accept}
        response: httpx2.Response = self._run(self._client.post("/sparql", content=query, headers=headers))
        return response

    def _run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(coroutine)

    def _quads(self) -> bytes:
        quads = [quad for path in self._default for quad in read(path, self._base)]
        for iri, path in self._named:
            graph = pyoxigraph.NamedNode(iri)
            found = read(path, self._base)
            quads += [pyoxigraph.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in found]
        return pyoxigraph.serialize(quads, format=pyoxigraph.RdfFormat.N_QUADS) or b""
