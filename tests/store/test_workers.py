"""What happens to processes: deadlines, caps, queues, kills; and what the other queries notice of it (nothing)."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dppgraph.errors import (
    AnswerTooLarge,
    EngineDied,
    InvalidInput,
    QueryMemory,
    QuerySyntax,
    QueryTimeout,
    QueueFull,
    ReaderTooSlow,
)
from dppgraph.store.interface import Answer
from dppgraph.store.workers.client import Limits, WorkerStore
from dppgraph.store.workers.control import Control
from dppgraph.store.workers.frames import Kind
from dppgraph.store.workers.process import PoolOptions, listen, start_pool
from dppgraph.store.workers.spool import Spool
from tests.store.conftest import MIB, Pool, living, read, request, until

TEN = "{ 0 1 2 3 4 5 6 7 8 9 }"


def cross(factors: int) -> str:
    """A pattern with ten to the power of ``factors`` solutions."""
    return " ".join(f"VALUES ?v{factor} {TEN}" for factor in range(factors))


SMALL = "ASK { ?s ?p 'two' }"
RUNAWAY = f"SELECT (COUNT(*) AS ?n) {{ {cross(12)} }}"
"""Would compute for days before its first byte."""
LONG = f"SELECT (COUNT(*) AS ?n) {{ {cross(7)} }}"
"""Takes several times as long as a query may before it has to yield, and ends."""
FLOOD = f"SELECT * {{ {cross(12)} }}"
"""Sends bytes at once, and for days."""
BOMB = f"SELECT (GROUP_CONCAT('{'x' * 100}') AS ?x) {{ {cross(12)} }}"
"""Takes ever more memory."""


@pytest.fixture(autouse=True)
def nothing_is_left(pool: Pool) -> Any:
    """No test leaves a worker behind: whoever closes a store has closed its processes."""
    yield
    until(lambda: not pool.workers())


async def gone(process: int) -> None:
    """Waits until a process has ended."""
    while living(process):
        await asyncio.sleep(0.005)


async def lowered(process: int) -> None:
    """Waits until a worker yields to others, which it does once its query is a long one."""
    while os.getpriority(os.PRIO_PROCESS, process) == os.getpriority(os.PRIO_PROCESS, 0):
        await asyncio.sleep(0.005)


async def drained(answer: Answer, into: list[bytes]) -> None:
    """Reads an answer to its end, or to where it breaks off."""
    async for chunk in answer.chunks:
        into += [chunk]


async def ended(*tasks: "asyncio.Task[Any]") -> None:
    """Cancels tasks, and waits until they have ended."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def test_a_worker_answers_one_query_after_the_other(pool: Pool) -> None:
    async def main() -> None:
        async with pool.store() as store:
            before = pool.workers()
            for _ in range(20):
                await read(store, SMALL)
            assert len(before) == 1
            assert pool.workers() == before

    asyncio.run(main())


def test_as_many_workers_as_are_wanted_answer_side_by_side(pool: Pool) -> None:
    async def main() -> None:
        async with pool.store(workers=3) as store:
            until(lambda: len(pool.workers()) == 3)
            answers = [await store.query(request(FLOOD)) for _ in range(3)]
            for answer in answers:
                await answer.chunks.aclose()

    asyncio.run(main())


def test_a_worker_has_no_environment_and_can_open_nothing(pool: Pool) -> None:
    async def main() -> None:
        async with pool.store() as store:
            await read(store, SMALL)
            (worker,) = pool.workers()
            process = Path(f"/proc/{worker}")
            limits = (process / "limits").read_text().splitlines()
            opened = [str(descriptor.readlink()) for descriptor in (process / "fd").iterdir()]
            assert (process / "environ").read_bytes() == b""
            assert [line.split()[3:5] for line in limits if line.startswith("Max open files")] == [["0", "0"]]
            assert [line.split()[4:6] for line in limits if line.startswith("Max core file size")] == [["0", "0"]]
            assert sorted(name.partition(":")[0] for name in opened) == ["/dev/null"] * 3 + ["socket"]

    asyncio.run(main())


