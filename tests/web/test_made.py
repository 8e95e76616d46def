"""Pages that are made here: a flood of addresses is turned away, and nobody who waits for a page is."""

import asyncio
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.requests import Request

from dppgraph.core import formats
from dppgraph.errors import Gone, ServerFull
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.harvest.past import PastHarvest
from dppgraph.operations.versions import prune
from dppgraph.store.history import History, catch_up
from dppgraph.store.versions import VersionStore
from dppgraph.web.answers import Cited, Sending
from dppgraph.web.cache.answers import AnswerCache
from dppgraph.web.made import MOST, Made, Making
from tests.conftest import BASE
from tests.store.conftest import publication


def request() -> Request:
    scope = {"type": "http", "method": "GET", "headers": [], "path": "/", "raw_path": b"/", "query_string": b""}
    return Request(scope | {"state": {}})


def making() -> Making:
    manifest = SimpleNamespace(version=2)
    harvest = SimpleNamespace(manifest=manifest, changed="2020-01-01T00:00:00+00:00")
    harvests = SimpleNamespace(of=lambda _: harvest, past=lambda *_: harvest, still=nullcontext)
    store, citing = SimpleNamespace(manifest=manifest), SimpleNamespace(of=lambda _: Cited(2, "", ""))
    sending = Sending(cast("Any", store), 0, AnswerCache(1 << 20), cast("Any", citing))
    return Making(sending, cast("Any", harvests), cast("Any", None), "http://localhost/")


def test_a_flood_of_addresses_is_told_to_come_back() -> None:
    go_on, made = Event(), making()

    def make(_: object) -> Made:
        assert go_on.wait(20)
        return Made(b"x")

    async def flood() -> None:
        waiting = [
            asyncio.create_task(made.answered(request(), str(number), formats.HTML, make)) for number in range(MOST)
        ]
        await asyncio.sleep(0)
        with pytest.raises(ServerFull):
            await made.answered(request(), "one more", formats.HTML, make)
        # What is being made anyhow can be waited for.
        waiting.append(asyncio.create_task(made.answered(request(), "0", formats.HTML, make)))
        await asyncio.sleep(0)
        go_on.set()
        assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {200}
        assert (await made.answered(request(), "one more", formats.HTML, make)).status_code == 200

    asyncio.run(flood())


def test_a_flood_of_old_versions_keeps_nobody_waiting_who_asks_for_now() -> None:
    go_on, made = Event(), making()

    def make_old(_: object) -> Made:
        assert go_on.wait(20)
        return Made(b"old")

    async def flood() -> None:
        waiting = [
            asyncio.create_task(made.answered(request(), str(number), formats.TURTLE, make_old, 1))
            for number in range(MOST)
        ]
        await asyncio.sleep(0)
        with pytest.raises(ServerFull):
            await made.answered(request(), "one more", formats.TURTLE, make_old, 1)
        now = await made.answered(request(), "now", formats.TURTLE, lambda _: Made(b"now"))
        assert now.status_code == 200
        go_on.set()
        assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {200}

    asyncio.run(flood())


def test_an_old_version_is_told_whole_though_it_be_pruned_meanwhile(tmp_path: Path) -> None:
    store = VersionStore(tmp_path / "store")
    lines = [f"<{BASE}id/plan/{name}> <a:b> <c:d> ." for name in "ab"]
    with store.writing("tests") as writer:
        writer.publish(publication(lines), None)
        writer.publish(publication([]), 1)
    catch_up(store, store.history_path)
    history = History(store.history_path)
    harvests = SimpleNamespace(
        of=None, past=lambda *_: PastHarvest(store, store.manifest(1), BASE, history, []), still=history.still
    )

    told = []

    def make(harvest: Harvest) -> Made:
        told.extend(harvest.published.about(f"<{BASE}id/plan/a>"))
        with store.writing("tests") as writer:
            prune(store, writer, 1)
        told.extend(harvest.published.about(f"<{BASE}id/plan/b>"))
        return Made(b"x")

    answered = replace(making(), harvests=cast("Any", harvests))
    asyncio.run(answered.answered(request(), "x", formats.NTRIPLES, make, 1))
    assert told == lines
    with pytest.raises(Gone):
        store.lines(1)
    history.close()
