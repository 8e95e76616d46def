"""What the catalogue needs to know of a version and of its files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class VersionNote:
    """What a version is. Not when it was made: the same data gives the same catalogue on every server.

    Attributes:
        base: the base of the data.
        number: its number, from 1.
        digest: the root of its digest tree, in hexadecimal.
        earlier: the numbers of the versions before it, in any order.
        findings: SHACL severity (``Violation``, ``Warning``, ``Info``) to number of results.
    """

    base: str
    number: int
    digest: str
    earlier: tuple[int, ...] = ()
    findings: Mapping[str, int] = field(default_factory=dict)


class Dump(Protocol):
    """One file that can be downloaded (``dppgraph.operations.dumps``)."""

    @property
    def file(self) -> str:
        """Its name, that ends in ``.gz`` if it is gzipped."""

    @property
    def format(self) -> str:
        """The short name of its format, or ``csv`` or ``csvw``."""

    @property
    def media_type(self) -> str:
        """That of what is inside, without parameters."""

    @property
    def gzip(self) -> bool:
        """Whether it is gzipped."""

    @property
    def size(self) -> int:
        """Its size in bytes."""

    @property
    def sha256(self) -> str:
        """Its checksum, in hexadecimal."""

    @property
    def holds(self) -> str:
        """What is in it: ``all``, a graph's short name, ``plan:<iri>`` or ``table:plans`` and the like."""
