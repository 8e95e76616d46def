"""The file ``tokens.json`` in the folder of a store: all that is known of its tokens, for its owner alone.

It is replaced as a whole, by one process at a time: whoever reads it finds what was there before, or after.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from dppgraph.core.token import ROLES, Token, redacted
from dppgraph.errors import BadParameter, Damaged, StoreInUse, StoreUnavailable, Unknown
from dppgraph.store.versions.files import sync_folder, writable

FORMAT: Final = 1

Seen = tuple[int, int, int, int, int]
"""What tells one state of the file from another without reading it."""

_HIDDEN: Final[Seen] = (0, 0, 0, 0, 0)
_PATIENCE: Final = 30.0
"""Seconds to wait for others that change the file: each takes as long as the disk needs for some hundred bytes."""

_AGAIN: Final = 0.01
_OTHERS: Final = 0o077
_HEX: Final = 64


class TokenFile:
    """The tokens of a store.

    Args:
        folder: the store's.

    Attributes:
        path: the file; it is not there before the first token.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "tokens.json"
        self._folder = folder

    def read(self) -> tuple[Token, ...]:
        """All tokens, in the order in which they were made.

        Raises:
            Damaged: the file is not one of tokens.
            StoreUnavailable: it cannot be read.
        """
        try:
            data = self.path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise StoreUnavailable(f"{self.path} cannot be read ({error.strerror}): see to whose it is") from error
        try:
            return _tokens_of(json.loads(data))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            said = "put it back from a copy, or remove it and make new tokens"
            raise Damaged(f"{self.path} is damaged, so that no token of it opens anything: {said}") from error

    def seen(self) -> Seen | None:
        """The state of the file; None where there is none."""
        try:
            found = self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:
            # There may be one, and it cannot be looked at: reading it says why.
            return _HIDDEN
        return (found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_mode)

    def is_open(self) -> bool:
        """Whether others than its owner may read or change it."""
        seen = self.seen()
        return seen is not None and bool(seen[-1] & _OTHERS)

    def add(self, token: Token) -> None:
        """Adds a token.

        Raises:
            BadParameter: there is one of that name.
            Damaged: the file is not one of tokens.
            StoreUnavailable: it cannot be read or written.
        """
        with self._changing():
            tokens = self.read()
            if any(known.name == token.name for known in tokens):
                said = f"take another name, or `dppgraph token remove {token.name}` first"
                raise BadParameter(f"there is a token `{token.name}` already: {said}")
            self._write([*tokens, token])

    def remove(self, name: str) -> Token:
        """Takes a token away; which one it was.

        Raises:
            Unknown: there is none of that name.
            Damaged: the file is not one of tokens.
            StoreUnavailable: it cannot be read or written.
        """
        with self._changing():
            tokens = self.read()
            found = next((token for token in tokens if token.name == name), None)
            if found is None:
                raise Unknown(f"there is no token {redacted(name)!r} here: `dppgraph token list` says which there are")
            self._write([token for token in tokens if token is not found])
        return found

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with writable(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            # The folder itself: the file is another one after each change, and a lock beside it would only lie there.
            descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                self._lock(descriptor)
                yield
            finally:
                os.close(descriptor)

    def _lock(self, descriptor: int) -> None:
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if time.monotonic() > until:
                    raise StoreInUse(f"{self.path} is being changed by another process: try again") from error
                time.sleep(_AGAIN)
            else:
                return

    def _write(self, tokens: Sequence[Token]) -> None:
        new = self.path.with_suffix(".new")
        # What one left that was killed while it wrote.
        new.unlink(missing_ok=True)
        said = {"format": FORMAT, "tokens": [_said(token) for token in tokens]}
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb") as file:
            owner = self._folder.stat()
            if os.geteuid() == 0 and owner.st_uid != 0:
                # The administrator makes a token for a server that runs as somebody else.
                os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
            file.write(json.dumps(said, indent=1).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path)
        sync_folder(self._folder)


def _said(token: Token) -> dict[str, str | None]:
    moments = {"created": token.created, "expires": token.expires}
    return {"name": token.name, "role": token.role, "sha256": token.sha256} | {
        name: moment.isoformat() if moment else None for name, moment in moments.items()
    }


def _tokens_of(said: Any) -> tuple[Token, ...]:
    """The tokens that the file says.

    Raises:
        ValueError: it says none; so do KeyError and TypeError.
    """
    if said["format"] != FORMAT:
        raise ValueError("another format")
    tokens = tuple(map(_token_of, said["tokens"]))
    if len({token.name for token in tokens}) < len(tokens):
        raise ValueError("a name twice")
    return tokens


def _token_of(said: dict[str, str | None]) -> Token:
    name, sha256, role = said["name"], said["sha256"], next((role for role in ROLES if role == said["role"]), None)
    if not name or role is None or not sha256 or len(bytes.fromhex(sha256)) * 2 != _HEX:
        raise ValueError("no token")
    return Token(name, role, sha256.lower(), _moment_of(said["created"]), _moment_of(said["expires"]))


def _moment_of(said: str | None) -> datetime | None:
    moment = datetime.fromisoformat(said) if said is not None else None
    if moment is not None and moment.tzinfo is None:
        raise ValueError("a moment of no zone")
    return moment
