"""Letting versions go: what rests on them gets its own files first, so that it is read without them.

Killed at any moment, it leaves every version either whole or told as pruned; run again, it goes on.
"""

import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dppgraph.core.digest import tree_of
from dppgraph.store.versions.files import compressed, sync_folder, writable, write_synced
from dppgraph.store.versions.names import KEYFRAME, STATED, TREE
from dppgraph.store.versions.retention import LATE, RETENTION, STAYS, Retention, read_late

if TYPE_CHECKING:
    from dppgraph.store.versions.versions import VersionStore

Ahead = Mapping[int, Mapping[str, bytes]]
"""Version to what the files hold that it gets late: name to content."""


def made_ahead(store: "VersionStore", numbers: Iterable[int]) -> Ahead:
    """Makes what is to be written when versions are pruned, which takes long, before the right to write is held.

    What is published never changes, so it is right whatever is written meanwhile.

    Raises:
        Unknown: there is no such version.
        Damaged: a version that is kept cannot be read.
    """
    return {number: _whole(store, number) for number in _resting(store, _pruned_with(store, numbers))}


def prune(store: "VersionStore", numbers: Iterable[int], ahead: Ahead | None = None) -> None:
    """Lets the files of versions go; only for whoever holds the right to write.

    Args:
        store: where they are.
        numbers: the versions; a pinned one or the current one is kept nevertheless.
        ahead: what :func:`made_ahead` made for them; what it lacks is made now.

    Raises:
        Unknown: there is no such version.
        Damaged: a version that is kept cannot be read; nothing is pruned.
        StoreUnavailable: the disk did not take it; no version is lost that is kept.
    """
    said = store.retention()
    pruned = _pruned_with(store, numbers)
    for number in _resting(store, pruned):
        make_whole(store, number, (ahead or {}).get(number))
    retain(store, Retention(said.pinned, pruned))
    with writable(store.folder):
        for number in pruned:
            for left in store.path(number).iterdir():
                if left.name not in STAYS:
                    left.unlink()
            for folder in (store.index_path(number), store.harvest_path(number)):
                shutil.rmtree(folder, ignore_errors=True)


def make_whole(store: "VersionStore", number: int, contents: Mapping[str, bytes] | None = None) -> None:
    """Gives a published version the files that it is read with; only for whoever holds the right to write.

    Args:
        store: where it is.
        number: the version.
        contents: these files, where they are made already.

    Raises:
        Damaged: it cannot be read.
        StoreUnavailable: the disk did not take them.
    """
    contents = _whole(store, number) if contents is None else contents
    folder = store.path(number)
    with writable(store.folder), tempfile.TemporaryDirectory(dir=store.unfinished) as name:
        work = Path(name)
        files = {name: write_synced(work / name, data) for name, data in contents.items()}
        for file in files:
            (work / file).replace(folder / file)
        sync_folder(folder)
        # Without it the others count for nothing.
        write_synced(work / LATE, (json.dumps({"files": files}) + "\n").encode())
        (work / LATE).replace(folder / LATE)
        sync_folder(folder)


def retain(store: "VersionStore", what: Retention) -> None:
    """Writes which versions are pinned and pruned; only for whoever holds the right to write.

    Raises:
        StoreUnavailable: the disk did not take it.
    """
    with writable(store.folder), tempfile.TemporaryDirectory(dir=store.unfinished) as name:
        new = Path(name) / RETENTION
        write_synced(new, what.to_json().encode())
        new.replace(store.folder / RETENTION)
        sync_folder(store.folder)


def _pruned_with(store: "VersionStore", numbers: Iterable[int]) -> frozenset[int]:
    """All that are pruned, with these, once they are."""
    said = store.retention()
    for number in (chosen := set(numbers)):
        store.manifest(number)
    return said.pruned | (chosen - said.pinned - {store.current()})


def _resting(store: "VersionStore", pruned: frozenset[int]) -> list[int]:
    """The versions that are read with the files of one of these, where no earlier one that stays is.

    The oldest first: what is made whole is there for those that rest on it.
    """
    return [number for number in store.numbers() if number not in pruned and _rests_on(store, number, pruned)]


def _rests_on(store: "VersionStore", number: int, pruned: frozenset[int]) -> bool:
    manifest, files = store.manifest(number), store.files(number)
    if KEYFRAME not in files and manifest.parent in pruned:
        return True
    says = STATED in files or read_late(store.path(number)) is not None
    source = {"write": manifest.parent, "rollback": manifest.of}.get(manifest.kind)
    return not says and source in pruned


def _whole(store: "VersionStore", number: int) -> dict[str, bytes]:
    """The files that a version lacks to be read without others."""
    manifest, lines = store.manifest(number), store.lines(number)
    contents = {KEYFRAME: compressed(lines), TREE: json.dumps(tree_of(lines), indent=0).encode()}
    stated = store.stated(number)
    if stated is not None:
        contents[STATED] = compressed(stated)
    return {name: data for name, data in contents.items() if name not in manifest.files}
