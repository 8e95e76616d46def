"""Graphs as answers: each is written to a file once for a version and format, and sent from there."""

import asyncio
import os
import tempfile
from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.errors import Damaged, ServerFull, StoreUnavailable, Unknown, VersionMismatch
from dppgraph.operations.graphs import is_there, write_graph
from dppgraph.store.history import History
from dppgraph.store.versions import Manifest
from dppgraph.web.answers import Cited, headers_of
from dppgraph.web.cache.kept import tag_of
from dppgraph.web.conditions import judged
from dppgraph.web.dumps.answer import FileAnswer, Unchanged
from dppgraph.web.graphs.named import Named
from dppgraph.web.headers import Headers, date_of
from dppgraph.web.made import Making
from dppgraph.web.originals import LASTING, negotiable
from dppgraph.web.parameters import Parameters, format_of, version_of
from dppgraph.web.write import tag_of_version

OFFERED: Final = (formats.TURTLE, formats.JSONLD, formats.NTRIPLES, formats.RDFXML)
"""What a graph comes in: triples need no format that names graphs."""

_AT_ONCE: Final = 2
_MOST: Final = 50
"""Graphs that may wait to be written."""
_KEPT: Final = 8
"""Files that stay open for whoever asks next."""
_SENT: Final = 16
"""Files that may be sent at once: each takes its room on the disk for as long as its slowest reader."""
_RETRY: Final = 2


