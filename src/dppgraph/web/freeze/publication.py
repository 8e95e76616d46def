"""What there is to be written, and what is written of each: the application answers, as it answers a client."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import Final

from starlette.types import ASGIApp

from dppgraph.core import formats
from dppgraph.core.languages import LANGUAGES
from dppgraph.core.skolem import GENID
from dppgraph.errors import StoreUnavailable
from dppgraph.operations.documents import path_of
from dppgraph.operations.dumps import CHECKSUMS, Found
from dppgraph.operations.fragments import PAGE as TRIPLES
from dppgraph.operations.freeze.address import PAGE, Address, file_of, href_of
from dppgraph.operations.freeze.freeze import Answer
from dppgraph.operations.freeze.record import FrozenFile, Record
from dppgraph.operations.harvest import Harvest
from dppgraph.store.history import Pattern
from dppgraph.web.freeze.asking import Reply, ask
from dppgraph.web.freeze.names import name_page
from dppgraph.web.freeze.reading import Reading, in_formats, in_languages, siblings
from dppgraph.web.freeze.rewriting import Rewriting
from dppgraph.web.freeze.rules import Rules, headers_of, moved_of
from dppgraph.web.pages import Reader, Site, rendered
from dppgraph.web.rendering import Asset, assets, frozen_assets, translations

_THINGS: Final = 1000
"""Things that are listed at once."""

_SITEMAP: Final = 10_000
_OF_SERVERS: Final = ("editor/", "yasgui/", "search.")
"""Files of pages that only a server has."""

_GIVEN_UP: Final = (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.GATEWAY_TIMEOUT)
"""What a question ends with that asks too much of the engine: it is left out."""

_NO_PAGE: Final = "404.html"
_FEED: Final = "feed"
_FRAGMENTS: Final = "fragments"
_VOID: Final = ".well-known/void"


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
        yield from (Address(f"static/{found.name}") for found in self._assets())
        yield from self._dumps()
        yield from self._things()
        yield from self._feed_nodes()
        yield from self._fragment_pages()

    def entries(self) -> Iterable[Address]:
        """As ``Publication`` has it."""
        there = self.publishing.harvest.there
        rdf = [_VOID, _FEED, "queries", *(path for path in ("catalogue", "ns", "shapes") if path in there)]
        things = self.publishing.harvest.published.exact.count_things()
        sitemaps = [f"sitemap-{number}.xml" for number in range(1, max(1, -(-things // _SITEMAP)) + 1)]
        return [
            Address("context.jsonld"),
            *(address for path in rdf for address in in_formats(path)),
            *in_formats(_FRAGMENTS, (formats.TRIG,)),
            Address("dumps", formats.DATA.extension),
            *(Address(path) for path in (*sitemaps, "sitemap.xml", "robots.txt")),
            *(page for path in (_VOID, _FEED, "queries") for page in in_languages(path)),
            # The first page last: whoever comes by it finds all else.
            *(page for path in reversed(there) for page in in_languages(path)),
        ]

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
            return Answer(file, body)
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
            return await self._found(Address(_document_of(address.path), PAGE, address.language))
        reply = await self._asked(address, "GET" if address.format else "HEAD")
        if reply is None:
            return False
        async for _ in reply.chunks():
            pass
        return True

    async def _name(self, address: Address, record: Record) -> Answer | None:
        """The page at the name of a thing: a server of files cannot lead on as a server does."""
        document = Address(_document_of(address.path), PAGE, address.language)
        if not await self._is_there(record, None, document):
            return None
        reading = self.publishing.reading
        pages = {page.language: f"{reading.url}{href_of(page)}" for page in in_languages(document.path)}
        data = {
            known.media_types[0]: f"{reading.url}{href_of(Address(document.path, known.extension))}"
            for known in formats.RDF
        }
        content = name_page(f"{reading.base}{address.path}", pages, data)
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

    def _assets(self) -> list[Asset]:
        needed = [found for name, found in assets().items() if not name.startswith(_OF_SERVERS)]
        return [*needed, *frozen_assets().values()]

    def _dumps(self) -> Iterator[Address]:
        harvest = self.publishing.harvest
        found = self.publishing.dumps
        if found:
            names = [dump.file for dump in found.dumps]
            yield from (Address(f"dumps/{harvest.packed.version}/{name}") for name in (*names, CHECKSUMS))

    def _things(self) -> Iterator[Address]:
        harvest, offset = self.publishing.harvest, 0
        while things := harvest.published.exact.things(offset=offset, limit=_THINGS):
            offset += _THINGS
            for iri, _ in things:
                path = path_of(iri, harvest.manifest.base)
                if path is not None:
                    yield from in_languages(path)
                    name = _name_of(path)
                    if name:
                        yield Address(name, PAGE, LANGUAGES[0])

    def _feed_nodes(self) -> Iterator[Address]:
        feed = self.publishing.harvest.feed()
        nodes = [*map(str, range(1, feed.pages + 1)), *(f"index-{number}" for number in range(1, feed.indexes + 1))]
        for node in nodes:
            yield from in_formats(f"{_FEED}/{node}")
            yield from in_languages(f"{_FEED}/{node}")

    def _fragment_pages(self) -> Iterator[Address]:
        total = self.publishing.harvest.published.exact.count(Pattern(None, None, None))
        yield from (
            Address(f"{_FRAGMENTS}/{number}", formats.TRIG.extension) for number in range(2, -(-total // TRIPLES) + 1)
        )


def _is_answer(address: Address) -> bool:
    return address.path.startswith("queries/")


def _document_of(name: str) -> str:
    """The path of the document about what a path names."""
    return f"doc/genid/{name.removeprefix(GENID)}" if name.startswith(GENID) else f"doc/{name.removeprefix('id/')}"


def _name_of(document: str) -> str:
    """The path that names what a document is about; empty where the document has the name itself."""
    if document.startswith("doc/genid/"):
        return f"{GENID}{document.removeprefix('doc/genid/')}"
    return f"id/{document.removeprefix('doc/')}" if document.startswith("doc/") else ""
