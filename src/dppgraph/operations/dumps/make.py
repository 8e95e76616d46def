"""Makes the dumps of a version, from its exact quads: the same lines give the same files, byte for byte.

A file is what ``dppgraph export`` writes of the same thing. Files are written one after the other, as streams; a thread
beside reads each once more, for its checksum and its gzipped form, as that leaves the interpreter to the next file.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, Final

from dppgraph import bundle
from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.iris import GRAPHS, graph_iri
from dppgraph.core.quads import parse_line
from dppgraph.errors import BadRdf
from dppgraph.operations.describe import Descriptions
from dppgraph.operations.dumps.dump import Dump, write_list
from dppgraph.operations.dumps.names import Names
from dppgraph.operations.dumps.packing import packed
from dppgraph.operations.dumps.plans import plans_in
from dppgraph.operations.dumps.tables import METADATA, read_tables, tables_of
from dppgraph.operations.export import export_thing
from dppgraph.operations.export.flat import write_document, write_part
from dppgraph.operations.export.jsonld import refuse_misread
from dppgraph.operations.frames import Frames, read_frames
from dppgraph.operations.licence import licence_in
from dppgraph.store.rdf import write

_STEM: Final = "policy-plans"
_OF_ALL: Final = (formats.TURTLE, formats.NTRIPLES, formats.NQUADS, formats.TRIG, formats.RDFXML)
_OF_GRAPH: Final = (formats.TURTLE, formats.NTRIPLES, formats.NQUADS, formats.RDFXML)
_OF_PLAN: Final = (formats.TURTLE, formats.JSONLD)
_CSV: Final = Format("csv", ("text/csv",), "csv", charset=True)
_CSVW: Final = Format("csvw", ("application/csvm+json",), "json")
_log = logging.getLogger("dppgraph.dumps")


def make_dumps(lines: Sequence[str], folder: Path, base: str, frames: Frames | None = None) -> list[Dump]:
    """Writes all dumps of a version, their list (``dumps.json``) and their checksums (``SHA256SUMS``).

    What a format cannot say is left out of that format: the log says so, and the other files are made.

    Args:
        lines: the version's canonical lines, in any order.
        folder: where to: it is there, and empty.
        base: what the version's IRIs begin with.
        frames: the names that JSON-LD is written with; None for those that travel with this software.

    Returns:
        The files, by name.

    Raises:
        StoreUnavailable: this installation lacks the names.
        OSError: a file cannot be written.
    """
    frames = frames or read_frames(bundle.folder("ontology"))
    ordered = sorted(set(lines))
    with ThreadPoolExecutor(1, "dumps") as thread:
        making = _Making(folder, thread)
        _write_statements(making, ordered, base, frames)
        _write_plans(making, ordered, base, frames)
        _write_tables(making, ordered)
        dumps = sorted((dump for packing in making.packing for dump in packing.result()), key=lambda dump: dump.file)
    write_list(dumps, folder, licence_in(ordered, base) or None)
    return dumps


class _Making:
    """The files of a folder, as far as they are written.

    Attributes:
        folder: the folder.
        packing: what becomes of each file.
    """

    def __init__(self, folder: Path, thread: ThreadPoolExecutor) -> None:
        self.folder = folder
        self.packing: list[Future[list[Dump]]] = []
        self._thread = thread

    def add(self, file: str, format_: Format, holds: str) -> None:
        """Takes a file that is written."""
        path = self.folder / file
        self.packing.append(self._thread.submit(packed, path, format_.name, format_.media_types[0], holds))

    def add_whole(self, file: str, content: bytes, format_: Format, holds: str) -> None:
        """Writes a small file, and takes it."""
        (self.folder / file).write_bytes(content)
        self.add(file, format_, holds)

    def temporary(self, number: int) -> IO[bytes]:
        """A file for a part of others, which is gone once it is closed."""
        path = self.folder / f"part-{number}"
        opened = path.open("w+b")
        path.unlink()
        return opened

    def left_out(self, file: str, error: BadRdf) -> None:
        """Says that a file is not made."""
        (self.folder / file).unlink(missing_ok=True)
        _log.warning("there will be no dump %s: %s", file, error)


def _write_statements(making: _Making, ordered: Sequence[str], base: str, frames: Frames) -> None:
    """The files of all, and of each graph that has a name."""
    by_graph: dict[str, list[str]] = {}
    for line in ordered:
        by_graph.setdefault(parse_line(line).graph, []).append(line)
    names = Names(_STEM, f"{base}id/graph/")
    ours = {f"<{graph_iri(name, base)}>": name for name in GRAPHS}
    # A blank node names no graph for anybody else: what such a graph says is in the files of all.
    named = names.of(graph[1:-1] for graph in by_graph if graph.startswith("<"))
    files = {f"<{iri}>": stem for iri, stem in named.items()}
    holds = {graph: ours.get(graph, graph[1:-1]) for graph in files}
    for format_ in _OF_ALL:
        _write_file(making, _STEM, format_, ordered, "all")
    for graph in sorted(files):
        for format_ in _OF_GRAPH:
            _write_file(making, files[graph], format_, by_graph[graph], holds[graph])
    _write_jsonld(making, by_graph, files, holds, frames)


def _write_file(making: _Making, stem: str, format_: Format, lines: Sequence[str], holds: str) -> None:
    file = f"{stem}.{format_.extension}"
    try:
        with (making.folder / file).open("wb") as out:
            write(lines, format_, out)
    except BadRdf as error:
        making.left_out(file, error)
    else:
        making.add(file, format_, holds)


def _write_jsonld(
    making: _Making, by_graph: dict[str, list[str]], files: dict[str, str], holds: dict[str, str], frames: Frames
) -> None:
    """JSON-LD of each graph, and of all: its parts are those of the graphs, so that each is made once."""
    parts: list[IO[bytes]] = []
    all_names: set[str] = set()
    whole = f"{_STEM}.{formats.JSONLD.extension}"
    failed: BadRdf | None = None
    try:
        for number, graph in enumerate(sorted(by_graph)):
            part = making.temporary(number)
            parts.append(part)
            try:
                refuse_misread(by_graph[graph], frames.context)
                names = write_part(by_graph[graph], frames.context, part)
            except BadRdf as error:
                failed = error
                if graph in files:
                    making.left_out(f"{files[graph]}.{formats.JSONLD.extension}", error)
                continue
            all_names |= names
            if graph in files:
                _write_parts(making, f"{files[graph]}.{formats.JSONLD.extension}", [part], names, holds[graph], frames)
        if failed:
            making.left_out(whole, failed)
        else:
            _write_parts(making, whole, parts, all_names, "all", frames)
    finally:
        for part in parts:
            part.close()


def _write_parts(
    making: _Making, file: str, parts: Sequence[IO[bytes]], names: set[str], holds: str, frames: Frames
) -> None:
    with (making.folder / file).open("wb") as out:
        write_document(parts, names, frames.context, out)
    making.add(file, formats.JSONLD, holds)


def _write_plans(making: _Making, ordered: Sequence[str], base: str, frames: Frames) -> None:
    plans = plans_in(ordered)
    if not plans:
        return
    descriptions = Descriptions(ordered, frames)
    for iri, stem in sorted(Names("plan", f"{base}id/plan/").of(plans).items()):
        description = descriptions.of(iri)
        for format_ in _OF_PLAN:
            file = f"{stem}.{format_.extension}"
            try:
                content = export_thing(description, format_, frames)
            except BadRdf as error:
                making.left_out(file, error)
            else:
                making.add_whole(file, content, format_, f"plan:{iri}")


def _write_tables(making: _Making, ordered: Sequence[str]) -> None:
    tables = read_tables()
    for name, content in tables_of(tables, ordered).items():
        making.add_whole(f"{name}.csv", content, _CSV, f"table:{name}")
        metadata = tables[name].metadata(tables)
        making.add_whole(f"{name}.csv{METADATA}", metadata, _CSVW, f"table:{name}")
