"""A version, as far as it can be told of."""

from dataclasses import dataclass
from typing import NamedTuple

from dppgraph.errors import Damaged, Unknown
from dppgraph.store.versions import Manifest, VersionStore


class Version(NamedTuple):
    """A version: its number, and what it says of itself; of one that is damaged, what is wrong."""

    number: int
    manifest: Manifest | None
    damage: str = ""


@dataclass(frozen=True, slots=True)
class Versions:
    """A page of the list of versions: the newest first, which page this is, from 1, and how many there are."""

    versions: list[Version]
    page: int
    pages: int


def version_of(store: VersionStore, number: int) -> Version:
    """What can be told of a version; a damaged one hides no other."""
    try:
        return Version(number, store.manifest(number))
    except (Damaged, Unknown) as error:
        return Version(number, None, str(error))