def test_closing_a_store_ends_its_workers_and_no_others(pool: Pool) -> None:
    async def main() -> None:
        async with pool.store() as one:
            (worker,) = pool.workers()
            async with pool.store(workers=2) as other:
                until(lambda: len(pool.workers()) == 3)
                running = await other.query(request(FLOOD))
            while pool.workers() != {worker}:
                await asyncio.sleep(0.005)
            await running.chunks.aclose()
            await read(one, SMALL)

    asyncio.run(main())


@pytest.mark.parametrize(("own", "told"), [(None, "0.2 seconds"), (60, "0.2 seconds"), (0.1, "0.1 seconds")])
def test_a_query_that_passes_its_deadline_is_ended_with_its_process(pool: Pool, own: float | None, told: str) -> None:
    async def main() -> None:
        async with pool.store(timeout=0.2, max_workers=1) as store:
            (worker,) = pool.workers()
            with pytest.raises(QueryTimeout, match=told):
                await read(store, RUNAWAY, timeout=own)
            await gone(worker)
            await read(store, SMALL)

    asyncio.run(main())


def test_an_answer_that_passes_its_deadline_breaks_off(pool: Pool) -> None:
    async def main() -> None:
        async with pool.store(timeout=0.3) as store:
            (worker,) = pool.workers()
            answer = await store.query(request(FLOOD))
            with pytest.raises(QueryTimeout):
                await drained(answer, [])
            await gone(worker)
            await read(store, SMALL)

    asyncio.run(main())


def test_runaways_harm_nobody_else(pool: Pool) -> None:
    async def main() -> None:
        async with pool.store(workers=2, max_workers=6) as store:
            runaways = [asyncio.create_task(read(store, RUNAWAY)) for _ in range(4)]
            while len(pool.workers()) < 6:
                await asyncio.sleep(0.01)
            answers = [await read(store, SMALL) for _ in range(50)]
            answers += await asyncio.gather(*(read(store, SMALL) for _ in range(50)))
            assert len(set(answers)) == 1
            assert not any(runaway.done() for runaway in runaways)
            await ended(*runaways)

    asyncio.run(main())


def test_a_long_query_yields_to_others(pool: Pool) -> None:
    async def main() -> None:
        async with pool.store() as store:
            (worker,) = pool.workers()
            runaway = asyncio.create_task(read(store, RUNAWAY))
            await lowered(worker)
            assert os.getpriority(os.PRIO_PROCESS, worker) == 10
            await ended(runaway)

    asyncio.run(main())


@pytest.mark.heavy
def test_a_lowered_worker_answers_to_the_end_and_then_retires(pool: Pool) -> None:
    async def main() -> None:
        async with pool.store() as store:
            (worker,) = pool.workers()
            assert b'"10000000"' in (await read(store, LONG))[1]
            await gone(worker)
            await read(store, SMALL)

    asyncio.run(main())


def test_whoever_comes_when_the_queue_is_full_is_told_to_come_back(pool: Pool) -> None:
    async def main() -> None:
        async with pool.store(max_workers=1, queue=0) as store:
            answer = await store.query(request(FLOOD))
            with pytest.raises(QueueFull) as refusal:
                await store.query(request(SMALL))
            assert refusal.value.retry_after > 0
            await answer.chunks.aclose()

    asyncio.run(main())


def test_whoever_waits_is_answered_when_a_worker_comes_free(pool: Pool) -> None:
    async def main() -> None:
        async with pool.store(max_workers=1, queue=2) as store:
            answer = await store.query(request(FLOOD))
            waiting = [asyncio.create_task(read(store, SMALL)) for _ in range(2)]
            await asyncio.sleep(0)
            with pytest.raises(QueueFull):
                await store.query(request(SMALL))
            await answer.chunks.aclose()
            one, other = await asyncio.gather(*waiting)
            assert one == other

    asyncio.run(main())


