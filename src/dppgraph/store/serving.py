"""What a front asks, whatever answers: query processes on this machine, or engines elsewhere."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from dppgraph.store.interface import Answer, Asked, Engine, QueryRequest
from dppgraph.store.versions import Manifest, VersionStore
from dppgraph.store.workers.seats import Load
from dppgraph.store.workers.spool import Spool


class ServingStore(Protocol):
    """The versions of one front. A ``GraphStore`` that changes over from one to the next when it is told to.

    Attributes:
        versions: where they are read from.
        spool: room for answers that their readers have not taken yet.
        served: how many versions have been current here so far.
    """

    versions: VersionStore
    spool: Spool
    served: int

    @property
    def manifest(self) -> Manifest:
        """As ``GraphStore``."""
        ...

    @property
    def retries(self) -> int:
        """How many queries were asked of an engine again."""
        ...

    async def open(self) -> None:
        """As ``GraphStore``."""
        ...

    async def query(self, request: QueryRequest) -> Answer:
        """As ``GraphStore``."""
        ...

    def ask(self, request: QueryRequest, then: Asked) -> Callable[[], object] | None:
        """As ``GraphStore``."""
        ...

    async def close(self) -> None:
        """As ``GraphStore``."""
        ...

    def load(self) -> Load:
        """How much there is to do for whatever answers."""
        ...

    def engines(self) -> Sequence[Engine]:
        """The engines elsewhere that answer; none where queries are answered on this machine."""
        ...

    def follow(self) -> None:
        """Answers from the version that is current from now on, if it is another one and is prepared."""
        ...

    def prepare(self, number: int, address: Path) -> None:
        """Begins to make all ready to answer from another version; which one is current stays as it is.

        Args:
            number: the version.
            address: where its pool parent listens, or will, if it has one.
        """
        ...

    def drop(self, number: int) -> None:
        """Gives up a version that was to be prepared."""
        ...

    async def offer(self, number: int, address: Path | None) -> None:
        """Says where an older version is ready, or None where it cannot be had, or not any more."""
        ...
