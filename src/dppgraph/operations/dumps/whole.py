"""All that a version says, or some of its graphs, written in one format with little of it in memory."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import reduce
from itertools import count
from pathlib import Path
from typing import IO

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.iris import graph_iri
from dppgraph.core.quads import parse_line
from dppgraph.errors import Unknown
from dppgraph.operations.dumps.graphs import split
from dppgraph.operations.export.flat import write_document, write_part
from dppgraph.operations.export.jsonld import refuse_misread
from dppgraph.operations.frames import Context
from dppgraph.store.writing import Survey, write, write_graphs


def write_whole(lines: Collection[str], format_: Format, context: Context, out: IO[bytes], work: Path) -> None:
    """Writes lines; the bytes are those of ``export``.

    Args:
        lines: canonical lines, sorted, each once; they are read several times.
        format_: how.
        context: the names that JSON-LD is written with.
        out: where to; what an error leaves there is of no use.
        work: a folder for what is put down meanwhile.

    Raises:
        BadRdf: the format cannot say one of the lines.
        OSError: a file cannot be written.
    """
    if format_ not in (formats.TRIG, formats.JSONLD):
        write(lines, format_, out)
        return
    number = count()
    parts = list(split(lines, lambda _: work / f"graph-{next(number)}").values())
    if format_ == formats.TRIG:
        known = reduce(Survey.with_, (part.known for part in parts), Survey())
        write_graphs((part.lines for part in parts), format_, out, known)
        return
    names: set[str] = set()
    paths = [work / f"part-{place}" for place in range(len(parts))]
    for part, path in zip(parts, paths, strict=True):
        refuse_misread(part.lines, context)
        with path.open("xb") as file:
            names |= write_part(part.lines, context, file)
    write_document((path.open("rb") for path in paths), names, context, out)


def of_named(lines: Iterable[str], graphs: Collection[str], names: Sequence[str], base: str) -> Iterator[str]:
    """The lines of some graphs, in their order.

    Args:
        lines: the lines.
        graphs: the IRIs of the graphs that there are.
        names: the graphs that are wanted, by IRI or by the short name of one of ours.
        base: the base of the data.

    Raises:
        Unknown: there is none of such a name.
    """
    wanted = [name if ":" in name else graph_iri(name, base) for name in names]
    for name, iri in zip(names, wanted, strict=True):
        if iri not in graphs:
            there = ", ".join(sorted(graph.rpartition("/")[2] for graph in graphs if graph))
            raise Unknown(f"there is no graph {name} in this version: there are {there}")
    endings = tuple(f" <{iri}> ." for iri in wanted)
    terms = {f"<{iri}>" for iri in wanted}
    # In the default graph, the last term of a line may be an object that is called like a graph.
    return (line for line in lines if line.endswith(endings) and parse_line(line).graph in terms)
