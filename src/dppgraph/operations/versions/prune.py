"""Retention: which versions are let go, and which never are."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from dppgraph.errors import BadCall, Damaged
from dppgraph.store.history import forget_all_but
from dppgraph.store.versions import Ahead, VersionStore, Writer, made_ahead

_MORE: Final = 10
_MOST_MORE: Final = 100


@dataclass(frozen=True, slots=True)
class LettingGo:
    """Versions that are to be let go, and what is written for others then, made before the right to write is held."""

    numbers: list[int]
    ahead: Ahead


def let_go(store: VersionStore, keep: int) -> list[int]:
    """The numbers of the versions that are let go where so many of the newest are kept; oldest first.

    Args:
        store: the store.
        keep: how many of the newest are kept; 0: all. Pinned ones are kept besides, and the one that files made last:
            without it nobody could tell what was written since.

    Raises:
        Damaged: what is pinned cannot be told, or a manifest is not what was published.
    """
    said = store.retention()
    numbers = store.numbers()
    old = numbers[:-keep] if keep else []
    stays = said.pinned | said.pruned | ({store.as_built(numbers[-1])} if old else set())
    return [number for number in old if number not in stays]


def letting_go(store: VersionStore, keep: int) -> LettingGo | None:
    """What is let go by a process that does so again and again; None where it is not worth it yet.

    That is where a tenth more than are kept are there, at most a hundred more: each time costs some other version a
    file with all its quads.

    Args:
        store: the store.
        keep: as for :func:`let_go`; 0: all.

    Raises:
        Damaged: what is pinned cannot be told, or a version that is kept cannot be read.
    """
    numbers = let_go(store, keep)
    if len(numbers) < max(1, min(keep // _MORE, _MOST_MORE)):
        return None
    return LettingGo(numbers, made_ahead(store, numbers))


def prune(store: VersionStore, writer: Writer, keep: int | LettingGo) -> list[int]:
    """Lets old versions go; the numbers of those.

    Args:
        store: the store.
        writer: the right to.
        keep: as for :func:`let_go`; or what is let go.

    Raises:
        Damaged: a version that is kept cannot be read; nothing is let go.
        StoreUnavailable: the disk did not take it; no version is lost that is kept.
    """
    going = keep if isinstance(keep, LettingGo) else LettingGo(let_go(store, keep), {})
    # With nothing new, it takes away what a killed one left.
    writer.prune(going.numbers, going.ahead)
    if store.retention().pruned and store.history_path.exists():
        # Where it is damaged, it is made anew with the next version.
        with suppress(Damaged):
            forget_all_but(store.history_path, filter(store.is_kept, store.numbers()))
    return going.numbers


def keep_pinned(store: VersionStore, number: int, *, pinned: bool) -> None:
    """Has a version never be pruned, or be like others again.

    Raises:
        BadCall: it is so already.
        Unknown: there is no such version.
        Gone: it was pruned already.
        StoreInUse: another process writes to the store.
        StoreUnavailable: the disk did not take it.
    """
    with store.writing(f"dppgraph versions {'pin' if pinned else 'unpin'}") as writer:
        if pinned == (number in store.retention().pinned):
            raise BadCall(f"version {number} is {'pinned already' if pinned else 'not pinned'}")
        writer.pin(number, pinned=pinned)
