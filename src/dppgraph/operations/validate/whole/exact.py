"""Quads as they were written, found in an engine that has some of their literals in another form."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol

from dppgraph.core.quads import Quad
from dppgraph.store.history import QuadPattern
from dppgraph.store.merge import as_the_engine_has_them


class Index(Protocol):
    """The engine, with the quads that are judged and no others."""

    def quads(self, pattern: QuadPattern) -> Iterable[Quad]:
        """Those that a pattern fits, as the engine has them."""
        ...

    def select(self, text: str, *, base: str, graphs: Collection[str] | None = None) -> Iterable[Mapping[str, str]]:
        """The rows of a SELECT over the union of all graphs, or over some of them."""
        ...


class Exact:
    """The quads as they were written.

    Args:
        index: the engine.
        odd: the quads that the engine may have otherwise, as they were written.
    """

    def __init__(self, index: Index, odd: Iterable[Quad]) -> None:
        self._index = index
        self._written: dict[Quad, list[Quad]] = defaultdict(list)
        self._forms: dict[str, str] = {}
        odd = list(odd)
        terms = sorted({quad.object for quad in odd})
        self._forms = dict(zip(terms, as_the_engine_has_them(terms), strict=True))
        for quad in odd:
            self._written[quad._replace(object=self._forms[quad.object])].append(quad)

    @property
    def held(self) -> set[Quad]:
        """The quads that are odd, as the engine has them."""
        return set(self._written)

    def quads(self, pattern: QuadPattern) -> Iterator[Quad]:
        """Those that a pattern fits."""
        wanted = pattern.object
        for quad in self._index.quads(pattern):
            for written in self._written.get(quad, (quad,)):
                if wanted is None or written.object == wanted:
                    yield written
