"""RDF in and out, with every literal kept as it was written: parsing and serialising by Oxigraph, without a store."""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import chain, count, groupby, islice
from pathlib import Path
from typing import IO, Final, cast
from xml.parsers import expat

import pyoxigraph

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, parse_line, subject_of
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

_NUMBER = re.compile(rf'"(?P<value>[^"]*)"\^\^<{re.escape(PREFIXES["xsd"])}(?P<type>integer|decimal|double)>')
# XML 1.0, section 2.3, productions 4 and 4a, without the colon.
_NAME_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_XML_NAME = re.compile(f"[{_NAME_START}][{_NAME_START}\\-.0-9\u00b7\u0300-\u036f\u203f\u2040]*$")
# A carriage return could be written as a reference, but the engine writes it bare, and readers make it a line feed.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_KEPT = {
    "integer": re.compile(r"0|-?[1-9]\d*"),
    "decimal": re.compile(r"-?(0|[1-9]\d*)\.\d+"),
    "double": re.compile(r"(?!)"),
}
"""Numbers whose abbreviation in Turtle every parser reads as it was written."""


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


def serialised(lines: Iterable[str], format_: Format) -> bytes:
    """Canonical lines written in a format, the same bytes for the same lines.

    A format without named graphs gets the union of all graphs as triples. Turtle and TriG are grouped by subject.

    Raises:
        BadRdf: the format cannot say one of the statements (RDF/XML and control characters, for one).
    """
    out = io.BytesIO()
    write(sorted(set(lines)), format_, out)
    return out.getvalue()


def write(lines: Sequence[str], format_: Format, out: IO[bytes]) -> None:
    """Likewise into a file, a few thousand statements in memory at a time.

    Args:
        lines: canonical lines, sorted, each once.
        format_: how.
        out: where to; what an error leaves there is of no use.

    Raises:
        BadRdf: as :func:`serialised`.
        OSError: the file cannot be written.
    """
    if format_ == formats.NQUADS:
        out.writelines(f"{line}\n".encode() for line in lines)
    elif format_ == formats.NTRIPLES:
        out.writelines(f"{quad.line()}\n".encode() for quad in _ordered(lines, named_graphs=False))
    elif format_ in (formats.TURTLE, formats.TRIG):
        _write_without_lossy_shorthand(lines, format_, out)
    else:
        _write(_ordered(lines, format_.named_graphs), format_, used_prefixes(map(parse_line, lines)), out)


def engine_quads(quads: Iterable[Quad]) -> Iterator[pyoxigraph.Quad]:
    """The same quads as Oxigraph's objects, literals untouched."""
    data = "".join(f"{quad.line()}\n" for quad in quads).encode()
    return iter(pyoxigraph.parse(data, pyoxigraph.RdfFormat.N_QUADS))


def used_prefixes(quads: Iterable[Quad]) -> dict[str, str]:
    """Those of the known prefixes that the terms of these quads begin with."""
    known = {f"<{iri[:-1]}" for iri in PREFIXES.values()}
    begun = (term.rpartition("#")[0] or term.rpartition("/")[0] for quad in quads for term in _iris(quad))
    found = {beginning for beginning in begun if beginning in known}
    return {name: iri for name, iri in PREFIXES.items() if f"<{iri[:-1]}" in found}


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


def _write(quads: Iterator[Quad], format_: Format, prefixes: dict[str, str], out: "IO[bytes] | _WithoutMark") -> None:
    found = chain.from_iterable(engine_quads(some) for some in batched(quads))
    triples = map(sayable, (quad.triple for quad in found)) if format_ == formats.RDFXML else None
    statements = found if format_.named_graphs else triples or (quad.triple for quad in found)
    try:
        # The engine asks of a file no more than to be written to.
        pyoxigraph.serialize(statements, cast("IO[bytes]", out), format=engine_format(format_), prefixes=prefixes)
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            # The disk's, not the engine's.
            raise
        raise BadRdf(f"this cannot be written as {format_.name}: {error}") from error


