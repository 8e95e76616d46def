"""An engine that breaks, in each way that engines have: an error that says so, and never a shorter answer."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from dppgraph.core import formats
from dppgraph.errors import DppgraphError, EndpointAway, EndpointFailed, QueryTimeout
from dppgraph.store.remote.address import Address, Credentials
from dppgraph.store.remote.replicas import Replica, Replicas
from dppgraph.store.remote.serving import EndpointVersions
from dppgraph.store.remote.wire import Wire
from dppgraph.store.workers.client import Limits
from dppgraph.store.workers.current import CurrentVersion
from dppgraph.store.workers.spool import Spool
from tests.contract.broken import Between, answer, chunked
from tests.contract.conftest import Hold, Holding, request

DATA = "<http://g/a> { <http://s> <http://p> 1 , 2 , 3 . }"
TABLE = b'{"head":{"vars":["o"]},"results":{"bindings":[{"o":{"type":"literal","value":"1"}}]}}'
ROW = b'{"o":{"type":"literal","value":"%s"}}' % (b"x" * 1000)
LONG = b'{"head":{"vars":["o"]},"results":{"bindings":[' + b",".join([ROW] * 300)
TRIPLE = b"<http://s> <http://p> <http://o> .\n"
NT = "application/n-triples"
SELECT = "SELECT ?o { ?s ?p ?o }"
CONSTRUCT = "CONSTRUCT WHERE { ?s ?p ?o }"


@pytest.fixture
def held(hold_elsewhere: Hold) -> Holding:
    return hold_elsewhere(DATA)


@pytest.fixture
def between(held: Holding) -> Iterator[Between]:
    assert held.engine is not None
    standing = Between(held.engine)
    yield standing
    standing.close()


def store(held: Holding, *urls: str, credentials: Credentials | None = None, timeout: float = 5.0) -> EndpointVersions:
    """A store that asks engines at addresses."""
    manifest = held.versions.manifest(1)
    replicas = Replicas([Replica(Wire(Address(url, "auto", credentials), 5), 1000) for url in urls])
    limits = Limits(timeout=timeout, max_bytes=1 << 24, workers=1, max_workers=4, queue=10)
    spool, current = Spool(1 << 26), CurrentVersion.alone(1)
    return EndpointVersions(held.versions, limits, spool, manifest, current, replicas, union=True, max_rows=1000)


def ask(asked: EndpointVersions, text: str = SELECT, times: int = 1) -> list[bytes | DppgraphError]:
    """What comes of a query that is asked some times."""

    async def one() -> bytes | DppgraphError:
        try:
            found = await asked.query(request(text, results=formats.CSV))
        except DppgraphError as error:
            return error
        try:
            return b"".join([chunk async for chunk in found.chunks])
        except DppgraphError as error:
            return error
        finally:
            await found.chunks.aclose()

    async def all_of_them() -> list[bytes | DppgraphError]:
        await asked.open()
        try:
            return [await one() for _ in range(times)]
        finally:
            await asked.close()

    return asyncio.run(all_of_them())


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(answer(TABLE, length=len(TABLE) + 10), id="shorter than its Content-Length"),
        pytest.param(answer(TABLE[:-1]), id="JSON without its end"),
        pytest.param(answer(TABLE[:-3]), id="JSON without its list's end"),
        pytest.param(answer(TABLE + b"Error: out of memory"), id="words after its end"),
        pytest.param(answer(TABLE[:60] + b"java.lang.OutOfMemoryError"), id="words in place of its end"),
        pytest.param(answer(b""), id="nothing"),
        pytest.param(answer(b"<html>It works!</html>", content_type="text/html"), id="a page"),
        pytest.param(answer(TABLE, content_type="text/plain"), id="another type"),
        pytest.param(chunked(TABLE, ends=False), id="chunks without the last"),
        pytest.param(chunked(TABLE[:70], ends=False), id="broken off in the middle"),
        pytest.param(chunked(TABLE[:70]), id="cut short, politely ended"),
        pytest.param(b"", id="hung up before the head"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Ty", id="hung up within the head"),
        pytest.param(b"SSH-2.0-OpenSSH_9.2\r\n\r\n", id="no HTTP"),
        pytest.param(answer(b"", status="307 Moved", more="Location: http://127.0.0.1:1/\r\n"), id="redirect"),
        pytest.param(answer(b"no", status="503 Service Unavailable"), id="503"),
        pytest.param(answer(b"no", status="401 Unauthorized"), id="401"),
        pytest.param(answer(b"internal", status="500 Internal Server Error"), id="500"),
    ],
)
def test_a_broken_answer_is_an_error_that_says_so(held: Holding, between: Between, broken: bytes) -> None:
    between.answer = lambda _: broken
    (found,) = ask(store(held, between.url))
    assert isinstance(found, EndpointFailed), found
    assert found.retry_after > 0
    assert between.queries > 1, "a query that changes nothing, of which nothing was sent on, is asked again"


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(answer(TRIPLE[:-2], content_type=NT), id="a triple without its end"),
        pytest.param(answer(TRIPLE + b"Virtuoso 40001 Error SR172", content_type=NT), id="words after it"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Type: application/n-triples\r\n\r\n" + TRIPLE, id="no length at all"),
        pytest.param(chunked(TRIPLE, ends=False, content_type=NT), id="chunks without the last"),
    ],
)
def test_broken_triples_are_an_error_that_says_so(held: Holding, between: Between, broken: bytes) -> None:
    between.answer = lambda _: broken
    (found,) = ask(store(held, between.url), CONSTRUCT)
    assert isinstance(found, EndpointFailed), found


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(chunked(LONG, ends=False), id="broken off"),
        pytest.param(chunked(LONG), id="politely ended"),
        pytest.param(chunked(LONG, b"The engine is sorry"), id="words"),
    ],
)
def test_what_breaks_after_the_first_bytes_breaks_the_answer_off(
    held: Holding, between: Between, broken: bytes
) -> None:
    between.answer = lambda _: broken
    (found,) = ask(store(held, between.url))
    assert isinstance(found, EndpointFailed)
    assert between.queries == 1, "something was sent on: it is not asked again"


def test_an_engine_that_says_nothing_is_ended_at_the_deadline(held: Holding, between: Between) -> None:
    asked: list[bytes] = []

    def silent(body: bytes) -> bytes:
        asked.append(body)
        time.sleep(3)
        return b""

    between.answer = silent
    (found,) = ask(store(held, between.url, timeout=0.5))
    assert isinstance(found, QueryTimeout)


def test_an_engine_that_is_not_there_is_503_in_words(held: Holding) -> None:
    (found,) = ask(store(held, "http://127.0.0.1:1/query"))
    assert isinstance(found, EndpointAway)


def test_a_healthy_copy_takes_over(held: Holding, between: Between) -> None:
    assert held.engine is not None
    between.answer = lambda _: b""
    found = ask(store(held, between.url, held.engine.url), times=4)
    assert found == [b"o\r\n1\r\n2\r\n3\r\n"] * 4 or all(isinstance(one, bytes) and len(one) == 12 for one in found)


def test_a_copy_that_is_away_is_not_asked(held: Holding) -> None:
    assert held.engine is not None
    found = ask(store(held, "http://127.0.0.1:1/query", held.engine.url), times=3)
    assert all(isinstance(one, bytes) and len(one) == 12 for one in found), found


def test_only_own_headers_are_sent_and_credentials_are_shown_nowhere(
    held: Holding, between: Between, caplog: pytest.LogCaptureFixture
) -> None:
    secret = Credentials("somebody", "open-sesame")
    between.answer = lambda _: answer(b"no", status="401 Unauthorized")
    asked = store(held, between.url, credentials=secret)
    (found,) = ask(asked)
    assert "sesame" not in f"{found!r} {secret} {asked.replicas} {caplog.text}"
    for head in between.heads:
        names = {line.partition(":")[0].lower() for line in head.splitlines()[1:] if line}
        assert names == {
            "host",
            "accept",
            "accept-encoding",
            "authorization",
            "user-agent",
            "content-type",
            "content-length",
        }
        assert "Authorization: Basic c29tZWJvZHk6b3Blbi1zZXNhbWU=" in head
