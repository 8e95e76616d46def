"""RDF read with every literal kept as it was written, by Oxigraph, without a store; ``writing`` writes it."""

import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Final
from xml.parsers import expat

import pyoxigraph

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.quads import Quad
from dppgraph.errors import BadRdf

_ENGINE_FORMATS = {
    formats.TURTLE: pyoxigraph.RdfFormat.TURTLE,
    formats.JSONLD: pyoxigraph.RdfFormat.JSON_LD,
    formats.NTRIPLES: pyoxigraph.RdfFormat.N_TRIPLES,
    formats.RDFXML: pyoxigraph.RdfFormat.RDF_XML,
    formats.TRIG: pyoxigraph.RdfFormat.TRIG,
    formats.NQUADS: pyoxigraph.RdfFormat.N_QUADS,
}

_BATCH: Final = 5_000
"""Statements that are handed to the engine at a time."""


def engine_format(format_: Format) -> pyoxigraph.RdfFormat:
    """Oxigraph's name for an RDF format."""
    return _ENGINE_FORMATS[format_]


def read_file(path: Path, format_: Format, *, graph: str, base: str) -> list[Quad]:
    """The quads of a file, blank nodes as ``_:`` terms that no other file shares.

    Args:
        path: the file.
        format_: what it is written in.
        graph: the term of the graph that its default graph goes to; empty for the default graph itself.
        base: what its relative IRIs are relative to.

    Raises:
        BadRdf: it does not parse; the message begins with file, line and column.
        OSError: it cannot be read.
    """
    return parse(path.read_bytes(), format_, graph=graph, base=base, name=str(path))


def parse(data: bytes, format_: Format, *, graph: str = "", base: str | None = None, name: str = "input") -> list[Quad]:
    """The quads of a document; arguments and errors as for :func:`read_file`, ``name`` for the messages."""
    with _told_where(name):
        return [_exact(quad, graph) for quad in _parsed(data, format_, base, name)]


def canonical_triples(data: bytes, format_: Format, *, base: str | None = None, name: str = "input") -> bytes:
    """The triples of a document as canonical lines, in its own order, each with its line end.

    They never become objects of Python one by one, so it takes a tenth of the time of :func:`parse`, whose arguments
    and errors these are.

    Args:
        data: the document.
        format_: what it is written in, one without named graphs.
        base: what its relative IRIs are relative to.
        name: for the messages.
    """
    out = io.BytesIO()
    with _told_where(name):
        pyoxigraph.serialize(_parsed(data, format_, base, name), out, format=pyoxigraph.RdfFormat.N_QUADS)
    return out.getvalue()


def _parsed(data: bytes, format_: Format, base: str | None, name: str) -> Iterator[pyoxigraph.Quad]:
    if format_ == formats.RDFXML:
        _refuse_broken_xml(data, name)
    return iter(pyoxigraph.parse(data, engine_format(format_), base_iri=base, rename_blank_nodes=True))


@contextmanager
def _told_where(name: str) -> Iterator[None]:
    try:
        yield
    except SyntaxError as error:
        where = f"{name}:{error.lineno}:{error.offset}" if error.lineno else name
        raise BadRdf(f"{where}: {_reason(error)}", line=error.lineno, column=error.offset) from error
    except ValueError as error:
        raise BadRdf(f"{name}: {error}") from error


def engine_quads(quads: Iterable[Quad]) -> Iterator[pyoxigraph.Quad]:
    """The same quads as Oxigraph's objects, literals untouched."""
    data = "".join(f"{quad.line()}\n" for quad in quads).encode()
    return iter(pyoxigraph.parse(data, pyoxigraph.RdfFormat.N_QUADS))


def exact_term(term: object) -> str:
    """One of Oxigraph's terms as canonical N-Quads writes it; a triple term in its brackets (RDF 1.2)."""
    if isinstance(term, pyoxigraph.Triple):
        return f"<<( {term.subject} {term.predicate} {exact_term(term.object)} )>>"
    return str(term)


def literal_text(term: str) -> str:
    """The characters of a literal, from its term: no quotation marks, escapes, language or datatype."""
    if term.startswith('"') and "\\" not in term:
        # Nothing is escaped, as in most of them: a page shows hundreds.
        return term[1 : term.rindex('"')]
    value = next(engine_quads([Quad("<a:a>", "<a:a>", term)])).object
    return value.value if isinstance(value, pyoxigraph.Literal) else term


@cache
def is_language(tag: str) -> bool:
    """Whether a text may be the language of a literal (BCP 47), with or without a direction (RDF 1.2)."""
    if not re.fullmatch(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*(--(ltr|rtl))?", tag):
        return False
    try:
        return len(list(engine_quads([Quad("<a:a>", "<a:a>", f'""@{tag}')]))) == 1
    except (SyntaxError, ValueError):
        return False


def with_canonical_blank_nodes(quads: Iterable[Quad]) -> list[Quad]:
    """The quads with blank nodes labelled by RDFC-1.0, the same labels for the same data."""
    quads = list(quads)
    if not any("_:" in term for quad in quads for term in quad):
        return quads
    dataset = pyoxigraph.Dataset(engine_quads(quads))
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return [_exact(quad, "") for quad in dataset]


def _exact(quad: pyoxigraph.Quad, graph: str) -> Quad:
    in_default = isinstance(quad.graph_name, pyoxigraph.DefaultGraph)
    name = graph if in_default else str(quad.graph_name)
    return Quad(str(quad.subject), str(quad.predicate), exact_term(quad.object), name)


def batched(quads: Iterable[Quad]) -> Iterator[list[Quad]]:
    """Quads, some thousand at a time."""
    left = iter(quads)
    while some := list(islice(left, _BATCH)):
        yield some


def _refuse_broken_xml(data: bytes, name: str) -> None:
    # The engine takes a document that was cut short for a shorter one.
    try:
        expat.ParserCreate().Parse(data, True)
    except expat.ExpatError as error:
        line, column = error.lineno, error.offset + 1
        reason = expat.errors.messages[error.code]
        raise BadRdf(f"{name}:{line}:{column}: {reason}", line=line, column=column) from error


def _reason(error: SyntaxError) -> str:
    message = str(error.msg)
    prefix = f"Parser error at line {error.lineno} "
    return message.partition(": ")[2] if message.startswith(prefix) else message
