"""Real files of a version, with their sizes and checksums: what the catalogue describes."""

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.iris import GRAPHS, graph_iri
from dppgraph.operations.export import export

MAIN = "policy-plans"
TABLES = ("plans", "lines-of-action", "approvals", "targets")


@dataclass(frozen=True, slots=True)
class File:
    """One file that can be downloaded."""

    file: str
    format: str
    media_type: str
    gzip: bool
    size: int
    sha256: str
    holds: str


def made(lines: list[str], base: str, plans: list[str]) -> dict[str, tuple[File, bytes]]:
    """The whole in every format, each graph and plan in two, the tables as one line each; with gzip beside each."""
    found: dict[str, tuple[File, bytes]] = {}
    for file, format_, media_type, holds, content in _contents(lines, base, plans):
        packed = gzip.compress(content, mtime=0)
        for name, data in ((file, content), (f"{file}.gz", packed)):
            sha256 = hashlib.sha256(data).hexdigest()
            found[name] = File(name, format_, media_type, name.endswith(".gz"), len(data), sha256, holds), data
    return found


def _contents(lines: list[str], base: str, plans: list[str]) -> Iterator[tuple[str, str, str, str, bytes]]:
    for format_ in formats.RDF:
        yield *_named(MAIN, format_), "all", export(lines, format_)
    for graph in GRAPHS:
        inside = [line for line in lines if line.endswith(f"<{graph_iri(graph, base)}> .")]
        for format_ in (formats.TURTLE, formats.NQUADS):
            if inside:
                yield *_named(f"{MAIN}-{graph}", format_), graph, export(inside, format_)
    for plan in plans:
        about = [line for line in lines if line.startswith(f"<{plan}")]
        for format_ in (formats.TURTLE, formats.JSONLD):
            yield *_named(f"plan-{plan.rpartition('/')[2]}", format_), f"plan:{plan}", export(about, format_)
    for table in TABLES:
        yield f"{table}.csv", "csv", "text/csv", f"table:{table}", f"{table}\r\n".encode()
        yield f"{table}.csv-metadata.json", "csvw", "application/csvm+json", f"table:{table}", b"{}\n"


def _named(stem: str, format_: Format) -> tuple[str, str, str]:
    return f"{stem}.{format_.extension}", format_.name, format_.media_types[0]
