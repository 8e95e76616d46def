"""Sending an answer: its first bytes decide the status, and one that breaks off half-way is never ended politely."""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from typing import Any, Final, TypeVar

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dppgraph.errors import DppgraphError, EngineDied
from dppgraph.store.interface import Answer, GraphStore, QueryRequest

CORS: Final = {"access-control-allow-origin": "*", "x-content-type-options": "nosniff"}
"""Reads are open to the pages of any site; Authorization is never allowed."""

_log = logging.getLogger("dppgraph.answers")

_Value = TypeVar("_Value")


class StreamedAnswer(Response):
    """An answer that has begun, sent as it comes."""

    def __init__(self, answer: Answer, headers: dict[str, str]) -> None:
        super().__init__(status_code=200, headers=headers, media_type=answer.format.content_type)
        # Response counts the bytes of a body that is not there yet.
        self.raw_headers = [(name, value) for name, value in self.raw_headers if name != b"content-length"]
        self._answer = answer
        self._gone = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the answer. Returning before the body's end makes the server break the connection off."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if scope["method"] == "HEAD":
            await self._answer.chunks.aclose()
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        watch = asyncio.get_running_loop().create_task(self._end_when_gone(receive))
        try:
            async for chunk in self._answer.chunks:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except DppgraphError as error:
            if not self._gone:
                _log.warning("an answer was broken off: %s", error)
            return
        finally:
            watch.cancel()
            await self._answer.chunks.aclose()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _end_when_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        await self._answer.chunks.aclose()


async def answered(request: Request, store: GraphStore, query: QueryRequest) -> Response:
    """The answer to a query, once it has begun, unless the client goes away first.

    Raises:
        DppgraphError: as ``GraphStore.query``.
    """
    try:
        answer = await unless_gone(request, store.query(query))
    except ClientDisconnect:
        return Response(status_code=499)
    except asyncio.CancelledError as error:
        # The server has waited as long as it may; whoever still waits for an answer is told so.
        raise EngineDied("this server is being stopped: ask again in a moment") from error
    return StreamedAnswer(answer, CORS | {"vary": "Accept", "dppgraph-version": str(answer.version)})


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
