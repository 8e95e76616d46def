"""Asks the application in this process, as a client would over a connection."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlencode

from starlette.types import ASGIApp, Message

from dppgraph.errors import Damaged

if TYPE_CHECKING:
    from dppgraph.web.headers import Headers

_AHEAD: Final = 4
"""Pieces of an answer that may wait for whoever takes them."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for.

    Attributes:
        path: below the site's address, as it is sent.
        parameters: those of the query string.
        accept: the media types that are taken.
        language: the language that is preferred.
    """

    path: str
    parameters: tuple[tuple[str, str], ...] = ()
    accept: str = "*/*"
    language: str = "nl"


class Reply:
    """The answer to a request, as it comes.

    Attributes:
        status: its status.
        headers: its headers.
    """

    def __init__(self, app: ASGIApp, request: Request, method: str) -> None:
        self.status = HTTPStatus.INTERNAL_SERVER_ERROR
        self.headers: Headers = []
        self._messages: asyncio.Queue[Message | None] = asyncio.Queue(_AHEAD)
        self._request = request
        self._method = method
        self._task = asyncio.get_running_loop().create_task(self._run(app))

    async def begun(self) -> None:
        """Waits for its head.

        Raises:
            DppgraphError: as the application.
        """
        head = await self._messages.get()
        if head is None:
            await self._task
            raise Damaged(f"{self._request.path} gets no answer")
        self.status = HTTPStatus(head["status"])
        self.headers = list(head["headers"])

    async def chunks(self) -> AsyncIterator[bytes]:
        """Its body.

        Raises:
            Damaged: it does not come to its end.
        """
        while (message := await self._messages.get()) is not None:
            if message.get("body"):
                yield message["body"]
            if not message.get("more_body"):
                await self._task
                return
        await self._task
        raise Damaged(f"the answer to {self._request.path} breaks off")

    async def body(self) -> bytes:
        """All of it at once."""
        return b"".join([chunk async for chunk in self.chunks()])

    def header(self, name: bytes) -> str:
        """A header's value; several of them are one."""
        return ", ".join(value.decode("latin-1") for known, value in self.headers if known == name)

    async def _run(self, app: ASGIApp) -> None:
        request = self._request
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self._method,
            "scheme": "http",
            "path": f"/{unquote(request.path)}",
            "raw_path": f"/{request.path}".encode(),
            "root_path": "",
            "query_string": urlencode(request.parameters).encode(),
            "headers": [(b"accept", request.accept.encode()), (b"accept-language", request.language.encode())],
            "client": None,
            "server": None,
            "extensions": {},
            "state": {"id": "", "cache": "none", "version": None, "query": None},
        }
        try:
            await app(scope, _nothing_more, self._messages.put)
        finally:
            await self._messages.put(None)


async def _nothing_more() -> Message:
    """The client says nothing after its request, and stays."""
    await asyncio.Event().wait()
    raise AssertionError


async def ask(app: ASGIApp, request: Request, method: str = "GET") -> Reply:
    """The answer to a request, begun.

    Raises:
        DppgraphError: as the application.
    """
    reply = Reply(app, request, method)
    await reply.begun()
    return reply
