"""Makes the dumps of a version, from its exact quads: the same lines give the same files, byte for byte.

A file is what ``dppgraph export`` writes of the same thing. Files are written one after the other, as streams; a thread
beside reads each once more, for its checksum and its gzipped form, as that leaves the interpreter to the next file.
"""

import logging
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial, reduce
from itertools import chain, count
from pathlib import Path
from types import TracebackType
from typing import IO, Final, NamedTuple, Self

from dppgraph import bundle
from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.iris import GRAPHS, graph_iri
from dppgraph.errors import BadRdf
from dppgraph.operations.describe import Descriptions, Held, Statements
from dppgraph.operations.dumps.dump import Dump, write_list
from dppgraph.operations.dumps.graphs import Part, split
from dppgraph.operations.dumps.names import Names
from dppgraph.operations.dumps.packing import packed
from dppgraph.operations.dumps.plans import plans_in
from dppgraph.operations.dumps.tables import METADATA, read_tables, write_tables
from dppgraph.operations.export import export_thing
from dppgraph.operations.export.flat import write_document, write_part
from dppgraph.operations.export.jsonld import refuse_misread
from dppgraph.operations.frames import Frames, read_frames
from dppgraph.operations.licence import licence_in
from dppgraph.store.history import ExactQuads, History
from dppgraph.store.runs import LinesFile
from dppgraph.store.workers.apart import called
from dppgraph.store.writing import Survey, write, write_graphs

_STEM: Final = "policy-plans"
_OF_ALL: Final = (formats.TURTLE, formats.NTRIPLES, formats.NQUADS, formats.TRIG, formats.RDFXML)
_OF_GRAPH: Final = (formats.TURTLE, formats.NTRIPLES, formats.RDFXML)
_OF_PLAN: Final = (formats.TURTLE, formats.JSONLD)
_CSV: Final = Format("csv", ("text/csv",), "csv", charset=True)
_CSVW: Final = Format("csvw", ("application/csvm+json",), "json")
_log = logging.getLogger("dppgraph.dumps")


@dataclass(frozen=True, slots=True)
class LookedUp:
    """Where what is said of one thing is looked up, instead of being held in memory.

    Attributes:
        history: the file with the quads of all versions.
        version: the version.
    """

    history: Path
    version: int

    @contextmanager
    def opened(self) -> Iterator[ExactQuads]:
        """The quads of the version, until the block ends.

        Raises:
            Damaged: they cannot be had from there.
        """
        with closing(History(self.history)) as history:
            yield history.at(self.version)


def make_dumps(
    lines: Collection[str], folder: Path, base: str, frames: Frames | None = None, looked_up: LookedUp | None = None
) -> list[Dump]:
    """Writes all dumps of a version, their list (``dumps.json``) and their checksums (``SHA256SUMS``).

    What a format cannot say is left out of that format: the log says so, and the other files are made. Of lines in a
    file little is in memory, and two processes of their own make the files.

    Args:
        lines: the version's canonical lines, sorted, each once.
        folder: where to: it is there, and empty.
        base: what the version's IRIs begin with.
        frames: the names that JSON-LD is written with; None for those that travel with this software.
        looked_up: where to look up what plans and tables need; None to hold all lines in memory for that.

    Returns:
        The files, by name.

    Raises:
        StoreUnavailable: this installation lacks the names.
        Damaged: what is to be looked up cannot be read.
        OSError: a file cannot be written.
    """
    frames = frames or read_frames(bundle.folder("ontology"))
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        graphs = _graphs(lines, folder, Path(work), base)
        making = (
            partial(_make_statements, lines, graphs, folder),
            partial(_make_jsonld, graphs, folder, Path(work), frames),
            partial(_make_things, lines, folder, base, frames, looked_up),
        )
        made = called(making, apart=isinstance(lines, LinesFile))
    dumps = sorted(chain.from_iterable(made), key=lambda dump: dump.file)
    write_list(dumps, folder, licence_in(lines, base) or None)
    return dumps


class _Graph(NamedTuple):
    """A graph: what its files are called and what they hold, both empty where it has none, and its lines."""

    stem: str
    holds: str
    part: Part


def _graphs(lines: Iterable[str], folder: Path, work: Path, base: str) -> list[_Graph]:
    """The graphs in the order of their terms, with their lines in files: those that have names are dumps already."""
    names = Names(_STEM, f"{base}id/graph/")
    ours = {f"<{graph_iri(name, base)}>": name for name in GRAPHS}
    number = count()

    def stem(graph: str) -> str:
        # A blank node names no graph for anybody else: what such a graph says is in the files of all.
        return names.of([graph[1:-1]])[graph[1:-1]] if graph.startswith("<") else ""

    def path(graph: str) -> Path:
        name = stem(graph)
        return folder / f"{name}.{formats.NQUADS.extension}" if name else work / f"graph-{next(number)}"

    return [
        _Graph(stem(graph), ours.get(graph, graph[1:-1]) if stem(graph) else "", part)
        for graph, part in split(lines, path).items()
    ]


