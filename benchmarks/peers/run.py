"""How comparisons are run: how often, how long, at which sizes; and the sentence that says so."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.peers.environment import machine


@dataclass(frozen=True, slots=True)
class Run:
    """What the command line says.

    Attributes:
        wrk: the program that asks small queries.
        said_rounds: how often all are asked, if that is said; nothing for what each comparison has by itself.
        seconds: of one turn with small queries.
        processes: processes of this server that speak HTTP.
        sizes: of graphs, in statements; nothing for what each comparison has by itself.
        quick: whether it is only seen that it works.
    """

    wrk: str
    said_rounds: int | None
    seconds: int
    processes: int
    sizes: tuple[int, ...]
    quick: bool

    def rounds(self, usual: int) -> int:
        """How often all are asked, by a comparison that asks so often by itself."""
        return self.said_rounds or (2 if self.quick else usual)

    def of_sizes(self, usual: Sequence[int]) -> tuple[int, ...]:
        """The sizes of a comparison that has these by itself."""
        return self.sizes or tuple(usual[:1] if self.quick else usual)

    def told(self, versions: Sequence[str], how: str) -> str:
        """When, where and how it was measured."""
        day = datetime.datetime.now(tz=datetime.UTC).date()
        return f"Measured on {day}, all on one machine: {machine()}. {'; '.join(versions)}. {how}."
