"""A graph read from the history of all versions, a few thousand triples in memory at a time."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import IO, Final, NamedTuple

from dppgraph.core.formats import Format
from dppgraph.core.quads import Quad
from dppgraph.operations.export.streamed import export_stream
from dppgraph.operations.frames import Context
from dppgraph.operations.graphs.lines import Lines
from dppgraph.store.history import ExactQuads, History
from dppgraph.store.updates import named_graph
from dppgraph.store.workers.apart import called

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


def list_graphs(sizes: Mapping[str, int]) -> list[Graph]:
    """The named graphs of a version, by IRI; those that have a blank node for a name aside.

    Args:
        sizes: how many statements each has, as the version's manifest says.
    """
    return [Graph(iri, count) for iri, count in sorted(sizes.items()) if count and iri and not iri.startswith("_:")]


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
        export_stream(lines, format_, context, out)


def write_apart(
    history: Path, version: int, graph: str | None, format_: Format, context: Context, out: IO[bytes]
) -> None:
    """Likewise to a file of the system, by a process of its own: a large graph keeps this one busy for long.

    Args:
        history: the file with the quads of all versions.
        version: as :func:`write_graph` has it, like those after it.
        graph: likewise.
        format_: likewise.
        context: likewise.
        out: likewise; it is opened once more.

    Raises:
        EngineDied: the process ended before its work was done.
        DppgraphError: as :func:`write_graph`.
        OSError: likewise.
    """
    # Another process opens the same file by its descriptor here, as it has no name.
    place = f"/proc/{os.getpid()}/fd/{out.fileno()}"
    called([partial(_write_from, history, version, graph, format_, context, place)], apart=True)


def _write_from(path: Path, version: int, graph: str | None, format_: Format, context: Context, place: str) -> None:
    with closing(History(path)) as history, Path(place).open("r+b") as out:
        write_graph(history, version, graph, format_, context, out)


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
