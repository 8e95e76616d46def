"""A hand-over: all fronts prepare a version while they answer from the one before, and then change over at once."""

from dataclasses import dataclass, field
from math import inf
from typing import Final

from dppgraph.cli.supervisor.fronts import Front
from dppgraph.store.versions import Manifest

_PATIENCE: Final = 10.0
"""Seconds more than the first front took, that any other gets at least to prepare a version."""


@dataclass(eq=False, slots=True)
class HandOver:
    """How far the fronts are with one version.

    Attributes:
        manifest: the version.
    """

    manifest: Manifest
    _waiting: dict[Front, float] = field(default_factory=dict)
    _prepared: set[Front] = field(default_factory=set)
    _took: float = inf
    _first: float = inf

    def joined(self, front: Front, now: float) -> None:
        """Notes that a front was told of it, at a time."""
        self._waiting[front] = now

    def prepared(self, front: Front, now: float) -> None:
        """Notes that a front has prepared it, at a time."""
        if front in self._waiting:
            since = self._waiting.pop(front)
            if self._first == inf:
                # Until then, nobody knew that it can be done, nor how long a large version takes.
                self._took, self._first = now - since, now
            self._prepared.add(front)

    def gone(self, front: Front) -> None:
        """Notes that a front has ended."""
        self._waiting.pop(front, None)
        self._prepared.discard(front)

    @property
    def complete(self) -> bool:
        """Whether all fronts that live have prepared it, and there is one."""
        return bool(self._prepared) and not self._waiting

    def late(self, now: float) -> list[Front]:
        """The fronts that have had their time: twice what the first one took, or the seconds more that all get."""
        more = max(_PATIENCE, self._took)
        return [front for front, since in self._waiting.items() if now > max(since + self._took, self._first) + more]
