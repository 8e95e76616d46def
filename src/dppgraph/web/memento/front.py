"""In front of the application, behind what is kept: negotiation by date (RFC 7089, section 4.1.1), and what is marked.

An original resource is its own TimeGate: asked with ``Accept-Datetime``, it leads to the version of that moment. Each
version has an address of its own, by its number.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from dppgraph.errors import BadParameter, Damaged, Unknown
from dppgraph.web.answers import CORS
from dppgraph.web.cache.front import Reply, Rest, Waiting
from dppgraph.web.direct import answered
from dppgraph.web.headers import Headers, header_of
from dppgraph.web.memento.dates import moment_of, written
from dppgraph.web.memento.links import Mementos, joined
from dppgraph.web.originals import LASTING, Original, names_version
from dppgraph.web.parameters import decoded, version_of

ASKED: Final = b"accept-datetime"
_VARY: Final = "Accept, Accept-Encoding, Accept-Language, Accept-Datetime"
_OF_VERSION: Final = b"dppgraph-version"
_ASK_AGAIN: Final = (b"public, no-cache", b"no-cache")
_SAYING: Final = (200, 304)


@dataclass(frozen=True, slots=True)
class MementoFront:
    """Leads to versions by date, and marks their answers; hands everything else on.

    Attributes:
        app: the application.
        mementos: the versions.
    """

    app: Rest
    mementos: Mementos

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        original = self.mementos.original(scope) if scope["type"] == "http" else None
        if original is None:
            await self.app(scope, receive, send)
            return
        try:
            named = names_version(scope)
            number = version_of(decoded(scope["query_string"])) if named else None
        except BadParameter:
            # Whoever answers says so.
            named, number = True, None
        if number:
            marked = await self._marking(original.without_version(), number, scope, send)
            await self.app(scope, receive, marked)
        elif not named and header_of(scope, ASKED):
            await answered(lambda request: self._led(request, original), scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def take_on(self, scope: Scope, words: bytes, reply: Reply) -> Waiting | None:
        """As :class:`dppgraph.web.cache.front.Rest` has it: these words ask for no moment and for no version."""
        return self.app.take_on(scope, words, reply)

    async def _led(self, request: Request, original: Original) -> Response:
        """To the version of the moment that is asked for.

        Raises:
            BadParameter: that is none.
        """
        mementos = self.mementos
        moment = moment_of(header_of(request.scope, ASKED))

        def find() -> tuple[int, str]:
            number = mementos.at(moment)
            return number, mementos.links(original, number)

        number, link = await asyncio.to_thread(find)
        headers = {"location": original.at(number, mementos.url), "vary": _VARY, "cache-control": "no-cache"}
        return Response(status_code=302, headers=CORS | headers | ({"link": link} if link else {}))

    async def _marking(self, original: Original, number: int, scope: Scope, send: Send) -> Send:
        """What sends an answer on, and says of what is of this version of which moment it is."""
        mementos = self.mementos

        def find() -> tuple[str, str]:
            return written(mementos.versions.created(number)), mementos.links(original, number)

        try:
            date, link = await asyncio.to_thread(find)
        except (Unknown, Damaged):
            # Whoever answers says so.
            return send
        # What is sent at once has its head already.
        scope["state"]["at_once"] = None

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in _SAYING:
                headers = list(message["headers"])
                if (_OF_VERSION, b"%d" % number) in headers:
                    headers = _marked(headers, date, link, lasts=original.is_query)
                message = {**message, "headers": headers}
            await send(message)

        return marked


def _marked(headers: Headers, date: str, link: str, *, lasts: bool) -> Headers:
    said = []
    for name, value in headers:
        if name == b"vary":
            # What is of one version is the same whichever moment is asked for.
            said.append((name, value.replace(b", Accept-Datetime", b"")))
        elif name == b"cache-control" and value in _ASK_AGAIN and lasts:
            said.append((name, LASTING))
        else:
            said.append((name, value))
    return joined([*said, (b"memento-datetime", date.encode())], link.encode())
