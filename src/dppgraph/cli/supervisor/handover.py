"""A hand-over: all fronts prepare a version while they answer from the one before, and then change over at once."""

from dataclasses import dataclass, field
from math import inf
from typing import Final

from dppgraph.cli.supervisor.fronts import Front
from dppgraph.store.versions import Manifest

_PATIENCE: Final = 10.0
"""Seconds that a front gets to prepare a version, once another front has."""


@dataclass(eq=False, slots=True)
class HandOver:
    """How far the fronts are with one version.

    Attributes:
        manifest: the version.
    """

    manifest: Manifest
    _waiting: set[Front] = field(default_factory=set)
    _prepared: set[Front] = field(default_factory=set)
    _until: float = inf

    def joined(self, front: Front) -> None:
        """Notes that a front was told of it."""
        self._waiting.add(front)

    def prepared(self, front: Front, now: float) -> None:
        """Notes that a front has prepared it, at a time."""
        if front in self._waiting:
            self._waiting.remove(front)
            self._prepared.add(front)
            # From the first one on it is known that it can be done: nobody knows how long a large version takes.
            self._until = min(self._until, now + _PATIENCE)

    def gone(self, front: Front) -> None:
        """Notes that a front has ended."""
        self._waiting.discard(front)
        self._prepared.discard(front)

    @property
    def complete(self) -> bool:
        """Whether all fronts that live have prepared it, and there is one."""
        return bool(self._prepared) and not self._waiting

    def late(self, now: float) -> list[Front]:
        """The fronts that have had their time."""
        return list(self._waiting) if now > self._until else []
