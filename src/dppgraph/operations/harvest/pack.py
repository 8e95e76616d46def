"""Making the harvest of a version that is published already, beside whoever writes the next one."""

import shutil
import tempfile
from pathlib import Path

from dppgraph.operations.harvest.make import is_packed, pack_into
from dppgraph.store.versions import VersionStore
from dppgraph.store.versions.files import writable
from dppgraph.store.versions.lock import write_lock


def pack(store: VersionStore, number: int) -> bool:
    """Makes the harvest of a published version, unless it is there; whether it made it.

    The store's lock is not needed: nobody else makes that harvest, and it is given its name once it is whole.

    Raises:
        StoreInUse: another process packs.
        StoreUnavailable: the disk did not take it.
        Damaged: the version's files are not what was published.
    """
    manifest = store.manifest(number)
    if is_packed(store, manifest):
        return False
    place = store.folder / "packing"
    with writable(store.folder):
        place.mkdir(exist_ok=True)
        with write_lock(place / "lock", "packing"):
            for left in place.iterdir():
                if left.is_dir():
                    # Of one that was killed.
                    shutil.rmtree(left)
            work = Path(tempfile.mkdtemp(dir=place))
            try:
                lines, delta = store.at_hand(number, work)
                pack_into(store, work / "harvest", manifest, lines, delta)
                store.keep_harvest(work / "harvest", number)
            finally:
                shutil.rmtree(work, ignore_errors=True)
    return True
