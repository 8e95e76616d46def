"""What people write in a cell, and what it means: dates, names, languages.

A function that cannot read a cell raises BadParameter with one sentence: what is wrong, and what to write.
"""

import csv
import datetime
import re
import unicodedata
from functools import cache
from pathlib import Path

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import literal
from dppgraph.errors import BadParameter

_HERE = Path(__file__).parent
_ISO = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_NUMERIC = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_MONTHS = 12
_FULL = len("2020-12-14")
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20|21)\d\d(?!\d)")
_IN_NUMBERS = re.compile(r"(?<!\d)\d{1,2}[./-]\d{1,2}(?!\d)")
_TAGGED = re.compile(r"(?s)(.*?)\s*@([A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*)")
_SLUG_LENGTH = 100
_TYPES = ("gYear", "gYearMonth", "date")
_LETTERS = str.maketrans({"ß": "ss", "œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l"})


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of one of the tables beside this module."""
    return table_rows(_HERE / name)


def table_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a table that this software has."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def tidy(text: str) -> str:
    """A text on one line, without the bullet before it and the comma or stop behind it."""
    line = re.sub(r"^[•▪◦·*–—-]\s+", "", " ".join(text.split()))
    return re.sub(r"\s*[,;:.]+$", "", line) or line


def tagged(text: str, language: str) -> tuple[str, str]:
    """A text and its language: the one that it ends in (``Plan climat@fr``), or else ``language``."""
    found = _TAGGED.fullmatch(text)
    return (found[1], found[2].lower()) if found else (text, language)


def slug(text: str) -> str:
    """A name as a part of an IRI: small letters, digits and hyphens; empty if nothing of it can be written so.

    >>> slug("Plan d’action « Énergie » 2021-2026")
    'plan-d-action-energie-2021-2026'
    """
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    whole = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
    return whole if len(whole) <= _SLUG_LENGTH else whole[:_SLUG_LENGTH].rpartition("-")[0]


def key(text: str) -> str:
    """A text without regard to capitals, spaces and hyphens, to compare what people typed."""
    return " ".join(re.sub(r"[_\-\s]+", " ", text).split()).casefold()


def date(value: str, words: str) -> str:
    """A year, month or day as a term; read from the words if ``value`` is empty.

    It is never more precise than the words, and does not contradict them.

    Raises:
        BadParameter: it is none, can be read in two ways, or is not what the words say.
    """
    said = _written(words)
    iso = _iso(value, said) if value else _only(said or set(_YEAR.findall(words)))
    year, month, day = (int(part) if part else None for part in _match(iso).groups())
    try:
        datetime.date(year or 1, month or 1, day or 1)
    except ValueError as error:
        raise BadParameter(f"there is no {'month' if day is None else 'day'} {iso}: correct it") from error
    if month and not said and not _IN_NUMBERS.search(words) and not _names_month(words):
        raise BadParameter(f"the words name no month: write the year alone, {iso[:4]}, or words that name it")
    if _YEAR.search(words) and not re.search(rf"(?<!\d)(?:{iso[:4]}|(?<=\d[-–/]){iso[2:4]})(?!\d)", words):
        raise BadParameter(f"the words do not name the year {iso[:4]}: correct the value, or take other words")
    days = {known for known in said if len(known) == len(iso)}
    if len(days) == 1 and iso not in days:
        raise BadParameter(f"the words say {days.pop()}, the value {iso}: correct one of them")
    if day and said and not any(len(known) == _FULL for known in said):
        raise BadParameter(f"the words name no day: write the month alone, {iso[:7]}")
    return literal(iso, datatype=f"{PREFIXES['xsd']}{_TYPES[iso.count('-')]}")


def integer(value: str) -> str:
    """A whole number from 1 as a term.

    Raises:
        BadParameter: it is none.
    """
    if not re.fullmatch(r"[1-9]\d*", value):
        raise BadParameter("write a whole number such as 2 in value")
    return literal(value, datatype=f"{PREFIXES['xsd']}integer")


def language(value: str) -> tuple[str, str]:
    """The code of a language (``nl``), and its name in the EU's list (``NLD``).

    Raises:
        BadParameter: it is no language of that list.
    """
    for row in rows_of("languages.csv"):
        if value.casefold() in (row["code"], row["authority"].casefold(), *row["names"].split()):
            return row["code"], row["authority"]
    raise BadParameter(f"{value or 'nothing'} is no language here: write nl, fr, de, en or another language of the EU")


def _iso(value: str, said: set[str]) -> str:
    if _ISO.fullmatch(value):
        return value
    if numeric := _NUMERIC.fullmatch(value):
        first, second, year = (int(part) for part in numeric.groups())
        readings = {
            f"{year}-{month:02}-{day:02}" for day, month in ((first, second), (second, first)) if month <= _MONTHS
        }
        chosen = readings & said or readings
        if len(chosen) == 1:
            return chosen.pop()
        raise BadParameter(f"{value} can be read in two ways: write year-month-day, {' or '.join(sorted(readings))}")
    written = _written(value)
    if len(written) == 1:
        return written.pop()
    raise BadParameter(f"{value} is no date: write 2012, 2012-07 or 2012-07-16, as precisely as the page has it")


def _only(said: set[str]) -> str:
    if len(said) == 1:
        return next(iter(said))
    raise BadParameter("write the date in value: 2012, 2012-07 or 2012-07-16, as precisely as the page has it")


def _match(iso: str) -> re.Match[str]:
    found = _ISO.fullmatch(iso)
    if not found:
        raise BadParameter(f"{iso} is no date: write 2012, 2012-07 or 2012-07-16")
    return found


def _written(text: str) -> set[str]:
    """The days that a text names in words, in Dutch, French, German or English; without one, the months."""
    months = _months()
    names = "|".join(sorted(months, key=len, reverse=True))
    line = " ".join(text.casefold().split())
    days = re.findall(rf"\b(\d{{1,2}})(?:er|e|st|nd|rd|th|\.)? (?:de )?({names})\b\.? (\d{{4}})\b", line)
    days += [(day, month, year) for month, day, year in re.findall(rf"\b({names}) (\d{{1,2}}),? (\d{{4}})\b", line)]
    if days:
        return {f"{year}-{months[month]:02}-{int(day):02}" for day, month, year in days}
    return {f"{year}-{months[month]:02}" for month, year in re.findall(rf"\b({names})\b\.? (\d{{4}})\b", line)}


def _names_month(text: str) -> bool:
    return not _months().keys().isdisjoint(re.findall(r"[^\W\d_]+", text.casefold()))


@cache
def _months() -> dict[str, int]:
    return {name: int(row["month"]) for row in rows_of("months.csv") for name in row["names"].split()}
