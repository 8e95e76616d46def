"""How dates, numbers and long texts are shown."""

import re
from datetime import date
from decimal import Decimal
from typing import Final

_DAY: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:Z|[+-]\d\d:\d\d|T.*)?", re.ASCII)
_MONTH: Final = re.compile(r"(\d{4})-(\d\d)(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
_LITERAL: Final = re.compile(r'"([^"\\]*)"\^\^<[^<>]*>')
_LONGEST: Final = 600
_DIGITS: Final = 24
"""A number with more digits stays as it is written: no one reads it, and it would cost what it is long."""
_FOLLOWED: Final = ("http://", "https://", "mailto:")


def followed(iri: str) -> str:
    """An IRI of the data where a link may lead there; empty for ``javascript:`` and the like."""
    return iri if iri.lower().startswith(_FOLLOWED) else ""


def slug(term: str) -> str:
    """The end of a thing's IRI, which says which one it is among its kind.

    >>> slug("<https://example.org/id/statement/beleid-2009-2014-46b>")
    'beleid-2009-2014-46b'
    """
    return term.strip("<>").rstrip("/#").rpartition("/")[2]


def short(text: object, length: int = _LONGEST) -> str:
    """A text, cut between words where it is longer than so many characters, with an ellipsis."""
    whole = str(text)
    if len(whole) <= length:
        return whole
    # One more, to see whether a word ends here.
    words = whole[: length + 1].rsplit(None, 1)
    return f"{words[0] if len(words) > 1 else whole[:length]}…"


def day(text: object, language: str) -> str:
    """A date in words: a day, a month or a year, as a text or as a literal's term; what is none stays as it is.

    >>> day("2009-06-05", "nl")
    '5 juni 2009'
    """
    from babel.dates import format_date, format_skeleton  # noqa: PLC0415 - only who makes pages spends this time

    literal = _LITERAL.fullmatch(str(text))
    said = literal[1] if literal else str(text)
    try:
        if match := _DAY.fullmatch(said):
            return format_date(date(int(match[1]), int(match[2]), int(match[3])), "long", locale=_locale(language))
        if match := _MONTH.fullmatch(said):
            month = date(int(match[1]), int(match[2]), 1)
            return format_skeleton("yMMMM", month, locale=_locale(language))
    except ValueError:
        return said
    return said


def number(value: object, language: str) -> str:
    """A number, with the marks of a language; what is none stays as it is.

    >>> number(11318, "nl")
    '11.318'
    """
    from babel.numbers import format_decimal  # noqa: PLC0415 - only who makes pages spends this time

    if not isinstance(value, int | float | Decimal):
        return str(value)
    exact = Decimal(str(value))
    if not exact.is_finite() or abs(exact.adjusted()) > _DIGITS or len(exact.as_tuple().digits) > _DIGITS:
        return str(value)
    # All of it: a small number is not to become none.
    return format_decimal(exact, locale=_locale(language), decimal_quantization=False)


def _locale(language: str) -> str:
    # Days before months, as in Belgium's English too.
    return {"en": "en_GB", "nl": "nl_BE"}.get(language, language)
