"""Lines, or a thing's description, written in a format. The same version gives the same bytes."""

from collections.abc import Iterable, Sequence

from dppgraph import bundle
from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.iris import graph_iri
from dppgraph.core.quads import parse_line
from dppgraph.errors import Unknown
from dppgraph.operations.describe import Description
from dppgraph.operations.export.flat import compacted
from dppgraph.operations.export.jsonld import nested
from dppgraph.operations.frames import Frames, read_frames
from dppgraph.store.writing import serialised


def export(lines: Iterable[str], format_: Format, frames: Frames | None = None) -> bytes:
    """Canonical lines, in any order, written in a format.

    JSON-LD has its context inside, so that any parser reads it offline. A format without named graphs gets the union
    of the graphs.

    Args:
        lines: what to write.
        format_: how.
        frames: the names that JSON-LD is written with; None for those that travel with this software.

    Raises:
        BadRdf: the format cannot say one of the literals.
        StoreUnavailable: this installation lacks the names.
    """
    ordered = sorted(set(lines))
    if format_ != formats.JSONLD:
        return serialised(ordered, format_)
    return compacted(ordered, (frames or read_frames(bundle.folder("ontology"))).context)


def export_thing(description: Description, format_: Format, frames: Frames) -> bytes:
    """One thing's description written in a format.

    JSON-LD is one nested object. It leaves out which graph a statement is in, which TriG and N-Quads say.

    Args:
        description: what to write.
        format_: how.
        frames: those that it was described by.

    Raises:
        BadRdf: the format cannot say one of the literals.
    """
    if format_ == formats.JSONLD:
        return nested(description, frames)
    return serialised(description.lines, format_)


def of_graphs(lines: Iterable[str], names: Sequence[str], base: str) -> list[str]:
    """The lines of some graphs, named by IRI or by the short name of one of ours.

    Raises:
        Unknown: a graph holds nothing in this version.
    """
    by_graph: dict[str, list[str]] = {}
    for line in lines:
        by_graph.setdefault(parse_line(line).graph, []).append(line)
    found: list[str] = []
    for name in names:
        term = f"<{name if ':' in name else graph_iri(name, base)}>"
        if term not in by_graph:
            there = ", ".join(sorted(graph.strip("<>").rpartition("/")[2] for graph in by_graph if graph))
            raise Unknown(f"there is no graph {name} in this version: there are {there}")
        found += by_graph[term]
    return sorted(set(found))
