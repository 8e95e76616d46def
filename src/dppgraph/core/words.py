"""The words of a text, as they are compared: without accents, capitals and punctuation, each with its place.

What is indexed, what is asked and what is marked in an answer go through here, so that they never disagree on what a
word is.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

from dppgraph.core.intervals import merged

_WORD: Final = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")
_PHRASE: Final = re.compile(
    r'["\u201c\u201d\u201e\u00ab\u00bb]([^"\u201c\u201d\u201e\u00ab\u00bb]*)["\u201c\u201d\u00ab\u00bb]'
)


class Word(NamedTuple):
    """A word of a text.

    Attributes:
        folded: as it is compared.
        start: where it begins in the text, in code points.
        end: where it ends, exclusive.
    """

    folded: str
    start: int
    end: int


class Wanted(NamedTuple):
    """What somebody looks for: words that stand next to each other, one of them in the simplest case.

    Attributes:
        words: the words, folded.
        begins: whether the last of them may be the beginning of a longer one.
        others: other words that are as good, such as compounds with it.
    """

    words: tuple[str, ...]
    begins: bool
    others: tuple[str, ...] = ()


def words_of(text: str) -> list[Word]:
    """The words of a text, in its order.

    >>> [word.folded for word in words_of("Coördinatie, o.m. in 2012-2014")]
    ['coordinatie', 'o', 'm', 'in', '2012', '2014']
    """
    found = (Word(_folded(match[0]), match.start(), match.end()) for match in _WORD.finditer(text))
    return [word for word in found if word.folded]


def folded(text: str) -> str:
    """The words of a text, folded, with a space between them."""
    return " ".join(word.folded for word in words_of(text))


def wanted_of(asked: str, *, shortest: int = 3) -> list[Wanted]:
    """What a text typed into a search box asks for: its words, and as one what stands between quotation marks.

    Nothing in it is a syntax that could be wrong: marks without their pair, operators and signs are as good as spaces.

    Args:
        asked: the text.
        shortest: how many characters a word needs to stand for longer ones that begin with it.
    """
    found: list[Wanted] = []
    end = 0
    for match in _PHRASE.finditer(asked):
        found += _single(asked[end : match.start()], shortest)
        phrase = tuple(word.folded for word in words_of(match[1]))
        found += [Wanted(phrase, begins=False)] if phrase else []
        end = match.end()
    found += _single(asked[end:], shortest)
    return list(dict.fromkeys(found))


def places(text: str, wanted: list[Wanted]) -> list[tuple[int, int]]:
    """Where a text has what is looked for: start and end of each place, in code points, in order, none in another."""
    words = words_of(text)
    found = [
        (words[at].start, words[at + len(one.words) - 1].end)
        for one in wanted
        for at in range(len(words) - len(one.words) + 1)
        if _stands(one, words, at)
    ]
    return merged(found)


def has(text: str, one: Wanted) -> bool:
    """Whether a text has one of the things that are looked for."""
    return bool(places(text, [one]))


def _single(text: str, shortest: int) -> list[Wanted]:
    return [Wanted((word.folded,), len(word.folded) >= shortest) for word in words_of(text)]


def _stands(one: Wanted, words: list[Word], at: int) -> bool:
    if words[at].folded in one.others:
        return True
    last = len(one.words) - 1
    there = [word.folded for word in words[at : at + len(one.words)]]
    if there[:last] != list(one.words[:last]):
        return False
    return there[last].startswith(one.words[last]) if one.begins else there[last] == one.words[last]


@lru_cache(maxsize=1 << 16)
def _folded(word: str) -> str:
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    return "".join(character for character in plain if character.isalnum())
