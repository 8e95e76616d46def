"""Answers that are there as a whole."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dppgraph.web.cache.front import send_kept
from dppgraph.web.cache.kept import Kept, coding_of
from dppgraph.web.headers import header_of


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
