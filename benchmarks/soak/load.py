"""Load: first as much as the server takes, then at a rate that does not wait for it."""

import asyncio
import random
import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Final

from benchmarks.soak.reads import MIX, Act, Site

CLIENTS: Final = 16
"""Those that ask one thing after the other, where it is found out how much the server takes."""
ADDRESSES: Final = tuple(f"127.0.0.{number}" for number in range(2, 10))
"""Where they ask from: a server takes only so many connections from one."""
MOST_WAITING: Final = 500
"""Requests that wait for their answers at a time: more would say that the server does not keep up."""
TOLD: Final = 4
"""Answers of each kind that were not as they have to be, of which it is told what was wrong."""


@dataclass
class Found:
    """What became of requests.

    Attributes:
        seconds: by kind, how long each took from the moment when it was due.
        failed: by kind, how many were not answered as they have to be.
        wrong: what was wrong with the first of each kind.
        skipped: requests that were not sent, since too many waited for their answers.
    """

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    wrong: list[str] = field(default_factory=list)
    skipped: int = 0

    @property
    def count(self) -> int:
        """How many requests there were."""
        return sum(map(len, self.seconds.values()))

    def note(self, kind: str, seconds: float, wrong: str) -> None:
        """Notes what became of a request."""
        self.seconds[kind].append(seconds)
        if wrong:
            self.failed[kind] += 1
            if self.failed[kind] <= TOLD:
                self.wrong.append(f"{kind}: {wrong}")

    def add(self, other: "Found") -> None:
        """Adds what became of other requests."""
        for kind, seconds in other.seconds.items():
            self.seconds[kind] += seconds
        for kind, count in other.failed.items():
            self.failed[kind] += count
        self.wrong += other.wrong
        self.skipped += other.skipped


class Load:
    """Clients of a site, who draw what they ask from the mix.

    Args:
        site: what they ask.
        seed: decides what they draw.
    """

    def __init__(self, site: Site, seed: int) -> None:
        self._site = site
        self._chance = random.Random(seed)
        self._acts, self._weights = list(MIX), list(MIX.values())

    async def as_much_as_it_takes(self, seconds: float) -> Found:
        """Some clients, each of whom asks one thing after the other."""
        found, until = Found(), time.monotonic() + seconds

        async def client() -> None:
            while time.monotonic() < until:
                await self._one(self._drawn(), time.monotonic(), found)

        await asyncio.gather(*(client() for _ in range(CLIENTS)))
        return found

    async def at_a_rate(self, rate: float, seconds: float, found: Found) -> None:
        """So many requests a second, whether those before were answered or not; returns when all are."""
        begun, waiting = time.monotonic(), set[asyncio.Task[None]]()
        for number in range(int(rate * seconds)):
            due = begun + number / rate
            if (early := due - time.monotonic()) > 0:
                await asyncio.sleep(early)
            if len(waiting) >= MOST_WAITING:
                found.skipped += 1
                continue
            task = asyncio.create_task(self._one(self._drawn(), due, found))
            waiting.add(task)
            task.add_done_callback(waiting.discard)
        if waiting:
            await asyncio.wait(waiting)

    def _drawn(self) -> Act:
        (act,) = self._chance.choices(self._acts, self._weights)
        return act

    async def _one(self, act: Act, due: float, found: Found) -> None:
        try:
            wrong = await act(replace(self._site, source=self._chance.choice(ADDRESSES)), self._chance)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with an answer, it counts
            wrong = repr(error)
        found.note(act.__name__, time.monotonic() - due, wrong)
