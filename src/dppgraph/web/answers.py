"""Sending an answer: its first bytes decide the status, and one that breaks off half-way is never ended politely."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any, Final, NamedTuple

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.errors import DppgraphError, EngineDied, ReaderTooSlow
from dppgraph.store.interface import Answer, GraphStore, QueryRequest
from dppgraph.store.versions.manifest import Manifest
from dppgraph.web.cache.answers import AnswerCache, Asked
from dppgraph.web.cache.front import CONDITIONAL, HIT, MISS, Reply, Waiting, send_kept, words_of
from dppgraph.web.cache.kept import CODINGS, SMALL, Kept, Packing, coding_of, hash_of, is_known
from dppgraph.web.direct import answered
from dppgraph.web.gone import A_WHILE, unless_gone
from dppgraph.web.headers import Headers, header_of
from dppgraph.web.metrics.counting import Metrics

CORS: Final = {"access-control-allow-origin": "*", "access-control-expose-headers": "*"}
"""Reads are open to the pages of any site; Authorization is never allowed."""

_PATIENCE: Final = 30.0
"""Seconds that a reader may take nothing, or be behind the lowest rate."""

ABORT: Final = "dppgraph.abort"
"""The ASGI extension that ends a connection here and now: ``{"abort": ...}`` with what does it."""

_log = logging.getLogger("dppgraph.answers")

VARY: Final = b"Accept, Accept-Encoding"
"""What an answer depends on besides its address."""

_FRESH: Final = b"public, no-cache"
"""Caches may keep it, and ask whether it is still true: a 304 costs next to nothing."""


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
        metrics: takes note of how queries end.
    """

    store: GraphStore
    min_rate: int
    cache: AnswerCache
    metrics: Metrics = field(default_factory=Metrics)

    async def answered(self, request: Request, query: QueryRequest) -> Response:
        """The answer to a query, once it has begun, unless the client goes away first.

        Raises:
            DppgraphError: as ``GraphStore.query``.
        """
        request.scope["state"]["query"] = hash_of(query.text)
        manifest = self.store.manifest
        # An older version has its own address, and is asked too seldom to be worth the room.
        keepable = query.version in (None, manifest.version) and not header_of(request.scope, b"authorization")
        asked = Asked.of(query, manifest.version)
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
        asking = _Asking(self, asked, manifest, words, coding_of(header_of(scope, b"accept-encoding")), reply)
        try:
            give_up = self.store.ask(query, asking.come)
        except DppgraphError as error:
            give_up = _nothing
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
            return StreamedAnswer(answer, self.min_rate, self.metrics)
        filling = _Filling(self, asked, answer, manifest)
        content = answer.content
        if content is None:
            return StreamedAnswer(answer, self.min_rate, self.metrics, filling)
        return await self.sent(request, asked, filling.whole(content), MISS)

    async def content(self, request: Request, query: QueryRequest, most: int) -> Content:
        """The answer to a query, or the beginning of a long one, for a page that shows it.

        Args:
            request: the request for the page.
            query: the query.
            most: bytes after which no more is read.

        Raises:
            DppgraphError: as ``GraphStore.query``, at its beginning or later.
            ClientDisconnect: nobody waits for it any more.
        """
        request.scope["state"]["query"] = hash_of(query.text)
        manifest = self.store.manifest
        asked = Asked.of(query, manifest.version)
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
        lasting = answer.lasting and answer.version == asked.version
        filling = _Filling(self, asked, answer, manifest) if lasting else None
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
                kept = Kept(b"", "", manifest.version, tag, headers_of(manifest.version))
                for coding in (None, *CODINGS):
                    if is_known(tags, kept.etag(coding)):
                        return NotModified(kept, coding)
        return None

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


@dataclass(slots=True)
class _Filling:
    """An answer on its way into the cache, as long as it is not too large."""

    sending: Sending
    asked: Asked
    answer: Answer
    manifest: Manifest
    _parts: list[bytes] | None = field(default_factory=list)
    _size: int = 0

    def kept(self, content: bytes) -> Kept:
        answer = self.answer
        tag = self.asked.tag(self.manifest.digest, answer.format)
        headers = headers_of(answer.version)
        return Kept(content, answer.format.content_type, answer.version, tag, headers, hash_of(self.asked.text))

    def whole(self, content: bytes) -> Kept:
        """Keeps an answer that is there as a whole."""
        self.sending.metrics.query_ended()
        kept = self.kept(content)
        self.put(kept)
        return kept

    def put(self, kept: Kept) -> None:
        tabular = self.answer.format in formats.RESULTS
        cache = self.sending.cache
        cache.at(self.sending.store.manifest.version)
        cache.put(self.asked, self.answer.format, kept, tabular=tabular)

    def take(self, chunk: bytes) -> None:
        if self._parts is None:
            return
        if self.sending.cache.fill(len(chunk), self._size):
            self._size += len(chunk)
            self._parts.append(chunk)
        else:
            self.give_up()

    def done(self) -> None:
        if self._parts is not None:
            self.put(self.kept(b"".join(self._parts)))
        self.give_up()

    def give_up(self) -> None:
        self.sending.cache.filled(self._size)
        self._parts, self._size = None, 0