def test_whoever_waits_too_long_is_told_to_come_back(pool: Pool) -> None:
    async def main() -> None:
        async with pool.store(max_workers=1) as store:
            answer = await store.query(request(FLOOD))
            with pytest.raises(QueueFull):
                await store.query(request(SMALL, timeout=0.05))
            await answer.chunks.aclose()
            await read(store, SMALL)

    asyncio.run(main())


def test_the_queue_is_bounded_while_the_workers_are_still_starting(pool: Pool) -> None:
    async def main() -> None:
        # Not opened: the first query has the first worker made.
        store = WorkerStore(pool.address, 1, Limits(30, MIB, workers=1, max_workers=1, queue=2), Spool(MIB))
        opening = asyncio.create_task(store.open())
        await asyncio.sleep(0)
        try:
            answers = await asyncio.gather(*(read(store, SMALL) for _ in range(50)), return_exceptions=True)
            await opening
        finally:
            await store.close()
        assert any(isinstance(answer, QueueFull) for answer in answers)
        assert any(isinstance(answer, tuple) for answer in answers)

    asyncio.run(main())


def test_whoever_gives_up_waiting_leaves_the_worker_to_the_next(pool: Pool) -> None:
    async def main() -> None:
        async with pool.store(max_workers=1) as store:
            answer = await store.query(request(FLOOD))
            impatient = asyncio.create_task(read(store, SMALL))
            patient = asyncio.create_task(read(store, SMALL))
            await asyncio.sleep(0)
            await ended(impatient)
            await answer.chunks.aclose()
            await patient

    asyncio.run(main())


def test_a_cancelled_query_frees_its_worker(pool: Pool) -> None:
    async def main() -> None:
        async with pool.store(max_workers=1, queue=1) as store:
            (worker,) = pool.workers()
            runaway = asyncio.create_task(read(store, RUNAWAY))
            await lowered(worker)
            await ended(runaway)
            await read(store, SMALL)
            until(lambda: worker not in pool.workers())

    asyncio.run(main())


def test_a_worker_that_nobody_waits_for_any_more_leaves_nothing(pool: Pool) -> None:
    async def main() -> None:
        control = Control(lambda: None)
        await control.connect(pool.address)
        opened = set(Path("/proc/self/fd").iterdir())
        for moments in range(10):
            before = pool.workers()
            forking = asyncio.create_task(control.fork())
            await asyncio.sleep(0)
            until(lambda before=before: pool.workers() - before)  # type: ignore[misc]
            # Time for it to be handed over, which is heard once the loop goes on.
            time.sleep(0.02)
            for _ in range(moments):
                await asyncio.sleep(0)
            forking.cancel()
            with suppress(asyncio.CancelledError):
                (await forking).stream.close()
            while pool.workers():
                await asyncio.sleep(0.005)
        assert set(Path("/proc/self/fd").iterdir()) == opened
        control.close()

    asyncio.run(main())


def test_an_answer_that_is_closed_half_way_ends_its_worker(pool: Pool) -> None:
    async def main() -> None:
        async with pool.store(max_workers=1) as store:
            (worker,) = pool.workers()
            answer = await store.query(request(FLOOD))
            assert await anext(aiter(answer.chunks))
            await answer.chunks.aclose()
            await answer.chunks.aclose()
            # What was given up never ends as if it were whole.
            with pytest.raises(ReaderTooSlow):
                await anext(aiter(answer.chunks))
            await gone(worker)
            await read(store, SMALL)

    asyncio.run(main())


def test_closing_an_answer_that_was_read_to_its_end_leaves_the_worker(pool: Pool) -> None:
    async def main() -> None:
        async with pool.store() as store:
            before = pool.workers()
            answer = await store.query(request(SMALL))
            assert [chunk async for chunk in answer.chunks]
            await answer.chunks.aclose()
            await read(store, SMALL)
            assert pool.workers() == before

    asyncio.run(main())


