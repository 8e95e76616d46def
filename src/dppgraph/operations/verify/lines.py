"""All statements of a version, as they pass by: their digest, and how many there are of what."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from dppgraph.core.digest import Digesting
from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, parse_line
from dppgraph.errors import BadRdf

_LONGEST: Final = 16 << 20
"""Bytes of one statement."""

_CATALOGUE: Final = "id/graph/catalogue>"
_TYPED: Final = f'"^^<{PREFIXES["xsd"]}'


@dataclass(slots=True)
class Counted:
    """What is known of a version's statements.

    Attributes:
        quads: how many there are.
        graphs: how many each graph has, by its IRI; the default graph has none.
        alike: how many of these may be one to an engine, which writes the same value in one way: ``01`` as ``1``.
        described: how many triples there are in all graphs but the catalogue, which the statistics are about.
        digest: makes their digest.
    """

    quads: int = 0
    graphs: Counter[str] = field(default_factory=Counter)
    alike: Counter[str] = field(default_factory=Counter)
    described: int = 0
    digest: Digesting = field(default_factory=Digesting)
    _subject: str = ""
    _seen: set[tuple[str, str, str]] = field(default_factory=set)
    _triple: tuple[str, str, str] = ("", "", "")

    def take(self, line: str) -> None:
        """Takes the next line; they come sorted.

        Raises:
            BadRdf: they do not, or it is no line of canonical N-Quads.
        """
        self.digest.take(line)
        quad = parse_line(line)
        graph = quad.graph[1:-1]
        self.quads += 1
        self.graphs[graph] += 1
        if not quad.graph.endswith(_CATALOGUE) and quad[:3] != self._triple:
            self._triple = quad[:3]
            self.described += 1
        if _TYPED in quad.object:
            self._look_for_others(quad, graph)

    def _look_for_others(self, quad: Quad, graph: str) -> None:
        if quad.subject != self._subject:
            self._subject = quad.subject
            self._seen.clear()
        key = quad.predicate, quad.object.rpartition('"')[2], graph
        if key in self._seen:
            self.alike[graph] += 1
        self._seen.add(key)


def lines_of(chunks: Iterable[bytes]) -> Iterator[str]:
    """The lines of a file in UTF-8, without their ends.

    Raises:
        BadRdf: it is not UTF-8, a line is too long, or the last one has no end.
    """
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield _text(line)
        if len(rest) > _LONGEST:
            raise BadRdf(f"a line has more than {_LONGEST} bytes")
    if rest:
        raise BadRdf("the file ends within a line")


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise BadRdf(f"a line is not UTF-8: {line[:80]!r}") from error