class _Asking:
    """A query that is asked without a task. Implements ``Waiting``.

    It gets a task once that is needed after all: its answer takes time to be sent, or is an error, or the server stops
    while it waits.

    Attributes:
        give_up: ends the query.
    """

    __slots__ = ("_asked", "_coding", "_manifest", "_news", "_over", "_reply", "_sending", "_words", "give_up")

    def __init__(
        self, sending: Sending, asked: Asked, manifest: Manifest, words: bytes, coding: str | None, reply: Reply
    ) -> None:
        self.give_up: Callable[[], object] = _nothing
        self._sending = sending
        self._asked = asked
        self._manifest = manifest
        self._words = words
        self._coding = coding
        self._reply = reply
        self._news: asyncio.Future[Answer] | None = None
        self._over = False

    def come(self, what: Answer | Exception) -> None:
        """Hears of the answer, or why there is none."""
        self._over = True
        try:
            if self._news or not self._sent(what):
                self._tell(what)
        except Exception as error:  # noqa: BLE001 - a worker's line is above, which is to hear of nothing
            self._tell(error)

    def leave(self) -> None:
        """As ``Waiting`` has it."""
        if not self._over and self._news is None:
            asyncio.get_running_loop().call_later(A_WHILE, self._leave)

    def into_task(self) -> None:
        """As ``Waiting`` has it."""
        if not self._over:
            self._told()

    def _sent(self, what: Answer | Exception) -> bool:
        """Whether it is an answer that may be kept and can be sent without a task: then it is."""
        if not isinstance(what, Answer) or not what.lasting or what.version != self._asked.version:
            return False
        content = what.content
        if content is None or (self._coding and len(content) > SMALL):
            return False
        cache = self._sending.cache
        kept = _Filling(self._sending, self._asked, what, self._manifest).whole(content)
        coding = kept.coded_here(self._coding)
        if coding:
            cache.resized(self._asked)
        cache.remember(self._words, self._asked, kept, coding)
        self._reply.kept(kept, coding, MISS)
        return True

    def _leave(self) -> None:
        if not self._over:
            self.give_up()
            self.come(ClientDisconnect())

    def _tell(self, what: Answer | Exception) -> None:
        news = self._told()
        if news.done():
            return
        if isinstance(what, Exception):
            news.set_exception(what)
        else:
            news.set_result(what)

    def _told(self) -> "asyncio.Future[Answer]":
        """What a task, which is started if there is none, is told by."""
        if self._news is None:
            self._news = asyncio.get_running_loop().create_future()
            self._reply.task(partial(answered, self._answered), hash_of(self._asked.text))
        return self._news

    async def _answered(self, request: Request) -> Response:
        return await self._sending.continued(request, self._asked, self._manifest, self._begun())

    async def _begun(self) -> Answer:
        news = self._told()
        try:
            return await news
        except asyncio.CancelledError:
            self.give_up()
            if news.done() and not news.cancelled() and not news.exception():
                await news.result().chunks.aclose()
            raise


class KeptResponse(Response):
    """An answer that is there as a whole.

    Args:
        kept: the answer.
        coding: the coding that it is sent in, which was made.
        cache: what the log says of it.
    """

    def __init__(self, kept: Kept, coding: str | None, cache: str) -> None:
        # Not the class's own, which writes headers for a body that it has: here they come with the answer.
        self.status_code = 200
        self.background = None
        self.kept = kept
        self.coding = coding
        self.cache = cache

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI has it so
        """Sends it, or says that the client has it already."""
        await send_kept(self.kept, self.coding, scope, send, self.cache)


