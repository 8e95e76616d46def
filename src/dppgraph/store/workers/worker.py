"""In a worker: one query at a time, from its text to the bytes of its answer."""

import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import IO, Any, Final, cast

import pyoxigraph

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.core.query_text import QueryText, read_query
from dppgraph.errors import (
    BadRdf,
    DppgraphError,
    EngineDied,
    NotAcceptable,
    QueryMemory,
    QuerySyntax,
    ServiceFailed,
    ServiceForbidden,
    UpdatesOff,
    said_of,
)
from dppgraph.store.interface import QueryRequest
from dppgraph.store.rdf import engine_format
from dppgraph.store.workers import frames
from dppgraph.store.workers.evaluation import Dataset, Evaluated, evaluated, outside
from dppgraph.store.workers.frames import Kind
from dppgraph.store.workers.output import Output
from dppgraph.store.writing import sayable

_DEEPEST: Final = 256
"""Brackets within brackets. The engine's parser recurses, and its stack ends at some thousands."""

_SHOWN: Final = 200

_NOBODYS: Final = QueryRequest("ASK {}", formats.JSON, None)

_RESULT_FORMATS: Final = {
    formats.JSON: pyoxigraph.QueryResultsFormat.JSON,
    formats.XML: pyoxigraph.QueryResultsFormat.XML,
    formats.CSV: pyoxigraph.QueryResultsFormat.CSV,
    formats.TSV: pyoxigraph.QueryResultsFormat.TSV,
}


@dataclass(frozen=True, slots=True)
class Rules:
    """What a worker lets a query do.

    Attributes:
        max_rows: rows or triples of one answer.
        service_allow: the addresses that SERVICE may name.
        network: whether this worker may connect to them.
    """

    max_rows: int
    service_allow: tuple[str, ...] = ()
    network: bool = False


def work(connection: socket.socket, dataset: Dataset, rules: Rules) -> None:
    """Answers the queries that come in over a socket until its other side closes it."""
    _warm(dataset, rules)
    while (frame := frames.receive(connection)) is not None:
        try:
            _answer(frames.decoded_query(frame[1]), dataset, rules, connection.sendall)
        except _CallsOutError:
            connection.sendall(frames.encoded(Kind.CALLS_OUT))
        except DppgraphError as error:
            connection.sendall(frames.encoded_json(Kind.ERROR, said_of(error)))
        except MemoryError:
            described = said_of(QueryMemory("the query needs more memory than one query may have: narrow it"))
            connection.sendall(frames.encoded_json(Kind.ERROR, described))
        except Exception as error:  # noqa: BLE001 - nobody is above to hear of it, and the caller has to be told
            described = said_of(EngineDied(f"the query could not be answered ({type(error).__name__})"))
            connection.sendall(frames.encoded_json(Kind.ERROR, described))


def _warm(dataset: Dataset, rules: Rules) -> None:
    """Answers a question that nobody has: what a copy of a process touches first, it copies, and nobody waits yet."""
    with suppress(DppgraphError):
        asked = frames.encoded_query(_NOBODYS)[frames.HEADER.size :]
        _answer(frames.decoded_query(asked), dataset, rules, lambda _: None)


class _CallsOutError(Exception):
    """The query asks allowed endpoints, and this worker may not connect to any."""


def _answer(request: dict[str, Any], dataset: Dataset, rules: Rules, send: Callable[[bytes], None]) -> None:
    query = read_query(request["text"])
    _guard(query, rules)
    if query.form is not None:
        # Before anything is evaluated in vain.
        _format(request, tabular=query.form in ("select", "ask"))
    try:
        _evaluate(request, query, dataset, rules, send)
    except DppgraphError as error:
        if rules.network and isinstance(error.__cause__, OSError | RuntimeError):
            said = f"an endpoint that SERVICE asks did not answer as it should ({str(error.__cause__)[:_SHOWN]})"
            raise ServiceFailed(f"{said}: ask again later") from error
        raise


def _evaluate(
    request: dict[str, Any], query: QueryText, dataset: Dataset, rules: Rules, send: Callable[[bytes], None]
) -> None:
    answer = evaluated(
        dataset,
        query,
        request["text"],
        request["default_graphs"],
        request["named_graphs"],
        request["substitutions"],
    )
    format_ = _format(request, tabular=not isinstance(answer, pyoxigraph.QueryTriples))
    output = Output(send, format_, rules.max_rows, lasting=query.lasting)
    try:
        _write(answer, output, format_)
    except OSError as error:
        if not str(error).startswith("JSON-LD"):
            raise outside() from error
        raise _unsayable(format_, error) from error
    except RuntimeError as error:
        raise EngineDied(f"the query could not be answered: {error}") from error
    except (BadRdf, ValueError) as error:
        raise _unsayable(format_, error) from error
    output.finish()


def _write(answer: Evaluated, output: Output, format_: formats.Format) -> None:
    # The engine asks no more of a file than write() and flush().
    file = cast("IO[bytes]", output)
    if isinstance(answer, pyoxigraph.QueryTriples):
        triples = output.counted(answer)
        said = map(sayable, triples) if format_ == formats.RDFXML else triples
        pyoxigraph.serialize(said, file, engine_format(format_), prefixes=PREFIXES)
    else:
        answer.serialize(file, _RESULT_FORMATS[format_])


def _guard(query: QueryText, rules: Rules) -> None:
    if query.form == "update":
        raise UpdatesOff("this is a SPARQL update, and not a query: send it by POST as `update`, with a token")
    if query.services:
        _guard_services(query.services, rules)
    if query.glued:
        raise QuerySyntax("FROM and NAMED have to stand apart here: write white space before and after each")
    if query.is_deeper_than(_DEEPEST):
        raise QuerySyntax(f"the query nests {query.depth} brackets deep: at most {_DEEPEST} are read here")


def _guard_services(services: tuple[str | None, ...], rules: Rules) -> None:
    if not rules.service_allow:
        raise ServiceForbidden("SERVICE is not allowed here: ask the other endpoint yourself, and join what it says")
    for address in services:
        if address is None:
            raise ServiceForbidden("SERVICE may not ask what cannot be told: write <an absolute IRI> after it")
        if address not in rules.service_allow:
            raise ServiceForbidden(f"SERVICE may not ask <{address}>, only {', '.join(rules.service_allow)}")
    if not rules.network:
        raise _CallsOutError


def _format(request: dict[str, Any], *, tabular: bool) -> formats.Format:
    return _format_named(request["results"] if tabular else request["rdf"], tabular=tabular)


@cache
def _format_named(name: str | None, *, tabular: bool) -> formats.Format:
    offered = formats.RESULTS if tabular else formats.RDF
    if name is None:
        types = tuple(format_.media_types[0] for format_ in offered)
        raise NotAcceptable(f"this query is answered as {', '.join(types)}: ask for one of these", offered=types)
    return formats.named(name, offered)


def _unsayable(format_: formats.Format, error: Exception) -> NotAcceptable:
    """An answer that holds what its format has no way to say."""
    offered = formats.RESULTS if format_ in formats.RESULTS else formats.RDF
    types = tuple(other.media_types[0] for other in offered if other != format_)
    said = f"this answer cannot be written as {format_.name} ({error}): ask for {', '.join(types)}"
    return NotAcceptable(said, offered=types)
