"""All statements of some lines as one flat document of JSON-LD, written as a stream: a hundred things at a time.

What PyLD makes of a thing depends on that thing alone, and on the names for what is said of it. So it is given a few
things at a time, with few names, which is faster too, as it tries each name on each IRI.
"""

import io
import json
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import IO, Any, Final

from dppgraph.core.quads import by_subject, parse_line
from dppgraph.operations.export.inlined import all_names, head, names_in, ordered
from dppgraph.operations.export.jsonld import compact, nodes_of, refuse_misread, used_in
from dppgraph.operations.frames import Context

_THINGS: Final = 100
_INDENTED: Final = "  "


def compacted(lines: list[str], context: Context) -> bytes:
    """All statements of some lines, with their graphs, in one flat document.

    Raises:
        BadRdf: JSON-LD cannot say one of them.
    """
    refuse_misread(lines, context)
    by_graph: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        by_graph[parse_line(line).graph].append(line)
    names: set[str] = set()
    parts = []
    for graph in sorted(by_graph):
        parts.append(io.BytesIO())
        names |= write_part(by_graph[graph], context, parts[-1])
    out = io.BytesIO()
    write_document(parts, names, context, out)
    return out.getvalue()


def write_part(lines: Iterable[str], context: Context, out: IO[bytes]) -> set[str]:
    """Writes what a document says of one graph.

    Args:
        lines: the graph's canonical lines, sorted, each once.
        context: the names.
        out: where to.

    Returns:
        What it uses of the context.

    Raises:
        BadRdf: JSON-LD cannot say one of them; those that :func:`refuse_misread` refuses are not looked for.
    """
    names: set[str] = set()
    graph = ""
    for number, (node, graph) in enumerate(_things(lines, context)):
        if graph and not number:
            names |= set(names_in({"id": graph}, context, "@graph"))
            out.write(f'\n  {{\n   "id": {json.dumps(graph, ensure_ascii=False)},\n   "@graph": ['.encode())
        indent = _INDENTED * 2 if graph else _INDENTED
        out.write(f"{',' if number else ''}\n  {indent[2:]}{_text(node, context, names, indent)}".encode())
    out.write(b"\n   ]\n  }" if graph else b"")
    return names


def write_document(parts: Iterable[IO[bytes]], names: set[str], context: Context, out: IO[bytes]) -> None:
    """Writes a document of parts, one for each graph, each of which holds something; they are read from their start.

    Args:
        parts: what :func:`write_part` wrote, in the order of the graphs' terms; each is closed.
        names: what they use of the context.
        context: the names.
        out: where to.
    """
    out.write(f'{head(all_names(names, context), context)}\n "@graph": ['.encode())
    number = -1
    for number, part in enumerate(parts):
        out.write(b"," if number else b"")
        with part:
            part.seek(0)
            shutil.copyfileobj(part, out)
    out.write(b"]\n}\n" if number < 0 else b"\n ]\n}\n")


def _things(lines: Iterable[str], context: Context) -> Iterator[tuple[dict[str, Any], str]]:
    """What is said of each subject, compacted, and the name of the graph that says it."""
    groups = by_subject(lines)
    while some := list(chain.from_iterable(islice(groups, _THINGS))):
        names = used_in(some, context)
        for node in compact(nodes_of(some, context), names)["@graph"]:
            if "@graph" not in node:
                yield node, ""
                continue
            inner = node["@graph"]
            for thing in inner if isinstance(inner, list) else [inner]:
                yield thing, node["id"]


def _text(node: dict[str, Any], context: Context, names: set[str], indent: str) -> str:
    said = ordered(node, context)
    names |= set(names_in(said, context, "@graph"))
    # In JSON a line only ends where it is laid out.
    return json.dumps(said, ensure_ascii=False, indent=1).replace("\n", f"\n{indent}")
