"""What there is to be written, and what is written of each: the application answers, as it answers a client."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp

from dppgraph.core import formats
from dppgraph.core.languages import LANGUAGES
from dppgraph.core.skolem import GENID
from dppgraph.errors import StoreUnavailable
from dppgraph.operations.dumps import Found
from dppgraph.operations.freeze.address import PAGE, Address, file_of, href_of
from dppgraph.operations.freeze.freeze import Answer
from dppgraph.operations.freeze.record import FrozenFile, Record
from dppgraph.operations.harvest import Harvest
from dppgraph.web.freeze.asking import Reply, ask
from dppgraph.web.freeze.listed import document_of, entries, listed
from dppgraph.web.freeze.names import name_page
from dppgraph.web.freeze.reading import Reading, in_languages, siblings
from dppgraph.web.freeze.rewriting import Rewriting
from dppgraph.web.freeze.rules import Rules, headers_of, moved_of
from dppgraph.web.pages import Reader, Site, rendered
from dppgraph.web.rendering import translations

_GIVEN_UP: Final = (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.GATEWAY_TIMEOUT)
"""What a question ends with that asks too much of the engine: it is left out."""

_NO_PAGE: Final = "404.html"
_NEXT: Final = re.compile(r'<([^<>]*)>; rel="next"')


@dataclass(frozen=True, slots=True)
class Publishing:
    """What is published.

    Attributes:
        app: what answers.
        harvest: what there is of the version.
        dumps: its files; None for none.
        rewriting: makes links lead to files.
    """

    app: ASGIApp
    harvest: Harvest
    dumps: Found | None
    rewriting: Rewriting

    @property
    def reading(self) -> Reading:
        """What addresses mean."""
        return self.rewriting.reading


@dataclass(frozen=True, slots=True)
class FrozenPublication:
    """A version as files. Implements ``operations.freeze.Publication``.

    Attributes:
        publishing: what is published.
        missing: the page for what is not there, once it was made.
    """

    publishing: Publishing
    missing: list[bytes] = field(default_factory=list)

    def listed(self) -> Iterator[Address]:
        """As ``Publication`` has it."""
        return listed(self.publishing.harvest, self.publishing.dumps)

    def entries(self) -> Iterable[Address]:
        """As ``Publication`` has it."""
        return entries(self.publishing.harvest)

    async def answer(self, address: Address, record: Record) -> Answer | None:
        """As ``Publication`` has it.

        Raises:
            StoreUnavailable: the application cannot answer.
        """
        if address.path.startswith(("id/", GENID)):
            return await self._name(address, record)
        reply = await self._asked(address)
        if reply is None:
            return None
        file = self._file(address, reply)
        if not address.format and address.path.startswith("dumps/"):
            return Answer(file, reply.chunks())
        body = await reply.body()
        if not address.is_page:
            return Answer(file, body, self._next_of(reply, address))
        is_there = partial(self._is_there, record, address)
        found = await self.publishing.rewriting.page(body.decode(), address, is_there)
        leads = [*found.leads, *(more for lead in found.leads if _is_answer(lead) for more in siblings(lead))]
        if not self.missing:
            self.missing.append(await self._missing(record))
        return Answer(file, found.text.encode(), tuple(leads))

    def beside(self) -> Iterator[tuple[FrozenFile, bytes]]:
        """As ``Publication`` has it."""
        rules = self._rules()
        page = Address(_NO_PAGE)
        yield (
            FrozenFile(_NO_PAGE, (), formats.HTML.content_type, 0, "", headers_of(page, formats.HTML.content_type)),
            (self.missing[0] if self.missing else b""),
        )
        for name, content in rules.in_site():
            yield FrozenFile(name, (), "text/plain; charset=utf-8", 0, ""), content

    def rules(self) -> Iterator[tuple[str, bytes]]:
        """As ``Publication`` has it."""
        manifest = self.publishing.harvest.manifest
        yield "nginx.conf", self._rules().nginx()
        said = {"url": self.publishing.reading.url, "version": manifest.version, "digest": f"sha256:{manifest.digest}"}
        yield "site.json", f"{json.dumps(said, indent=1)}\n".encode()

    def _rules(self) -> Rules:
        return Rules(self.publishing.reading.url, self.publishing.harvest.packed.version)

    async def _asked(self, address: Address, method: str = "GET") -> Reply | None:
        """The answer to what an address asks for; None where there is nothing at it.

        Raises:
            StoreUnavailable: the application cannot answer.
        """
        reply = await ask(self.publishing.app, self.publishing.reading.request(address), method)
        if reply.status == HTTPStatus.OK:
            return reply
        body = await reply.body()
        if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR and reply.status not in _GIVEN_UP:
            told = body[:300].decode(errors="replace")
            raise StoreUnavailable(
                f"/{address.path} cannot be written, as a server would answer {reply.status}: {told}"
            )
        return None

    def _next_of(self, reply: Reply, address: Address) -> tuple[Address, ...]:
        """The page of data that comes after an answer, if there is one (RFC 8288)."""
        hrefs = _NEXT.findall(reply.header(b"link"))
        found = (self.publishing.reading.address(href, address) for href in hrefs)
        return tuple(filter(None, found))

    async def _is_there(self, record: Record, at: Address | None, address: Address) -> bool:
        if at is not None and (address.path, address.parameters) == (at.path, at.parameters):
            # A page is there in all languages, and links the formats that it comes in.
            return True
        there = record.is_there(address.key)
        if there is None:
            there = await self._found(address)
            if there:
                record.want([address.key])
            else:
                record.settle(address.key, there=False)
        return there

    async def _found(self, address: Address) -> bool:
        if address.path.startswith(("id/", GENID)):
            return await self._found(Address(document_of(address.path), PAGE, address.language))
        reply = await self._asked(address, "GET" if address.format else "HEAD")
        if reply is None:
            return False
        async for _ in reply.chunks():
            pass
        return True

    async def _name(self, address: Address, record: Record) -> Answer | None:
        """The page at the name of a thing: a server of files cannot lead on as a server does."""
        document = Address(document_of(address.path), PAGE, address.language)
        if not await self._is_there(record, None, document):
            return None
        reading = self.publishing.reading
        root = urlsplit(reading.url).path
        pages = {page.language: href_of(page) for page in in_languages(document.path)}
        data = {
            known.media_types[0]: f"{reading.url}{href_of(Address(document.path, known.extension))}"
            for known in formats.RDF
        }
        led = {language: f"{root}{href}" for language, href in pages.items()}
        content = name_page(f"{reading.base}{address.path}", f"{reading.url}{pages[LANGUAGES[0]]}", led, data)
        file = FrozenFile(file_of(address), moved_of(file_of(address)), formats.HTML.content_type, 0, "")
        return Answer(file, content, (document,))

    async def _missing(self, record: Record) -> bytes:
        at = Address("", PAGE, LANGUAGES[0])
        keys = ("freeze.missing", "freeze.missing-lead", "freeze.missing-home")
        others = {language: {key: translations(language).gettext(key) for key in keys} for language in LANGUAGES[1:]}
        site = Site.of(self.publishing.harvest)
        text = rendered("missing.html", site, Reader(LANGUAGES[0]), "", {"others": others}).decode()
        is_there = partial(self._is_there, record, None)
        found = await self.publishing.rewriting.page(text, at, is_there)
        return found.text.encode()

    def _file(self, address: Address, reply: Reply) -> FrozenFile:
        path, type_ = file_of(address), reply.header(b"content-type")
        return FrozenFile(path, moved_of(path), type_, 0, "", headers_of(address, type_))


def _is_answer(address: Address) -> bool:
    return address.path.startswith("queries/")
