"""Answers that are made here, of what harvesters take, and not by a query process: each once for a version and format.

They are kept beside the answers to queries, and sent like them.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core.formats import Format
from dppgraph.operations.frames import Frames
from dppgraph.operations.harvest import Harvest, Harvests
from dppgraph.web.answers import Sending, headers_of
from dppgraph.web.cache.answers import Asked
from dppgraph.web.cache.front import HIT, MISS
from dppgraph.web.cache.kept import Kept, tag_of
from dppgraph.web.headers import Headers

_AT_ONCE: Final = 2
"""How many are made at the same time: who asks for them is not to keep those waiting who ask for what is there."""


class Made(NamedTuple):
    """An answer: its bytes, and the headers that only it has."""

    content: bytes
    headers: Headers = []  # noqa: RUF012 - never changed: a named tuple has no factories


@dataclass(frozen=True, slots=True)
class Making:
    """How they are made.

    Attributes:
        sending: knows the version, and keeps the answers.
        harvests: what they are made of.
        frames: what belongs to a thing, and what names it.
        url: where this server answers.
    """

    sending: Sending
    harvests: Harvests
    frames: Frames
    url: str
    _under_way: dict[tuple[Asked, str], "asyncio.Task[Kept]"] = field(default_factory=dict)
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def answered(
        self, request: Request, resource: str, format_: Format, make: Callable[[Harvest], Made]
    ) -> Response:
        """The answer about a resource.

        Args:
            request: the request.
            resource: what names the resource among all that are made here, and its page.
            format_: the format that is asked for.
            make: makes it, in a thread.

        Raises:
            DppgraphError: as ``make``.
        """
        sending = self.sending
        manifest = sending.store.manifest
        # No query begins like this.
        asked = Asked(manifest.version, f"GET {resource}", (), (), ())
        sending.cache.at(manifest.version)
        kept = sending.cache.get(asked, None, format_)
        if kept is not None:
            sending.cache.hits += 1
            return await sending.sent(request, asked, kept, HIT)
        sending.cache.misses += 1
        key = asked, format_.name
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.get_running_loop().create_task(self._made(key, format_, make))
            self._under_way[key] = task
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        return await sending.sent(request, asked, await asyncio.shield(task), MISS)

    async def _made(self, key: tuple[Asked, str], format_: Format, make: Callable[[Harvest], Made]) -> Kept:
        manifest = self.sending.store.manifest
        async with self._turns:
            made = await asyncio.to_thread(lambda: make(self.harvests.of(manifest)))
        kept = Kept(
            made.content,
            format_.content_type,
            manifest.version,
            tag_of(made.content.decode()),
            [*headers_of(manifest.version), *made.headers],
            modified=int(datetime.fromisoformat(manifest.created).timestamp()),
        )
        asked = key[0]
        if manifest.version == asked.version:
            self.sending.cache.put(asked, format_, kept, tabular=False)
        return kept
