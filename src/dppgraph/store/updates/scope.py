"""Which graphs an operation asks and writes to (SPARQL 1.1 Update, section 3.1.3)."""

from dataclasses import dataclass

import pyoxigraph

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.core.update_text import Operation
from dppgraph.errors import BadCall, BadParameter, BadRdf
from dppgraph.store.rdf import parse
from dppgraph.store.updates.target import Target


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an operation looks and writes.

    Attributes:
        store: the engine's quads.
        base: what relative IRIs are relative to.
        union: whether the default graph is the union of all, where ``default`` says nothing.
        default: the graphs that make up the default graph of the WHERE, as IRIs, ``""`` the unnamed one; None for the
            store's own.
        named: the graphs that GRAPH may reach in the WHERE; None for all.
        written: the graph, as a term, that quads without a graph are written to; ``""`` for the unnamed one.
    """

    store: pyoxigraph.Store
    base: str
    union: bool
    default: tuple[str, ...] | None = None
    named: tuple[str, ...] | None = None
    written: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """The graphs that a request names beside its text: ``using-graph-uri`` and ``using-named-graph-uri``."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


def scope_of(operation: Operation, target: Target, dataset: Dataset) -> Scope:
    """The scope of an operation with a pattern.

    Raises:
        BadParameter: the request and the text both say which graphs are asked (SPARQL 1.1 Protocol, section 2.2.3).
    """
    written = resolved(operation.with_, operation, target.base) if operation.with_ else ""
    default, named = dataset.default, dataset.named
    if default or named:
        if operation.with_ or operation.using or operation.using_named:
            said = "the update says WITH or USING, and the request using-graph-uri or using-named-graph-uri"
            raise BadParameter(f"{said}: say it in one of both")
        _refuse_relative((*default, *named))
    elif operation.using or operation.using_named:
        default, named = (
            tuple(dict.fromkeys(resolved(graph, operation, target.base)[1:-1] for graph in graphs))
            for graphs in (operation.using, operation.using_named)
        )
    elif written:
        return Scope(target.store, target.base, target.union, (written[1:-1],), None, written)
    else:
        return Scope(target.store, target.base, target.union)
    return Scope(target.store, target.base, target.union, default, named, written)


def resolved(graph: str, operation: Operation, base: str) -> str:
    """The term of a graph that is named as in the text.

    Raises:
        BadCall: it is no absolute IRI.
    """
    try:
        (quad,) = parse(f"{declarations(operation)} <a:a> <a:a> {graph} .".encode(), formats.TURTLE, base=base)
    except BadRdf as error:
        raise BadCall(f"{graph} names no graph: write <an absolute IRI>") from error
    return quad.object


def declarations(operation: Operation) -> str:
    """The prologue of an operation, the prefixes that nobody need declare included, as Turtle has them."""
    known = "\n".join(f"PREFIX {name}: <{iri}>" for name, iri in PREFIXES.items())
    return f"{known}\n{operation.prologue}\n"


def _refuse_relative(graphs: tuple[str, ...]) -> None:
    for graph in graphs:
        named_graph(graph)


def named_graph(iri: str) -> str:
    """The term of a graph that a request names.

    Raises:
        BadParameter: it is no absolute IRI.
    """
    try:
        return str(pyoxigraph.NamedNode(iri))
    except ValueError as error:
        raise BadParameter(f"a graph is named by an absolute IRI, not by {iri[:100]!r}") from error
