"""The part of a text that shows why it was found, with what was looked for marked."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from dppgraph.core.words import Wanted, places

_LENGTH: Final = 240
_BEFORE: Final = 60
MOST: Final = 20_000
"""Characters of a text that are looked at: what stands later in a longer one is found, and not marked."""


class Piece(NamedTuple):
    """A piece of a text, and whether it is what was looked for."""

    text: str
    is_marked: bool


def marked(text: str, wanted: Sequence[Wanted], length: int = _LENGTH) -> list[Piece]:
    """A text in pieces: those that were looked for marked, the whole cut around the first of them where it is longer.

    Args:
        text: the text.
        wanted: what was looked for.
        length: characters after which it is cut, at the end of a word if there is one.
    """
    found = places(text[:MOST], list(wanted))
    start, end = _window(text, found[0] if found else (0, 0), length)
    pieces = [Piece("…", is_marked=False)] if start else []
    pieces += _cut(text, [(max(a, start), min(b, end)) for a, b in found if a < end and b > start], start, end)
    if end < len(text):
        pieces.append(Piece("…", is_marked=False))
    return pieces


def _cut(text: str, found: Sequence[tuple[int, int]], start: int, end: int) -> Iterator[Piece]:
    at = start
    for begin, stop in found:
        if begin > at:
            yield Piece(text[at:begin], is_marked=False)
        yield Piece(text[begin:stop], is_marked=True)
        at = stop
    if at < end:
        yield Piece(text[at:end], is_marked=False)


def _window(text: str, first: tuple[int, int], length: int) -> tuple[int, int]:
    """Where to cut a text so that the first place is in it: between words, or where there are none, anywhere."""
    if len(text) <= length:
        return 0, len(text)
    start = max(0, min(first[0] - _BEFORE, len(text) - length))
    if start:
        start = _after_space(text, start, first[0])
    end = min(len(text), start + length)
    space = text.rfind(" ", max(start, first[1]), end)
    return start, end if end == len(text) or space < start + length // 2 else space


def _after_space(text: str, start: int, before: int) -> int:
    space = text.find(" ", start, before)
    return space + 1 if space >= 0 else start
