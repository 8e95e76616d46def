"""Narrowing: a query that finds at least the nodes that another one finds, put so that the engine can be asked.

rdflib takes minutes over the targets in SPARQL (SHACL-AF, section 3.1) of a graph for which the engine takes moments;
but the engine compares values otherwise than rdflib, which judges. So the engine is asked only for what cannot have two
meanings: which triples there are. Literals are no values to it but names, one for each that rdflib tells apart. What
else a query asks for is left out, where that finds more nodes; and rdflib is asked about each node that is found.

Loading rdflib takes a while: imported where a validation runs.
"""

from collections.abc import Iterable
from functools import lru_cache

from rdflib import URIRef
from rdflib.plugins.sparql.sparql import Query

from dppgraph.core.iris import NAMESPACE
from dppgraph.core.quads import Quad
from dppgraph.operations.validate.algebra import ANCHOR
from dppgraph.operations.validate.wider import Wider, name_of
from dppgraph.store.memory import MemoryStore


class Narrowing:
    """Quads, asked for the nodes that a query can find.

    Args:
        quads: the quads, whose graphs do not matter.
    """

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._quads = list(quads)
        self._store: MemoryStore | None = None

    def nodes(self, query: Query) -> list[URIRef] | None:
        """The nodes among which are all that a query finds as ``?this``; None where that is not known."""
        text = narrowed(query)
        if text is None:
            return None
        store = self._held()
        found = [row[ANCHOR] for row in store.select(text, base=NAMESPACE)]
        # What has no name of its own is called otherwise by rdflib.
        return [URIRef(term[1:-1]) for term in found] if all(term.startswith("<") for term in found) else None

    def _held(self) -> MemoryStore:
        if self._store is None:
            self._store = MemoryStore(Quad(s, p, name_of(o), "") for s, p, o, _ in self._quads)
            self._quads = []
        return self._store


@lru_cache(maxsize=1024)
def narrowed(query: Query) -> str | None:
    """The query that the engine is asked; None where nothing is known that is narrower than all nodes."""
    return Wider().query(query)