def test_an_answer_may_be_as_large_as_its_cap_and_no_byte_larger(pool: Pool) -> None:
    size = len(pool.ask(SMALL)[1])

    async def main() -> None:
        async with pool.store(max_bytes=size) as store:
            await read(store, SMALL)
        async with pool.store(max_bytes=size - 1) as store:
            with pytest.raises(AnswerTooLarge):
                await read(store, SMALL)

    asyncio.run(main())


@pytest.mark.parametrize(("cap", "some"), [(1_000, False), (MIB, True)])
def test_an_answer_over_its_cap_breaks_off_and_ends_its_worker(pool: Pool, cap: int, some: bool) -> None:
    async def main() -> None:
        async with pool.store(max_bytes=cap, max_workers=1) as store:
            (worker,) = pool.workers()
            answer = await store.query(request(FLOOD))
            came: list[bytes] = []
            with pytest.raises(AnswerTooLarge):
                await drained(answer, came)
            assert len(b"".join(came)) <= cap
            assert bool(came) is some
            await gone(worker)
            await read(store, SMALL)

    asyncio.run(main())


def test_who_sorts_what_is_in_no_order_is_told_of_that_too(pool: Pool) -> None:
    """The engine ends at some of such data; with ``STR(...)`` it does at none."""

    async def main() -> None:
        async with pool.store(max_workers=1) as store:
            for seed in range(20):
                chance = random.Random(seed)
                values = " ".join(chance.choice([f"'{n}'", f"{n}.5", f"'{n}'@nl"]) for n in range(60))
                asked = f"SELECT ?v {{ VALUES ?v {{ {values} }} }} ORDER BY "
                with suppress(QueryMemory):
                    await read(store, f"{asked} ?v")
                    continue
                with pytest.raises(QueryMemory, match=r"sorts values of several kinds: .* ORDER BY STR"):
                    await read(store, f"{asked} ?v")
                await read(store, f"{asked} STR(?v) DATATYPE(?v)")
                return
            pytest.fail("the engine sorts anything now: the message need not tell of it any more")

    asyncio.run(main())


def test_a_memory_bomb_harms_only_itself(pool: Pool) -> None:
    async def main() -> None:
        async with pool.store(max_workers=1) as store:
            (worker,) = pool.workers()
            with pytest.raises((QueryMemory, QueryTimeout)):
                await read(store, BOMB)
            await gone(worker)
            await read(store, SMALL)

    asyncio.run(main())


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * " + "{" * 300 + "}" * 300,
        "SELECT * { FILTER(" + "(" * 5_000 + "1" + ")" * 5_000 + ") }",
        "SELECT * { ?s ?p " + "<<(?s ?p " * 5_000 + "1" + ")>>" * 5_000 + " }",
    ],
    ids=["groups", "brackets", "triple-terms"],
)
def test_a_text_that_nests_too_deep_is_told_so(pool: Pool, text: str) -> None:
    with pytest.raises(QuerySyntax, match="brackets deep"):
        pool.ask(text)


@pytest.mark.parametrize(
    "text",
    ["SELECT * { FILTER(" + "!" * 100_000 + "true) }", "SELECT * {" + "UNION".join(["{}"] * 30_000) + "}"],
    ids=["not", "union"],
)
def test_a_text_that_crashes_the_parser_is_a_clear_error(pool: Pool, text: str) -> None:
    async def main() -> None:
        async with pool.store(max_workers=1) as store:
            (worker,) = pool.workers()
            with pytest.raises(InvalidInput, match="nested"):
                await read(store, text)
            await gone(worker)
            await read(store, SMALL)

    asyncio.run(main())


def test_a_nesting_that_people_write_is_answered(pool: Pool) -> None:
    assert pool.ask("ASK " + "{" * 100 + "}" * 100)[1].endswith(b"true}")


