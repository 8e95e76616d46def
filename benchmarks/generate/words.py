"""The words of generated plans, in four languages: the same things in each, so that what is made can be translated."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

LANGUAGES: Final = ("nl", "fr", "de", "en")
_FOLDER: Final = Path(__file__).parent / "words"


@cache
def words(language: str) -> dict[str, Any]:
    """The words of a language."""
    said: dict[str, Any] = json.loads((_FOLDER / f"{language}.json").read_text("utf-8"))
    return said


@dataclass(frozen=True, slots=True)
class Phrase:
    """Something that can be said in each language.

    Attributes:
        kind: which list of sentences it is from, such as ``lines``.
        sentence: which of them.
        of: which thing it is about.
        to: which group it is for.
    """

    kind: str
    sentence: int
    of: int
    to: int

    def said(self, language: str) -> str:
        """It, in a language."""
        known = words(language)
        text: str = known[self.kind][self.sentence]
        return text.format(object=known["objects"][self.of], group=known["groups"][self.to])


def phrase(random: Random, kind: str) -> Phrase:
    """Any phrase of a kind."""
    known = words("nl")
    return Phrase(kind, *(random.randrange(len(known[part])) for part in (kind, "objects", "groups")))


def phrases(random: Random, kind: str, count: int) -> list[Phrase]:
    """Some phrases of a kind, no two alike."""
    found: dict[Phrase, None] = {}
    while len(found) < count:
        found[phrase(random, kind)] = None
    return list(found)


def day_said(day: str, language: str) -> str:
    """A year, a month or a day as people write it.

    >>> day_said("2012-12-21", "nl"), day_said("2012-07", "en"), day_said("2012", "fr")
    ('21 december 2012', 'July 2012', '2012')
    """
    year, _, rest = day.partition("-")
    month, _, number = rest.partition("-")
    said = [str(int(number))] if number else []
    return " ".join([*said, *([words(language)["months"][int(month) - 1]] if month else []), year])
