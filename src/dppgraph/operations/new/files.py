"""What a draft becomes on the disk: all of its files, or none."""

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from dppgraph.errors import BadCall
from dppgraph.operations.new.turtle import is_written_here

ENDINGS: Final = (".ttl", ".bodies.trig", ".interpretation.trig")
"""How the names of a draft's files end: facts, new bodies, readings."""


def targets_of(table: Path) -> dict[str, Path]:
    """The files that a table may become, by the ending of their names."""
    return {ending: table.with_suffix(ending) for ending in ENDINGS}


def write_draft(table: Path, files: Mapping[str, str]) -> list[Path]:
    """Writes a draft's files beside its table, over those of an earlier draft of it; the paths, in order.

    Args:
        table: the table.
        files: the files' content by the ending of their names.

    Raises:
        BadCall: a file of that name is not of ours, or cannot be written; then none is.
    """
    targets = targets_of(table)
    for target in targets.values():
        refuse_foreign(target)
    write_together({targets[ending]: content for ending, content in files.items()})
    try:
        for ending in set(ENDINGS) - set(files):
            targets[ending].unlink(missing_ok=True)
    except OSError as error:
        raise BadCall(f"{error.filename} cannot be removed: {error.strerror}") from error
    return [targets[ending] for ending in files]


def write_together(files: Mapping[Path, str]) -> None:
    """Writes files in place of those that are there, each whole; none if one cannot be written.

    Raises:
        BadCall: one cannot be written.
    """
    written: dict[Path, Path] = {}
    try:
        for target, content in files.items():
            written[target] = _beside(target, content)
        for target, ready in written.items():
            ready.replace(target)
    except OSError as error:
        for ready in written.values():
            with suppress(OSError):
                ready.unlink(missing_ok=True)
        raise BadCall(f"{error.filename2 or error.filename} cannot be written: {error.strerror}") from error


def write_new(path: Path, content: str) -> None:
    """Writes a file that is not there yet.

    Raises:
        FileExistsError: it is there.
        BadCall: it cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(content)
    except FileExistsError:
        raise
    except OSError as error:
        raise BadCall(f"{path} cannot be written: {error.strerror}") from error


def refuse_foreign(path: Path) -> None:
    """Makes sure that a file is not there, or was written here and not by hand.

    Raises:
        BadCall: somebody edited it, or it cannot be read.
    """
    try:
        ours = not path.exists() or is_written_here(path.read_text(encoding="utf-8", errors="replace"))
    except OSError as error:
        raise BadCall(f"{path} cannot be read: {error.strerror}") from error
    if not ours:
        raise BadCall(f"{path} was edited by hand and stays as it is: move it away to have it written anew")


def _beside(target: Path, content: str) -> Path:
    """Writes a file next to its place, under a name of its own."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    path = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # A temporary file is private; a draft is as readable as any new file.
        mask = os.umask(0)
        os.umask(mask)
        path.chmod(0o666 & ~mask)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path
