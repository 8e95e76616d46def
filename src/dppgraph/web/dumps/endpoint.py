"""Answers below ``/dumps``.

A file's name is a key in the list of its version, and never part of a path. An answer is the bytes of a file as they
are: its tag is their checksum, and any part of them can be asked for.
"""

import asyncio
import os
from collections import OrderedDict
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core.negotiation import quality_of
from dppgraph.errors import Damaged, Gone, StoreUnavailable, Unknown
from dppgraph.operations.dumps import Dump
from dppgraph.web.answers import kept_response, preflight
from dppgraph.web.cache.kept import Kept
from dppgraph.web.conditions import NoSuchPart, judged, part_of
from dppgraph.web.dumps.answer import FileAnswer, Unchanged
from dppgraph.web.dumps.files import Files, etag_of, headers_of_file, selected
from dppgraph.web.dumps.listing import listing
from dppgraph.web.made import Making
from dppgraph.web.pages import Reader, Site, reader_of
from dppgraph.web.parameters import decoded, number_of, whole
from dppgraph.web.problems import accept_of, problem, wanted_of

METHODS: Final = ("GET", "HEAD", "OPTIONS")
BELOW: Final = "/dumps/"
"""What the paths of files begin with."""

_ASKED_WITH: Final = "Range, If-Range, If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since"
_AT_HAND: Final = 4
"""Versions whose lists are at hand."""


@dataclass(frozen=True, slots=True)
class DumpFiles:
    """All the routes below ``/dumps``.

    Attributes:
        making: knows the version, where the files are, and where this server answers.
    """

    making: Making
    _known: "OrderedDict[int, Files]" = field(default_factory=OrderedDict)

    async def __call__(self, request: Request) -> Response:
        """Answers one request."""
        if request.method == "OPTIONS":
            return preflight(METHODS, _ASKED_WITH)
        first, slash, second = request.scope["path"].removeprefix(BELOW).partition("/")
        if request.scope["path"] == BELOW.rstrip("/"):
            return await self._list(request, None)
        number = whole(first)
        if slash and not number:
            raise Unknown(f"{first} is no number of a version: the files of the current version are at /dumps")
        if slash:
            return await self._file(request, second, number)
        return await self._list(request, number) if number else await self._file(request, first, None)

    async def _file(self, request: Request, name: str, number: int | None) -> Response:
        files = await self._files(number)
        if files is None:
            raise self._none(number)
        dump = files.named.get(name)
        if dump is None:
            raise Unknown(f"there is no dump {name} of version {files.found.version}: /dumps lists those there are")
        dump, coded = selected(files.named, dump, request.scope)
        headers = headers_of_file(files, dump, self.making.url, coded=coded, numbered=number is not None)
        etag, modified = etag_of(dump), files.found.created
        status = judged(request.scope, etag, modified)
        if status is HTTPStatus.PRECONDITION_FAILED:
            detail = "This file is another one by now: ask for it without If-Match and If-Unmodified-Since."
            return problem(status, "The file has changed", detail, wanted_of(request.scope))
        request.scope["state"]["version"] = files.found.version
        if status is HTTPStatus.NOT_MODIFIED:
            request.scope["state"]["cache"] = "revalidated"
            return Unchanged(headers)
        try:
            part = part_of(request.scope, etag, modified, dump.size)
        except NoSuchPart:
            detail = f"This file has {dump.size} bytes: ask for some of them."
            size = {"content-range": f"bytes */{dump.size}", "accept-ranges": "bytes"}
            status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
            return problem(status, "There is no such part", detail, wanted_of(request.scope), headers=size)
        opened = _opened(files, dump)
        if opened is None:
            # It was let go a moment ago.
            self._known.pop(files.found.version, None)
            raise self._none(number)
        return FileAnswer(opened, dump.size, part, headers, self.making.sending.min_rate)

    async def _list(self, request: Request, number: int | None) -> Response:
        files = await self._files(number)
        if files is not None and not files.found.folder.is_dir():
            # It was let go since it was asked last.
            self._known.pop(files.found.version, None)
            files = None
        if files is None:
            raise self._none(number)
        accept = accept_of(request.scope)
        parameters = decoded(request.scope["query_string"])
        is_page = quality_of(accept, "text/html") > quality_of(accept, "application/json")
        reader = reader_of(request.scope, parameters) if is_page else None
        page = number_of(parameters, "page") or 1
        key = f"{reader.key if reader else ''} {page}"
        kept = files.listed.get(key)
        if kept is None:
            kept = await asyncio.to_thread(self._listing, files, reader, page)
            files.keep(key, kept)
        return await kept_response(request, kept)

    def _listing(self, files: Files, reader: Reader | None, page: int) -> Kept:
        harvest = self.making.harvests.of(self.making.sending.store.manifest)
        return listing(files, Site.of(harvest), reader, page)

    async def _files(self, number: int | None) -> Files | None:
        """The files of a version, or of the current one; None where there are none.

        Raises:
            Damaged: their list cannot be read.
        """
        version = number or await self._packed()
        files = self._known.get(version)
        if files is None:
            files = await asyncio.to_thread(self._found, version)
            if files is None:
                return None
            self._known[version] = files
            while len(self._known) > _AT_HAND:
                self._known.popitem(last=False)
        self._known.move_to_end(version)
        return files

    async def _packed(self) -> int:
        """The version that there are files of now: the current one, or one before it until its files are made."""
        manifest = self.making.sending.store.manifest
        try:
            return (await asyncio.to_thread(self.making.harvests.of, manifest)).packed.version
        except StoreUnavailable:
            return manifest.version

    def _none(self, number: int | None) -> Unknown:
        """What is said of a version without files: whether it never was, or is not kept."""
        current = self.making.sending.store.manifest.version
        if number is None or number == current:
            return Unknown("there are no dumps of the current version here: ask for the data at /sparql")
        if number > current:
            return Unknown(f"there is no version {number}: the current one is {current}")
        return Gone(f"the dumps of version {number} are not kept any more: those of the current one are at /dumps")

    def _found(self, version: int) -> Files | None:
        found = self.making.harvests.dumps.at(version)
        return Files.of(found) if found else None


def _opened(files: Files, dump: Dump) -> int | None:
    """The descriptor of a file; None where it is not there any more.

    Raises:
        Damaged: it is not the one that is listed.
    """
    try:
        opened = os.open(files.found.folder / dump.file, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    if os.fstat(opened).st_size != dump.size:
        os.close(opened)
        raise Damaged(f"the dump {dump.file} of version {files.found.version} is damaged: build it again")
    return opened
