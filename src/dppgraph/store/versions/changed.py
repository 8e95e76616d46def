"""What a version changed, thing by thing: read from its file a page at a time, however many things there are."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from json.encoder import encode_basestring
from pathlib import Path
from typing import IO, Final, NamedTuple

from dppgraph.errors import Damaged
from dppgraph.store.versions.files import other_than_published

_APART: Final = 1000
"""Things between two places of which it is known where they are."""


class Changed(NamedTuple):
    """A thing, and how many statements about it a version added and removed."""

    entity: str
    added: int
    removed: int


class _Found(NamedTuple):
    changed: Changed
    offset: int


@dataclass(frozen=True, slots=True)
class _Place:
    """Where some things of one rank begin.

    Attributes:
        before: how many come before them in the order.
        offset: where the first of them is in the file.
        count: how many follow each other there.
    """

    before: int
    offset: int
    count: int


def said_changed(entities: Mapping[str, tuple[int, int]]) -> bytes:
    """The file: JSON, each thing on lines of its own, in the order in which they come.

    Args:
        entities: each thing, with how many statements about it are added and removed.
    """
    # As json.dumps(entities, indent=0) would say it, in a tenth of the time.
    said = (f"{encode_basestring(entity)}: [\n{added},\n{removed}\n]" for entity, (added, removed) in entities.items())
    return ("{\n" + ",\n".join(said) + "\n}").encode() if entities else b"{}"


class ChangedThings:
    """What a version changed, in an order.

    Args:
        path: the file, which has the things sorted by their names, each on lines of its own.
        sha256: its checksum.
        rank: a number for each thing: those of a lower one come first, those of the same by their names.

    Attributes:
        count: how many there are.

    Raises:
        Damaged: it is not what was published.
    """

    def __init__(self, path: Path, sha256: str, rank: Callable[[str], int]) -> None:
        self._path = path
        self._places = _ordered(path, sha256, rank)
        self.count = sum(place.count for place in self._places)

    def part(self, start: int, count: int) -> list[Changed]:
        """Some of them.

        Args:
            start: how many come before.
            count: how many at most.

        Raises:
            Damaged: the file cannot be read.
        """
        found: list[Changed] = []
        try:
            with self._path.open("rb") as file:
                for place in self._places:
                    skip, wanted = start + len(found) - place.before, count - len(found)
                    if 0 <= skip < place.count and wanted > 0:
                        file.seek(place.offset)
                        there = islice(_read(file), skip, min(place.count, skip + wanted))
                        found += [one.changed for one in there]
        except (OSError, ValueError) as error:
            raise Damaged(f"{self._path} cannot be read: {error}") from error
        return found


def _ordered(path: Path, sha256: str, rank: Callable[[str], int]) -> list[_Place]:
    """The places of the file in the order of the things that are there."""
    runs: list[tuple[int, int, int]] = []
    before, rank_before, offset, count = "", -1, 0, 0
    for changed, place in _checked(path, sha256):
        if changed.entity < before:
            raise Damaged(f"{path} is damaged: the things in it are not sorted")
        before, now = changed.entity, rank(changed.entity)
        if now != rank_before or count == _APART:
            runs.append((rank_before, offset, count))
            rank_before, offset, count = now, place, 0
        count += 1
    runs.append((rank_before, offset, count))
    places: list[_Place] = []
    seen = 0
    for _, offset, count in sorted(runs[1:]):
        places.append(_Place(seen, offset, count))
        seen += count
    return places


def _checked(path: Path, sha256: str) -> Iterator[_Found]:
    """All that is in the file, which has to have its checksum at the end."""
    hashing = hashlib.sha256()
    try:
        with path.open("rb") as file:
            yield from _read(file, hashing.update)
    except (OSError, ValueError) as error:
        raise Damaged(f"{path} cannot be read: {error}") from error
    if hashing.hexdigest() != sha256:
        raise other_than_published(path)


def _read(file: IO[bytes], take: Callable[[bytes], object] = lambda _: None) -> Iterator[_Found]:
    """What is said in the file from here on: a name, two numbers and a bracket, each on a line of its own."""
    place = file.tell()
    for line in file:
        take(line)
        if line.endswith(b": [\n"):
            numbers = [next(file, b"") for _ in range(3)]
            for one in numbers:
                take(one)
            # Nearly all names are written as they are.
            quoted = line[: -len(b": [\n")]
            name = json.loads(quoted) if b"\\" in quoted else quoted[1:-1].decode()
            yield _Found(Changed(name, int(numbers[0].rstrip(b",\n")), int(numbers[1])), place)
            place += sum(map(len, numbers))
        place += len(line)
