"""An answer that is sent as it comes: one that breaks off half-way is never ended politely."""

import asyncio
import logging
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dppgraph.errors import DppgraphError, ReaderTooSlow
from dppgraph.store.interface import Answer
from dppgraph.web.answers.citing import CitedQuery
from dppgraph.web.answers.filling import Filling
from dppgraph.web.cache.kept import Packing, coding_of
from dppgraph.web.headers import Headers, header_of
from dppgraph.web.metrics.counting import Metrics
from dppgraph.web.originals import negotiable

ABORT: Final = "dppgraph.abort"
"""The ASGI extension that ends a connection here and now: ``{"abort": ...}`` with what does it."""

_PATIENCE: Final = 30.0
"""Seconds that a reader may take nothing, or be behind the lowest rate."""

_log = logging.getLogger("dppgraph.answers")


class StreamedAnswer(Response):
    """An answer that has begun, sent as it comes.

    Args:
        answer: the answer.
        cited: what it names.
        min_rate: bytes a second that the reader has to take on average, after a first while.
        metrics: takes note of how it ends.
        filling: where it is kept, if it may be.
    """

    def __init__(
        self,
        answer: Answer,
        cited: CitedQuery,
        min_rate: int,
        metrics: Metrics,
        filling: Filling | None = None,
    ) -> None:
        super().__init__(status_code=200)
        self._answer = answer
        self._cited = cited
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
            headers += [*negotiable(self._cited.headers), (b"etag", etag)]
        else:
            # It may be another one the next moment, unless an older version was asked.
            fresh = b"no-cache" if answer.lasting else b"no-store"
            said = negotiable(self._cited.headers)
            headers += [(name, fresh if name == b"cache-control" else value) for name, value in said]
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


async def break_off(scope: Scope) -> None:
    """Ends the connection here and now: an orderly end would wait for a reader who takes nothing to take the rest."""
    if extension := scope.get("extensions", {}).get(ABORT):
        extension["abort"]()
        # The server hears of the lost connection before it could miss the end of the answer.
        await asyncio.sleep(0)
