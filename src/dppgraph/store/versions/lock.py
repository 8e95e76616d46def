"""One writer at a time: a lock that the kernel releases when its holder ends, however it ends."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from dppgraph.errors import StoreInUse


@contextmanager
def write_lock(path: Path, holder: str) -> Iterator[None]:
    """Holds the lock file at ``path`` for as long as the block runs.

    Args:
        path: the lock file; made if need be, never removed (removing it would let two hold it).
        holder: what to tell whoever comes second, such as ``dppgraph serve``.

    Raises:
        StoreInUse: another process holds it.
        OSError: the file cannot be opened.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreInUse(_in_use(path)) from error
        since = datetime.now(UTC).isoformat(timespec="seconds")
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"holder": holder, "process": os.getpid(), "since": since}).encode(), 0)
        yield
    finally:
        # Closed alone, it would be held on by a copy of this process that was made meanwhile and is still at its work.
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


def _in_use(path: Path) -> str:
    try:
        said = json.loads(path.read_text())
        who = f"`{said['holder']}` (process {said['process']}, since {said['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        who = "another dppgraph"
    return f"the store {path.parent} is in use by {who}: wait for it, stop it, or take another --store"