class _Asked(NamedTuple):
    """What is written once: a graph's term (None: all graphs together), of a version, in a format."""

    version: int
    term: str | None
    format: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Answers with graphs.

    Attributes:
        making: knows the version, and the names in JSON-LD.
        history: the quads of all versions.
        union: whether the default graph is the union of all graphs.
    """

    making: Making
    history: History
    union: bool
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    _under_way: "dict[_Asked, asyncio.Task[None]]" = field(default_factory=dict)
    _files: OrderedDict[_Asked, int] = field(default_factory=OrderedDict)
    _readers: Counter[_Asked] = field(default_factory=Counter)

    async def answered(self, request: Request, named: Named, parameters: Parameters) -> Response:
        """What a graph says.

        Raises:
            Unknown: there is no such graph, or no such version.
            Gone: the version was pruned.
            NotAcceptable: it comes in no format that the client takes.
            BadParameter: the version or the format cannot be used.
            BadRdf: the format cannot say one of its triples.
            ServerFull: too many are being written or sent already.
            VersionMismatch: it is not the one that If-Match names.
        """
        format_ = format_of(parameters, request.scope, OFFERED)
        number = version_of(parameters)
        manifest = await asyncio.to_thread(self._version, number)
        asked = _Asked(manifest.version, None if self.union and not named.term else named.term, format_.name)
        try:
            if not await self.is_there(named, manifest.version):
                said = f"there is no graph {named.term[:200]} in version {manifest.version}"
                raise Unknown(f"{said}: /graphs lists those there are")
        except Damaged:
            await self._refuse_pruned(number)
            raise
        tag = f'{tag_of_version(manifest.version)[:-1]}-{format_.name}-{tag_of(format_.name)[:8]}"'.encode()
        modified = modified_of(manifest)
        status = judged(request.scope, tag, modified)
        if status is HTTPStatus.PRECONDITION_FAILED:
            raise VersionMismatch("the graph is another one by now: ask without If-Match and If-Unmodified-Since")
        request.scope["state"]["version"] = manifest.version
        cited = await asyncio.to_thread(self.making.sending.citing.of, manifest)
        headers = _headers(format_, cited, tag, modified, is_past=number is not None)
        if status is HTTPStatus.NOT_MODIFIED:
            return Unchanged(headers)
        try:
            file = await self._file(asked, format_)
        except Damaged:
            await self._refuse_pruned(number)
            raise
        answer = FileAnswer(file, os.fstat(file).st_size, None, headers, self.making.sending.min_rate)
        answer.ended = partial(self._leave, asked)
        return answer

    async def is_there(self, named: Named, version: int) -> bool:
        """Whether there is a graph in a version."""

        def look() -> bool:
            return is_there(self.history.at(version), named.term)

        return await asyncio.to_thread(look)

    def _version(self, number: int | None) -> Manifest:
        current = self.making.sending.store.manifest
        if number is None or number == current.version:
            return current
        if number > current.version:
            raise Unknown(f"there is no version {number}: the current one is {current.version}")
        versions = self.making.harvests.versions
        versions.require_kept(number)
        return versions.manifest(number)

    async def _refuse_pruned(self, number: int | None) -> None:
        """Tells of a version that was pruned since it was asked for; the current one, asked for anew, is another."""
        if number is not None:
            await asyncio.to_thread(self.making.harvests.versions.require_kept, number)

    async def _file(self, asked: _Asked, format_: Format) -> int:
        """A descriptor of the file with a graph, which the caller closes, and then leaves."""
        self._readers[asked] += 1
        try:
            if asked not in self._files:
                await asyncio.shield(self._task(asked, format_))
            self._files.move_to_end(asked)
            return os.dup(self._files[asked])
        except BaseException:
            self._leave(asked)
            raise

    def _leave(self, asked: _Asked) -> None:
        """Somebody does not want a file any more."""
        self._readers[asked] -= 1
        if not self._readers[asked]:
            del self._readers[asked]
        self._close_some()

    def _close_some(self) -> None:
        """Closes files that nobody wants, the oldest first, if there are more than are kept."""
        unwanted = [asked for asked in self._files if asked not in self._readers]
        for asked in unwanted[: max(0, len(self._files) - _KEPT)]:
            os.close(self._files.pop(asked))

    def _task(self, asked: _Asked, format_: Format) -> "asyncio.Task[None]":
        task = self._under_way.get(asked)
        if task is None:
            if len(self._under_way) >= _MOST:
                raise ServerFull("too many graphs are being written at once: ask again", retry_after=_RETRY)
            task = asyncio.get_running_loop().create_task(self._written(asked, format_))
            self._under_way[asked] = task
            task.add_done_callback(lambda done: self._ended(asked, done))
        return task

    async def _written(self, asked: _Asked, format_: Format) -> None:
        async with self._turns:
            if sum(other in self._readers for other in self._files) >= _SENT:
                raise ServerFull("too many graphs are being sent at once: ask again", retry_after=_RETRY)
            opened = await asyncio.to_thread(self._write, asked, format_)
            self._files[asked] = opened
        self._close_some()

    def _ended(self, asked: _Asked, task: "asyncio.Task[None]") -> None:
        self._under_way.pop(asked, None)
        if not task.cancelled():
            # Asked for here, in case that whoever wanted it is gone.
            task.exception()

    def _write(self, asked: _Asked, format_: Format) -> int:
        try:
            with tempfile.TemporaryFile() as file:
                context = self.making.frames.context
                write_graph(self.history, asked.version, asked.term, format_, context, file)
                file.flush()
                return os.dup(file.fileno())
        except OSError as error:
            raise StoreUnavailable(f"there is no room on the disk for this graph ({error.strerror})") from error


def modified_of(manifest: Manifest) -> int:
    """When the graphs of a version last changed, for all that can be told; in seconds since 1970."""
    return int(datetime.fromisoformat(manifest.created).timestamp())


def _headers(format_: Format, cited: Cited, tag: bytes, modified: int, *, is_past: bool) -> Headers:
    said = {b"vary": b"Accept"} | ({b"cache-control": LASTING} if is_past else {})
    headers = [(name, said.get(name, value)) for name, value in headers_of(cited)]
    return [
        *(headers if is_past else negotiable(headers)),
        (b"content-type", format_.content_type.encode()),
        (b"etag", tag),
        (b"last-modified", date_of(modified).encode()),
    ]
