"""The text of a page, in which the words of each fact are found. Offsets count Unicode code points from 0."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from dppgraph.errors import BadParameter

_AROUND = 18
_MOST_TO_SEARCH: Final = 300_000
"""Characters of a text in which the closest passage is found in less than a second."""
_SHOWN_PLACES = 6
_SHOWN_WORDS = 160
_SHOWN_PLACE = 40
_ARCHIVE = b"PK\x03\x04"
# What a keyboard writes, and what a page may have in its place.
_LOOKALIKES = ("'’‘ʼ`´", '"“”„‟«»', "-‐‑‒–—−")


@dataclass(frozen=True, slots=True)
class Passage:
    """Words of a page, as the page has them.

    Attributes:
        words: the words.
        start: the offset of the first character.
        as_typed: whether they are, letter by letter, those that were looked for.
    """

    words: str
    start: int
    as_typed: bool = True

    @property
    def end(self) -> int:
        """The offset after the last character."""
        return self.start + len(self.words)


class PageText:
    """The text of one page, as it was saved.

    Attributes:
        text: its characters.
        sha256: the SHA-256 of its bytes, in hexadecimal.
    """

    def __init__(self, data: bytes, name: str) -> None:
        """Reads a text.

        Raises:
            BadParameter: it is not UTF-8, is a word processor's file, or empty.
        """
        if data.startswith(_ARCHIVE):
            raise BadParameter(f"{name} is no plain text: save the page's text as plain text, UTF-8")
        self._name = name
        try:
            self.text = data.decode()
        except UnicodeDecodeError as error:
            raise BadParameter(f"{name} is not UTF-8 (byte {error.start}): save it as UTF-8") from error
        if not self.text.strip():
            raise BadParameter(f"{name} is empty: paste the page's text into it and save it as UTF-8")
        self.sha256 = hashlib.sha256(data).hexdigest()

    def find(self, words: str, which: int | None = None) -> Passage:
        """The place of some words; spaces, line ends, apostrophes, dashes and quotation marks may differ in kind.

        Args:
            words: the words.
            which: the number, from 1, of the one that is meant, where they stand there more than once.

        Raises:
            BadParameter: they are not there, or more than once.
        """
        words = words.strip()
        found = self._exactly(words) or self._alike(words)
        if not found:
            raise BadParameter(f"these words are not in the text: {_short(words)}. {self._closest(words)}")
        if which is not None and which > len(found):
            raise BadParameter(f"these words stand {len(found)} times in the text, which asks for number {which}")
        if which is None and len(found) > 1:
            raise BadParameter(f"{_short(words)} stands {self._places(found)}")
        return found[(which or 1) - 1]

    def _exactly(self, words: str) -> list[Passage]:
        return [Passage(words, found.start()) for found in re.finditer(f"(?={re.escape(words)})", self.text)]

    def _alike(self, words: str) -> list[Passage]:
        for form in ("NFC", "NFD"):
            parts = [re.escape(part) for part in unicodedata.normalize(form, words).split()]
            pattern = r"\s+".join("".join(_alike(part)) for part in parts)
            found = [Passage(hit[1], hit.start(), as_typed=False) for hit in re.finditer(f"(?=({pattern}))", self.text)]
            if found:
                return found
        return []

    def _places(self, found: list[Passage]) -> str:
        shown = "; ".join(f"{number} {self._around(place)}" for number, place in enumerate(found[:_SHOWN_PLACES], 1))
        more = "; …" if len(found) > _SHOWN_PLACES else ""
        return f"{len(found)} times in the text ({shown}{more}): add the words next to it, or its number in which"

    def _around(self, place: Passage) -> str:
        before, after = self.text[max(0, place.start - _AROUND) : place.start], self.text[place.end :][:_AROUND]
        words = place.words if len(place.words) <= _SHOWN_PLACE else f"{place.words[:_SHOWN_PLACE].rstrip()}…"
        return " ".join(f"…{before}[{words}]{after}…".split())

    def _closest(self, words: str) -> str:
        if len(self.text) > _MOST_TO_SEARCH:
            return "Copy them from the text"
        matcher = SequenceMatcher(None, self.text.casefold(), words.casefold(), autojunk=False)
        if len(self.text.casefold()) != len(self.text):
            matcher.set_seq1(self.text)
        anchor = matcher.find_longest_match(0, len(self.text), 0, len(words))
        if anchor.size < min(4, len(words)):
            return "Nothing there is like them: copy them from the text"
        start = max(0, anchor.a - anchor.b)
        end = start + len(words)
        while start and not self.text[start - 1].isspace():
            start -= 1
        while end < len(self.text) and not self.text[end].isspace():
            end += 1
        line = 1 + self.text[:start].count("\n")
        return f"Closest, in line {line} of {self._name}: {_short(self.text[start:end].strip())}. Copy them from there"


def _alike(escaped: str) -> list[str]:
    """A pattern's parts, each character that has lookalikes with all of them."""
    classes = {character: f"[{re.escape(group)}]" for group in _LOOKALIKES for character in group}
    return [classes.get(part[-1], part) for part in re.findall(r"\\.|.", escaped, re.DOTALL)]


def _short(words: str) -> str:
    line = " ".join(words.split())
    return f"“{line}”" if len(line) <= _SHOWN_WORDS else f"“{line[: _SHOWN_WORDS // 2]} … {line[-_SHOWN_WORDS // 2 :]}”"
