"""Retention: which versions are let go, and which never are."""

from contextlib import suppress

from dppgraph.errors import BadCall, Damaged
from dppgraph.store.history import forget_all_but
from dppgraph.store.versions import VersionStore, Writer


def let_go(store: VersionStore, keep: int) -> list[int]:
    """The numbers of the versions that are let go where so many of the newest are kept; oldest first.

    Args:
        store: the store.
        keep: how many of the newest are kept; 0: all. Pinned ones are kept besides.

    Raises:
        Damaged: what is pinned cannot be told.
    """
    said = store.retention()
    old = store.numbers()[:-keep] if keep else []
    return [number for number in old if number not in said.pinned | said.pruned]


def prune(store: VersionStore, writer: Writer, keep: int) -> list[int]:
    """Lets old versions go; the numbers of those.

    Args:
        store: the store.
        writer: the right to.
        keep: as for :func:`let_go`.

    Raises:
        Damaged: a version that is kept cannot be read; nothing is let go.
        StoreUnavailable: the disk did not take it; no version is lost that is kept.
    """
    gone = let_go(store, keep)
    # With nothing new, it takes away what a killed one left.
    writer.prune(gone)
    if store.retention().pruned and store.history_path.exists():
        # Where it is damaged, it is made anew with the next version.
        with suppress(Damaged):
            forget_all_but(store.history_path, filter(store.is_kept, store.numbers()))
    return gone


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
