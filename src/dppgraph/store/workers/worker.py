"""In a worker: one query at a time, from its text to the bytes of its answer."""

import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any, Final, cast

import pyoxigraph

from dppgraph.core import formats
from dppgraph.core.query_text import QueryText, guard, read_query
from dppgraph.errors import (
    BadRdf,
    DppgraphError,
    EngineDied,
    QueryMemory,
    ServiceFailed,
    said_of,
)
from dppgraph.store.interface import QueryRequest
from dppgraph.store.workers import frames
from dppgraph.store.workers.caps import Caps
from dppgraph.store.workers.evaluation import Dataset, Evaluated, evaluated, outside
from dppgraph.store.workers.frames import Kind
from dppgraph.store.workers.output import Output
from dppgraph.store.workers.written import format_named, unsayable, write_table, write_triples

_SHOWN: Final = 200

_NOBODYS: Final = QueryRequest("ASK {}", formats.JSON, None)


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
    guard(query, rules.service_allow)
    if query.services and not rules.network:
        raise _CallsOutError
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
    caps = Caps(format_, rules.max_rows)
    output = Output(send, format_, caps, lasting=query.lasting)
    try:
        _write(answer, output, format_, caps)
    except OSError as error:
        if not str(error).startswith("JSON-LD"):
            raise outside() from error
        raise unsayable(format_, error) from error
    except RuntimeError as error:
        raise EngineDied(f"the query could not be answered: {error}") from error
    except (BadRdf, ValueError) as error:
        raise unsayable(format_, error) from error
    output.finish()


def _write(answer: Evaluated, output: Output, format_: formats.Format, caps: Caps) -> None:
    # The engine asks no more of a file than write() and flush().
    file = cast("IO[bytes]", output)
    if isinstance(answer, pyoxigraph.QueryTriples):
        write_triples(answer, file, format_, caps)
    else:
        write_table(answer, file, format_)


def _format(request: dict[str, Any], *, tabular: bool) -> formats.Format:
    return format_named(request["results"] if tabular else request["rdf"], tabular=tabular)
