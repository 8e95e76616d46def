"""Where the dumps of the versions lie: a folder for each version that is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from dppgraph.operations.dumps.dump import Dump, read_licence, read_list
from dppgraph.store.versions import VersionStore


@dataclass(frozen=True, slots=True)
class Found:
    """The dumps of one version.

    Attributes:
        version: its number.
        created: when the version was made, in seconds since 1970.
        folder: where the files lie.
        dumps: the files.
        licence: the IRI of their licence, if the data names one.
        digest: the version's digest, in hexadecimal.
    """

    version: int
    created: int
    folder: Path
    dumps: list[Dump]
    licence: str | None = None
    digest: str = ""


class Dumped(Protocol):
    """What knows where dumps lie."""

    def at(self, version: int) -> Found | None:
        """The dumps of a version; None where there are none, or none any more. It may read from a disk."""
        ...


DUMPS: Final = "dumps"
"""What the folder of the dumps is called, in that of what harvesters take of a version."""


class DumpFolders:
    """The dumps of the versions of a store. Implements :class:`Dumped`.

    Args:
        versions: the versions.
        harvest: where what harvesters take of a version is.
    """

    def __init__(self, versions: VersionStore, harvest: Callable[[int], Path]) -> None:
        self._versions = versions
        self._harvest = harvest

    def at(self, version: int) -> Found | None:
        """As :class:`Dumped` has it.

        Raises:
            Damaged: the list of the files, or the version's manifest, is not what it was.
        """
        folder = self._harvest(version) / DUMPS
        try:
            dumps, licence = read_list(folder)
        except FileNotFoundError:
            return None
        manifest = self._versions.manifest(version)
        created = datetime.fromisoformat(manifest.created)
        return Found(version, int(created.timestamp()), folder, dumps, licence, manifest.digest)

    def licence(self, version: int) -> str | None:
        """The IRI of the licence of a version's dumps; None where they name none, or are not there.

        Raises:
            Damaged: the list of the files is not what it was.
        """
        try:
            return read_licence(self._harvest(version) / DUMPS)
        except FileNotFoundError:
            return None
