"""Files that are as they were in the version before: there once on disk, however many versions have them."""

import filecmp
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from dppgraph.errors import Damaged
from dppgraph.operations.dumps.dump import Dump, read_dumps

_LINK: Final = "link-unfinished"


def link_alike(dumps: Iterable[Dump], folder: Path, before: Path) -> int:
    """Has the files of a folder that are the same in another one take no room of their own.

    Args:
        dumps: the files of the folder.
        folder: the folder.
        before: the other one; it need not be there.

    Returns:
        How many files are shared.

    Raises:
        OSError: a file cannot be read.
    """
    try:
        known = {dump.file: dump.sha256 for dump in read_dumps(before)}
    except (FileNotFoundError, Damaged):
        return 0
    shared = 0
    for dump in dumps:
        file, other = folder / dump.file, before / dump.file
        # What the list says of the other one may be true no more.
        if known.get(dump.file) != dump.sha256 or not (other.is_file() and filecmp.cmp(file, other, shallow=False)):
            continue
        try:
            (folder / _LINK).hardlink_to(other)
        except OSError:
            # This file system has no links, or none left: each version has files of its own.
            break
        (folder / _LINK).replace(file)
        shared += 1
    return shared
