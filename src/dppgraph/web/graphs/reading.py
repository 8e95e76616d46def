"""Graphs as answers: each is written to a file once for a version and format, and sent from there."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import IO, Final, NamedTuple, Self

from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.errors import Damaged, Unknown, VersionMismatch
from dppgraph.operations.graphs import is_there, write_apart, write_graph
from dppgraph.store.history import History
from dppgraph.store.versions import Manifest
from dppgraph.web.answers import Cited, headers_of
from dppgraph.web.cache.kept import tag_of
from dppgraph.web.conditions import judged
from dppgraph.web.dumps.answer import Unchanged
from dppgraph.web.graphs.named import Named
from dppgraph.web.headers import Headers, date_of
from dppgraph.web.made import Making
from dppgraph.web.originals import LASTING, negotiable
from dppgraph.web.parameters import Parameters, format_of, version_of
from dppgraph.web.write import tag_of_version
from dppgraph.web.written import WrittenFiles

OFFERED: Final = (formats.TURTLE, formats.JSONLD, formats.NTRIPLES, formats.RDFXML)
"""What a graph comes in: triples need no format that names graphs."""


_MANY: Final = 100_000
"""Statements of a graph that a process of its own writes."""


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
    _files: WrittenFiles

    @classmethod
    def of(cls, making: Making, history: History, *, union: bool) -> Self:
        """Answers with the graphs of a store."""
        return cls(making, history, union, WrittenFiles("graphs", making.sending.min_rate))

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

        size = manifest.quads if asked.term is None else manifest.graphs.get(asked.term.strip("<>"), 0)
        context = self.making.frames.context

        def write(file: IO[bytes]) -> None:
            if size < _MANY:
                write_graph(self.history, asked.version, asked.term, format_, context, file)
            else:
                path = self.making.harvests.versions.history_path
                write_apart(path, asked.version, asked.term, format_, context, file)

        try:
            return await self._files.answered(asked, write, headers)
        except Damaged:
            await self._refuse_pruned(number)
            raise

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
