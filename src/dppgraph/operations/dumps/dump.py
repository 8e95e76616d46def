"""What is said of a dump, and the list of those in a folder."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from dppgraph.errors import Damaged

LIST: Final = "dumps.json"
"""The list's file."""

CHECKSUMS: Final = "SHA256SUMS"
"""The file with the checksums, as ``sha256sum -c`` reads it."""


@dataclass(frozen=True, slots=True)
class Dump:
    """One file that can be downloaded.

    Attributes:
        file: its name.
        format: the short name of its format: those of ``core.formats``, ``csv`` or ``csvw``.
        media_type: without parameters; of a gzipped file, of what is inside.
        gzip: whether the file is gzipped.
        size: bytes of the file.
        sha256: of the file, in hexadecimal.
        holds: ``all``, a graph's short name or, if it has none, its IRI, ``plan:<iri>``, or ``table:`` and its name.
    """

    file: str
    format: str
    media_type: str
    gzip: bool
    size: int
    sha256: str
    holds: str


def checksums(dumps: Iterable[Dump]) -> str:
    """The content of :data:`CHECKSUMS`."""
    return "".join(f"{dump.sha256}  {dump.file}\n" for dump in dumps)


def write_list(dumps: list[Dump], folder: Path, licence: str | None) -> None:
    """Writes the list and the checksums into the folder of the files.

    Args:
        dumps: the files.
        folder: where they are.
        licence: the IRI of the licence that the data names for the whole graph; None where it names none.

    Raises:
        OSError: they cannot be written.
    """
    listed = ",\n".join(f"  {json.dumps(asdict(dump), ensure_ascii=False)}" for dump in dumps)
    said = f'{{\n "licence": {json.dumps(licence)},\n "dumps": [\n{listed}\n ]\n}}\n'
    (folder / LIST).write_text(said, encoding="utf-8")
    (folder / CHECKSUMS).write_text(checksums(dumps), encoding="utf-8")


def read_dumps(folder: Path) -> list[Dump]:
    """The list of the files in a folder.

    Raises:
        FileNotFoundError: there is no such folder, or no list in it.
        Damaged: what is there is no such list.
    """
    return read_list(folder)[0]


def read_licence(folder: Path) -> str | None:
    """The licence alone, without reading of tens of thousands of files.

    Raises:
        FileNotFoundError: as :func:`read_dumps`.
        Damaged: likewise.
    """
    with (folder / LIST).open(encoding="utf-8") as file:
        _, said = file.readline(), file.readline().strip()
    name, _, value = said.partition(": ")
    if name != '"licence"' or not value.endswith(","):
        # Not written here.
        return read_list(folder)[1]
    try:
        licence: str | None = json.loads(value[:-1])
    except ValueError as error:
        raise Damaged(f"{folder / LIST} is damaged: it is no list of dumps") from error
    return licence


def read_list(folder: Path) -> tuple[list[Dump], str | None]:
    """Likewise, with the licence."""
    path = folder / LIST
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return [Dump(**dump) for dump in said["dumps"]], said["licence"]
    except (ValueError, TypeError, KeyError) as error:
        raise Damaged(f"{path} is damaged: it is no list of dumps") from error
