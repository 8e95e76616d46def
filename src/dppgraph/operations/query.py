"""Asking a published version, in a process that ends with the answer."""

import asyncio
import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.quads import literal
from dppgraph.errors import BadCall, BadParameter
from dppgraph.store.interface import QueryRequest
from dppgraph.store.workers.client import WorkerStore
from dppgraph.store.workers.process import PoolOptions, listen, start_pool


def text_of(path: str) -> str:
    """The text of a file.

    Raises:
        BadCall: there is no such file.
    """
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadCall(f"{path} cannot be read: {error}") from error


def substitutions_of(parameters: Mapping[str, str]) -> dict[str, str]:
    """Values for the variables of a query without a header, as terms.

    ``<iri>``, an http(s) IRI or a literal in quotes is taken as it is, anything else as text.

    Raises:
        BadParameter: an IRI holds a character that no IRI can have.
    """
    return {name: _term(name, value) for name, value in parameters.items()}


def about(term: str) -> QueryRequest:
    """The question whether a version knows a thing, given as a term; answered as SPARQL's JSON."""
    text = (Path(__file__).parent / "known.rq").read_text(encoding="utf-8")
    return QueryRequest(text, formats.JSON, None, substitutions={"it": term})


def ask(options: PoolOptions, store: Callable[[Path], WorkerStore], request: QueryRequest) -> tuple[Format, bytes]:
    """Asks one query, in a process of its own that ends at the deadline or with Ctrl-C.

    Args:
        options: the version to ask.
        store: makes the client for the address that it is given.
        request: the query.

    Raises:
        DppgraphError: as ``GraphStore.query``.
    """
    with tempfile.TemporaryDirectory(prefix="dppgraph-") as folder:
        address = Path(folder) / "pool"
        with listen(address) as listener:
            pool = start_pool(options, listener)
        try:
            return asyncio.run(_ask(store(address), request))
        finally:
            pool.kill()
            pool.wait()


async def _ask(store: WorkerStore, request: QueryRequest) -> tuple[Format, bytes]:
    await store.open()
    try:
        answer = await store.query(request)
        return answer.format, b"".join([chunk async for chunk in answer.chunks])
    finally:
        await store.close()


def _term(name: str, value: str) -> str:
    if value.startswith('"'):
        return value
    iri = value[1:-1] if value.startswith("<") and value.endswith(">") else value
    if iri is value and not re.match(r"https?://", value):
        return literal(value)
    if re.search(r'[\x00-\x20<>"{}|\\^`]', iri):
        raise BadParameter(f"{name} is {value!r}, which is no IRI")
    return f"<{iri}>"
