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
    "fact": "fact", "feit": "fact",
    "about": "about", "over": "about",
    "value": "value", "waarde": "value",
    "words": "words", "woorden": "words",
    "which": "which", "welke": "which",
    "note": "note", "nota": "note",
}  # fmt: skip
_NEEDED: Final = ("fact", "about", "value", "words")


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
        meaning: what it says.
    """

    word: str
    about: str
    opens: str
    property: str
    value: str
    words: str
    meaning: str


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
    """Every word for a kind of fact, English and Dutch, as :func:`values.key` has it."""
    found = {}
    for row in rows_of("words.csv"):
        dutch = row.pop("nl")
        found[key(row["word"])] = found[key(dutch)] = Word(**row)
    return found


def read_table(data: bytes, name: str) -> tuple[list[Row], list[Problem]]:
    """The rows of a table, and what is wrong with those that cannot be read.

    Args:
        data: the file. Its separator is the header's: a comma, a semicolon or a tab.
        name: its name, for the messages.

    Raises:
        BadParameter: it is no such table.
    """
    cells = _cells(data, name)
    header = next((number for number, row in enumerate(cells) if _says_something(row)), None)
    if header is None:
        raise BadParameter(f"{name} has no rows: `dppgraph new NAME` writes a table to start from")
    columns = _columns(cells[header], name)
    rows, problems = [], []
    for number, row in enumerate(cells[header + 1 :], header + 2):
        if _says_something(row):
            try:
                rows.append(_row(number, row, columns))
            except BadParameter as error:
                problems.append(Problem(number, str(error)))
    return rows, problems


def alternatives(wanted: str, offered: list[str], shown: int = 3) -> list[str]:
    """Those of the offered names that look like the wanted one, the likeliest first."""
    by_key = {key(name): name for name in offered}
    return [by_key[close] for close in get_close_matches(key(wanted), by_key, shown, 0.6)]


def _cells(data: bytes, name: str) -> list[list[str]]:
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
    return rows


def _says_something(row: list[str]) -> bool:
    return any(cell.strip() for cell in row) and not row[0].lstrip().startswith(("#", "sep="))


def _columns(header: list[str], name: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for index, cell in enumerate(header):
        column = _COLUMNS.get(key(cell))
        if cell.strip() and column is None:
            raise BadParameter(f"{name} has a column {cell.strip()!r}: the columns are {', '.join(_COLUMNS.values())}")
        if column:
            found.setdefault(column, index)
    missing = [column for column in _NEEDED if column not in found]
    if missing:
        raise BadParameter(
            f"{name} lacks the column {missing[0]}: its first row reads fact, about, value, words, which, note"
        )
    return found


def _row(number: int, row: list[str], columns: dict[str, int]) -> Row:
    known = set(columns.values())
    if any(cell.strip() for index, cell in enumerate(row) if index not in known):
        raise BadParameter(
            "this row has more cells than there are columns: put a text that holds the separator in quotation marks"
        )
    cells = {column: row[index].strip() if index < len(row) else "" for column, index in columns.items()}
    word = words().get(key(cells["fact"]))
    if word is None:
        raise BadParameter(_unknown(cells["fact"]))
    which = cells.get("which", "")
    if which and not (which.isdecimal() and int(which)):
        raise BadParameter(f"which is {which!r}: write 1 for the first place in the text, 2 for the second")
    return Row(number, word, cells["about"], cells["value"], cells["words"], int(which) if which else None)


def _unknown(fact: str) -> str:
    if not fact:
        return "this row has no fact: write one, or begin the row with # if it is a remark"
    close = alternatives(fact, list(words()), 2)
    meant = f"did you mean {' or '.join(close)}?" if close else "docs/add-a-plan.md lists them all"
    return f"there is no fact {fact!r}: {meant}"
