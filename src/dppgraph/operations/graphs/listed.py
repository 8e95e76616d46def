"""The list of graphs as RDF: a graph collection (SPARQL 1.1 Service Description, section 3.2.9), with sizes (VoID)."""

from collections.abc import Iterable, Iterator

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, canonical, literal
from dppgraph.operations.graphs.graphs import Graph

_TYPE = f"<{PREFIXES['rdf']}type>"


def described(graphs: Iterable[Graph], address: str) -> list[str]:
    """The lines of the list.

    Args:
        graphs: the graphs.
        address: where the list is; each graph's part of it is a fragment.
    """
    return canonical(_quads(graphs, address))


def _quads(graphs: Iterable[Graph], address: str) -> Iterator[Quad]:
    sd, integer = PREFIXES["sd"], f"{PREFIXES['xsd']}integer"
    yield Quad(f"<{address}>", _TYPE, f"<{sd}GraphCollection>")
    for number, graph in enumerate(graphs, 1):
        named, its = (f"<{address}#{kind}-{number}>" for kind in ("named", "graph"))
        yield Quad(f"<{address}>", f"<{sd}namedGraph>", named)
        yield Quad(named, _TYPE, f"<{sd}NamedGraph>")
        yield Quad(named, f"<{sd}name>", f"<{graph.iri}>")
        yield Quad(named, f"<{sd}graph>", its)
        yield Quad(its, _TYPE, f"<{sd}Graph>")
        yield Quad(its, f"<{PREFIXES['void']}triples>", literal(str(graph.triples), datatype=integer))
