"""The service description (https://www.w3.org/TR/sparql11-service-description/) of a running endpoint."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, canonical, literal, parse_line
from dppgraph.operations.graphs import list_graphs
from dppgraph.store.interface import QueryRequest
from dppgraph.store.rdf import read_file
from dppgraph.store.versions import Manifest

_HERE: Final = Path(__file__).parent
_A: Final = f"<{PREFIXES['rdf']}type>"
_SD: Final = PREFIXES["sd"]
_TRIPLES, _SUBSET, _VOCABULARY = (f"<{PREFIXES['void']}{name}>" for name in ("triples", "subset", "vocabulary"))

_MANY: Final = 500_000
"""Statements that are not counted anew."""

Graphs = Mapping[str, int | None]
"""The IRI of a named graph, or nothing for the default graph, to its number of triples; None where it is not known."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What the operator decided about an endpoint.

    Attributes:
        url: where clients ask it.
        union: whether the default graph of a query is the union of all graphs.
        federated: whether SERVICE may ask other endpoints.
    """

    url: str
    union: bool
    federated: bool


def graphs_request(name: str, *, version: int) -> QueryRequest:
    """The question for the named graphs (``graphs``), or for them and their sizes (``sizes``)."""
    text = (_HERE / f"{name}.rq").read_text(encoding="utf-8")
    return QueryRequest(text, formats.JSON, None, version=version)


def known_graphs(manifest: Manifest, *, union: bool) -> Graphs | None:
    """The graphs of a large version, as it says itself: to count them takes seconds.

    Args:
        manifest: the version's.
        union: whether the default graph of a query is the union of all graphs.

    Returns:
        None of a small one, which is asked.
    """
    if manifest.quads < _MANY:
        return None
    # Where graphs share triples, how many there are of them together is not known here.
    all_ = None if manifest.sharing is None or manifest.sharing else manifest.quads
    named = {graph.iri: graph.triples for graph in list_graphs(manifest.graphs)}
    return {**named, "": all_ if union else manifest.graphs.get("", 0)}


def read_graphs(answer: bytes) -> Graphs:
    """The graphs that an answer to :func:`graphs_request` names."""
    return {
        row["graph"]["value"] if "graph" in row else "": int(row["triples"]["value"]) if "triples" in row else None
        for row in json.loads(answer)["results"]["bindings"]
    }


def described(endpoint: Endpoint, graphs: Graphs, base: str, statistics: Iterable[str] = ()) -> list[str]:
    """The description in canonical lines; no blank nodes.

    Args:
        endpoint: what the operator decided.
        graphs: what there is to ask.
        base: the base of the data.
        statistics: the lines of the VoID description (``void_document``). They count every graph but ``catalogue``, so
            what they describe is a subset: of the default graph where this is the union of all, else of the data set.
    """
    service = f"{base}id/service/sparql"
    found = read_file(_HERE / "service.ttl", formats.TURTLE, graph="", base=base)
    found.append(Quad(f"<{service}>", f"<{_SD}endpoint>", f"<{endpoint.url}>"))
    features = {"UnionDefaultGraph": endpoint.union, "BasicFederatedQuery": endpoint.federated}
    found += [
        Quad(f"<{service}>", f"<{_SD}feature>", f"<{_SD}{feature}>") for feature, has_it in features.items() if has_it
    ]
    dataset = f"<{service}#dataset>"
    for number, (iri, triples) in enumerate(sorted(graphs.items())):
        graph = f"<{service}#default-graph>"
        if iri:
            graph, named = f"<{service}#graph-{number}>", f"<{service}#named-graph-{number}>"
            found += [
                Quad(dataset, f"<{_SD}namedGraph>", named),
                Quad(named, _A, f"<{_SD}NamedGraph>"),
                Quad(named, f"<{_SD}name>", f"<{iri}>"),
                Quad(named, f"<{_SD}graph>", graph),
                Quad(graph, _A, f"<{_SD}Graph>"),
            ]
        if triples is not None:
            found.append(Quad(graph, _TRIPLES, literal(str(triples), datatype=f"{PREFIXES['xsd']}integer")))
    counted = [parse_line(line) for line in statistics]
    whole = next((quad.subject for quad in counted if quad.predicate == _VOCABULARY), None)
    if whole:
        found += [*counted, Quad(f"<{service}#default-graph>" if endpoint.union else dataset, _SUBSET, whole)]
    return canonical(found)
