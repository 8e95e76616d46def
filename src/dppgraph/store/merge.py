"""RDF merges: a default graph made of several graphs holds each triple once (SPARQL 1.1, section 13.1).

The engine finds a triple that is in two graphs twice in their union, so it counts wrong. Few graphs have triples in
common; where some have, their union is kept as one more graph, :data:`MERGED`.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

import pyoxigraph

from dppgraph.core.quads import Quad, parse_line
from dppgraph.store.rdf import engine_quads, exact_term

MERGED: Final = pyoxigraph.BlankNode("dppgraph-merged")
"""The graph of a store that holds every triple of its other graphs once: a blank node, which no query can name."""

_REWRITTEN: Final = ('"^^<http://www.w3.org/2001/XMLSchema#', '"@')
"""What the end of a literal begins with that the engine may rewrite, and so take for another one (``01`` and ``1``)."""


def sharing(lines: Iterable[str]) -> frozenset[str]:
    """The IRIs of the graphs that have a triple in common with another one; empty stands for the default graph.

    Args:
        lines: canonical and sorted, so that what has the same subject and predicate stands together.
    """
    found: set[str] = set()
    for _, group in groupby(map(parse_line, lines), key=lambda quad: quad[:2]):
        quads = list(group)
        if len({quad.graph for quad in quads}) > 1:
            found.update(_sharing_of(quads))
    return frozenset(found)


def rewritten(text: str) -> bool:
    """Whether a term, or one in a line, may come back from a store in another form."""
    return "<<(" in text or any(mark in text for mark in _REWRITTEN)


def add_merged(store: pyoxigraph.Store) -> None:
    """Adds the graph :data:`MERGED` to a store."""
    triples = (quad for quad in store if quad.graph_name != MERGED)
    store.extend(pyoxigraph.Quad(quad.subject, quad.predicate, quad.object, MERGED) for quad in triples)


def merged(store: pyoxigraph.Store, default: Iterable[str], named: Sequence[str]) -> pyoxigraph.Store:
    """A store whose default graph is the merge of some graphs of another, and which has some as named graphs."""
    copy = pyoxigraph.Store()
    for iri in default:
        found = store.quads_for_pattern(None, None, None, pyoxigraph.NamedNode(iri))
        copy.extend(pyoxigraph.Quad(quad.subject, quad.predicate, quad.object) for quad in found)
    for iri in named:
        copy.extend(store.quads_for_pattern(None, None, None, pyoxigraph.NamedNode(iri)))
    return copy


def _sharing_of(quads: list[Quad]) -> set[str]:
    graphs: dict[str, set[str]] = {}
    if len({quad.object for quad in quads}) == 1:
        return {quad.graph[1:-1] for quad in quads}
    for quad, term in zip(quads, as_the_engine_has_them([quad.object for quad in quads]), strict=True):
        graphs.setdefault(term, set()).add(quad.graph[1:-1])
    return {graph for those in graphs.values() if len(those) > 1 for graph in those}


def as_the_engine_has_them(terms: Sequence[str]) -> list[str]:
    """Terms, none of them a graph's name, in the form in which a store gives them back: ``1.50`` as ``1.5``."""
    if not any(map(rewritten, terms)):
        return list(terms)
    store = pyoxigraph.Store()
    store.extend(engine_quads(Quad("<a:a>", f"<a:{number}>", term) for number, term in enumerate(terms)))
    found = {int(quad.predicate.value.removeprefix("a:")): exact_term(quad.object) for quad in store}
    return [found[number] for number in range(len(terms))]
