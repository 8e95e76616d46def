"""Puts new texts in the place of files, each whole or not at all."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path


def put(files: Mapping[Path, bytes]) -> None:
    """Writes files; the first of them takes its place once all of them are on the disk.

    Raises:
        OSError: one cannot be written.
    """
    written: dict[Path, Path] = {}
    try:
        for path, data in files.items():
            # What a link leads to is the file.
            target = path.resolve()
            target.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
            written[target] = Path(name)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                os.fchmod(file.fileno(), _mode(target))
                file.flush()
                os.fsync(file.fileno())
        for target, beside in written.items():
            beside.replace(target)
    finally:
        for beside in written.values():
            beside.unlink(missing_ok=True)


def _mode(target: Path) -> int:
    """The permissions of the file that is there, or those of any new file: a temporary one is private."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
