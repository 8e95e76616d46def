"""Answers that are made here, of what harvesters take, and not by a query process: each once for a version and format.

They are kept beside the answers to queries, and sent like them.
"""

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.errors import BadRdf, NotAcceptable, ServerFull
from dppgraph.operations.frames import Frames
from dppgraph.operations.harvest import Harvest, Harvests
from dppgraph.store.versions import Manifest
from dppgraph.web.answers import VARY, Sending, headers_of
from dppgraph.web.cache.answers import Asked
from dppgraph.web.cache.front import HIT, MISS
from dppgraph.web.cache.kept import Kept, tag_of
from dppgraph.web.headers import Headers

_AT_ONCE: Final = 2
"""How many are made at the same time: who asks for them is not to keep those waiting who ask for what is there."""

MOST: Final = 100
"""How many may wait for that: a flood of addresses would have all others wait for what nobody is there to read."""

_RETRY: Final = 2
"""Seconds."""


class Made(NamedTuple):
    """An answer.

    Attributes:
        content: its bytes.
        headers: those that only it has.
        modified: when it last changed, ISO 8601; empty for when what it is made of was made.
        lasting: whether it is the same in all versions to come.
        until: from when it is true no more, in seconds since 1970; its resource names what it is true of till then.
    """

    content: bytes
    headers: Sequence[tuple[bytes, bytes]] = ()
    modified: str = ""
    lasting: bool = False
    until: float = math.inf


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
            ServerFull: too many others are waiting to be made.
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
            if len(self._under_way) >= MOST:
                raise ServerFull("too many pages are being made at once: ask again in a moment", retry_after=_RETRY)
            task = asyncio.get_running_loop().create_task(self._made(key, format_, make))
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._ended(key, done))
        return await sending.sent(request, asked, await asyncio.shield(task), MISS)

    def _ended(self, key: tuple[Asked, str], task: "asyncio.Task[Kept]") -> None:
        self._under_way.pop(key, None)
        if not task.cancelled():
            # Asked for here, in case that whoever wanted it is gone.
            task.exception()

    async def _made(self, key: tuple[Asked, str], format_: Format, make: Callable[[Harvest], Made]) -> Kept:
        manifest = self.sending.store.manifest
        async with self._turns:
            made = await asyncio.to_thread(self._make, manifest, make, format_)
        changed = datetime.fromisoformat(made.modified)
        kept = Kept(
            made.content,
            format_.content_type,
            manifest.version,
            tag_of(made.content.decode()),
            [*_said(_FOR_GOOD if made.lasting else headers_of(manifest.version), format_), *made.headers],
            # A day that passes changes what depends on it, and nothing that has a date of its own.
            modified=int(changed.timestamp()) if math.isinf(made.until) else 0,
            until=made.until,
        )
        asked = key[0]
        if manifest.version == asked.version:
            self.sending.cache.put(asked, format_, kept, tabular=False)
        return kept

    def _make(self, manifest: Manifest, make: Callable[[Harvest], Made], format_: Format) -> Made:
        try:
            harvest = self.harvests.of(manifest)
            found = make(harvest)
            return found if found.modified else found._replace(modified=harvest.changed)
        except BadRdf as error:
            offered = tuple(known.media_types[0] for known in formats.RDF if known != format_)
            raise NotAcceptable(f"{error}: ask for another format", offered=offered) from error


def _said(headers: Headers, format_: Format) -> Headers:
    """These headers, of what depends on the language of who reads it too, if it does."""
    if format_ in formats.SAME_FOR_ALL:
        return headers
    return [(name, b"%b, Accept-Language" % VARY if name == b"vary" else value) for name, value in headers]


_FOR_GOOD: Final[Headers] = [
    (name, b"public, max-age=31536000, immutable" if name == b"cache-control" else value)
    for name, value in headers_of(None)
]
