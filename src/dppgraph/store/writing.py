"""Sorted lines written in a format, as a stream: the engine gets some thousand at a time, as text."""

import io
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, count
from typing import IO, Final, cast

import pyoxigraph

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Graphs, Quad, by_subject, subject_of
from dppgraph.errors import BadRdf
from dppgraph.store.rdf import engine_format

_BATCH: Final = 1 << 20
"""Characters that are handed to the engine at a time, and some more."""
_TYPE: Final = f"<{PREFIXES['rdf']}type>"
_XSD: Final = PREFIXES["xsd"]
_MARK: Final = "urn:dppgraph:exact:"
_MARKS: Final = re.compile(rf"{_MARK}(\d+):")
_NUMBER: Final = re.compile(
    rf'^([^ \n]+ [^ \n]+ )"([^"\n]*)"\^\^<{re.escape(_XSD)}(integer|decimal|double)>(?= )', re.MULTILINE
)
_TERM: Final = re.compile(rf'"([^"]*)"\^\^<{re.escape(_XSD)}(integer|decimal|double)>')
_KEPT: Final = {
    "integer": re.compile(r"0|-?[1-9]\d*"),
    "decimal": re.compile(r"-?(0|[1-9]\d*)\.\d+"),
    "double": re.compile(r"(?!)"),
}
"""Numbers whose abbreviation in Turtle every parser reads as it was written."""
# XML 1.0, section 2.3, productions 4 and 4a, without the colon.
_NAME_START: Final = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_XML_NAME: Final = re.compile(f"[{_NAME_START}][{_NAME_START}\\-.0-9\u00b7\u0300-\u036f\u203f\u2040]*$")
# A carriage return could be written as a reference, but the engine writes it bare, and readers make it a line feed.
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_PERHAPS_NOT_IN_XML: Final = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|\\[bfru]")


@dataclass(frozen=True, slots=True)
class Survey:
    """What must be known of all lines before the first one is written.

    Attributes:
        prefixes: the names of the prefixes that terms begin with.
        exact: those that are left where numbers whose abbreviation is not read as written have another datatype.
        marks: the numbers of the marks that occur in a line.
    """

    prefixes: frozenset[str] = frozenset()
    exact: frozenset[str] = frozenset()
    marks: frozenset[int] = frozenset()

    def with_(self, other: "Survey") -> "Survey":
        """What is to be known of all that either is of."""
        return Survey(self.prefixes | other.prefixes, self.exact | other.exact, self.marks | other.marks)


class Surveying:
    """A survey of canonical lines in any order."""

    def __init__(self) -> None:
        self._known = {f"<{iri[:-1]}": name for name, iri in PREFIXES.items()}
        self._prefixes: set[str] = set()
        self._exact: set[str] = set()
        self._marks: set[int] = set()
        self._predicates: set[str] = set()
        self._split = Graphs().split

    def take(self, lines: Iterable[str]) -> None:
        """Takes some lines."""
        for group in by_subject(lines):
            subject = subject_of(group[0])
            self._begins(subject)
            for predicate, object_, _ in self._split(group, len(subject) + 1):
                if predicate not in self._predicates:
                    self._predicates.add(predicate)
                    self._begins(predicate)
                if object_.startswith("<"):
                    self._begins(object_)
                if "^^<" in object_:
                    self._begins(object_[object_.rindex("^^<") + 2 :], exact=not _is_abridged(object_))
            for line in group:
                if _MARK in line:
                    self._marks.update(map(int, _MARKS.findall(line)))

    def survey(self) -> Survey:
        """What is known of the lines that came."""
        return Survey(frozenset(self._prefixes), frozenset(self._exact), frozenset(self._marks))

    def _begins(self, term: str, *, exact: bool = True) -> None:
        name = self._known.get(term.rpartition("#")[0] or term.rpartition("/")[0])
        if name:
            self._prefixes.add(name)
            if exact:
                self._exact.add(name)


def survey(lines: Iterable[str]) -> Survey:
    """What must be known of lines before they are written."""
    surveying = Surveying()
    surveying.take(lines)
    return surveying.survey()


