"""A query that is asked without a task."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from dppgraph.store.interface import Answer
from dppgraph.store.versions.manifest import Manifest
from dppgraph.web.cache.answers import Asked
from dppgraph.web.cache.front import MISS, Reply
from dppgraph.web.cache.kept import SMALL, hash_of
from dppgraph.web.direct import answered
from dppgraph.web.gone import A_WHILE

if TYPE_CHECKING:
    from collections.abc import Callable

    from dppgraph.web.answers.sending import Sending


class Asking:
    """A query that is asked without a task. Implements ``Waiting``.

    It gets a task once that is needed after all: its answer takes time to be sent, or is an error, or the server stops
    while it waits.

    Attributes:
        give_up: ends the query.
    """

    __slots__ = ("_asked", "_coding", "_manifest", "_news", "_over", "_reply", "_sending", "_words", "give_up")

    def __init__(
        self, sending: "Sending", asked: Asked, manifest: Manifest, words: bytes, coding: str | None, reply: Reply
    ) -> None:
        self.give_up: Callable[[], object] = nothing
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
        if what.content is None or (self._coding and len(what.content) > SMALL):
            return False
        cache = self._sending.cache
        filling = self._sending.filling(self._asked, what, self._manifest)
        kept = filling.whole(filling.answer.content or b"")
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


def nothing() -> None:
    """There is nothing to give up."""
