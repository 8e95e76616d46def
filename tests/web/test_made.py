"""Pages that are made here: a flood of addresses is turned away, and nobody who waits for a page is."""

import asyncio
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.requests import Request

from dppgraph.core import formats
from dppgraph.errors import ServerFull
from dppgraph.web.answers import Sending
from dppgraph.web.cache.answers import AnswerCache
from dppgraph.web.made import MOST, Made, Making


def request() -> Request:
    scope = {"type": "http", "method": "GET", "headers": [], "raw_path": b"/", "query_string": b"", "state": {}}
    return Request(scope)


def test_a_flood_of_addresses_is_told_to_come_back() -> None:
    go_on = Event()
    store = SimpleNamespace(manifest=SimpleNamespace(version=1))
    harvests = SimpleNamespace(of=lambda _: SimpleNamespace(changed="2020-01-01T00:00:00+00:00"))
    sending = Sending(cast("Any", store), 0, AnswerCache(1 << 20))
    making = Making(sending, cast("Any", harvests), cast("Any", None), "http://localhost/")

    def make(_: object) -> Made:
        assert go_on.wait(20)
        return Made(b"x")

    async def flood() -> None:
        waiting = [
            asyncio.create_task(making.answered(request(), str(number), formats.HTML, make)) for number in range(MOST)
        ]
        await asyncio.sleep(0)
        with pytest.raises(ServerFull):
            await making.answered(request(), "one more", formats.HTML, make)
        # What is being made anyhow can be waited for.
        waiting.append(asyncio.create_task(making.answered(request(), "0", formats.HTML, make)))
        await asyncio.sleep(0)
        go_on.set()
        assert {answer.status_code for answer in await asyncio.gather(*waiting)} == {200}
        assert (await making.answered(request(), "one more", formats.HTML, make)).status_code == 200

    asyncio.run(flood())
