"""In a worker: one query at a time, from its text to the bytes of its answer."""

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, Final, cast

import pyoxigraph

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.core.prebinding import with_values
from dppgraph.core.query_text import QueryText, read_query, tokens, with_columns
from dppgraph.errors import (
    BadParameter,
    BadRdf,
    DppgraphError,
    EngineDied,
    NotAcceptable,
    QueryMemory,
    QuerySyntax,
    ServiceForbidden,
    UpdatesOff,
)
from dppgraph.store.rdf import engine_format, sayable
from dppgraph.store.workers import frames
from dppgraph.store.workers.frames import Kind

_CHUNK: Final = 1 << 16
"""Bytes that are held back until evaluation has got so far, or to its end: until then a status can still be true."""

_DEEPEST: Final = 256
"""Brackets within brackets. The engine's parser recurses, and its stack ends at some thousands."""

_RESULT_FORMATS: Final = {
    formats.JSON: pyoxigraph.QueryResultsFormat.JSON,
    formats.XML: pyoxigraph.QueryResultsFormat.XML,
    formats.CSV: pyoxigraph.QueryResultsFormat.CSV,
    formats.TSV: pyoxigraph.QueryResultsFormat.TSV,
}
_Term = pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal | pyoxigraph.Triple
_PLACE = re.compile(r"error at (\d+):(\d+): ")


# XML 1.0, section 2.2; and a bare carriage return, which its readers turn into a line feed.
_NOT_IN_XML = re.compile(rb"[\x00-\x08\x0b-\x1f]|\xef\xbf[\xbe\xbf]")


@dataclass(frozen=True, slots=True)
class Dataset:
    """What a worker asks.

    Attributes:
        store: the quads.
        base: what relative IRIs in a query are relative to.
        union: whether the default graph of a query is the union of all graphs.
    """

    store: pyoxigraph.Store
    base: str
    union: bool


def work(connection: socket.socket, dataset: Dataset) -> None:
    """Answers the queries that come in over a socket until its other side closes it."""
    while (frame := frames.receive(connection)) is not None:
        try:
            _answer(frames.decoded(frame[1]), dataset, connection.sendall)
        except DppgraphError as error:
            connection.sendall(frames.encoded_json(Kind.ERROR, _described(error)))
        except MemoryError:
            described = _described(QueryMemory("the query needs more memory than one query may have: narrow it"))
            connection.sendall(frames.encoded_json(Kind.ERROR, described))
        except Exception as error:  # noqa: BLE001 - nobody is above to hear of it, and the caller has to be told
            described = _described(EngineDied(f"the query could not be answered ({type(error).__name__})"))
            connection.sendall(frames.encoded_json(Kind.ERROR, described))


def _answer(request: dict[str, Any], dataset: Dataset, send: Callable[[bytes], None]) -> None:
    query = read_query(request["text"])
    _guard(query)
    if query.form is not None:
        # Before anything is evaluated in vain.
        _format(request, tabular=query.form in ("select", "ask"))
    answer = _evaluated(request, query, dataset)
    format_ = _format(request, tabular=not isinstance(answer, pyoxigraph.QueryTriples))
    output = _Output(send, format_)
    # The engine asks no more of a file than write() and flush().
    file = cast("IO[bytes]", output)
    try:
        if isinstance(answer, pyoxigraph.QueryTriples):
            triples = map(sayable, answer) if format_ == formats.RDFXML else answer
            pyoxigraph.serialize(triples, file, engine_format(format_), prefixes=PREFIXES)
        else:
            answer.serialize(file, _RESULT_FORMATS[format_])
    except OSError as error:
        if not str(error).startswith("JSON-LD"):
            raise _outside() from error
        raise NotAcceptable(f"this answer cannot be written as JSON-LD ({error}): ask for another format") from error
    except (BadRdf, ValueError) as error:
        said = f"this answer cannot be written as {format_.name} ({error}): ask for another format"
        raise NotAcceptable(said) from error
    output.finish()


def _guard(query: QueryText) -> None:
    if query.form == "update":
        raise UpdatesOff("this is a SPARQL update, and nothing can be written here: send a query")
    if query.has_service:
        raise ServiceForbidden("SERVICE is not allowed here: ask the other endpoint yourself, and join what it says")
    if query.glued:
        raise QuerySyntax("FROM and NAMED have to stand apart here: write white space before and after each")
    if query.depth > _DEEPEST:
        raise QuerySyntax(f"the query nests {query.depth} brackets deep: at most {_DEEPEST} are read here")


def _format(request: dict[str, Any], *, tabular: bool) -> formats.Format:
    name = request["results"] if tabular else request["rdf"]
    offered = formats.RESULTS if tabular else formats.RDF
    if name is None:
        types = tuple(format_.media_types[0] for format_ in offered)
        raise NotAcceptable(f"this query is answered as {', '.join(types)}: ask for one of these", offered=types)
    return formats.named(name, offered)