def test_a_killed_worker_is_replaced_and_only_its_own_query_hears_of_it(mortal_pool: Pool) -> None:
    async def main() -> None:
        async with mortal_pool.store(workers=2, max_workers=3) as store:
            before = mortal_pool.workers()
            runaways = [asyncio.create_task(read(store, RUNAWAY)) for _ in range(2)]
            until(lambda: len(mortal_pool.workers()) == 2)
            killed = before.pop()
            await lowered(killed)
            os.kill(killed, signal.SIGKILL)
            (done,), _ = await asyncio.wait(runaways, return_when=asyncio.FIRST_COMPLETED)
            assert isinstance(done.exception(), EngineDied)
            await read(store, SMALL)
            assert sum(runaway.done() for runaway in runaways) == 1
            await ended(*runaways)

    asyncio.run(main())


def test_an_idle_worker_that_is_killed_is_replaced(mortal_pool: Pool) -> None:
    async def main() -> None:
        async with mortal_pool.store() as store:
            (worker,) = mortal_pool.workers()
            os.kill(worker, signal.SIGKILL)
            while mortal_pool.workers() in ({worker}, set()):
                await asyncio.sleep(0.005)
            await read(store, SMALL)

    asyncio.run(main())


def test_a_worker_whose_end_nobody_has_told_yet_is_not_asked(mortal_pool: Pool) -> None:
    async def main() -> None:
        async with mortal_pool.store() as store:
            await read(store, SMALL)
            (worker,) = mortal_pool.workers()
            parent = mortal_pool.process.pid
            os.kill(parent, signal.SIGSTOP)
            os.kill(worker, signal.SIGKILL)
            # The socket tells of it, before its parent does.
            await asyncio.sleep(0.05)
            asyncio.get_running_loop().call_later(0.1, os.kill, parent, signal.SIGCONT)
            async with asyncio.timeout(10):
                await read(store, SMALL)

    asyncio.run(main())


