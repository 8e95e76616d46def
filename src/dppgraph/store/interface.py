"""What a store can do, whatever holds the quads."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from dppgraph.core.formats import Format
from dppgraph.errors import DppgraphError
from dppgraph.store.versions.manifest import Manifest


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """One SPARQL query.

    Attributes:
        text: the query.
        results: the format for SELECT and ASK; None where the caller accepts none of them.
        rdf: the format for CONSTRUCT and DESCRIBE; None where the caller accepts none of them.
        default_graphs: the graphs that make up the default graph (SPARQL 1.1 Protocol, section 2.1.4); they and
            ``named_graphs`` override FROM and FROM NAMED.
        named_graphs: the graphs that GRAPH may reach.
        substitutions: variable name to term (as in N-Triples), put in place of the variable before evaluation.
        timeout: seconds until the query is ended; None for the store's own deadline, which no caller can raise.
        version: the number of the version to ask; None for the current one.
    """

    text: str
    results: Format | None
    rdf: Format | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    substitutions: Mapping[str, str] = field(default_factory=dict)
    timeout: float | None = None
    version: int | None = None


class Chunks(Protocol):
    """Bytes as they come, and a way to want no more of them."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    async def length(self) -> int:
        """How many bytes there are in all; waits until that is known.

        Raises:
            DppgraphError: there is no end, since something ended it before.
        """
        ...

    async def aclose(self) -> None:
        """Stops whatever makes the bytes; does nothing once they have all come."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that has begun: evaluation got as far as its first bytes.

    Attributes:
        format: how it is written.
        version: the number of the version that it comes from.
        length: how many bytes it has, if that is known already.
        chunks: its bytes. An iterator that raises has broken off: what came before is not an answer. Whoever takes it
            closes it (``aclose``), read to its end or not.
        lasting: whether the same query is answered so again by the same version: it asks neither the clock, nor chance,
            nor another endpoint.
    """

    format: Format
    version: int
    length: int | None
    chunks: Chunks
    lasting: bool = False

    @property
    def content(self) -> bytes | None:
        """All of its bytes, if they are there already."""
        return getattr(self.chunks, "content", None)


Asked = Callable[[Answer | DppgraphError], object]
"""Is told once of an answer that has begun, or why there is none."""


class GraphStore(Protocol):
    """Something that answers queries, each over one published version."""

    @property
    def manifest(self) -> Manifest:
        """The version that is current."""
        ...

    async def open(self) -> None:
        """Connects; where it is used, since connections belong to one event loop."""
        ...

    async def query(self, request: QueryRequest) -> Answer:
        """The answer, once its first bytes are there.

        Raises:
            QuerySyntax: the text does not parse.
            NotAcceptable: the request takes no format that this form of query is answered in.
            Refused: the query reaches outside, or is an update.
            Limit: a deadline, a cap or the queue ended it.
            StoreUnavailable: nothing can answer now.
            Unknown: there is no such version.
        """
        ...

    def ask(self, request: QueryRequest, then: Asked) -> Callable[[], object] | None:
        """Likewise without a task, where that can be done: for small queries a task is most of what they cost.

        Args:
            request: the query.
            then: is told of the answer from the event loop, but not of what is raised here.

        Returns:
            What gives the query up, so that ``then`` is told nothing; None where :meth:`query` has to be asked.

        Raises:
            DppgraphError: as :meth:`query`, for what is known at once.
        """
        ...

    async def close(self) -> None:
        """Ends everything that the store started."""
        ...


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine elsewhere, at one moment.

    Attributes:
        name: its address.
        is_up: whether it answers.
        is_current: whether it holds the current version.
        running: queries of this front that it answers.
        requests: how many this front has asked it, by how they ended.
    """

    name: str
    is_up: bool
    is_current: bool
    running: int
    requests: Mapping[str, int]
