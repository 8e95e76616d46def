"""An answer as the engine's objects, written in the format that is wanted."""

from collections.abc import Iterable
from functools import cache
from typing import IO, Final

import pyoxigraph

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.iris import PREFIXES
from dppgraph.errors import NotAcceptable
from dppgraph.store.rdf import engine_format
from dppgraph.store.workers.caps import Caps
from dppgraph.store.writing import sayable

Table = pyoxigraph.QuerySolutions | pyoxigraph.QueryBoolean

_RESULT_FORMATS: Final = {
    formats.JSON: pyoxigraph.QueryResultsFormat.JSON,
    formats.XML: pyoxigraph.QueryResultsFormat.XML,
    formats.CSV: pyoxigraph.QueryResultsFormat.CSV,
    formats.TSV: pyoxigraph.QueryResultsFormat.TSV,
}


@cache
def format_named(name: str | None, *, tabular: bool) -> Format:
    """The format of an answer, by its short name.

    Raises:
        NotAcceptable: there is none, as the caller accepts none of them.
    """
    offered = formats.RESULTS if tabular else formats.RDF
    if name is None:
        types = tuple(format_.media_types[0] for format_ in offered)
        raise NotAcceptable(f"this query is answered as {', '.join(types)}: ask for one of these", offered=types)
    return formats.named(name, offered)


def write_table(answer: Table, file: IO[bytes], format_: Format) -> None:
    """Writes the answer to a SELECT or an ASK, which is evaluated meanwhile."""
    answer.serialize(file, _RESULT_FORMATS[format_])


def write_triples(triples: Iterable[pyoxigraph.Triple], file: IO[bytes], format_: Format, caps: Caps) -> None:
    """Writes the answer to a CONSTRUCT or a DESCRIBE, likewise.

    Raises:
        TooManyRows: it is too long.
        BadRdf: it holds what RDF/XML cannot say.
    """
    counted = caps.counted(triples)
    said = map(sayable, counted) if format_ == formats.RDFXML else counted
    pyoxigraph.serialize(said, file, engine_format(format_), prefixes=PREFIXES)


def unsayable(format_: Format, error: Exception) -> NotAcceptable:
    """What is said of an answer that holds what its format has no way to say."""
    offered = formats.RESULTS if format_ in formats.RESULTS else formats.RDF
    types = tuple(other.media_types[0] for other in offered if other != format_)
    said = f"this answer cannot be written as {format_.name} ({error}): ask for {', '.join(types)}"
    return NotAcceptable(said, offered=types)
