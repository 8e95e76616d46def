"""In which versions something can be had: all that are kept, or those that changed a thing."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from dppgraph.errors import Damaged, Unknown
from dppgraph.store.history import History
from dppgraph.store.versions import VersionStore


class Moment(NamedTuple):
    """A version, and when it was published, in UTC."""

    version: int
    created: datetime


def kept_versions(store: VersionStore, until: int) -> list[int]:
    """The numbers of the versions up to one that were not pruned, oldest first."""
    pruned = store.retention().pruned
    return [number for number in range(1, until + 1) if number not in pruned]


def versions_of(store: VersionStore, history: History, thing: str, until: int) -> list[int]:
    """The numbers of the versions up to one that changed what is said of a thing or its parts, oldest first.

    Of one that was pruned, the first one after it that is kept and says the same stands in its place.

    Args:
        store: the versions.
        history: their quads.
        thing: its IRI.
        until: the last of the versions.

    Raises:
        Damaged: the history cannot be read.
    """
    pruned = store.retention().pruned
    changes = history.changes(thing, until)
    ends = [*(version for version, _ in changes[1:]), until + 1]
    found = (
        _first_kept(range(version, end), pruned)
        for (version, is_there), end in zip(changes, ends, strict=False)
        if is_there
    )
    return [number for number in found if number]


def moments(store: VersionStore, numbers: Collection[int]) -> list[Moment]:
    """When versions were published; those of which nobody can say it any more are left out."""
    found = []
    for number in numbers:
        with suppress(Damaged, Unknown):
            found.append(Moment(number, store.created(number)))
    return found


def _first_kept(numbers: range, pruned: Collection[int]) -> int:
    return next((number for number in numbers if number not in pruned), 0)
