"""Stores under test that take updates: each begins empty, is filled, updated, and says what it holds."""

import json
from collections.abc import Sequence
from typing import Final, Protocol
from urllib.parse import urlsplit

import pyoxigraph

from dppgraph.core.quads import Quad, parse_line
from dppgraph.errors import DppgraphError, LoadForbidden, QuerySyntax, Unknown
from dppgraph.store.rdf import engine_quads, exact_term
from tests.conformance.comparing import same_dataset
from tests.conftest import Server
from tests.store.updating import State

TOKEN: Final = "dpp_" + "0123456789abcdef" * 4
_REFUSALS: Final[dict[str, type[DppgraphError]]] = {
    "query-syntax": QuerySyntax,
    "refused": LoadForbidden,
    "unknown": Unknown,
}
"""What a server calls the errors that an update of the suites may come to."""


class StoreUnderTest(Protocol):
    """What the W3C's tests of updates are made with; one for each test."""

    def fill(self, quads: Sequence[pyoxigraph.Quad]) -> None:
        """Puts quads into it while it is empty."""
        ...

    def update(self, text: str, base: str) -> None:
        """Carries an update out; relative IRIs in it are relative to ``base``.

        Raises:
            DppgraphError: it was refused.
        """
        ...

    def quads(self) -> list[pyoxigraph.Quad]:
        """All that it holds."""
        ...


class Evaluated:
    """The evaluator of updates, without a server around it, as with ``--shapes none --default-graph plain``."""

    def __init__(self) -> None:
        self._state = State()

    def fill(self, quads: Sequence[pyoxigraph.Quad]) -> None:
        """As :class:`StoreUnderTest`."""
        self._state.lines = sorted({_exact(quad).line() for quad in quads})

    def update(self, text: str, base: str) -> None:
        """As :class:`StoreUnderTest`."""
        self._state.base = base
        self._state.update(text)

    def quads(self) -> list[pyoxigraph.Quad]:
        """As :class:`StoreUnderTest`."""
        return list(engine_quads(map(parse_line, self._state.lines)))


class Served:
    """A real server, with the gate off: each request is HTTP, and what it holds is read back over HTTP.

    Args:
        server: runs with ``--shapes none --default-graph plain`` and the token :data:`TOKEN`.
    """

    def __init__(self, server: Server) -> None:
        self._server = server

    def fill(self, quads: Sequence[pyoxigraph.Quad]) -> None:
        """As :class:`StoreUnderTest`; what tests before have left goes in the same request."""
        default = [quad for quad in quads if isinstance(quad.graph_name, pyoxigraph.DefaultGraph)]
        named = [quad for quad in quads if quad not in default]
        data = "".join(f"{quad.triple} . " for quad in default)
        data += "".join(f"GRAPH {quad.graph_name} {{ {quad.triple} }} " for quad in named)
        # In one request a blank node's label is one node, in whichever graph it stands.
        status, body = self._sent(f"DROP ALL ; INSERT DATA {{ {data} }}")
        assert status == 200, body
        assert same_dataset(self.quads(), quads)

    def update(self, text: str, base: str) -> None:  # noqa: ARG002 - a server has one of its own
        """As :class:`StoreUnderTest`; relative IRIs are in tests of syntax alone."""
        status, body = self._sent(text)
        if status >= 400:
            said = json.loads(body)
            raise _REFUSALS[said["type"].rpartition("/")[2]](said["detail"])
        assert (status, json.loads(body)["report"]) == (200, None)

    def quads(self) -> list[pyoxigraph.Quad]:
        """As :class:`StoreUnderTest`."""
        held: list[tuple[pyoxigraph.NamedNode | pyoxigraph.DefaultGraph, str]] = [
            (pyoxigraph.DefaultGraph(), "/graphs?default&format=ntriples"),
            *self._named(),
        ]
        return [
            pyoxigraph.Quad(triple.subject, triple.predicate, triple.object, graph)
            for graph, target in held
            for triple in pyoxigraph.parse(self._read(target), pyoxigraph.RdfFormat.N_TRIPLES)
        ]

    def _named(self) -> list[tuple[pyoxigraph.NamedNode, str]]:
        listed = [(graph["iri"], urlsplit(graph["url"])) for graph in json.loads(self._read("/graphs.json"))["graphs"]]
        return [(pyoxigraph.NamedNode(iri), f"{url.path}?{url.query}&format=ntriples") for iri, url in listed]

    def _read(self, target: str) -> bytes:
        status, _, body = self._server.ask("GET", target)
        assert status == 200, (target, body)
        return body

    def _sent(self, text: str) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/sparql-update"}
        status, _, body = self._server.ask("POST", "/sparql", text.encode(), headers)
        return status, body


def _exact(quad: pyoxigraph.Quad) -> Quad:
    graph = "" if isinstance(quad.graph_name, pyoxigraph.DefaultGraph) else str(quad.graph_name)
    return Quad(str(quad.subject), str(quad.predicate), exact_term(quad.object), graph)
