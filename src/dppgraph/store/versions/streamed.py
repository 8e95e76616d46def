"""All lines of a version as they pass by, however many they are: from the last file with all of them, and what changed.

What is in memory is what was written since that file, which is kept anew before the differences weigh more than it.
"""

import gzip
import hashlib
import heapq
import zlib
from collections.abc import Iterator
from itertools import filterfalse
from pathlib import Path

from dppgraph.core.digest import Digesting
from dppgraph.errors import BadRdf, Damaged
from dppgraph.store.versions.names import KEYFRAME
from dppgraph.store.versions.versions import VersionStore


def streamed(versions: VersionStore, number: int) -> Iterator[str]:
    """The exact quads of a version, as canonical sorted lines.

    Raises:
        Unknown: there is no such version.
        Gone: it was pruned.
        Damaged: its files, or those that it rests on, are not what was published; also when all lines have come.
    """
    versions.require_kept(number)
    manifest = versions.manifest(number)
    behind: list[int] = []
    following = manifest
    while (path := versions.keyframe(following.version)) is None:
        behind.append(following.version)
        if following.parent is None:
            raise Damaged(f"version {following.version} in {versions.folder} has neither keyframe nor parent")
        following = versions.manifest(following.parent)
    if _sha256(path) != versions.files(following.version)[KEYFRAME]:
        raise Damaged(f"{path} is damaged: its checksum is not the one that its version names")
    added: set[str] = set()
    removed: set[str] = set()
    for version in reversed(behind):
        delta = versions.delta(version)
        # What goes was there since the file, or came after it; what comes is new, or comes back.
        removed.update(line for line in delta.removed if line not in added)
        added.difference_update(delta.removed)
        added.update(line for line in delta.added if line not in removed)
        removed.difference_update(delta.added)
    digest = Digesting()
    try:
        for line in heapq.merge(filterfalse(removed.__contains__, _lines(path)), sorted(added)):
            digest.take(line)
            yield line
    except BadRdf as error:
        raise Damaged(f"version {number} in {versions.folder} is damaged: {error}") from error
    if digest.root() != manifest.digest:
        raise Damaged(f"version {number} in {versions.folder} is damaged: its statements have not the digest it names")


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Damaged(f"{path} cannot be read: {error.strerror}") from error


def _lines(path: Path) -> Iterator[str]:
    try:
        with gzip.open(path, "rb") as file:
            for line in file:
                yield line.decode().removesuffix("\n")
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise Damaged(f"{path} is damaged: {error}") from error
