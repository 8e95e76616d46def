"""Versions of a front: a new one takes over while queries run, older ones are asked by number."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dppgraph.errors import DppgraphError, Gone, NotYet, Unknown
from dppgraph.store.versions import VersionStore
from dppgraph.store.workers.client import Limits
from dppgraph.store.workers.current import CurrentVersion
from dppgraph.store.workers.process import PoolOptions
from dppgraph.store.workers.serving import ServedVersions
from dppgraph.store.workers.spool import Spool
from tests.store.conftest import BASE, MIB, Pool, publication, published, request

pytestmark = pytest.mark.heavy

SAYS = "SELECT ?o { <http://e/a> <http://e/says> ?o }"
SLOW = """SELECT ?o (COUNT(*) AS ?n) { <http://e/a> <http://e/says> ?o
  VALUES ?v0 { 0 1 2 3 4 5 6 7 8 9 } VALUES ?v1 { 0 1 2 3 4 5 6 7 8 9 } VALUES ?v2 { 0 1 2 3 4 5 6 7 8 9 }
  VALUES ?v3 { 0 1 2 3 4 5 6 7 8 9 } VALUES ?v4 { 0 1 2 3 4 5 6 7 8 9 } VALUES ?v5 { 0 1 2 3 4 5 6 7 8 9 }
} GROUP BY ?o"""


def lines(number: int) -> list[str]:
    return [f'<http://e/a> <http://e/says> "version {number}" .']


class Three:
    """A store of three versions, and a pool parent for each."""

    def __init__(self, folder: Path) -> None:
        self.versions, _ = published(folder / "store", lines(1))
        for number in (2, 3, 4, 5):
            with self.versions.writing("a test") as writer:
                writer.publish(publication(lines(number)), number - 1)
        options = PoolOptions(folder / "store", 1, BASE, union=True, query_memory=64 * MIB)
        self.pools = {
            number: Pool(replace(options, version=number), folder / f"pool-{number}") for number in (1, 2, 3, 4, 5)
        }
        self.current = CurrentVersion.alone(1)
        self.wanted: list[int] = []
        self.prepared: list[int] = []
        self.failed: list[int] = []
        self.changed: list[int] = []
        self.done: list[int] = []

    def front(self) -> ServedVersions:
        served = ServedVersions(
            VersionStore(self.versions.folder), Limits(30, MIB, workers=1, max_workers=4, queue=20), Spool(MIB),
            self.pools[1].address, self.versions.manifest(1), self.current,
        )  # fmt: skip
        served.want, served.done = self.wanted.append, self.done.append
        served.prepared, served.failed = self.prepared.append, self.failed.append
        served.changed = lambda manifest: self.changed.append(manifest.version)
        return served


@pytest.fixture
def three(folder: Path) -> Iterator[Three]:
    found = Three(folder)
    yield found
    for pool in found.pools.values():
        pool.stop()


async def until(condition: Callable[[], object]) -> None:
    while not condition():
        await asyncio.sleep(0.001)


async def said(front: ServedVersions, text: str = SAYS, version: int | None = None) -> tuple[int, bytes]:
    answer = await front.query(request(text, version=version))
    try:
        return answer.version, b"".join([chunk async for chunk in answer.chunks])
    finally:
        await answer.chunks.aclose()


def test_queries_that_run_end_where_they_began_and_later_ones_go_to_the_new_version(three: Three) -> None:
    async def main() -> None:
        front = three.front()
        await front.open()
        running = asyncio.create_task(said(front, SLOW))
        await asyncio.sleep(0.05)
        front.prepare(2, three.pools[2].address)
        await until(lambda: three.prepared)
        # It is prepared here, and may not be elsewhere.
        assert (front.manifest.version, (await said(front))[0], three.changed) == (1, 1, [])
        three.current.number = 2
        version, body = await said(front)
        assert (version, b"version 2" in body) == (2, True)
        assert (front.manifest.version, three.changed) == (2, [2])
        # On a busy machine the query may have ended meanwhile.
        assert three.done == [] or running.done()
        version, body = await running
        assert (version, b"version 1" in body, b"version 2" in body) == (1, True, False)
        await until(lambda: three.done)
        assert (three.prepared, three.changed, three.done) == ([2], [2], [1])
        await front.close()

    asyncio.run(main())


def test_a_thread_that_is_the_first_to_see_a_new_version_leaves_nothing_of_the_one_before(three: Three) -> None:
    async def main() -> None:
        front = three.front()
        await front.open()
        front.prepare(2, three.pools[2].address)
        await until(lambda: three.prepared)
        three.current.number = 2
        seen = await asyncio.gather(*(asyncio.to_thread(lambda: front.manifest.version) for _ in range(4)))
        assert (seen, three.changed, front.served) == ([2, 2, 2, 2], [2], 2)
        async with asyncio.timeout(20):
            await until(lambda: three.done)
            await until(lambda: not three.pools[1].workers())
        assert three.done == [1]
        await front.close()

    asyncio.run(main())


def test_a_version_whose_processes_do_not_start_is_not_served(three: Three, tmp_path: Path) -> None:
    async def main() -> None:
        front = three.front()
        await front.open()
        front.prepare(2, tmp_path / "nobody")
        await until(lambda: three.failed)
        assert (three.failed, three.prepared, three.done) == ([2], [], [])
        assert b"version 1" in (await said(front))[1]
        await front.close()

    asyncio.run(main())


def test_a_version_that_is_prepared_is_given_up_again(three: Three) -> None:
    async def main() -> None:
        front = three.front()
        await front.open()
        front.prepare(2, three.pools[2].address)
        await until(three.pools[2].workers)
        await until(lambda: three.prepared)
        front.drop(2)
        await until(lambda: not three.pools[2].workers())
        # And one that is given up while it is being prepared.
        front.prepare(3, three.pools[3].address)
        front.drop(3)
        front.prepare(4, three.pools[4].address)
        await until(lambda: 4 in three.prepared)
        await until(lambda: not three.pools[3].workers())
        assert (three.prepared, (await said(front))[0]) == ([2, 4], 1)
        three.current.number = 4
        assert (front.manifest.version, three.changed) == (4, [4])
        await front.close()

    asyncio.run(main())


def test_a_version_that_became_current_unprepared_is_answered_from_once_it_is_prepared(three: Three) -> None:
    async def main() -> None:
        front = three.front()
        await front.open()
        three.current.number = 2
        assert front.manifest.version == 1
        # The one that it has is lost, or it would have been waited for: who asks now waits.
        three.pools[1].stop()
        asked = [asyncio.create_task(said(front)) for _ in range(3)]
        await asyncio.sleep(0.01)
        front.prepare(2, three.pools[2].address)
        assert [(await answer)[0] for answer in asked] == [2, 2, 2]
        assert (front.manifest.version, three.changed) == (2, [2])
        await front.close()

    asyncio.run(main())


def test_an_older_version_that_is_lost_is_wanted_again(three: Three) -> None:
    async def main() -> None:
        front = three.front()
        await front.open()
        for _ in range(2):
            three.wanted.clear()
            asked = asyncio.create_task(said(front, version=3))
            await until(lambda: three.wanted)
            await front.offer(3, three.pools[3].address)
            assert (await asked)[0] == 3
            await front.offer(3, None)
        assert (three.wanted, three.done) == ([3], [])
        await front.close()

    asyncio.run(main())


def test_an_older_version_is_asked_by_its_number(three: Three) -> None:
    async def main() -> None:
        front = three.front()
        await front.open()
        asked = asyncio.create_task(said(front, version=3))
        while not three.wanted:
            await asyncio.sleep(0.001)
        assert three.wanted == [3]
        await front.offer(3, three.pools[3].address)
        assert (await asked)[0] == 3
        assert b"version 3" in (await said(front, version=3))[1]
        assert (await said(front, version=1))[0] == 1
        assert three.wanted == [3]
        await front.close()

    asyncio.run(main())


def test_few_older_versions_are_asked_at_a_time(three: Three) -> None:
    async def main() -> None:
        front = three.front()
        await front.open()
        first = asyncio.create_task(said(front, version=2))
        while not three.wanted:
            await asyncio.sleep(0.001)
        # One is made ready at a time.
        with pytest.raises(NotYet) as refusal:
            await said(front, version=3)
        assert refusal.value.retry_after > 0
        await front.offer(2, three.pools[2].address)
        await first
        for number in (3, 4):
            later = asyncio.create_task(said(front, version=number))
            while three.wanted[-1] != number:
                await asyncio.sleep(0.001)
            await front.offer(number, three.pools[number].address)
            assert (await later)[0] == number
        # The one that nobody asked for longest made room.
        assert three.done == [2]
        await front.close()

    asyncio.run(main())


def test_whoever_floods_older_versions_is_answered_or_told_to_come_again(three: Three) -> None:
    async def main() -> None:
        front = three.front()
        await front.open()
        offers = set[asyncio.Task[None]]()
        front.want = lambda number: offers.add(asyncio.create_task(front.offer(number, three.pools[number].address)))
        chance = random.Random(0)
        outcomes = Counter[str]()

        async def ask() -> None:
            for _ in range(150):
                number = chance.choice([2, 3, 4, 5])
                try:
                    assert (await said(front, version=number))[0] == number
                    outcomes["answered"] += 1
                except DppgraphError as error:
                    outcomes[type(error).__name__] += 1

        await asyncio.gather(*(ask() for _ in range(40)))
        assert outcomes.keys() - {"QueueFull"} == {"answered", "NotYet"}
        await front.close()

    asyncio.run(main())


def test_a_version_that_is_pruned_is_gone_and_nobody_makes_it_ready(three: Three) -> None:
    async def main() -> None:
        front = three.front()
        await front.open()
        with front.versions.writing("a test") as writer:
            writer.prune([2])
        with pytest.raises(Gone, match="version 2 is not kept any more"):
            await said(front, version=2)
        assert three.wanted == []
        await front.close()

    asyncio.run(main())


def test_a_version_that_cannot_be_had_and_one_that_never_was(three: Three) -> None:
    async def main() -> None:
        front = three.front()
        await front.open()
        with pytest.raises(Unknown):
            await said(front, version=99)
        asked = asyncio.create_task(said(front, version=2))
        while not three.wanted:
            await asyncio.sleep(0.001)
        await front.offer(2, None)
        with pytest.raises(NotYet):
            await asked
        await front.close()

    asyncio.run(main())