@pytest.mark.heavy
def test_a_worker_that_goes_as_it_is_asked_is_an_error_at_once(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with pool.store() as store:
            stream = store._seats._idle[0].worker.stream
            monkeypatch.setattr(stream, "send", lambda _: stream.connection_lost(None))
            with pytest.raises(EngineDied):
                async with asyncio.timeout(10):
                    await read(store, SMALL)

    asyncio.run(main())


def test_a_deadline_that_comes_with_the_end_of_an_answer_is_not_the_next_ones(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        async with pool.store() as store:
            stream = store._seats._idle[0].worker.stream
            following = stream.next

            def in_the_last_moment() -> Any:
                frame = following()
                if frame and frame[0] in (Kind.END, Kind.WHOLE):
                    stream.fail(QueryTimeout("it is over"))
                return frame

            monkeypatch.setattr(stream, "next", in_the_last_moment)
            await read(store, f"SELECT * {{ {cross(3)} }}")
            monkeypatch.undo()
            # One whose beginning is heard of before its end is there.
            await read(store, f"SELECT * {{ {cross(4)} }}")

    asyncio.run(main())


def test_a_worker_that_cannot_be_made_for_an_endpoint_is_an_error_at_once(
    options: PoolOptions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "http://127.0.0.1:9/sparql"
    fork = Control.fork

    async def without_files(self: Control, *, network: bool = False) -> Any:
        if network:
            raise OSError(24, "Too many open files")
        return await fork(self)

    monkeypatch.setattr(Control, "fork", without_files)

    async def main() -> None:
        async with allowed.store() as store:
            with pytest.raises(EngineDied, match="Too many open files"):
                async with asyncio.timeout(10):
                    await read(store, f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}")
            assert store.running == 0

    allowed = Pool(replace(options, service_allow=(address,)), tmp_path / "allowed")
    try:
        asyncio.run(main())
    finally:
        allowed.stop()


def test_a_killed_pool_parent_takes_its_workers_along_and_another_one_takes_its_place(mortal_pool: Pool) -> None:
    async def main() -> None:
        async with mortal_pool.store(workers=2) as store:
            workers = mortal_pool.workers()
            runaway = asyncio.create_task(read(store, RUNAWAY))
            await asyncio.sleep(0.05)
            mortal_pool.process.kill()
            mortal_pool.process.wait()
            with pytest.raises(EngineDied):
                await runaway
            for worker in workers:
                await gone(worker)
            mortal_pool.start()
            await read(store, SMALL)
            assert mortal_pool.workers()

    asyncio.run(main())


def test_queries_that_wait_while_the_pool_parent_starts_again_are_answered(mortal_pool: Pool) -> None:
    async def main() -> None:
        async with mortal_pool.store() as store:
            mortal_pool.process.kill()
            mortal_pool.process.wait()
            with pytest.raises(EngineDied):
                await store.query(request(SMALL))
            waiting = [asyncio.create_task(read(store, SMALL)) for _ in range(3)]
            await asyncio.sleep(0)
            mortal_pool.start()
            await asyncio.gather(*waiting)

    asyncio.run(main())


def test_while_the_pool_parent_is_away_nobody_is_told_that_too_many_ask(mortal_pool: Pool) -> None:
    async def main() -> None:
        async with mortal_pool.store() as store:
            mortal_pool.process.kill()
            mortal_pool.process.wait()
            # That its process is gone is heard of while the first waits.
            for timeout in (5.0, 0.2):
                with pytest.raises(EngineDied):
                    await store.query(request(SMALL, timeout=timeout))

    asyncio.run(main())


def test_ending_a_query_of_a_pool_parent_that_is_gone_ends_none_of_the_next_one(mortal_pool: Pool) -> None:
    async def main() -> None:
        async with mortal_pool.store() as store:
            old = await store.query(request(FLOOD))
            mortal_pool.process.kill()
            mortal_pool.process.wait()
            mortal_pool.start()
            with suppress(EngineDied):
                await read(store, SMALL)
            new = await store.query(request(FLOOD))
            worker = min(mortal_pool.workers())
            await old.chunks.aclose()
            # Whoever kills by mistake does so through the pool parent: what it is told later is done later.
            for _ in range(3):
                await read(store, SMALL)
            assert worker in mortal_pool.workers()
            await new.chunks.aclose()

    asyncio.run(main())


def test_without_a_pool_parent_there_is_a_clear_error(tmp_path: Path) -> None:
    async def main() -> None:
        store = WorkerStore(tmp_path / "nobody", 1, Limits(1, MIB, workers=1, max_workers=1, queue=1), Spool(MIB))
        try:
            with pytest.raises(EngineDied, match="start the server again"):
                await store.open()
        finally:
            await store.close()

    asyncio.run(main())


def test_a_pool_parent_that_cannot_load_its_version_is_a_clear_error(options: PoolOptions, tmp_path: Path) -> None:
    async def main() -> None:
        store = WorkerStore(tmp_path / "address", 7, Limits(1, MIB, workers=1, max_workers=1, queue=1), Spool(MIB))
        try:
            with pytest.raises(EngineDied):
                await store.open()
        finally:
            await store.close()

    with listen(tmp_path / "address") as listener:
        parent = start_pool(replace(options, version=7), listener)
    try:
        asyncio.run(main())
    finally:
        parent.kill()
        parent.wait()


STARTER = """
import sys, time
from pathlib import Path
from dppgraph.store.workers.process import PoolOptions, listen, start_pool
folder, address = map(Path, sys.argv[1:])
print(start_pool(PoolOptions(folder, 1, "http://e/", True, 1 << 26), listen(address)).pid, flush=True)
time.sleep(600)
"""


def test_a_pool_parent_dies_with_whoever_started_it(options: PoolOptions, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-P", "-c", STARTER, str(options.folder), str(tmp_path / "address")], stdout=subprocess.PIPE
    ) as starter:
        try:
            assert starter.stdout is not None
            pool_parent = int(starter.stdout.readline())
            assert living(pool_parent)
        finally:
            starter.kill()
    until(lambda: not living(pool_parent))
