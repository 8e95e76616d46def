"""Answers that wait for their readers: whole and in order, in bounded room, and nothing left of them."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.errors import QueryTimeout, ReaderTooSlow, StoreUnavailable
from dppgraph.store.workers.spool import Spool, SpooledAnswer
from tests.store.conftest import MIB, Pool, request

KIB = 1 << 10


class Source:
    """Bytes that come as fast as they are taken; perhaps with an error at their end."""

    def __init__(self, chunks: list[bytes], error: Exception | None = None) -> None:
        self._chunks = iter(chunks)
        self._error = error
        self.closed = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._all()

    async def _all(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            await asyncio.sleep(0)
            yield chunk
        if self._error:
            raise self._error

    async def aclose(self) -> None:
        self.closed = True


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def read(answer: SpooledAnswer, pause: float = 0.0) -> bytes:
    """All of an answer, with a pause after each piece."""
    taken = bytearray()
    async for data in answer:
        taken += data
        await asyncio.sleep(pause)
    return bytes(taken)


def chunks(count: int, size: int = 50 * KIB) -> list[bytes]:
    return [bytes([number % 256]) * size for number in range(count)]


@given(st.lists(st.binary(min_size=1, max_size=40 * KIB), max_size=20), st.lists(st.integers(0, 3), max_size=30))
def test_an_answer_comes_whole_and_in_order_however_slowly_it_is_read(pieces: list[bytes], pauses: list[int]) -> None:
    async def main() -> None:
        spool = Spool(64 * MIB)
        answer, taken = spool.answer(Source(pieces)), bytearray()
        waits = iter(pauses)
        async for data in answer:
            taken += data
            for _ in range(next(waits, 0)):
                await asyncio.sleep(0)
        assert bytes(taken) == b"".join(pieces)
        assert await answer.length() == len(taken)
        await answer.aclose()
        assert spool.used == 0

    asyncio.run(main())


def test_a_source_is_done_before_anybody_reads() -> None:
    async def main() -> None:
        spool, source = Spool(64 * MIB), Source(chunks(100))
        answer = spool.answer(source)
        assert await answer.length() == 100 * 50 * KIB
        while not source.closed:
            await asyncio.sleep(0.001)
        assert spool.used == 100 * 50 * KIB
        assert await read(answer) == b"".join(chunks(100))
        await answer.aclose()
        assert spool.used == 0

    asyncio.run(main())


def test_where_there_is_no_room_left_the_one_who_waited_longest_loses() -> None:
    async def main() -> None:
        spool = Spool(MIB)
        first = spool.answer(Source(chunks(12)))
        await first.length()
        await asyncio.sleep(0.01)
        second = spool.answer(Source(chunks(12)))
        assert await second.length() == 12 * 50 * KIB
        with pytest.raises(ReaderTooSlow):
            await read(first)
        assert await read(second) == b"".join(chunks(12))
        await first.aclose()
        await second.aclose()
        assert spool.used == 0

    asyncio.run(main())


def test_an_answer_larger_than_all_room_loses_itself() -> None:
    async def main() -> None:
        spool = Spool(MIB)
        answer = spool.answer(Source(chunks(100)))
        with pytest.raises(ReaderTooSlow):
            await answer.length()
        await answer.aclose()
        assert spool.used == 0

    asyncio.run(main())


def test_an_error_of_the_source_comes_in_place_of_the_rest() -> None:
    async def main() -> None:
        answer = Spool(MIB).answer(Source(chunks(3), QueryTimeout("too long")))
        with pytest.raises(QueryTimeout):
            await read(answer, 0.001)
        await answer.aclose()

    asyncio.run(main())


@pytest.mark.parametrize("moment", [0, 1, 3, 10, 40])
def test_whatever_moment_it_is_given_up_nothing_is_left(moment: int) -> None:
    async def main() -> None:
        before = open_files()
        spool, source = Spool(64 * MIB), Source(chunks(60))
        answer = spool.answer(source)
        for number in range(moment):
            await asyncio.sleep(0.001)
            if number % 3 == 2:
                await anext(aiter(answer))
        await answer.aclose()
        await answer.aclose()
        for _ in range(200):
            await asyncio.sleep(0.001)
            if open_files() == before:
                break
        assert (spool.used, source.closed, open_files()) == (0, True, before)

    async def warmed() -> None:
        # The threads and the loop have files of their own, once and for all.
        await asyncio.to_thread(os.getpid)
        await main()

    asyncio.run(warmed())


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    async def main() -> None:
        spool = Spool(64 * MIB, folder=tmp_path / "nowhere")
        answer = spool.answer(Source(chunks(20)))
        with pytest.raises(StoreUnavailable, match="cannot be kept"):
            await read(answer, 0.05)
        await answer.aclose()
        assert spool.used == 0

    asyncio.run(main())


def test_a_reader_who_takes_nothing_holds_no_worker(pool: Pool) -> None:
    async def main() -> None:
        async with pool.store(max_workers=1) as store:
            large = f"SELECT * {{ {' '.join(f'VALUES ?v{n} {{ 0 1 2 3 4 5 6 7 8 9 }}' for n in range(4))} }}"
            waiting = await store.query(request(large))
            # There is one worker, and it is free.
            answer = await store.query(request("ASK {}"))
            assert b"true" in b"".join([chunk async for chunk in answer.chunks])
            body = b"".join([chunk async for chunk in waiting.chunks])
            assert (body.count(b'"v0"'), body.endswith(b"]}}")) == (10_001, True)
            await waiting.chunks.aclose()

    asyncio.run(main())
