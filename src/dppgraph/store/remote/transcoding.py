"""From the bytes of an engine's answer to those of the format that is wanted, read to the end on the way.

Whatever an engine writes is parsed: an answer that was cut short, or that ends in words of regret, as engines send them
when the status is long gone, is an error and no answer. What comes out is written as the embedded store writes it.
"""

from typing import IO, Any, Final, Protocol, cast

import pyoxigraph

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.errors import BadRdf, EndpointFailed, QueryTimeout
from dppgraph.store.rdf import engine_format
from dppgraph.store.remote.dialect import Dialect
from dppgraph.store.remote.terms import ChangedRows, changed_triple
from dppgraph.store.workers.caps import Caps
from dppgraph.store.workers.written import unsayable, write_table, write_triples

_TAIL: Final = 1 << 12
_JSON: Final = pyoxigraph.QueryResultsFormat.JSON


class Incoming(Protocol):
    """What an engine sends."""

    def read(self, size: int = -1) -> bytes:
        """The next bytes, after waiting for them; none at the end.

        Raises:
            DppgraphError: there is no end.
        """
        ...


class Tail:
    """What an engine sends, with its last bytes kept: if anything is wrong with it, they tell what."""

    def __init__(self, incoming: Incoming) -> None:
        self._incoming = incoming
        self._last = b""
        self.failure: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        """As :class:`Incoming`."""
        try:
            data = self._incoming.read(size)
        except Exception as error:
            # The parser makes another error of it.
            self.failure = error
            raise
        self._last = (self._last + data)[-_TAIL:]
        return data

    @property
    def last(self) -> str:
        """The last that came."""
        return self._last.decode(errors="replace")


def transcode(incoming: Incoming, out: IO[bytes], format_: Format, dialect: Dialect, caps: Caps) -> None:
    """Reads an engine's answer to its end, and writes it as it is wanted.

    Args:
        incoming: a table in SPARQL's JSON, where the format is one of tables; else triples in the dialect's format.
        out: where to; asked for no more than to be written to.
        format_: the format that is wanted.
        dialect: the engine's.
        caps: what the answer may not be.

    Raises:
        EndpointFailed: it is no such answer, or not all of one.
        QueryTimeout: the engine gave it up at its deadline.
        NotAcceptable: it holds what the format cannot say.
        TooManyRows: it is too long.
    """
    tail = Tail(incoming)
    parsed = _table(tail, dialect) if format_ in formats.RESULTS else _triples(tail, dialect)
    try:
        if isinstance(parsed, pyoxigraph.QuerySolutions | pyoxigraph.QueryBoolean):
            write_table(parsed, out, format_)
        else:
            write_triples(parsed, out, format_, caps)
    except (SyntaxError, OSError) as error:
        if isinstance(error, OSError) and str(error).startswith("JSON-LD"):
            raise unsayable(format_, error) from error
        raise _broken(tail, dialect, error) from error
    except (BadRdf, ValueError) as error:
        raise tail.failure or unsayable(format_, error) from error


def _table(tail: Tail, dialect: Dialect) -> pyoxigraph.QuerySolutions | pyoxigraph.QueryBoolean:
    try:
        parsed = pyoxigraph.parse_query_results(cast("IO[bytes]", tail), _JSON)
        if dialect.read is None or isinstance(parsed, pyoxigraph.QueryBoolean):
            return parsed
        return pyoxigraph.parse_query_results(cast("IO[bytes]", ChangedRows(parsed, dialect.read)), _JSON)
    except (SyntaxError, ValueError, OSError) as error:
        raise _broken(tail, dialect, error) from error


def _triples(tail: Tail, dialect: Dialect) -> Any:
    # Not a generator: an error of the parser has to come past the writer as it is.
    quads = pyoxigraph.parse(cast("IO[bytes]", tail), engine_format(dialect.triples))
    triples = (quad.triple for quad in quads)
    read = dialect.read
    return triples if read is None else (changed_triple(triple, read) for triple in triples)


def _broken(tail: Tail, dialect: Dialect, error: Exception) -> Exception:
    """Why an answer is none."""
    if tail.failure:
        return tail.failure
    if dialect.late.search(tail.last):
        return QueryTimeout("the query ran for longer than the engine lets it: narrow it, or add a LIMIT")
    return EndpointFailed(f"the engine's answer does not end as it should ({str(error)[:100]}): ask again")
