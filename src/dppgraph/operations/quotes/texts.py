"""The texts of sources, where whoever runs the server has them: files that are told by what is in them."""

import hashlib
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Lock
from typing import Final

_LOG: Final = logging.getLogger(__name__)
_LARGEST: Final = 8 << 20
"""Bytes that a file may have."""
_MOST: Final = 1_000
"""Files that are looked at."""


class Texts:
    """The files of a folder, by the SHA-256 of their bytes. They are read when the first is asked for, and then kept.

    No name of a file comes from anywhere but the folder, and none is told to anybody but the log.

    Args:
        folder: the folder; None where there is none.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._texts: dict[str, str] | None = None
        self._names: dict[str, str] = {}
        self._told: set[str] = set()
        self._lock = Lock()

    @property
    def are_given(self) -> bool:
        """Whether there is a folder at all."""
        return self._folder is not None

    def of(self, sha256: str) -> str | None:
        """The text with this SHA-256, in hexadecimal; None where no file has it."""
        return self._read().get(sha256.lower())

    def strangers(self, known: Iterable[str]) -> int:
        """How many files have none of these SHA-256; each is told to the log once."""
        wanted = {sha256.lower() for sha256 in known}
        strange = [sha256 for sha256 in self._read() if sha256 not in wanted]
        with self._lock:
            for sha256 in strange:
                if sha256 not in self._told:
                    self._told.add(sha256)
                    _LOG.warning(
                        "%s is the text of no source: its SHA-256 is %s; dpp:sha256 of the source must say the same",
                        self._names[sha256],
                        sha256,
                    )
        return len(strange)

    def _read(self) -> dict[str, str]:
        with self._lock:
            if self._texts is None:
                self._texts = dict(self._files())
            return self._texts

    def _files(self) -> Iterator[tuple[str, str]]:
        try:
            paths = sorted(path for path in self._folder.iterdir() if path.is_file()) if self._folder else []
        except OSError as error:
            _LOG.warning("the texts in %s cannot be read: %s", self._folder, error.strerror)
            return
        if len(paths) > _MOST:
            _LOG.warning("%s has %d files: only the first %d are read", self._folder, len(paths), _MOST)
        for path in paths[:_MOST]:
            try:
                data = _bytes(path)
                text = data.decode()
            except (OSError, ValueError) as error:
                _LOG.warning("%s is no text that can be shown: %s", path, error)
                continue
            sha256 = hashlib.sha256(data).hexdigest()
            self._names[sha256] = str(path)
            yield sha256, text


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise ValueError(f"it has more than {_LARGEST} bytes")
    return data
