"""The text of a source while it is written: whatever is said in it can be quoted, and its place is known."""

import hashlib
from functools import cache
from string import Formatter
from typing import NamedTuple


class Quote(NamedTuple):
    """Words of a page.

    Attributes:
        text: the words.
        start: the offset of the first, in code points.
    """

    text: str
    start: int

    @property
    def end(self) -> int:
        """The offset after the last."""
        return self.start + len(self.text)


class Page:
    """A text that grows."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.length = 0

    def say(self, text: str) -> Quote:
        """Adds some words, and gives them as a quote."""
        quote = Quote(text, self.length)
        self._parts.append(text)
        self.length += len(text)
        return quote

    def fill(self, sentence: str, **values: str) -> dict[str, Quote]:
        """Adds a sentence with places to fill in.

        Returns:
            The quote for each place, and for the whole, which is called ``whole``.
        """
        start, first = self.length, len(self._parts)
        said = {}
        for before, name in _cut(sentence):
            self.say(before)
            if name:
                said[name] = self.say(values[name])
        said["whole"] = Quote("".join(self._parts[first:]), start)
        return said

    @property
    def sha256(self) -> str:
        """The SHA-256 of the text, as UTF-8."""
        return hashlib.sha256("".join(self._parts).encode()).hexdigest()


@cache
def _cut(sentence: str) -> tuple[tuple[str, str | None], ...]:
    return tuple((before, name) for before, name, _, _ in Formatter().parse(sentence))
