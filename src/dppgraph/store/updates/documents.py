"""A graph put, merged into or deleted (SPARQL 1.1 Graph Store HTTP Protocol, section 5) as exact lines."""

from collections.abc import Iterable
from typing import Final, NamedTuple
from xml.parsers import expat

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.iris import rebased
from dppgraph.core.quads import Quad
from dppgraph.core.skolem import skolemised
from dppgraph.errors import BadRdf, GraphForbidden, Unknown
from dppgraph.store.rdf import parse
from dppgraph.store.updates.ledger import Ledger
from dppgraph.store.updates.scope import named_graph
from dppgraph.store.updates.target import Stated, Target

_DEEPEST: Final = 256
"""Triple terms within triple terms: what reads them recurses."""


class Document(NamedTuple):
    """RDF that came with a request, not parsed yet.

    Attributes:
        data: its bytes.
        format: what it says that it is.
        name: what it is called in messages.
    """

    data: bytes
    format: Format
    name: str = "the body"


def put(graph: str | None, document: Document, target: Target) -> Stated:
    """Has a graph say what a document says, and nothing else (section 5.3).

    Args:
        graph: its IRI; None for the default graph.
        document: the statements; quads of another graph are an error.
        target: what is written to.

    Raises:
        BadRdf: the document does not parse, or says something of another graph.
        BadParameter: the graph's name is no absolute IRI.
        GraphForbidden: the graph is the unnamed one, and nothing is written to it here.
    """
    return _stated(graph, (document,), target, replace=True)


def merged_into(graph: str | None, documents: Iterable[Document], target: Target) -> Stated:
    """Has a graph say what documents say as well (section 5.5); blank nodes of two documents are never the same.

    Raises:
        DppgraphError: as :func:`put`.
    """
    return _stated(graph, documents, target, replace=False)


def deleted(graph: str | None, target: Target) -> Stated:
    """Has a graph say nothing any more (section 5.4).

    Raises:
        Unknown: there is no such graph.
        BadParameter: its name is no absolute IRI.
    """
    term = named_graph(graph) if graph else ""
    ledger = Ledger(target.store, target.exact)
    if term and not ledger.has_graph(term):
        raise Unknown(f"there is no graph {term}: GET /graphs says which there are")
    ledger.change(ledger.in_graph(term), [])
    return Stated(ledger.delta())


def _stated(graph: str | None, documents: Iterable[Document], target: Target, *, replace: bool) -> Stated:
    term = named_graph(graph) if graph else ""
    if target.gated and not term:
        raise GraphForbidden("nothing is written to the default graph here: name a graph with ?graph=")
    ledger = Ledger(target.store, target.exact)
    there = ledger.has_graph(term)
    said = {quad for document in documents for quad in _read(document, graph, term, target)}
    if replace:
        before = set(ledger.in_graph(term))
        ledger.change(before - said, sorted(said - before), said)
    else:
        held = ledger.held(list(said))
        ledger.change([], sorted(quad for quad in said if quad not in held.get(quad, ())))
    return Stated(ledger.delta(), bool(term and not there))


def _read(document: Document, graph: str | None, term: str, target: Target) -> list[Quad]:
    if document.format == formats.RDFXML:
        _refuse_doctype(document)
    base = graph or target.base
    try:
        quads = parse(document.data, document.format, graph=term, base=base, name=document.name)
    except RecursionError as error:
        raise _too_deep(document) from error
    if any(quad.object.startswith("<<(") and quad.object.count("<<(") > _DEEPEST for quad in quads):
        raise _too_deep(document)
    if target.gated:
        quads = [_moved(quad, term, target.base) for quad in quads]
    others = {quad.graph for quad in quads} - {term}
    if others:
        said = f"{document.name} says something in the graph {min(others)}"
        raise BadRdf(f"{said}: send the triples of one graph, and each graph by itself")
    if not target.gated:
        return quads
    try:
        return skolemised(quads, target.base)
    except BadRdf as error:
        raise BadRdf(f"{document.name}: {error}") from error


def _moved(quad: Quad, graph: str, base: str) -> Quad:
    """The quad with the base that the store has; the graph that the request names is named as it is there."""
    moved = Quad(*(rebased(part, base) for part in quad))
    return moved._replace(graph=graph) if quad.graph == graph else moved


def _too_deep(document: Document) -> BadRdf:
    return BadRdf(f"{document.name}: its triple terms nest too deep: at most {_DEEPEST} are read here")


def _refuse_doctype(document: Document) -> None:
    """Entities are declared in a DOCTYPE, and they can be made to grow without end: it is refused where it begins."""
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        said = f"{document.name}:{parser.CurrentLineNumber}: RDF/XML with a DOCTYPE is not read"
        raise BadRdf(f"{said}: send it without, its entities written out", line=parser.CurrentLineNumber)

    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(document.data, True)
    except expat.ExpatError:
        # What is broken is told with its place by whoever reads it.
        return
