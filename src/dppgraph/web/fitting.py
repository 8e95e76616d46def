"""How much of a text fits where a drawing has room for it: browsers do not wrap the text of an SVG."""

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

_NARROW: Final = frozenset("iljtfrI.,:;'|!()[]{}/\\ ’‘“”-")
_WIDE: Final = frozenset("mwMW%@—…")
_ELLIPSIS: Final = "…"
_UNSEEN: Final = frozenset(("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"))
_KEPT: Final = frozenset("\u200c\u200d")
"""Joiners, which some scripts are not written without; whatever else is not seen could only turn a label round."""


def fitted(text: str, width: float, lines: int, size: float) -> tuple[str, ...]:
    """A text in lines that fit, broken between words; what does not fit is left out, with an ellipsis for it.

    Args:
        text: the text; what is not seen of it, such as marks that turn the direction round, is left out.
        width: the room for a line, in the units of the drawing.
        lines: how many there may be.
        size: the size of the font, in the same units.

    >>> fitted("Plan for a greener town", 90, 2, 13)
    ('Plan for a', 'greener town')
    """
    room = width / size
    words = list(_pieces(_seen(text).split(), room))
    found: list[str] = []
    while words and len(found) < lines:
        line = words.pop(0)
        while words and widths(f"{line} {words[0]}") <= room:
            line = f"{line} {words.pop(0)}"
        found.append(line)
    if words and found:
        found[-1] = _cut(f"{found[-1]} {words[0]}", room)
    return tuple(found)


def widths(text: str) -> float:
    """About how wide a text is, in sizes of its font: rather too much than too little."""
    return sum(map(_width, text))


@lru_cache(maxsize=4096)
def _width(character: str) -> float:
    if unicodedata.combining(character) or character in _KEPT:
        return 0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.05
    if character in _NARROW:
        return 0.38
    if character in _WIDE:
        return 1
    return 0.72 if character.isupper() else 0.63


def _seen(text: str) -> str:
    return "".join(
        " " if character.isspace() else character
        for character in text[:1000]
        if character.isspace() or character in _KEPT or unicodedata.category(character) not in _UNSEEN
    )


def _pieces(words: list[str], room: float) -> Iterator[str]:
    """Words, those that are wider than a line in parts that are not."""
    for word in words:
        start = 0
        for end in range(1, len(word) + 1):
            if end - start > 1 and widths(word[start:end]) > room:
                yield word[start : end - 1]
                start = end - 1
        yield word[start:]


def _cut(line: str, room: float) -> str:
    """A line that goes on, cut between words where it has some."""
    end = len(line)
    while end and widths(line[:end] + _ELLIPSIS) > room:
        end -= 1
    start, space, _ = line[:end].rpartition(" ")
    return (start if space and end < len(line) and line[end] != " " else line[:end]).rstrip() + _ELLIPSIS
