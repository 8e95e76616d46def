"""A graph read from the history of all versions, a few thousand triples in memory at a time."""

import tempfile
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import IO, Final, NamedTuple

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.quads import Quad
from dppgraph.operations.export.flat import write_document, write_part
from dppgraph.operations.export.jsonld import refuse_misread
from dppgraph.operations.frames import Context
from dppgraph.operations.graphs.lines import Lines
from dppgraph.store.history import ExactQuads, History
from dppgraph.store.updates import named_graph
from dppgraph.store.writing import write

_FEW: Final = 10_000
"""Triples that are taken at once: sorted here, they are there sooner than subject by subject."""


class Graph(NamedTuple):
    """A named graph: its IRI, and how many triples it has."""

    iri: str
    triples: int


def term_of(iri: str) -> str:
    """The term of a graph.

    Raises:
        BadParameter: it is no absolute IRI.
    """
    return named_graph(iri)


def list_graphs(exact: ExactQuads) -> list[Graph]:
    """The named graphs of a version, by IRI."""
    return [Graph(term[1:-1], count) for term, count in exact.graphs().items() if term.startswith("<")]


def is_there(exact: ExactQuads, graph: str | None) -> bool:
    """Whether there is a graph, given as a term; the default graph always is, and so are all together (None)."""
    return not graph or bool(exact.of_graph(graph, 1))


def write_graph(
    history: History, version: int, graph: str | None, format_: Format, context: Context, out: IO[bytes]
) -> None:
    """Writes what a graph says.

    Args:
        history: the quads of all versions.
        version: the version; it is written whole though it be pruned meanwhile.
        graph: the graph's term; empty for the default graph, None for all graphs together.
        format_: how; one without named graphs, or JSON-LD.
        context: the names that JSON-LD is written with.
        out: where to; what an error leaves there is of no use.

    Raises:
        BadRdf: the format cannot say one of the triples.
        Damaged: the history does not have the version.
        OSError: the file cannot be written.
    """
    with tempfile.TemporaryFile() as file:
        with history.still():
            lines = Lines.of(_lines(history.at(version), graph), file)
        if format_ == formats.JSONLD:
            _write_jsonld(lines, context, out)
        else:
            write(lines, format_, out)


def _write_jsonld(lines: Lines, context: Context, out: IO[bytes]) -> None:
    refuse_misread(lines, context)
    with tempfile.TemporaryFile() as part:
        names = write_part(lines, context, part) if lines else set()
        write_document([part] if lines else [], names, context, out)


def _lines(exact: ExactQuads, graph: str | None) -> Iterator[str]:
    """The lines of a graph without its name, by subject, each once."""
    few = exact.of_graph(graph, _FEW + 1)
    if len(few) <= _FEW:
        yield from sorted(Quad(*triple).line() for triple in few)
        return
    after, most = "", _FEW
    while found := exact.from_subject(graph, after, most):
        by_subject = [(subject, list(said)) for subject, said in groupby(sorted(found), key=itemgetter(0))]
        if len(found) == most:
            # There may be more to say of the last one.
            by_subject.pop()
        if not by_subject:
            most *= 2
            continue
        for _, said in by_subject:
            yield from sorted(Quad(*triple).line() for triple in said)
        after, most = by_subject[-1][0], _FEW
