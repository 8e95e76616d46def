"""What an engine holds in a graph: counted by it, and read back from it triple by triple."""

import asyncio
from typing import IO, cast

import pyoxigraph

from dppgraph.core.prebinding import with_values
from dppgraph.errors import EndpointFailed
from dppgraph.store.rdf import engine_format, exact_term
from dppgraph.store.remote.batches import Content
from dppgraph.store.remote.control import template
from dppgraph.store.remote.dialect import Dialect
from dppgraph.store.remote.stream import Reader
from dppgraph.store.remote.transcoding import Incoming
from dppgraph.store.remote.wire import JSON, Form, Wire, translated

_OK = 200


async def count_of(wire: Wire, graph: str) -> int:
    """How many triples a graph has, as the engine counts them.

    Raises:
        EndpointFailed: it does not say.
    """
    async with wire.asked(_form("count.rq", graph), JSON) as answer:
        if answer.status != _OK:
            said = await wire.refusal(answer)
            raise EndpointFailed(f"{wire} does not count (status {said.status}: {said.shown})")
        wire.require_type(answer, JSON)
        with translated(wire.address):
            data = await answer.read()
    try:
        solutions = pyoxigraph.parse_query_results(data, pyoxigraph.QueryResultsFormat.JSON)
        (solution,) = cast("pyoxigraph.QuerySolutions", solutions)
        return int(getattr(solution["count"], "value", ""))
    except (SyntaxError, ValueError) as error:
        raise EndpointFailed(f"{wire} does not count: its answer is no number") from error


async def content_of(wire: Wire, graph: str) -> Content:
    """What a graph holds, read to its end, in no more memory than a triple takes.

    Raises:
        EndpointFailed: it cannot be read to its end.
    """
    loop = asyncio.get_running_loop()
    accept = wire.dialect.triples_type
    async with wire.asked(_form("all.rq", graph), accept) as answer:
        if answer.status != _OK:
            said = await wire.refusal(answer)
            raise EndpointFailed(f"{wire} does not give back what it holds (status {said.status}: {said.shown})")
        wire.require_type(answer, accept)

        async def more() -> bytes:
            with translated(wire.address):
                return await answer.content.readany()

        reader = Reader(b"", lambda: asyncio.run_coroutine_threadsafe(more(), loop).result())
        try:
            return await asyncio.to_thread(_content, reader, wire.dialect)
        except (SyntaxError, ValueError, OSError) as error:
            late = "raise the engine's own deadline and its cap of rows for this, and publish again"
            raise EndpointFailed(f"{wire} does not give back all of <{graph}> ({str(error)[:100]}): {late}") from error


def _content(incoming: Incoming, dialect: Dialect) -> Content:
    content = Content()
    read = dialect.read
    for quad in pyoxigraph.parse(cast("IO[bytes]", incoming), engine_format(dialect.triples)):
        object_ = exact_term(quad.object)
        content.take(str(quad.subject), str(quad.predicate), read(object_) if read else object_)
    return content


def _form(name: str, graph: str) -> Form:
    text = with_values(template(name), {"graph": f"<{graph}>"})
    return [("query", text), ("default-graph-uri", f"{graph}&nothing"), ("named-graph-uri", graph)]