def serialised(lines: Iterable[str], format_: Format) -> bytes:
    """Canonical lines written in a format, the same bytes for the same lines.

    A format without named graphs gets the union of all graphs as triples. Turtle and TriG are grouped by subject.

    Raises:
        BadRdf: the format cannot say one of the statements (RDF/XML and control characters, for one).
    """
    out = io.BytesIO()
    write(sorted(set(lines)), format_, out)
    return out.getvalue()


def write(lines: Collection[str], format_: Format, out: IO[bytes], known: Survey | None = None) -> None:
    """Likewise into a file, a few thousand statements in memory at a time.

    Args:
        lines: canonical lines, sorted, each once; those of several graphs are held in memory in a format that has any.
        format_: how.
        out: where to; what an error leaves there is of no use.
        known: what :func:`survey` finds in them, where somebody knows.

    Raises:
        BadRdf: as :func:`serialised`.
        OSError: the file cannot be written.
    """
    if format_ == formats.NQUADS:
        out.writelines(batch.encode() for batch in _batches(lines))
    elif format_ == formats.NTRIPLES:
        out.writelines(batch.encode() for batch in _batches(_triples(lines)))
    elif format_.named_graphs:
        write_graphs(_by_graph(lines), format_, out, known or survey(lines))
    else:
        _write(_triples(lines), format_, out, known or survey(lines))


def write_graphs(graphs: Iterable[Collection[str]], format_: Format, out: IO[bytes], known: Survey) -> None:
    """Lines written in a format with named graphs, graph by graph.

    Args:
        graphs: the lines of each, sorted, each once; the graphs in the order of their terms.
        format_: how: TriG or JSON-LD.
        out: where to; what an error leaves there is of no use.
        known: what :func:`survey` finds in all of them.

    Raises:
        BadRdf: as :func:`serialised`.
        OSError: the file cannot be written.
    """
    _write(chain.from_iterable(map(_quads, graphs)), format_, out, known)


def used_prefixes(quads: Iterable[Quad]) -> dict[str, str]:
    """Those of the known prefixes that the terms of these quads begin with."""
    return _named(survey(quad.line() for quad in quads).prefixes)


def sayable(triple: pyoxigraph.Triple) -> pyoxigraph.Triple:
    """The same triple, if RDF/XML can say it (XML 1.0, section 2.2; RDF/XML, section 5.1).

    Raises:
        BadRdf: its property has no name that XML takes for one, or its text a character that XML cannot write.
    """
    _refuse_property(f"<{triple.predicate.value}>")
    if isinstance(triple.object, pyoxigraph.Literal) and _NOT_IN_XML.search(triple.object.value):
        raise BadRdf(f"RDF/XML cannot say a character in {triple.subject} {triple.predicate}")
    return triple


def _named(names: Collection[str]) -> dict[str, str]:
    return {name: iri for name, iri in PREFIXES.items() if name in names}


def _by_graph(lines: Iterable[str]) -> list[list[str]]:
    by_graph: dict[str, list[str]] = {}
    graphs = Graphs()
    for group in by_subject(lines):
        for line, graph in zip(group, graphs.of(group), strict=True):
            by_graph.setdefault(graph, []).append(line)
    return [by_graph[graph] for graph in sorted(by_graph)]


def _quads(lines: Iterable[str]) -> Iterator[str]:
    """The lines of a graph by subject and predicate, rdf:type first."""
    for group in by_subject(lines):
        yield from _type_first(group)


def _triples(lines: Iterable[str]) -> Iterator[str]:
    """Likewise the triples of lines, as lines without a graph, each once."""
    graphs = Graphs()
    for group in by_subject(lines):
        found: list[str] = []
        last = ""
        for line, graph in zip(group, graphs.of(group), strict=True):
            triple = f"{line[: -len(graph) - 3]} ." if graph else line
            # Those that are the same stand together, as nothing but the graph tells them apart.
            if triple != last:
                found.append(triple)
                last = triple
        yield from _type_first(found)


