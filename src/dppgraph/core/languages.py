"""The languages in which the project itself speaks: what it names and explains has words in each of them."""

from functools import lru_cache
from typing import Final

LANGUAGES: Final = ("nl", "en")

_LONGEST: Final = 500
_ANY: Final = "*"


def language_of(accept_language: str) -> str:
    """The language to speak with who sends this header (RFC 9110, section 12.5.4; RFC 4647, lookup).

    What cannot be read, or is far too long, asks for none: then it is the first of the project's languages.

    >>> language_of("en-GB,en;q=0.9,nl;q=0.8")
    'en'
    """
    if not accept_language or len(accept_language) > _LONGEST:
        return LANGUAGES[0]
    return _chosen(accept_language)


@lru_cache(maxsize=256)
def _chosen(accept_language: str) -> str:
    wanted: dict[str, float] = {}
    for part in accept_language.lower().split(","):
        tag, _, parameter = part.partition(";")
        main = tag.strip().partition("-")[0]
        wanted[main] = max(wanted.get(main, 0.0), _quality(parameter))
    rated = {language: wanted.get(language, wanted.get(_ANY, 0.0)) for language in LANGUAGES}
    return max(LANGUAGES, key=lambda language: rated[language])


def _quality(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        quality = float(value)
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0
