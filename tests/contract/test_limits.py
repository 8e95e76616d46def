"""Deadlines and caps hold whatever answers, and tell the truth."""

import asyncio

import pytest

from dppgraph.core import formats
from dppgraph.errors import AnswerTooLarge, DppgraphError, QueryTimeout, TooManyRows
from tests.contract.conftest import Hold, Holding, request

pytestmark = pytest.mark.heavy

NUMBERS = " ".join(f"<http://s/{n}> <http://p/n> {n} ." for n in range(300))
DATA = f"<http://g/all> {{ {NUMBERS} }}"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?c + ?f + ?i + ?l < 0) }"
LONG = "SELECT ?a ?d { ?a ?b ?c . ?d ?e ?f }"


@pytest.fixture(scope="module")
def held(hold: Hold) -> Holding:
    return hold(DATA)


def test_a_query_is_ended_at_its_deadline(held: Holding) -> None:
    with pytest.raises(QueryTimeout, match=r"0\.5 seconds"):
        held.ask(ENDLESS, timeout=0.5)


def test_no_caller_raises_the_deadline(held: Holding) -> None:
    with pytest.raises(QueryTimeout, match=r"0\.5 seconds"):
        held.ask(ENDLESS, timeout=500.0, most_seconds=0.5)


def test_a_runaway_harms_no_other(held: Holding) -> None:
    async def asked() -> bytes:
        async with held.store(timeout=2.0) as store:
            runaway = asyncio.ensure_future(store.query(request(ENDLESS)))
            await asyncio.sleep(0.2)
            answer = await store.query(request("ASK { <http://s/1> ?p ?o }"))
            data = b"".join([chunk async for chunk in answer.chunks])
            with pytest.raises(QueryTimeout):
                await runaway
            return data

    assert b"true" in asyncio.run(asked())


def test_an_answer_with_too_many_rows_is_an_error_and_not_a_shorter_one(held: Holding) -> None:
    with pytest.raises(TooManyRows, match="200 rows"):
        held.ask("SELECT ?s { ?s ?p ?o }", max_rows=200)
    assert len(held.rows("SELECT ?s { ?s ?p ?o } LIMIT 200", max_rows=200)) == 200
    with pytest.raises(TooManyRows, match="200 triples"):
        held.ask("CONSTRUCT WHERE { ?s ?p ?o }", max_rows=200)


def test_an_answer_with_too_many_bytes_is_an_error(held: Holding) -> None:
    with pytest.raises(AnswerTooLarge):
        held.ask("SELECT ?s { ?s ?p ?o }", max_bytes=2000)


def test_a_long_answer_is_whole(held: Holding) -> None:
    _, data = held.ask(LONG, results=formats.CSV)
    assert data.count(b"\r\n") == 90_001
    assert len(data) > 1 << 20


def test_a_long_answer_that_passes_a_cap_breaks_off_and_does_not_end(held: Holding) -> None:
    async def asked() -> int:
        async with held.store(max_rows=80_000) as store:
            answer = await store.query(request(LONG, results=formats.CSV))
            size = 0
            try:
                async for chunk in answer.chunks:
                    size += len(chunk)
            except TooManyRows:
                return size
            finally:
                await answer.chunks.aclose()
            raise AssertionError("it came to its end")

    assert asyncio.run(asked()) > 1 << 16


def test_a_reader_who_goes_away_leaves_nothing_running(held: Holding) -> None:
    async def asked() -> None:
        async with held.store() as store:
            for _ in range(8):
                answer = await store.query(request(LONG, results=formats.CSV))
                async for _ in answer.chunks:
                    break
                await answer.chunks.aclose()
            answer = await store.query(request("ASK {}"))
            assert b"true" in b"".join([chunk async for chunk in answer.chunks])
            await answer.chunks.aclose()

    asyncio.run(asked())


def test_more_than_may_wait_are_told_so(held: Holding) -> None:
    async def asked() -> list[DppgraphError | BaseException]:
        async with held.store(timeout=1.0, max_workers=1, queue=1) as store:
            runs = [asyncio.ensure_future(store.query(request(ENDLESS))) for _ in range(4)]
            return [
                error
                for error in await asyncio.gather(*runs, return_exceptions=True)
                if isinstance(error, BaseException)
            ]

    assert sorted(type(error).__name__ for error in asyncio.run(asked())) == [
        "QueryTimeout",
        "QueueFull",
        "QueueFull",
        "QueueFull",
    ]