def _evaluated(
    request: dict[str, Any], query: QueryText, dataset: Dataset
) -> pyoxigraph.QuerySolutions | pyoxigraph.QueryBoolean | pyoxigraph.QueryTriples:
    default, named = request["default_graphs"], request["named_graphs"]
    options: dict[str, Any] = {"base_iri": dataset.base, "prefixes": PREFIXES}
    values = {name: str(_term(text)) for name, text in request["substitutions"].items()}
    try:
        text = _with_columns(request["text"], query, options)
        asked = with_values(text, values)
        return dataset.store.query(
            asked,
            # A dataset that the query or the request states replaces ours, the union included.
            use_default_graph_as_union=dataset.union and not (query.has_dataset or default or named),
            default_graph=_graphs(default, named),
            named_graphs=_graphs(named, default),
            **options,
        )
    except SyntaxError as error:
        own = _syntax_error_in(request["text"], options) if values else error
        if own is None:
            said = "a value cannot stand where its variable stands: an IRI may be wanted there"
            raise BadParameter(said) from error
        raise _syntax_error(str(own), request["text"]) from error
    except (RuntimeError, ValueError) as error:
        raise BadParameter(f"the query cannot be answered as it is asked: {error}") from error
    except OSError as error:
        raise _outside() from error


def _outside() -> ServiceForbidden:
    # The second wall: without descriptors to open, whatever slipped past the guard fails, at once or while it is read.
    return ServiceForbidden("the query reaches outside this server, which is not allowed here")


def _with_columns(text: str, query: QueryText, options: dict[str, Any]) -> str:
    """Spells out ``SELECT *`` in order of first appearance: the engine would sort the columns by name."""
    if query.star is None:
        return text
    # Asked of nothing: the engine says which variables are in scope, and evaluates none of it.
    solutions = pyoxigraph.Store().query(text, **options)
    if not isinstance(solutions, pyoxigraph.QuerySolutions):
        return text
    visible = {variable.value for variable in solutions.variables}
    columns = [name for name in query.variables if name in visible]
    return with_columns(text, query, columns) if len(columns) == len(visible) else text


def _graphs(these: list[str], others: list[str]) -> list[Any] | None:
    """The graphs as the engine wants them: none stated is None, unless the other kind is stated."""
    try:
        return [pyoxigraph.NamedNode(iri) for iri in these] if these or others else None
    except ValueError as error:
        raise BadParameter(f"a graph is named by an absolute IRI: {error}") from error


def _syntax_error_in(text: str, options: dict[str, Any]) -> SyntaxError | None:
    """What is wrong with a text itself, before values were put into it."""
    try:
        pyoxigraph.Store().query(text, **options)
    except SyntaxError as error:
        return error
    return None


def _term(text: str) -> _Term:
    """The term that a substitution stands for, given as in N-Triples."""
    try:
        (quad,) = pyoxigraph.parse(f"<a:a> <a:a> {text} .".encode(), pyoxigraph.RdfFormat.N_TRIPLES)
    except (SyntaxError, ValueError) as error:
        raise BadParameter(f"{text!r} is no IRI or literal as in N-Triples") from error
    if not isinstance(quad.object, pyoxigraph.NamedNode | pyoxigraph.Literal):
        raise BadParameter(f"{text!r} is no IRI or literal as in N-Triples")
    return quad.object


def _syntax_error(message: str, text: str) -> QuerySyntax:
    place = _PLACE.match(message)
    if place is None:
        return QuerySyntax(f"the query does not parse: {message[:300]}")
    line, column = int(place.group(1)), int(place.group(2))
    lines = text.split("\n")
    offset = sum(len(before) + 1 for before in lines[: line - 1]) + column - 1
    # The engine names the furthest character that it got to; what is wrong is the word that it stands in.
    column -= next((offset - token.start for token in tokens(text) if token.start < offset < token.end), 0)
    rest = lines[line - 1][column - 1 :] if line <= len(lines) else ""
    near = f"at {rest[:30]!r}" if rest.strip() else "where it ends" if line >= len(lines) else "at the end of the line"
    return QuerySyntax(f"the query does not parse: line {line}, column {column}, {near}", line=line, column=column)


def _described(error: DppgraphError) -> dict[str, Any]:
    return {"error": type(error).__name__, "message": str(error), **vars(error)}


class _Output:
    """A file for the engine to write to: holds the first bytes back, then passes them on in frames."""

    def __init__(self, send: Callable[[bytes], None], format_: formats.Format) -> None:
        self._send = send
        self._format = format_
        self._buffer = bytearray()
        self._begun = False

    def write(self, data: bytes) -> int:
        if self._format == formats.XML and (character := _NOT_IN_XML.search(data)):
            raise BadRdf(f"XML has no way to say the character {character.group().decode(errors='replace')!r}")
        self._buffer += data
        if len(self._buffer) >= _CHUNK:
            self._pass_on()
        return len(data)

    def flush(self) -> None:
        """Nothing: the engine's idea of when to flush is not when a status is known."""

    def finish(self) -> None:
        self._pass_on()
        self._send(frames.encoded(Kind.END))

    def _pass_on(self) -> None:
        head = b"" if self._begun else frames.encoded_json(Kind.BEGUN, self._format.name)
        self._begun = True
        # In pieces: a single long literal would otherwise be one frame, which the front holds whole before it counts.
        pieces = range(0, max(len(self._buffer), 1), _CHUNK)
        for start in pieces:
            self._send(head + frames.encoded(Kind.DATA, bytes(self._buffer[start : start + _CHUNK])))
            head = b""
        self._buffer.clear()
