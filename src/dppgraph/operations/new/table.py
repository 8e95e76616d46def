"""The table: a file of comma or semicolon separated values as spreadsheets write it, one row for each fact."""

import csv
import io
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Final

from dppgraph.errors import BadParameter
from dppgraph.operations.new.values import key, rows_of

_COLUMNS: Final = {
    "fact": "fact", "feit": "fact", "fait": "fact",
    "about": "about", "over": "about", "sujet": "about",
    "value": "value", "waarde": "value", "valeur": "value",
    "words": "words", "woorden": "words", "mots": "words",
    "which": "which", "welke": "which", "lequel": "which",
    "note": "note", "nota": "note", "remarque": "note",
}  # fmt: skip
_NEEDED: Final = ("fact", "about", "value", "words")
# What the files of spreadsheets begin with: .xlsx and .ods, and the older .xls.
_SPREADSHEETS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True, slots=True)
class Word:
    """A word for a kind of fact, from ``words.csv``.

    Attributes:
        word: the word.
        about: what its fact is about: page, body, new, plan, period, or the key of a thing opened above it.
        opens: the key of the thing that it opens, or empty.
        property: the property, as a prefixed name; with ``^`` before it, from the thing to the plan.
        value: how its cell is read.
        words: yes, no or optional.
        once: whether a thing has one row of it at most: once, or empty.
        meaning: what it says.
    """

    word: str
    about: str
    opens: str
    property: str
    value: str
    words: str
    once: str
    meaning: str


UNREAD: Final = Word("", "", "", "", "", "", "", "")
"""What stands in place of a word that is not known, and like none that is."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it was written, with its number in the spreadsheet."""

    number: int
    word: Word
    about: str
    value: str
    words: str
    which: int | None


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something to mend, and in which row (0 for the table as a whole)."""

    row: int
    text: str


@cache
def words() -> dict[str, Word]:
    """Every word for a kind of fact, English, Dutch and French, as :func:`values.key` has it."""
    found = {}
    for row in rows_of("words.csv"):
        names = row["word"], row.pop("nl"), row.pop("fr")
        found.update(dict.fromkeys(map(key, names), Word(**row)))
    return found


@cache
def _spellings() -> list[str]:
    return [row[column] for column in ("fr", "nl", "word") for row in rows_of("words.csv")]


def read_table(data: bytes, name: str) -> tuple[list[Row], list[Problem]]:
    """The rows of a table, and what is wrong with how they are written.

    A row whose fact is misspelt is read as the likeliest one, so that the rows that belong to it are not told too.

    Args:
        data: the file. Its separator is the header's: a comma, a semicolon or a tab.
        name: its name, for the messages.

    Raises:
        BadParameter: it is no such table.
    """
    cells, separator = _cells(data, name)
    header = next((number for number, row in enumerate(cells) if _says_something(row)), None)
    if header is None:
        raise BadParameter(f"{name} has no rows: `dppgraph new NAME` writes a table to start from")
    columns = _columns(cells[header], f"{name}:{header + 1}")
    rows, problems = [], []
    for number, row in enumerate(cells[header + 1 :], header + 2):
        if _says_something(row):
            read, wrong = _row(number, row, columns, separator)
            rows.append(read)
            problems += [Problem(number, text) for text in wrong]
    return rows, problems


def alternatives(wanted: str, offered: list[str], shown: int = 3) -> list[str]:
    """Those of the offered names that look like the wanted one, the likeliest first."""
    by_key = {key(name): name for name in offered}
    return [by_key[close] for close in get_close_matches(key(wanted), by_key, shown, 0.6)]


def _cells(data: bytes, name: str) -> tuple[list[list[str]], str]:
    """The cells of a table, and what separates them."""
    if data.startswith(_SPREADSHEETS):
        raise BadParameter(f"{name} is a spreadsheet file: save it as “CSV UTF-8” in the spreadsheet program")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadParameter(
            f"{name} is not UTF-8 (byte {error.start}): in the spreadsheet, save it as “CSV UTF-8”"
        ) from error
    # A spreadsheet may say its separator in a line of its own.
    first = next((line for line in text.splitlines() if line.strip() and not line.startswith(("#", '"#', "sep="))), "")
    separator = max(";,\t", key=first.count)
    rows: list[list[str]] = []
    try:
        # Not splitlines(): a cell may hold line ends.
        rows.extend(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise BadParameter(
            f"{name}:{len(rows) + 1}: this row cannot be read ({error}): a cell that begins with a quotation mark ends "
            "with one too, and has two for each within it"
        ) from error
    return rows, separator


def _says_something(row: list[str]) -> bool:
    return any(cell.strip() for cell in row) and not row[0].lstrip().startswith(("#", "sep="))


def _columns(header: list[str], where: str) -> dict[str, int]:
    offered = ", ".join(dict.fromkeys(_COLUMNS.values()))
    found: dict[str, int] = {}
    for index, cell in enumerate(header):
        column = _COLUMNS.get(key(cell))
        if cell.strip() and column is None:
            raise BadParameter(f"{where}: there is no column {cell.strip()!r}: the columns are {offered}")
        if column in found:
            raise BadParameter(f"{where}: the column {column} is there twice: remove one of the two")
        if column:
            found[column] = index
    missing = [column for column in _NEEDED if column not in found]
    if missing:
        raise BadParameter(f"{where}: the column {missing[0]} is missing: this row reads {offered}")
    return found


def _row(number: int, row: list[str], columns: dict[str, int], separator: str) -> tuple[Row, list[str]]:
    """A row as far as it can be read, and what is wrong with it."""
    wrong = []
    shown = "tab" if separator == "\t" else separator
    known = set(columns.values())
    if any(cell.strip() for index, cell in enumerate(row) if index not in known):
        wrong.append(
            "this row has more cells than there are columns: a cell with a "
            f"{shown} in it needs quotation marks around it"
        )
    cells = {column: row[index].strip() if index < len(row) else "" for column, index in columns.items()}
    word = words().get(key(cells["fact"]))
    if word is None:
        close = alternatives(cells["fact"], _spellings(), 2)
        word = words()[key(close[0])] if close else UNREAD
        wrong.append(_unknown(cells["fact"], close))
    which = cells.get("which", "")
    is_number = which.isdecimal() and int(which) > 0
    if which and not is_number:
        wrong.append(
            f"which is {which!r}: write 1 for the first place in the text, 2 for the second; if it is a part of the "
            f"words, these need quotation marks around them, as they have a {shown} in them"
        )
    return Row(number, word, cells["about"], cells["value"], cells["words"], int(which) if is_number else None), wrong


def _unknown(fact: str, close: list[str]) -> str:
    if not fact:
        return "this row has no fact: write one, or begin the row with # if it is a remark"
    meant = f"did you mean {' or '.join(close)}?" if close else "docs/add-a-plan.md lists them all"
    return f"there is no fact {fact!r}: {meant}"
