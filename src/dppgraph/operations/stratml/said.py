"""What an element says: its texts in their languages, and dates in the forms that are around."""

import re
from datetime import date
from typing import Final

from dppgraph.operations.stratml.labels import Labels, tidied
from dppgraph.operations.stratml.parse import Element
from dppgraph.operations.stratml.plan import Texts
from dppgraph.store.rdf import is_language

NONE: Final = "none"
"""In the label ``Language``: the Name only shows what the labels say."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:Z|[+-]\d\d:\d\d)?")
_WITH_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T[\d:.]+(?:Z|[+-]\d\d:\d\d)?")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)


def texts_of(element: Element, names: tuple[str, str], labels: Labels, language: str) -> tuple[Texts, Texts]:
    """The names and the descriptions of an element.

    Args:
        element: the element.
        names: the child that has its name, and the label that has the rest of its names.
        labels: its labels.
        language: what the document is in.
    """
    own = labels.value("Language")
    language = own if own == NONE or is_language(own) else language
    name, description = (element.first(child).text for child in (names[0], "Description"))
    found = [[(language, text)] if text and language != NONE else [] for text in (name, description)]
    return (
        tuple(sorted({*labels.texts(names[1]), *found[0]})),
        tuple(sorted({*labels.texts("Description"), *found[1]})),
    )


def is_day(text: str) -> bool:
    """Whether a text is a full date, which alone StratML can say."""
    try:
        return bool(_DAY.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False


def is_number(text: str) -> bool:
    """Whether a text is a decimal number as XML Schema writes it."""
    return bool(_NUMBER.fullmatch(text))


def date_of(text: str) -> str:
    """A year, month or day as ours are written; empty if the text is none.

    >>> date_of("2012-07-16T00:00:00Z"), date_of("2012"), date_of("fall of 2012")
    ('2012-07-16', '2012', '')
    """
    text = tidied(text)
    if with_time := _WITH_TIME.fullmatch(text):
        text = with_time[1]
    found = _DATE.fullmatch(text)
    if not found:
        return ""
    year, month, day = found.groups()
    return (
        "-".join(part for part in (year, month, day) if part)
        if is_day("-".join((year, month or "01", day or "01")))
        else ""
    )