def _write_without_lossy_shorthand(lines: Sequence[str], format_: Format, out: IO[bytes]) -> None:
    """Turtle that writes ``"01"^^xsd:integer`` in full: parsers are known to read ``01`` as ``1``.

    The engine always abbreviates, so such a number passes through it under another datatype, which no text here has.
    """
    marks = (f"urn:dppgraph:exact:{number}:" for number in count())
    mark = next(mark for mark in marks if not any(mark in line for line in lines))

    def marked(quads: Iterable[Quad]) -> Iterator[Quad]:
        return (quad._replace(object=_marked(quad.object, mark)) for quad in quads)

    prefixes = used_prefixes(marked(map(parse_line, lines)))
    unmarked = _WithoutMark(out, mark)
    _write(marked(_ordered(lines, format_.named_graphs)), format_, prefixes, unmarked)
    unmarked.end()


class _WithoutMark:
    """A file in which a mark at the beginning of a datatype is replaced by that of XML Schema."""

    def __init__(self, out: IO[bytes], mark: str) -> None:
        self._out = out
        self._mark = f"^^<{mark}".encode()
        self._meant = f"^^<{PREFIXES['xsd']}".encode()
        self._left = b""

    def write(self, data: bytes) -> int:
        # The engine hands over pieces, and a mark may lie across two of them.
        text = (self._left + data).replace(self._mark, self._meant)
        end = max(0, len(text) - len(self._mark) + 1)
        self._left = text[end:]
        self._out.write(text[:end])
        return len(data)

    def flush(self) -> None:
        """Nothing: the end is told by :meth:`end`."""

    def end(self) -> None:
        self._out.write(self._left)


def _marked(term: str, mark: str) -> str:
    number = _NUMBER.fullmatch(term)
    if number is None or _KEPT[number["type"]].fullmatch(number["value"]):
        return term
    return f'"{number["value"]}"^^<{mark}{number["type"]}>'


def _exact(quad: pyoxigraph.Quad, graph: str) -> Quad:
    in_default = isinstance(quad.graph_name, pyoxigraph.DefaultGraph)
    name = graph if in_default else str(quad.graph_name)
    return Quad(str(quad.subject), str(quad.predicate), exact_term(quad.object), name)


def _ordered(lines: Sequence[str], named_graphs: bool) -> Iterator[Quad]:
    """The quads of sorted lines, by graph, subject and predicate, rdf:type first; without graphs, their union."""
    if not named_graphs:
        yield from _by_subject(lines, named_graphs=False)
        return
    by_graph: dict[str, list[str]] = {}
    for line in lines:
        by_graph.setdefault(parse_line(line).graph, []).append(line)
    for graph in sorted(by_graph):
        yield from _by_subject(by_graph[graph], named_graphs=True)


def _by_subject(lines: Iterable[str], named_graphs: bool) -> Iterator[Quad]:
    for _, group in groupby(lines, key=subject_of):
        quads = map(parse_line, group)
        said = set(quads) if named_graphs else {quad._replace(graph="") for quad in quads}
        yield from sorted(said, key=lambda quad: (_predicate_order(quad.predicate), quad.object))


def batched(quads: Iterable[Quad]) -> Iterator[list[Quad]]:
    """Quads, some thousand at a time."""
    left = iter(quads)
    while some := list(islice(left, _BATCH)):
        yield some


@cache
def _predicate_order(predicate: str) -> tuple[int, str]:
    return (0 if predicate == f"<{PREFIXES['rdf']}type>" else 1, predicate)


def _iris(quad: Quad) -> Iterator[str]:
    yield from (term for term in quad[:3] if term.startswith("<"))
    if "^^<" in quad.object:
        yield quad.object[quad.object.rindex("^^<") + 2 :]


def sayable(triple: pyoxigraph.Triple) -> pyoxigraph.Triple:
    """The same triple, if RDF/XML can say it (XML 1.0, section 2.2; RDF/XML, section 5.1).

    Raises:
        BadRdf: its property has no name that XML takes for one, or its text a character that XML cannot write.
    """
    if not _XML_NAME.search(triple.predicate.value):
        raise BadRdf(f"RDF/XML cannot name the property {triple.predicate}")
    if isinstance(triple.object, pyoxigraph.Literal) and _NOT_IN_XML.search(triple.object.value):
        raise BadRdf(f"RDF/XML cannot say a character in {triple.subject} {triple.predicate}")
    return triple


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
