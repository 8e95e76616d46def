"""What goes into a version: the files of data/, ontology/ and the shapes, read as exact quads with names and a base."""

import hashlib
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dppgraph import __version__
from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.iris import DEFAULT_BASE, graph_iri, rebased
from dppgraph.core.quads import Quad
from dppgraph.core.skolem import skolemised, skolemised_lines
from dppgraph.errors import BadCall, BadRdf
from dppgraph.store.rdf import canonical_triples, parse, with_canonical_blank_nodes

DATA_GRAPHS: Final = ("source", "interpretation", "external", "catalogue")
"""The graphs that data/ may fill: ``data/source/*.ttl``, ``data/catalogue.ttl`` and so on."""

_NOT_DATA = (".md", ".txt")


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a version's files are.

    Attributes:
        data: the folder of the data.
        ontology: the folder of the ontology, its concepts and its rules.
        shapes: the folder of the shapes; None takes the gate off, and only the data goes in, as it is.
        base: what the data's IRIs begin with.
        named_data: the folder of the data as it was asked for; None for the one that travels with the software.
        named_shapes: likewise the shapes, or ``none``.
        queries: the folder of the named questions, which a gated version shows as examples; None for none.
    """

    data: Path
    ontology: Path
    shapes: Path | None
    base: str
    named_data: str | None = None
    named_shapes: str | None = None
    queries: Path | None = None

    @property
    def gated(self) -> bool:
        """Whether SHACL decides what is published."""
        return self.shapes is not None

    def fingerprint(self) -> str:
        """The SHA-256 of all that decides what a build makes: files by name and content, base, gate, software."""
        found = hashlib.sha256(f"{__version__} {self.base} {self.gated}\n".encode())
        for folder in filter(None, (self.data, *((self.ontology, self.queries) if self.gated else ()), self.shapes)):
            for path in sorted(path for path in _files(folder) if path.is_file()):
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                found.update(f"{path.relative_to(folder)} {content}\n".encode(errors="surrogateescape"))
        return found.hexdigest()

    def size(self) -> int:
        """The bytes of the files of the data."""
        return sum(path.stat().st_size for path in _files(self.data)) if self.data.is_dir() else 0


@dataclass(frozen=True, slots=True)
class Shapes:
    """The shapes: those for all graphs together, and those for one graph alone."""

    merged: list[Quad]
    by_graph: dict[str, list[Quad]]


def read_data(sources: Sources, extra: Iterable[Path] = (), without: Iterable[Path] = ()) -> list[Quad]:
    """The quads of the data; without the gate, with the blank nodes and the graphs that the files have.

    Args:
        sources: where they are.
        extra: more files, read as if they lay in ``data/source/`` (or in the graphs that they name themselves). Each
            stands in for the files of the data that have its name, so that a new draft can be judged beside the rest.
        without: files of the data to leave out.

    Raises:
        BadRdf: a file does not parse (file, line, column), or lies where no graph is.
        BadCall: there is no such folder.
    """
    extra = list(extra)
    replaced = {*namesakes(sources, extra), *without}
    placed = [(path, graph) for path, graph in placed_files(sources) if path not in replaced]
    found = [quad for path, graph in placed for quad in read_placed(path, graph, sources)]
    there = {path.resolve() for path, _ in placed}
    for path in (path for path in extra if path.resolve() not in there):
        found += read_placed(path, "source", sources)
    return found if sources.gated else with_canonical_blank_nodes(found)


def namesakes(sources: Sources, drafts: Iterable[Path]) -> list[Path]:
    """The files of the data that a draft of the same name stands in for; a file of the data itself is no draft."""
    named = {path.name: path.resolve() for path in drafts}
    same = files_named(sources, named)
    return [path for path in same if not named[path.name].is_relative_to(sources.data.resolve())]


def files_named(sources: Sources, names: Container[str]) -> list[Path]:
    """The files of the data that have one of these names."""
    return [path for path in sorted(_files(sources.data)) if path.name in names] if sources.data.is_dir() else []


def read_vocabulary(sources: Sources) -> list[Quad]:
    """The quads of the graphs ``ontology`` and ``concepts``; none without the gate.

    Raises:
        BadRdf: a file does not parse.
    """
    if not sources.gated:
        return []
    concepts = [
        quad for path in _rdf_files(sources.ontology / "concepts") for quad in read_placed(path, "concepts", sources)
    ]
    return read_placed(sources.ontology / "dpp.ttl", "ontology", sources) + concepts


def read_shapes(sources: Sources) -> Shapes:
    """The shapes, in the graph ``shapes``; none without the gate.

    Raises:
        BadRdf: a file does not parse.
        BadCall: there is no such folder, or no shape in it.
    """
    if sources.shapes is None:
        return Shapes([], {})
    files = _rdf_files(sources.shapes) if sources.shapes.is_dir() else []
    if not files:
        raise BadCall(f"there are no shapes in {sources.shapes}: name a folder of .ttl files, or none")
    merged = [quad for path in files for quad in read_placed(path, "shapes", sources)]
    alone = {path.stem: read_placed(path, "shapes", sources) for path in _rdf_files(sources.shapes / "graph")}
    return Shapes(merged, alone)


def placed_files(sources: Sources) -> Iterator[tuple[Path, str | None]]:
    """Each file of the data with the name of its graph; None for the default graph.

    Raises:
        BadRdf: a file lies where no graph is.
        BadCall: there is no such folder.
    """
    if not sources.data.is_dir():
        raise BadCall(f"there is no folder {sources.data}: name the folder of the data with --data")
    for path in sorted(_files(sources.data)):
        inside = path.relative_to(sources.data)
        name = inside.parts[0] if len(inside.parts) > 1 else inside.stem
        if name in DATA_GRAPHS:
            yield path, name
        elif sources.gated:
            places = ", ".join(f"{graph}/" for graph in DATA_GRAPHS[:-1])
            raise BadRdf(f"{path}: no graph is meant by this place: put it in {places} or name it catalogue.ttl")
        else:
            yield path, None


def read_placed(path: Path, graph: str | None, sources: Sources) -> list[Quad]:
    """The quads of a file, in the graph of its place or those that it names.

    Raises:
        BadRdf: it does not parse, or a blank node in it gets no stable name.
        BadCall: it cannot be read.
    """
    return parse_placed(_bytes_of(path), path, graph, sources)


def canonical_placed(path: Path, graph: str | None, sources: Sources) -> Iterator[tuple[str, bytes]]:
    """The lines of a file that gets names and the base as :func:`read_placed` gives them, by graph.

    Most of them are never looked at one by one, so it takes a fraction of the time.

    Args:
        path: the file.
        graph: the graph of its place.
        sources: with the gate.

    Yields:
        The term of a graph, and its lines, in any order, perhaps some twice, each with its line end.

    Raises:
        BadRdf: it does not parse, or a blank node in it gets no stable name.
        BadCall: it cannot be read.
    """
    format_ = _format(path)
    if graph is None or format_.named_graphs or sources.base != DEFAULT_BASE:
        by_graph: dict[str, list[str]] = {}
        for quad in read_placed(path, graph, sources):
            by_graph.setdefault(quad.graph, []).append(quad.line())
        yield from ((name, "".join(f"{line}\n" for line in lines).encode()) for name, lines in by_graph.items())
        return
    term = f"<{graph_iri(graph, sources.base)}>"
    found = canonical_triples(_bytes_of(path), format_, base=sources.base, name=str(path))
    # A line end is nowhere but at a line's end.
    lines = found.replace(b" .\n", f" {term} .\n".encode())
    if b"_:" in lines:
        try:
            lines = skolemised_lines(lines, sources.base)
        except BadRdf as error:
            raise BadRdf(f"{path}: {error}") from error
    yield term, lines


def parse_placed(data: bytes, path: Path, graph: str | None, sources: Sources) -> list[Quad]:
    """What :func:`read_placed` would find in a file, if it held these bytes.

    Raises:
        BadRdf: they do not parse, or a blank node in them gets no stable name.
    """
    term = f"<{graph_iri(graph, sources.base)}>" if graph else ""
    quads = parse(data, _format(path), graph=term, base=sources.base, name=str(path))
    if not sources.gated:
        return quads
    try:
        return named_quads(quads, sources.base)
    except BadRdf as error:
        raise BadRdf(f"{path}: {error}") from error


def named_quads(quads: Iterable[Quad], base: str) -> list[Quad]:
    """The quads of one document as a gated store holds them: below the base, in graphs, without blank nodes.

    Raises:
        BadRdf: one lies in no graph, or a blank node gets no stable name.
    """
    moved = [Quad(*(rebased(part, base) for part in quad)) for quad in quads]
    if not all(quad.graph for quad in moved):
        raise BadRdf("a statement lies in no graph")
    return skolemised(moved, base)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadCall(f"{path} cannot be read: {error.strerror}") from error


def _format(path: Path) -> Format:
    format_ = formats.of_file(path.name)
    if format_ is None:
        endings = ", ".join(f".{known.extension}" for known in formats.RDF)
        raise BadRdf(f"{path}: its name ends in no format that is read here ({endings})")
    return format_


def _files(folder: Path) -> list[Path]:
    """All files below a folder, without hidden ones, editors' copies and notes."""
    return [
        path
        for path in folder.rglob("*")
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not path.name.endswith(("~", *_NOT_DATA))
    ]


def _rdf_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.is_file() and formats.of_file(path.name))
