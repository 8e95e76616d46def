"""A catalogue that is too long for memory, written as a server says it by a process of its own."""

import os
import tempfile
from functools import partial
from pathlib import Path
from typing import IO, Final, NamedTuple

from dppgraph.core.formats import Format
from dppgraph.operations.export.streamed import export_stream
from dppgraph.operations.frames import Context
from dppgraph.operations.harvest.frozen import needs_server
from dppgraph.operations.harvest.located import Located
from dppgraph.store.runs import LinesFile, written
from dppgraph.store.workers.apart import called

LONG: Final = 4 << 20
"""Bytes of a catalogue's lines from which on it is not held in memory."""


class Said(NamedTuple):
    """How a server says lines: with the base of the data and its own address, and whether it is one that answers."""

    base: str
    url: str
    frozen: bool


def stream_catalogue(lines: Path, said: Said, format_: Format, context: Context, out: IO[bytes]) -> None:
    """Writes the document of a catalogue.

    Args:
        lines: the file with its lines, sorted.
        said: how it is said.
        format_: how it is written.
        context: the names that JSON-LD is written with.
        out: where to: a file of the system.

    Raises:
        BadRdf: the format cannot say one of its statements.
        EngineDied: the process ended before its work was done.
        OSError: a file cannot be read or written.
    """
    # Another process opens the same file by its descriptor here, as it has no name.
    place = f"/proc/{os.getpid()}/fd/{out.fileno()}"
    # Here, so that it goes even if that process is killed.
    with tempfile.TemporaryDirectory() as work:
        called([partial(_write, lines, said, format_, context, place, Path(work))], apart=True)


def _write(path: Path, said: Said, format_: Format, context: Context, place: str, work: Path) -> None:
    leaves_out = needs_server(said.base) if said.frozen else None
    located = Located(said.base, said.url, leaves_out).stream(LinesFile(path, 0))
    with Path(place).open("r+b") as out:
        export_stream(written(located, work / "lines"), format_, context, out)