def _type_first(group: list[str]) -> list[str]:
    begin = f"{subject_of(group[0])} {_TYPE} "
    types = [line for line in group if line.startswith(begin)]
    return [*types, *(line for line in group if not line.startswith(begin))] if types else group


def _batches(lines: Iterable[str]) -> Iterator[str]:
    some: list[str] = []
    size = 0
    for line in lines:
        some.append(line)
        size += len(line)
        if size > _BATCH:
            yield "\n".join(some) + "\n"
            some, size = [], 0
    if some:
        yield "\n".join(some) + "\n"


def _write(lines: Iterator[str], format_: Format, out: IO[bytes], known: Survey) -> None:
    batches = _batches(lines)
    if format_ in (formats.TURTLE, formats.TRIG):
        # Turtle that writes "01"^^xsd:integer in full: parsers are known to read 01 as 1. The engine always
        # abbreviates, so such a number passes through it under another datatype, which no text here has.
        mark = next(f"{_MARK}{number}:" for number in count() if number not in known.marks)
        unmarked = _WithoutMark(out, mark)
        marked = (_NUMBER.sub(lambda found: _marked(found, mark), batch) for batch in batches)
        _serialise(map(_engine_statements, marked), format_, known.exact, unmarked)
        unmarked.end()
    elif format_ == formats.RDFXML:
        _serialise(map(_sayable(), batches), format_, known.prefixes, out)
    else:
        _serialise(map(_engine_statements, batches), format_, known.prefixes, out)


def _serialise(
    batches: Iterable[Iterable[pyoxigraph.Quad | pyoxigraph.Triple]],
    format_: Format,
    prefixes: Collection[str],
    out: "IO[bytes] | _WithoutMark",
) -> None:
    statements = cast("Iterable[pyoxigraph.Quad]", chain.from_iterable(batches))
    try:
        # The engine asks of a file no more than to be written to.
        pyoxigraph.serialize(
            statements, cast("IO[bytes]", out), format=engine_format(format_), prefixes=_named(prefixes)
        )
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            # The disk's, not the engine's.
            raise
        raise BadRdf(f"this cannot be written as {format_.name}: {error}") from error


def _engine_statements(batch: str) -> Iterable[pyoxigraph.Quad]:
    return pyoxigraph.parse(batch.encode(), pyoxigraph.RdfFormat.N_QUADS)


def _sayable() -> Callable[[str], Iterable[pyoxigraph.Quad | pyoxigraph.Triple]]:
    """What makes the engine's statements of a batch that RDF/XML can say; each property is looked at once."""
    seen: set[str] = set()

    def made(batch: str) -> Iterable[pyoxigraph.Quad | pyoxigraph.Triple]:
        if _PERHAPS_NOT_IN_XML.search(batch):
            return (sayable(quad.triple) for quad in _engine_statements(batch))
        for predicate in {line.split(" ", 2)[1] for line in batch.split("\n")[:-1]} - seen:
            _refuse_property(predicate)
            seen.add(predicate)
        return _engine_statements(batch)

    return made


def _refuse_property(term: str) -> None:
    if not _XML_NAME.search(term[1:-1]):
        raise BadRdf(f"RDF/XML cannot name the property {term}")


class _WithoutMark:
    """A file in which a mark at the beginning of a datatype is replaced by that of XML Schema."""

    def __init__(self, out: IO[bytes], mark: str) -> None:
        self._out = out
        self._mark = f"^^<{mark}".encode()
        self._meant = f"^^<{_XSD}".encode()
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


def _marked(found: re.Match[str], mark: str) -> str:
    begin, value, datatype = found.groups()
    return found[0] if _KEPT[datatype].fullmatch(value) else f'{begin}"{value}"^^<{mark}{datatype}>'


def _is_abridged(term: str) -> bool:
    """Whether a term is a number whose abbreviation is not read as it was written."""
    found = _TERM.fullmatch(term)
    return found is not None and not _KEPT[found[2]].fullmatch(found[1])
