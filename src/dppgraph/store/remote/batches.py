"""A version cut into updates of a bounded size, and what an engine should hold once it has carried them out."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from dppgraph.core.quads import Quad, parse_line
from dppgraph.errors import BadRdf
from dppgraph.store.remote.dialect import Dialect
from dppgraph.store.remote.names import Naming

_BLOCK: Final = 4_000
"""Statements that are looked at together: an engine's way with literals is found out for many at once."""

_MODULUS: Final = 1 << 256


@dataclass(slots=True)
class Content:
    """What a graph holds: how many triples, and the sum of their hashes, which no order changes.

    It tells what was lost, doubled or altered on the way from what was not. It is no seal against somebody who makes up
    triples with a sum in mind, as a version's digest is.
    """

    triples: int = 0
    sum: int = 0

    def take(self, subject: str, predicate: str, object_: str) -> None:
        """Takes a triple, of canonical terms."""
        hashed = hashlib.sha256(f"{subject} {predicate} {object_}".encode()).digest()
        self.triples += 1
        self.sum = (self.sum + int.from_bytes(hashed, "big")) % _MODULUS


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph of an engine.

    Attributes:
        name: its name there.
        holds: the IRI that it has outside; None for a part.
        shares: of a part, the IRIs of the graphs that have its triples.
    """

    name: str
    holds: str | None = None
    shares: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Batch:
    """One update.

    Attributes:
        begun: the graphs that come into being with it.
        text: what is to be carried out.
        triples: how many triples it has.
    """

    begun: tuple[Graph, ...]
    text: str
    triples: int


@dataclass(slots=True)
class Batches:
    """Cuts a version into updates.

    Attributes:
        naming: what its graphs are called.
        sharing: the IRIs of the graphs that have a triple in common with another one.
        dialect: the engine's.
        content: what each graph of the engine is to hold, as far as it was cut.
    """

    naming: Naming
    sharing: frozenset[str]
    dialect: Dialect
    content: dict[str, Content] = field(default_factory=dict)
    _begun: list[Graph] = field(default_factory=list)
    _rows: dict[str, list[str]] = field(default_factory=dict)
    _triples: int = 0
    _size: int = 0

    def of(self, lines: Iterable[str]) -> Iterator[Batch]:
        """The updates, in order.

        Args:
            lines: the version's, canonical and sorted.

        Raises:
            BadRdf: there is a blank node, which would be another one in each update.
        """
        for block in _blocks(map(parse_line, lines)):
            for name, row in self._rows_of(block):
                if self._triples and self._is_full(row):
                    yield self._batch()
                self._rows.setdefault(name, []).append(row)
                self._triples += 1
                self._size += len(row.encode()) + (len(name) if len(self._rows[name]) == 1 else 0) + 16
        if self._triples:
            yield self._batch()

    def _is_full(self, row: str) -> bool:
        too_many = self._triples >= self.dialect.insert_triples
        return too_many or self._size + len(row.encode()) > self.dialect.insert_bytes

    def _batch(self) -> Batch:
        # Whole at all times: a graph that is named here has been told of before anything is in it.
        graphs = " ".join(f"GRAPH <{name}> {{\n{chr(10).join(rows)}\n}}" for name, rows in self._rows.items())
        batch = Batch(tuple(self._begun), f"INSERT DATA {{ {graphs} }}", self._triples)
        self._begun, self._rows, self._triples, self._size = [], {}, 0, 0
        return batch

    def _rows_of(self, block: list[list[Quad]]) -> Iterator[tuple[str, str]]:
        """Each triple of a block, with the name of the graph that it goes to."""
        objects = [quad.object for group in block for quad in group]
        kept, loaded = iter(self.dialect.kept(objects)), iter(self.dialect.loaded(objects))
        for group in block:
            owners: dict[str, set[str]] = {}
            rows: dict[str, str] = {}
            seen: set[tuple[str, str]] = set()
            subject, predicate = group[0][:2]
            for quad in group:
                object_, row = next(kept), f"{subject} {predicate} {next(loaded)} ."
                iri = quad.graph[1:-1]
                if (iri, object_) in seen:
                    # Two ways of writing what is one value to the engine.
                    continue
                seen.add((iri, object_))
                yield self._taken(Graph(self.naming.graph(iri), iri), (subject, predicate, object_)), row
                if iri in self.sharing:
                    owners.setdefault(object_, set()).add(iri)
                    rows.setdefault(object_, row)
            for object_, those in owners.items():
                part = Graph(self.naming.part(those), None, frozenset(those))
                yield self._taken(part, (subject, predicate, object_)), rows[object_]

    def _taken(self, graph: Graph, triple: tuple[str, str, str]) -> str:
        content = self.content.get(graph.name)
        if content is None:
            content = self.content[graph.name] = Content()
            self._begun.append(graph)
        content.take(*triple)
        return graph.name


def _blocks(quads: Iterable[Quad]) -> Iterator[list[list[Quad]]]:
    """Groups of what has the same subject and predicate, some thousand statements together."""
    block: list[list[Quad]] = []
    size = 0
    for _, found in groupby(quads, key=lambda quad: quad[:2]):
        group = list(found)
        for quad in group:
            if quad.subject.startswith("_:") or quad.object.startswith("_:") or quad.graph.startswith("_:"):
                said = "this version has blank nodes, which no engine keeps the same from one update to the next"
                raise BadRdf(f"{said}: build it with shapes, which gives them names")
        block.append(group)
        size += len(group)
        if size >= _BLOCK:
            yield block
            block, size = [], 0
    if block:
        yield block
