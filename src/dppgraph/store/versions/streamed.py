"""The lines of a version one after the other, from its files: memory has the small changes since they were kept whole.

A large change is read from its files beside what it changes, as both are sorted.
"""

import gzip
import io
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import merge
from pathlib import Path
from typing import IO, Final

from dppgraph.core.digest import Digesting
from dppgraph.core.quads import Delta
from dppgraph.errors import BadRdf, Damaged
from dppgraph.store.runs import LinesFile, written
from dppgraph.store.versions.manifest import Manifest
from dppgraph.store.versions.names import ADDED, KEYFRAME, REMOVED

MANY: Final = 500_000
"""Statements of a version, or of a change, from which on they are kept in a file and not in memory."""
_PIECE: Final = 1 << 20

Where = Callable[[Manifest, str], Path]
"""The file of a version that has a name, which is as it was published."""


def is_many(manifest: Manifest) -> bool:
    """Whether the lines of a version, or those of its change, are too many for memory."""
    return max(manifest.quads, manifest.added, manifest.removed) >= MANY


def streamed(chain: Sequence[Manifest], where: Where) -> Iterator[str]:
    """The lines of a version, sorted; its files are open when this returns, whatever becomes of their names.

    Args:
        chain: the version's manifest, that of its parent, and so on, up to one that has all quads.
        where: gives their files.

    Returns:
        The lines, which raise ``Damaged`` where the files are damaged; at the end, where the digest is another one.

    Raises:
        Damaged: a file cannot be read.
    """
    *changed, whole = chain
    lines = _lines_of(where(whole, KEYFRAME))
    for added, removed in list(_changes(changed[::-1], where)) if changed else ():
        lines = _changed(lines, added, removed)
    return _checked(lines, chain[0])


def delta_of(manifest: Manifest, lines: LinesFile, where: Where, folder: Path) -> Delta:
    """What a version added to its parent's lines, and removed from them.

    Args:
        manifest: the version's.
        lines: its lines.
        where: gives its files.
        folder: a folder for what is much.

    Raises:
        Damaged: a file cannot be read.
    """
    if manifest.parent is None:
        return Delta(lines, [])
    return Delta(
        *(
            written(_lines_of(where(manifest, name)), folder / name)
            if count >= MANY
            else list(_lines_of(where(manifest, name)))
            for name, count in ((ADDED, manifest.added), (REMOVED, manifest.removed))
        )
    )


def _changes(chain: Iterable[Manifest], where: Where) -> Iterator[tuple[Iterable[str], Iterable[str]]]:
    """What is added and removed by versions, oldest first; several small changes are one."""
    added: set[str] = set()
    removed: set[str] = set()
    for manifest in chain:
        parts = (_lines_of(where(manifest, name)) for name in (ADDED, REMOVED))
        if manifest.added + manifest.removed >= MANY:
            yield sorted(added), sorted(removed)
            added, removed = set(), set()
            yield next(parts), next(parts)
            continue
        new, gone = map(set, parts)
        added = (added - gone) | new
        removed = (removed | gone) - new
        if len(added) + len(removed) >= MANY:
            yield sorted(added), sorted(removed)
            added, removed = set(), set()
    yield sorted(added), sorted(removed)


def _changed(lines: Iterable[str], added: Iterable[str], removed: Iterable[str]) -> Iterator[str]:
    """Sorted lines after a change, each once."""

    def kept() -> Iterator[str]:
        gone = iter(removed)
        going = next(gone, None)
        for line in lines:
            while going is not None and going < line:
                going = next(gone, None)
            if line != going:
                yield line

    last = None
    for line in merge(kept(), added):
        if line != last:
            yield line
        last = line


def _checked(lines: Iterable[str], manifest: Manifest) -> Iterator[str]:
    digesting = Digesting()
    what = f"version {manifest.version} is damaged: its statements"
    for line in lines:
        try:
            digesting.take(line)
        except BadRdf as error:
            raise Damaged(f"{what} are none ({error})") from error
        yield line
    if digesting.root() != manifest.digest:
        raise Damaged(f"{what} have not the digest it names")


def _lines_of(path: Path) -> Iterator[str]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise Damaged(f"{path} cannot be read: {error.strerror}") from error
    return _unzipped(file, path)


def _unzipped(file: IO[bytes], path: Path) -> Iterator[str]:
    try:
        with file, gzip.GzipFile(fileobj=file) as zipped, io.BufferedReader(zipped, _PIECE) as lines:
            for line in lines:
                yield line[:-1].decode()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise Damaged(f"{path} is damaged: {error}") from error