class _Making:
    """The files of a folder, as far as they are written; at the end of a ``with`` block, what is said of them.

    Attributes:
        folder: the folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._packing: list[Future[list[Dump]]] = []

    def __enter__(self) -> Self:
        self._thread = ThreadPoolExecutor(1, "dumps")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._thread.shutdown(cancel_futures=error is not None)

    def add(self, file: str, format_: Format, holds: str) -> None:
        """Takes a file that is written."""
        path = self.folder / file
        self._packing.append(self._thread.submit(packed, path, format_.name, format_.media_types[0], holds))

    def add_whole(self, file: str, content: bytes, format_: Format, holds: str) -> None:
        """Writes a small file, and takes it."""
        (self.folder / file).write_bytes(content)
        self.add(file, format_, holds)

    def left_out(self, file: str, error: BadRdf) -> None:
        """Says that a file is not made."""
        (self.folder / file).unlink(missing_ok=True)
        _log.warning("there will be no dump %s: %s", file, error)

    def dumps(self) -> list[Dump]:
        """The files that were taken."""
        return [dump for packing in self._packing for dump in packing.result()]


def _make_statements(lines: Collection[str], graphs: Sequence[_Graph], folder: Path) -> list[Dump]:
    """The files of all, and of each graph that has a name, but for JSON-LD."""
    known = reduce(Survey.with_, (graph.part.known for graph in graphs), Survey())
    with _Making(folder) as making:
        for graph in graphs:
            if graph.stem:
                making.add(f"{graph.stem}.{formats.NQUADS.extension}", formats.NQUADS, graph.holds)
        for format_ in _OF_ALL:
            with _written(making, f"{_STEM}.{format_.extension}", format_, "all") as out:
                if format_ == formats.TRIG:
                    write_graphs((graph.part.lines for graph in graphs), format_, out, known)
                else:
                    write(lines, format_, out, known)
        for graph in graphs:
            for format_ in _OF_GRAPH if graph.stem else ():
                with _written(making, f"{graph.stem}.{format_.extension}", format_, graph.holds) as out:
                    write(graph.part.lines, format_, out, graph.part.known)
        return making.dumps()


@contextmanager
def _written(making: _Making, file: str, format_: Format, holds: str) -> Iterator[IO[bytes]]:
    """A file that the block writes; it is left out where the format cannot say what it would hold."""
    try:
        with (making.folder / file).open("wb") as out:
            yield out
    except BadRdf as error:
        making.left_out(file, error)
    else:
        making.add(file, format_, holds)


def _make_jsonld(graphs: Sequence[_Graph], folder: Path, work: Path, frames: Frames) -> list[Dump]:
    """JSON-LD of each graph, and of all: its parts are those of the graphs, so that each is made once."""
    all_names: set[str] = set()
    parts: list[Path] = []
    failed: BadRdf | None = None
    extension = formats.JSONLD.extension
    with _Making(folder) as making:
        for number, graph in enumerate(graphs):
            part = work / f"part-{number}"
            try:
                refuse_misread(graph.part.lines, frames.context)
                with part.open("xb") as out:
                    names = write_part(graph.part.lines, frames.context, out)
            except BadRdf as error:
                failed = error
                if graph.stem:
                    making.left_out(f"{graph.stem}.{extension}", error)
                continue
            parts.append(part)
            all_names |= names
            if graph.stem:
                _write_parts(making, f"{graph.stem}.{extension}", [part], names, graph.holds, frames)
        if failed:
            making.left_out(f"{_STEM}.{extension}", failed)
        else:
            _write_parts(making, f"{_STEM}.{extension}", parts, all_names, "all", frames)
        return making.dumps()


def _write_parts(
    making: _Making, file: str, parts: Iterable[Path], names: set[str], holds: str, frames: Frames
) -> None:
    with (making.folder / file).open("wb") as out:
        write_document((part.open("rb") for part in parts), names, frames.context, out)
    making.add(file, formats.JSONLD, holds)


def _make_things(
    lines: Collection[str], folder: Path, base: str, frames: Frames, looked_up: LookedUp | None
) -> list[Dump]:
    """The files of single plans, and the tables."""
    with ExitStack() as held, _Making(folder) as making:
        statements = held.enter_context(looked_up.opened()) if looked_up else Held(lines)
        _write_plans(making, plans_in(lines), statements, base, frames)
        _write_tables(making, lines, statements)
        return making.dumps()


def _write_plans(making: _Making, plans: Iterable[str], statements: Statements, base: str, frames: Frames) -> None:
    descriptions = Descriptions(statements, frames)
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


def _write_tables(making: _Making, lines: Iterable[str], statements: Statements) -> None:
    tables = read_tables()
    write_tables(tables, lines, statements, making.folder)
    for name in tables:
        making.add(f"{name}.csv", _CSV, f"table:{name}")
        metadata = tables[name].metadata(tables)
        making.add_whole(f"{name}.csv{METADATA}", metadata, _CSVW, f"table:{name}")
