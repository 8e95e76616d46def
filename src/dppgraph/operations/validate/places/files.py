"""The files that are looked into, and what they are called."""

import os
from pathlib import Path

from dppgraph.core import formats


def files_below(folder: Path) -> list[Path]:
    """The RDF files below a folder, hidden ones left out, in the order in which they are read."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and formats.of_file(path.name)
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def shown(path: Path) -> str:
    """A file's name as its reader would write it: relative to the working folder if it is below that, else as given."""
    here = os.path.relpath(path)
    return here if path.is_absolute() and not here.startswith("..") else str(path)
