"""The numbers of all fronts, for the one that is asked: it asks the supervisor, which asks the others."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

from dppgraph.web.metrics import Snapshot

_PATIENCE: Final = 3.0
"""Seconds in which the others have to answer; who does not is not told of."""


class Reports:
    """Gathers the numbers of all fronts. Those who want them at about the same time get the same.

    Args:
        place: which front this is.
        own: gives the numbers of this one.
        say: says something to the supervisor.
    """

    def __init__(self, place: int, own: Callable[[], Snapshot], say: Callable[[str, Any], None]) -> None:
        self.own = own
        self._place = place
        self._say = say
        self._asked = 0
        self._missing: set[int] = set()
        self._found: dict[int, Snapshot] = {}
        self._complete = asyncio.Event()
        self._gathering: asyncio.Task[Mapping[int, Snapshot]] | None = None

    async def gathered(self) -> Mapping[int, Snapshot]:
        """The numbers of all fronts that can say them, by place."""
        if self._gathering is None or self._gathering.done():
            self._gathering = asyncio.get_running_loop().create_task(self._gather())
        return await asyncio.shield(self._gathering)

    def expect(self, asked: int, places: list[int]) -> None:
        """Says which fronts will answer."""
        if asked == self._asked:
            self._missing = set(places)
            self._look()

    def take(self, asked: int, place: int, snapshot: Snapshot) -> None:
        """Takes the numbers of one of them."""
        if asked == self._asked:
            self._found[place] = snapshot
            self._missing.discard(place)
            self._look()

    async def _gather(self) -> Mapping[int, Snapshot]:
        self._asked += 1
        self._found = {}
        self._complete.clear()
        # Whoever cannot be asked is not told of.
        with suppress(OSError):
            self._say("reports", self._asked)
            async with asyncio.timeout(_PATIENCE):
                await self._complete.wait()
        return dict(sorted((self._found | {self._place: self.own()}).items()))

    def _look(self) -> None:
        if not self._missing:
            self._complete.set()
