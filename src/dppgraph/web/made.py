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
from dppgraph.web.answers import Cited, Sending, headers_of
from dppgraph.web.cache.answers import Asked
from dppgraph.web.cache.front import HIT, MISS
from dppgraph.web.cache.kept import Kept, tag_of
from dppgraph.web.headers import Headers
from dppgraph.web.originals import LASTING, has_versions, negotiable

_AT_ONCE: Final = 2
"""How many are made at the same time: who asks for them is not to keep those waiting who ask for what is there."""

MOST: Final = 300
"""How many may wait for that: a flood of addresses would have all others wait for what nobody is there to read.

With a new version, all that are read are made anew, which takes some hundredths of a second each.
"""

_PAST_AT_ONCE: Final = 1
"""Likewise of versions by their numbers, which wait in a line of their own: nobody waits for them who asks for now."""

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
        of: the version that it is of, where that is another one than the one that is asked.
    """

    content: bytes
    headers: Sequence[tuple[bytes, bytes]] = ()
    modified: str = ""
    lasting: bool = False
    until: float = math.inf
    of: Cited | None = None


@dataclass(frozen=True, slots=True)
class _Line:
    """What is being made, and waits to be: so many at once."""

    turns: asyncio.Semaphore
    under_way: dict[tuple[Asked, str], "asyncio.Task[Kept]"] = field(default_factory=dict)


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
    _now: _Line = field(default_factory=lambda: _Line(asyncio.Semaphore(_AT_ONCE)))
    _past: _Line = field(default_factory=lambda: _Line(asyncio.Semaphore(_PAST_AT_ONCE)))

    @property
    def frozen(self) -> bool:
        """Whether the answers are to be files of a site without a server."""
        return self.harvests.frozen

    async def answered(
        self,
        request: Request,
        resource: str,
        format_: Format,
        make: Callable[[Harvest], Made],
        version: int | None = None,
    ) -> Response:
        """The answer about a resource.

        Args:
            request: the request.
            resource: what names the resource among all that are made here, and its page.
            format_: the format that is asked for.
            make: makes it, in a thread.
            version: the number of the version that is asked for; None for the current one.

        Raises:
            Unknown: there is no such version.
            Gone: it was pruned.
            ServerFull: too many others are waiting to be made.
            DppgraphError: as ``make``.
        """
        sending = self.sending
        manifest = sending.store.manifest
        # No query begins like this. By its number, the current version is told of as it will be when it is an old one.
        asked = Asked(version or manifest.version, f"{'GET' if version is None else 'OF'} {resource}", (), (), ())
        sending.cache.at(manifest.version)
        kept = sending.cache.get(asked, None, format_)
        if kept is not None:
            sending.cache.hits += 1
            return await sending.sent(request, asked, kept, HIT)
        sending.cache.misses += 1
        key = asked, format_.name
        line = self._now if version is None else self._past
        task = line.under_way.get(key)
        if task is None:
            if len(line.under_way) >= MOST:
                raise ServerFull("too many pages are being made at once: ask again in a moment", retry_after=_RETRY)
            dated = version is None and has_versions(request.scope["path"])
            task = asyncio.get_running_loop().create_task(self._made(key, format_, make, dated=dated, version=version))
            line.under_way[key] = task
            task.add_done_callback(lambda done: _ended(line, key, done))
        return await sending.sent(request, asked, await asyncio.shield(task), MISS)

    def harvest(self, version: int | None) -> Harvest:
        """What there is of a version; None for the current one. It reads from a disk.

        Raises:
            Unknown: there is no such version.
            Gone: it was pruned.
            StoreUnavailable: it is not there.
        """
        manifest = self.sending.store.manifest
        return self.harvests.of(manifest) if version is None else self.harvests.past(version, manifest)

    async def _made(
        self,
        key: tuple[Asked, str],
        format_: Format,
        make: Callable[[Harvest], Made],
        *,
        dated: bool,
        version: int | None,
    ) -> Kept:
        manifest = self.sending.store.manifest
        async with (self._now if version is None else self._past).turns:
            made, cited = await asyncio.to_thread(self._make, manifest, make, format_, version)
        changed = datetime.fromisoformat(made.modified)
        kept = Kept(
            made.content,
            format_.content_type,
            version or manifest.version,
            tag_of(made.content.decode()),
            _said(made, format_, cited, dated=dated, lasts=version is not None),
            # A day that passes changes what depends on it, and nothing that has a date of its own.
            modified=int(changed.timestamp()) if math.isinf(made.until) else 0,
            until=made.until,
        )
        asked = key[0]
        if manifest.version == asked.version:
            self.sending.cache.put(asked, format_, kept, tabular=False)
        return kept

    def _make(
        self, manifest: Manifest, make: Callable[[Harvest], Made], format_: Format, version: int | None
    ) -> tuple[Made, Cited]:
        try:
            with self.harvests.still():
                harvest = self.harvests.of(manifest) if version is None else self.harvests.past(version, manifest)
                found = make(harvest)
                found = found if found.modified else found._replace(modified=harvest.changed)
                return found, found.of or self.sending.citing.of(harvest.manifest)
        except BadRdf as error:
            offered = tuple(known.media_types[0] for known in formats.RDF if known != format_)
            raise NotAcceptable(f"{error}: ask for another format", offered=offered) from error


def _ended(line: _Line, key: tuple[Asked, str], task: "asyncio.Task[Kept]") -> None:
    line.under_way.pop(key, None)
    if not task.cancelled():
        # Asked for here, in case that whoever wanted it is gone.
        task.exception()


def _said(made: Made, format_: Format, cited: Cited, *, dated: bool, lasts: bool) -> Headers:
    """The headers of an answer that comes from a version; of one that has others by date, or that stays as it is."""
    links = tuple(value.decode() for name, value in made.headers if name == b"link")
    more = [(name, value) for name, value in made.headers if name != b"link"]
    headers = headers_of(cited, links)
    if dated:
        headers = negotiable(headers)
    changed = {b"cache-control": _FOR_GOOD} if made.lasting else {}
    if lasts and format_ in formats.SAME_FOR_ALL:
        changed[b"cache-control"] = LASTING
    if format_ not in formats.SAME_FOR_ALL:
        # It depends on the language of who reads it too.
        changed[b"vary"] = b"%b, Accept-Language" % next(value for name, value in headers if name == b"vary")
    return [*((name, changed.get(name, value)) for name, value in headers), *more]


_FOR_GOOD: Final = b"public, max-age=31536000, immutable"
