"""How answers are got from a store, kept, and sent."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Scope

from dppgraph.core.formats import Format
from dppgraph.errors import DppgraphError, EngineDied
from dppgraph.store.interface import Answer, GraphStore, QueryRequest
from dppgraph.store.versions.manifest import Manifest
from dppgraph.web.answers.asking import Asking, nothing
from dppgraph.web.answers.citing import Citing
from dppgraph.web.answers.filling import Filling
from dppgraph.web.answers.heads import Cited
from dppgraph.web.answers.kept import NotModified, kept_response
from dppgraph.web.answers.linked import linked
from dppgraph.web.answers.streamed import StreamedAnswer
from dppgraph.web.cache.answers import AnswerCache, Asked
from dppgraph.web.cache.front import CONDITIONAL, HIT, MISS, Reply, Waiting, words_of
from dppgraph.web.cache.kept import CODINGS, Kept, coding_of, hash_of, is_known
from dppgraph.web.gone import unless_gone
from dppgraph.web.headers import header_of
from dppgraph.web.metrics.counting import Metrics
from dppgraph.web.originals import negotiable


class Content(NamedTuple):
    """What was read of an answer.

    Attributes:
        format: how it is written.
        version: the number of the version that it comes from.
        data: its bytes.
        whole: whether these are all of them.
        lasting: whether the same query is answered so again by the same version.
    """

    format: Format
    version: int
    data: bytes
    whole: bool
    lasting: bool


@dataclass(frozen=True, slots=True)
class Sending:
    """How answers are got from a store, kept, and sent.

    Attributes:
        store: what answers queries.
        min_rate: bytes a second that a reader has to take on average; 0 for no such rate.
        cache: the answers that are kept.
        citing: what they name.
        metrics: takes note of how queries end.
    """

    store: GraphStore
    min_rate: int
    cache: AnswerCache
    citing: Citing
    metrics: Metrics = field(default_factory=Metrics)

    async def answered(self, request: Request, query: QueryRequest, place: str = "") -> Response:
        """The answer to a query, once it has begun, unless the client goes away first.

        Args:
            request: the request.
            query: what it asks.
            place: where that is asked, as ``Asked`` has it.

        Raises:
            DppgraphError: as ``GraphStore.query``.
        """
        request.scope["state"]["query"] = hash_of(query.text)
        manifest = self.store.manifest
        # An older version has its own address, and is asked too seldom to be worth the room.
        keepable = query.version in (None, manifest.version) and not header_of(request.scope, b"authorization")
        asked = Asked.of(query, manifest.version, place)
        if keepable:
            self.cache.at(manifest.version)
            kept = self.cache.get(asked, query.results, query.rdf)
            if kept is not None:
                self.cache.hits += 1
                return await self.sent(request, asked, kept, HIT)
            if known := self._known(request, query, asked, manifest):
                return known
            self.cache.misses += 1
        return await self.continued(request, asked, manifest, self._begun(request, query), keepable=keepable)

    def take_on(self, scope: Scope, query: QueryRequest, words: bytes, reply: Reply) -> Waiting | None:
        """Asks a query without a task, if its answer is not there yet; it is kept under these words, if it may be."""
        manifest = self.store.manifest
        asked = Asked.of(query, manifest.version)
        if scope["http_version"] == "1.0" or header_of(scope, b"if-none-match"):
            return None
        if self.cache.get(asked, query.results, query.rdf) is not None:
            return None
        asking = Asking(self, asked, manifest, words, coding_of(header_of(scope, b"accept-encoding")), reply)
        try:
            give_up = self.store.ask(query, asking.come)
        except DppgraphError as error:
            give_up = nothing
            asking.come(error)
        if give_up is None:
            return None
        self.cache.misses += 1
        asking.give_up = give_up
        return asking

    async def continued(
        self,
        request: Request,
        asked: Asked,
        manifest: Manifest,
        begun: Coroutine[Any, Any, Answer],
        *,
        keepable: bool = True,
    ) -> Response:
        """The answer to a query that was asked, as :meth:`answered`.

        Args:
            request: the request.
            asked: what it asks.
            manifest: the version that it asks.
            begun: waits for the beginning of the answer.
            keepable: whether it may be kept.

        Raises:
            DppgraphError: likewise.
        """
        try:
            answer = await unless_gone(request, begun)
        except ClientDisconnect as error:
            self.metrics.query_ended(error)
            return Response(status_code=499)
        except DppgraphError as error:
            self.metrics.query_ended(error)
            raise
        except asyncio.CancelledError as error:
            self.metrics.query_ended(error)
            # The server has waited as long as it may; whoever still waits for an answer is told so.
            raise EngineDied("this server is being stopped: ask again in a moment") from error
        if not (keepable and answer.lasting and answer.version == asked.version):
            cited = self.citing.query(asked, await self._version(answer, manifest))
            return StreamedAnswer(linked(answer, cited.permalink), cited, self.min_rate, self.metrics)
        filling = self.filling(asked, answer, manifest)
        content = filling.answer.content
        if content is None:
            return StreamedAnswer(filling.answer, filling.cited, self.min_rate, self.metrics, filling)
        return await self.sent(request, asked, filling.whole(content), MISS)

    async def content(self, request: Request, query: QueryRequest, most: int, place: str = "") -> Content:
        """The answer to a query, or the beginning of a long one, for a page that shows it.

        Args:
            request: the request for the page.
            query: the query.
            most: bytes after which no more is read.
            place: where it is asked, as ``Asked`` has it.

        Raises:
            DppgraphError: as ``GraphStore.query``, at its beginning or later.
            ClientDisconnect: nobody waits for it any more.
        """
        request.scope["state"]["query"] = hash_of(query.text)
        manifest = self.store.manifest
        asked = Asked.of(query, manifest.version, place)
        self.cache.at(manifest.version)
        kept = self.cache.get(asked, query.results, query.rdf) if query.version in (None, manifest.version) else None
        if kept is not None:
            self.cache.hits += 1
            format_ = next(
                known for known in (query.results, query.rdf) if known and known.content_type == kept.content_type
            )
            return Content(format_, kept.version, kept.content[:most], len(kept.content) <= most, lasting=True)
        self.cache.misses += 1
        try:
            found = await unless_gone(request, self._content(query, asked, manifest, most))
        except asyncio.CancelledError as error:
            self.metrics.query_ended(error)
            raise EngineDied("this server is being stopped: ask again in a moment") from error
        except (DppgraphError, ClientDisconnect) as error:
            self.metrics.query_ended(error)
            raise
        self.metrics.query_ended()
        return found

    async def _content(self, query: QueryRequest, asked: Asked, manifest: Manifest, most: int) -> Content:
        answer = await self.store.query(query)
        lasting = answer.lasting
        filling = self.filling(asked, answer, manifest) if lasting and answer.version == asked.version else None
        answer = filling.answer if filling else answer
        read = bytearray()
        try:
            async for chunk in answer.chunks:
                read += chunk
                if len(read) > most:
                    return Content(answer.format, answer.version, bytes(read[:most]), whole=False, lasting=lasting)
                if filling:
                    filling.take(chunk)
            if filling:
                filling.done()
        finally:
            if filling:
                filling.give_up()
            await answer.chunks.aclose()
        return Content(answer.format, answer.version, bytes(read), whole=True, lasting=lasting)

    def filling(self, asked: Asked, answer: Answer, manifest: Manifest) -> Filling:
        """An answer on its way into the cache, with the link to itself in it."""
        cited = self.citing.query(asked, self.citing.of(manifest))
        return Filling(self.store, self.cache, self.metrics, asked, linked(answer, cited.permalink), cited)

    async def sent(self, request: Request, asked: Asked, kept: Kept, cache: str) -> Response:
        """An answer that is kept, or was to be; the words of the request are remembered with it."""
        response = await kept_response(request, kept, cache)
        self.cache.resized(asked)
        words = words_of(request.scope)
        if words is not None:
            self.cache.remember(words, asked, kept, response.coding)
        return response

    def _known(self, request: Request, query: QueryRequest, asked: Asked, manifest: Manifest) -> Response | None:
        """What is said to a client that names an answer by a tag that only this server gave it, for this version."""
        tags = header_of(request.scope, b"if-none-match") if request.method in CONDITIONAL else b""
        for format_ in (query.results, query.rdf):
            tag = asked.tag(manifest.digest, format_) if format_ and tags else None
            if tag and tag.encode() in tags:
                cited = self.citing.query(asked, self.citing.of(manifest))
                kept = Kept(b"", "", manifest.version, tag, negotiable(cited.headers))
                for coding in (None, *CODINGS):
                    if is_known(tags, kept.etag(coding)):
                        return NotModified(kept, coding)
        return None

    async def _version(self, answer: Answer, manifest: Manifest) -> Cited:
        """What is named of the version that an answer comes from, which may not be the current one."""
        try:
            return await self.citing.at(answer.version, manifest)
        except BaseException:
            await answer.chunks.aclose()
            raise

    async def _begun(self, request: Request, query: QueryRequest) -> Answer:
        answer = await self.store.query(query)
        if answer.length is not None or request.scope["http_version"] != "1.0":
            return answer
        # HTTP/1.0 ends a body of unknown length by closing the connection: nobody could tell an end from a break.
        try:
            return replace(answer, length=await answer.chunks.length())
        except BaseException:
            await answer.chunks.aclose()
            raise
