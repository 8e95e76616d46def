"""Readers who take what was handed over to be sent too slowly, or not at all."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Unread:
    """Bytes that are handed over, and that the client has not taken yet.

    Attributes:
        left: how many there are.
        since: when there were first so many.
    """

    left: int
    since: float
    _first: int = field(init=False)
    _moved: float = field(init=False)

    def __post_init__(self) -> None:
        self._first, self._moved = self.left, self.since

    def see(self, left: int, now: float) -> None:
        """Takes note of how many there are now."""
        if left > self.left:
            # More is handed over only while little is left.
            self._first, self.since = left, now
        if left != self.left:
            self.left, self._moved = left, now

    def seconds_behind(self, now: float, min_rate: float) -> float:
        """How long the client has taken nothing, or how far it is behind a rate in bytes a second."""
        behind = now - self.since - (self._first - self.left) / min_rate
        return max(behind, now - self._moved)