class NotModified(Response):
    """Says that the client has the answer already."""

    def __init__(self, kept: Kept, coding: str | None) -> None:
        super().__init__(status_code=304)
        self.raw_headers = kept.head(self.status_code, coding)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends it."""
        scope["state"]["cache"] = "revalidated"
        await super().__call__(scope, receive, send)


async def kept_response(request: Request, kept: Kept, cache: str = "none") -> KeptResponse:
    """An answer in the coding that the client takes; ``cache`` is what the log says of it."""
    wanted = coding_of(header_of(request.scope, b"accept-encoding"))
    return KeptResponse(kept, await kept.coded(wanted), cache)


@lru_cache(maxsize=4)
def headers_of(version: int | None) -> Headers:
    """The headers of an answer that may be kept; not to be changed."""
    headers = [(name.encode(), value.encode()) for name, value in CORS.items()]
    headers += [(b"vary", VARY), (b"cache-control", _FRESH)]
    return [*headers, (b"dppgraph-version", str(version).encode())] if version else headers


class StreamedAnswer(Response):
    """An answer that has begun, sent as it comes.

    Args:
        answer: the answer.
        min_rate: bytes a second that the reader has to take on average, after a first while.
        metrics: takes note of how it ends.
        filling: where it is kept, if it may be.
    """

    def __init__(
        self,
        answer: Answer,
        min_rate: int,
        metrics: Metrics,
        filling: _Filling | None = None,
    ) -> None:
        super().__init__(status_code=200)
        self._answer = answer
        self._min_rate = min_rate
        self._metrics = metrics
        self._filling = filling
        self._gone = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the answer. One that does not come to its end breaks the connection off."""
        answer = self._answer
        coding = None
        if answer.length is None and scope["http_version"] != "1.0":
            coding = coding_of(header_of(scope, b"accept-encoding"))
        scope["state"].update(version=answer.version, cache="miss" if self._filling else "none")
        await send({"type": "http.response.start", "status": self.status_code, "headers": self._head(coding)})
        if scope["method"] == "HEAD":
            await answer.chunks.aclose()
            self._metrics.query_ended()
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        watch = asyncio.get_running_loop().create_task(self._end_when_gone(receive))
        try:
            last = await self._send(send, Packing(coding) if coding else None)
            if self._filling:
                self._filling.done()
        except DppgraphError as error:
            if not self._gone:
                _log.warning("an answer was broken off: %s", error)
            self._metrics.query_ended(ClientDisconnect() if self._gone else error, broken_off=True)
            await break_off(scope)
            return
        except BaseException as error:
            self._metrics.query_ended(error, broken_off=True)
            raise
        finally:
            watch.cancel()
            if self._filling:
                self._filling.give_up()
            await answer.chunks.aclose()
        self._metrics.query_ended()
        await send({"type": "http.response.body", "body": last, "more_body": False})

    def _head(self, coding: str | None) -> Headers:
        answer = self._answer
        headers = [(b"content-type", answer.format.content_type.encode())]
        if self._filling:
            etag = self._filling.kept(b"").etag(coding)
            headers += [*headers_of(answer.version), (b"etag", etag)]
        else:
            headers += [(name.encode(), value.encode()) for name, value in CORS.items()]
            headers += [(b"vary", VARY), (b"dppgraph-version", str(answer.version).encode())]
            # It may be another one the next moment, unless an older version was asked.
            headers.append((b"cache-control", b"no-cache" if answer.lasting else b"no-store"))
        if coding:
            headers.append((b"content-encoding", coding.encode()))
        if answer.length is not None:
            headers.append((b"content-length", str(answer.length).encode()))
        return headers

    async def _send(self, send: Send, packing: Packing | None) -> bytes:
        """Sends all but the last bytes, which it gives."""
        loop = asyncio.get_running_loop()
        begun, sent = loop.time(), 0
        async for chunk in self._answer.chunks:
            if self._filling:
                self._filling.take(chunk)
            data = await packing.packed(chunk) if packing else chunk
            if not data:
                continue
            sent += len(data)
            # Enough for all so far at the lowest rate; but nobody, however fast before, may stand still for long.
            until = min(begun + sent / self._min_rate, loop.time()) + _PATIENCE if self._min_rate else None
            try:
                async with asyncio.timeout_at(until):
                    await send({"type": "http.response.body", "body": data, "more_body": True})
            except TimeoutError as error:
                raise ReaderTooSlow("its reader takes it too slowly, or not at all") from error
        return packing.end() if packing else b""

    async def _end_when_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        await self._answer.chunks.aclose()


def preflight(methods: Sequence[str], more: str = "") -> Response:
    """What a browser asks before it lets another site's page ask (Fetch, CORS-preflight).

    Args:
        methods: those that may be asked with.
        more: further headers that it may send, with commas between.
    """
    allowed = ", ".join(methods)
    headers = {
        "allow": allowed,
        "access-control-allow-methods": allowed,
        "access-control-allow-headers": ", ".join(["Accept, Content-Type", *([more] if more else [])]),
        "access-control-max-age": "86400",
    }
    return Response(status_code=204, headers=CORS | headers)


def _nothing() -> None:
    """There is nothing to give up."""


async def break_off(scope: Scope) -> None:
    """Ends the connection here and now: an orderly end would wait for a reader who takes nothing to take the rest."""
    if extension := scope.get("extensions", {}).get(ABORT):
        extension["abort"]()
        # The server hears of the lost connection before it could miss the end of the answer.
        await asyncio.sleep(0)
