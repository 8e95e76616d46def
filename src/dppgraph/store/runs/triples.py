"""The triples of lines that come in order, in files of some size, for the merge of all graphs."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

_MOST: Final = 24 << 20
"""Characters of a file, and some more."""


class Triples:
    """Files of N-Triples, written one after the other.

    Args:
        folder: where they are kept.
        name: what their names begin with, and those of no others there.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._held: list[str] = []
        self._size = 0
        self._files = 0

    def take(self, lines: Iterable[str]) -> Path | None:
        """Takes canonical lines, each with a graph; a file that is complete now, if one is."""
        found = [f"{line[: line.rindex(' ', 0, -2)]} .\n" for line in lines]
        self._held += found
        self._size += sum(map(len, found))
        return self.end() if self._size > _MOST else None

    def end(self) -> Path | None:
        """Writes what memory still holds; its file, or None where it holds nothing."""
        if not self._held:
            return None
        path = self._folder / f"{self._name}-{self._files:04}.nt"
        path.write_text("".join(self._held), encoding="utf-8", newline="\n")
        self._held, self._size = [], 0
        self._files += 1
        return path
