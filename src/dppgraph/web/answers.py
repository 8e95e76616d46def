"""Sending an answer: its first bytes decide the status, and one that breaks off half-way is never ended politely."""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dppgraph.errors import DppgraphError, EngineDied, ReaderTooSlow
from dppgraph.store.interface import Answer, GraphStore, QueryRequest

CORS: Final = {"access-control-allow-origin": "*", "x-content-type-options": "nosniff"}
"""Reads are open to the pages of any site; Authorization is never allowed."""

_PATIENCE: Final = 30.0
"""Seconds that a reader may take nothing, or be behind the lowest rate."""

ABORT: Final = "dppgraph.abort"
"""The ASGI extension that ends a connection here and now: ``{"abort": ...}`` with what does it."""

_log = logging.getLogger("dppgraph.answers")

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Sending:
    """How answers are got from a store and sent.

    Attributes:
        store: what answers queries.
        min_rate: bytes a second that a reader has to take on average; 0 for no such rate.
    """

    store: GraphStore
    min_rate: int

    async def answered(self, request: Request, query: QueryRequest) -> Response:
        """The answer to a query, once it has begun, unless the client goes away first.

        Raises:
            DppgraphError: as ``GraphStore.query``.
        """
        try:
            answer = await unless_gone(request, self._begun(request, query))
        except ClientDisconnect:
            return Response(status_code=499)
        except asyncio.CancelledError as error:
            # The server has waited as long as it may; whoever still waits for an answer is told so.
            raise EngineDied("this server is being stopped: ask again in a moment") from error
        return StreamedAnswer(answer, self.min_rate)

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


class StreamedAnswer(Response):
    """An answer that has begun, sent as it comes.

    Args:
        answer: the answer.
        min_rate: bytes a second that the reader has to take on average, after a first while.
    """

    def __init__(self, answer: Answer, min_rate: int) -> None:
        headers = CORS | {"vary": "Accept", "dppgraph-version": str(answer.version)}
        super().__init__(status_code=200, headers=headers, media_type=answer.format.content_type)
        # Response counts the bytes of a body that is not there yet.
        self.raw_headers = [(name, value) for name, value in self.raw_headers if name != b"content-length"]
        if answer.length is not None:
            self.raw_headers.append((b"content-length", str(answer.length).encode()))
        self._answer = answer
        self._min_rate = min_rate
        self._gone = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the answer. One that does not come to its end breaks the connection off."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if scope["method"] == "HEAD":
            await self._answer.chunks.aclose()
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        watch = asyncio.get_running_loop().create_task(self._end_when_gone(receive))
        try:
            await self._send(send)
        except DppgraphError as error:
            if not self._gone:
                _log.warning("an answer was broken off: %s", error)
            await _break_off(scope)
            return
        finally:
            watch.cancel()
            await self._answer.chunks.aclose()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send(self, send: Send) -> None:
        loop = asyncio.get_running_loop()
        begun, sent = loop.time(), 0
        async for chunk in self._answer.chunks:
            sent += len(chunk)
            # Enough for all so far at the lowest rate; but nobody, however fast before, may stand still for long.
            until = min(begun + sent / self._min_rate, loop.time()) + _PATIENCE if self._min_rate else None
            try:
                async with asyncio.timeout_at(until):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            except TimeoutError as error:
                raise ReaderTooSlow("its reader takes it too slowly, or not at all") from error

    async def _end_when_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        await self._answer.chunks.aclose()


def preflight(methods: Sequence[str]) -> Response:
    """What a browser asks before it lets another site's page ask (Fetch, CORS-preflight)."""
    allowed = ", ".join(methods)
    headers = {
        "allow": allowed,
        "access-control-allow-methods": allowed,
        "access-control-allow-headers": "Accept, Content-Type",
        "access-control-max-age": "86400",
    }
    return Response(status_code=204, headers=CORS | headers)


async def unless_gone(request: Request, coroutine: Coroutine[Any, Any, _Value]) -> _Value:
    """What the coroutine gives; it is cancelled if the client goes away first.

    Raises:
        ClientDisconnect: the client went away.
    """
    work = asyncio.get_running_loop().create_task(coroutine)
    gone = asyncio.get_running_loop().create_task(_gone(request))
    try:
        await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            raise ClientDisconnect
        return work.result()
    finally:
        work.cancel()
        gone.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _break_off(scope: Scope) -> None:
    """Ends the connection here and now: an orderly end would wait for a reader who takes nothing to take the rest."""
    if extension := scope.get("extensions", {}).get(ABORT):
        extension["abort"]()
        # The server hears of the lost connection before it could miss the end of the answer.
        await asyncio.sleep(0)
