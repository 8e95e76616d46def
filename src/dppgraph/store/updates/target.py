"""What a change is made to, and what it comes to."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import pyoxigraph

from dppgraph.core.quads import Delta, Quad
from dppgraph.store.history import QuadPattern


class ExactQuads(Protocol):
    """The exact quads of a version, to be looked up."""

    def quads(self, pattern: QuadPattern) -> Iterable[Quad]:
        """Those that a pattern fits, each once."""
        ...


@dataclass(frozen=True, slots=True)
class Target:
    """What is written to.

    Attributes:
        store: what the engine holds of a version, without a merge of graphs (``store.merge``). It is written to: after
            a change it holds what there is then, and after an error it is of no use.
        exact: the exact quads of that version.
        base: what relative IRIs are relative to, and where names for blank nodes begin.
        union: whether the default graph of a WHERE that names none is the union of all graphs.
        gated: whether only what the shapes pass is published: then blank nodes get names, and nothing is written to the
            unnamed default graph.
    """

    store: pyoxigraph.Store
    exact: ExactQuads
    base: str
    union: bool = True
    gated: bool = True


class Stated(NamedTuple):
    """What a request comes to.

    Attributes:
        delta: the exact lines that there are more and less than before.
        created: whether the graph that the request names was not there before.
    """

    delta: Delta
    created: bool = False
