"""What is known of a version, kept in a file: whoever goes on with it need not judge all of it first.

The file is a cache. It says of what it tells, and is whole or counts for nothing. Whoever writes it need not hold the
store's lock, so it is not begun where a writer tidies up.
"""

import hashlib
import json
import secrets
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from dppgraph import __version__
from dppgraph.errors import Damaged, DppgraphError
from dppgraph.operations.build import Built, Known, is_large
from dppgraph.operations.sources import Sources
from dppgraph.operations.write.ready import Ready
from dppgraph.operations.write.said import known_of_said, said_known
from dppgraph.store.versions import Manifest, VersionStore
from dppgraph.store.versions.names import KNOWN

_UNFINISHED: Final = ".known-"
_LONG_AGO: Final = 3600.0
"""Seconds after which nobody can be at it still."""


def keep(store: VersionStore, built: Built, sources: Sources) -> None:
    """Keeps what is known of a version from building it, if it is large: a change to it is followed from then on.

    Args:
        store: the store of the version.
        built: what the build came to.
        sources: what it was built from.
    """
    if built.known is None:
        return
    # It is a cache; and if the files are others now, it was judged by those that were.
    with suppress(DppgraphError, OSError):
        ready = Ready.of(sources)
        if ready and sources.fingerprint() == built.inputs:
            write_known(store, built.manifest.digest, ready, built.known)


def write_known(store: VersionStore, digest: str, ready: Ready, known: Known) -> None:
    """Keeps what is known of a version, in place of what was known of another one.

    Args:
        store: the store of the version.
        digest: the digest of the version.
        ready: what judged it.
        known: what is known of it.

    Raises:
        OSError: it cannot be written; what was there before stays.
    """
    _tidy(store.folder)
    said = json.dumps(said_known(known))
    new = store.folder / f"{_UNFINISHED}{secrets.token_hex(8)}"
    try:
        new.write_text(f"{_key(digest, ready)} {_sha256(said)}\n{said}", encoding="utf-8")
        new.replace(store.folder / KNOWN)
    finally:
        new.unlink(missing_ok=True)


def read_known(store: VersionStore, digest: str, ready: Ready) -> Known | None:
    """What is known of a version with this digest, by these rules and shapes; None where it is not kept."""
    with suppress(OSError, ValueError, KeyError, TypeError, Damaged):
        head, _, said = (store.folder / KNOWN).read_text(encoding="utf-8").partition("\n")
        if head == f"{_key(digest, ready)} {_sha256(said)}":
            return known_of_said(json.loads(said))
    return None


def is_known(store: VersionStore, sources: Sources, manifest: Manifest) -> bool:
    """Whether all is kept of a version that a build of these files would keep.

    Args:
        store: the store of the version.
        sources: the files.
        manifest: what it says of itself.

    Raises:
        BadRdf: a file cannot be read.
    """
    if not is_large(sources):
        return True
    ready = Ready.of(sources)
    return ready is None or read_known(store, manifest.digest, ready) is not None


def is_kept(store: VersionStore) -> bool:
    """Whether anything is kept of any version."""
    return (store.folder / KNOWN).exists()


def _tidy(folder: Path) -> None:
    """Removes what somebody left there who was killed."""
    for left in folder.glob(f"{_UNFINISHED}*"):
        with suppress(OSError):
            if left.stat().st_mtime < time.time() - _LONG_AGO:
                left.unlink()


def _key(digest: str, ready: Ready) -> str:
    return _sha256(json.dumps([__version__, ready.base, digest, ready.stamp]))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
