"""Clients that go away before they are answered: the connection tells, and what is done for them ends."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from starlette.requests import ClientDisconnect, Request

A_WHILE: Final = 0.05
"""Seconds that a query may still take when its client has gone: ending it costs its worker too."""

GONE: Final = "dppgraph.gone"
"""The ASGI extension that tells when the client goes away, at once: ``{"gone": ...}`` with a :class:`Gone`."""

_Value = TypeVar("_Value")


@dataclass(slots=True)
class Gone:
    """What is to be done when the client of a connection goes away.

    Attributes:
        then: is called when it does, with the task of its request.
        gone: whether it has.
    """

    then: Callable[["asyncio.Task[None]"], object] | None = None
    gone: bool = False


async def unless_gone(request: Request, coroutine: Coroutine[Any, Any, _Value]) -> _Value:
    """What the coroutine gives; it is cancelled if the client goes away first, where the server tells of that.

    Raises:
        ClientDisconnect: the client went away.
    """
    extension = request.scope.get("extensions", {}).get(GONE)
    if extension is None:
        return await coroutine
    gone: Gone = extension["gone"]
    leaving = _Leaving()
    gone.then = leaving.begin
    try:
        return await coroutine
    except asyncio.CancelledError as error:
        if leaving.cancelled and leaving.cancelled.uncancel() == 0:
            raise ClientDisconnect from error
        raise
    finally:
        gone.then = None
        if leaving.timer:
            leaving.timer.cancel()


@dataclass(slots=True)
class _Leaving:
    """Cancels the task of a client that went away, if it is not over in a moment anyway."""

    timer: asyncio.TimerHandle | None = None
    cancelled: "asyncio.Task[None] | None" = None

    def begin(self, task: "asyncio.Task[None]") -> None:
        self.timer = asyncio.get_running_loop().call_later(A_WHILE, self._cancel, task)

    def _cancel(self, task: "asyncio.Task[None]") -> None:
        self.cancelled = task
        task.cancel()
