"""Files that are whole or absent: written, synced to disk, and only then given their name."""

import gzip
import hashlib
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dppgraph.errors import Damaged, NotWritten


def write_synced(path: Path, data: bytes) -> str:
    """Writes a new file through to the disk; the SHA-256 of its bytes, in hexadecimal."""
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return hashlib.sha256(data).hexdigest()


@contextmanager
def writable(folder: Path) -> Iterator[None]:
    """Tells of a disk that does not take what the block writes.

    Raises:
        NotWritten: it did not.
    """
    try:
        yield
    except OSError as error:
        where = error.filename2 or error.filename or folder
        raise NotWritten(
            f"the store {folder} cannot be written ({where}: {error.strerror or error}): take another --store"
        ) from error
    except sqlite3.OperationalError as error:
        raise NotWritten(f"the store {folder} cannot be written ({error}): take another --store") from error


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_files(folder: Path) -> None:
    """Makes all files in a folder, and in those below it, durable."""
    for path in (folder, *folder.rglob("*")):
        if path.is_dir():
            sync_folder(path)
        else:
            with path.open("rb") as file:
                os.fsync(file.fileno())


def compressed(lines: Iterable[str]) -> bytes:
    """Lines as gzip, the same bytes for the same lines."""
    return zipped("".join(f"{line}\n" for line in lines).encode())


def decompressed(data: bytes, where: str) -> list[str]:
    """The lines that :func:`compressed` was given.

    Raises:
        Damaged: the bytes are no such file.
    """
    try:
        # Not splitlines(): a literal may hold a character that Python, but not N-Quads, counts as a line's end.
        return unzipped(data, where).decode().split("\n")[:-1]
    except UnicodeDecodeError as error:
        raise Damaged(f"{where} is damaged: {error}") from error


def zipped(data: bytes) -> bytes:
    """Bytes as gzip, the same for the same."""
    return gzip.compress(data, compresslevel=6, mtime=0)


def unzipped(data: bytes, where: str) -> bytes:
    """The bytes that :func:`zipped` was given.

    Raises:
        Damaged: these are no gzip.
    """
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise Damaged(f"{where} is damaged: {error}") from error


def check(path: Path, sha256: str) -> None:
    """Makes sure that a file has a checksum, a piece in memory at a time.

    Raises:
        Damaged: it is missing, unreadable or other than it was.
    """
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Damaged(f"{path} cannot be read: {error.strerror}") from error
    if found != sha256:
        raise other_than_published(path)


def read_checked(path: Path, sha256: str | None) -> bytes:
    """The bytes of a file that must have a checksum, if one is known.

    Raises:
        Damaged: it is missing, unreadable or other than it was.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Damaged(f"{path} cannot be read: {error.strerror}") from error
    if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256:
        raise other_than_published(path)
    return data


def other_than_published(path: Path) -> Damaged:
    """What is said of a file that has not its checksum."""
    return Damaged(f"{path} is damaged: its bytes are not those that were published")
