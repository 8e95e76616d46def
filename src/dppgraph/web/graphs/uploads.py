"""Bodies that are too large for memory: on disk while they are needed, in files without a name.

Nobody has to remove them. Another process reads such a file by way of the one that holds it open (``/proc``).
"""

import asyncio
import hashlib
import os
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Self

from starlette.requests import Request

from dppgraph.errors import BadCall, BodyTooLarge, StoreUnavailable, UnsupportedMedia
from dppgraph.web.headers import header_of
from dppgraph.web.taken import TAKEN

if TYPE_CHECKING:
    from io import BufferedRandom

_MIB: Final = 1 << 20
_BATCH: Final = 1 << 18
_GZIP: Final = zlib.MAX_WBITS | 16


class Upload:
    """A file without a name.

    Attributes:
        file: the file.
    """

    def __init__(self) -> None:
        with on_disk():
            self.file: BufferedRandom = tempfile.TemporaryFile()  # noqa: SIM115 - closed on leaving

    @property
    def path(self) -> Path:
        """Where any process of the same user finds it, while it is open here."""
        return Path(f"/proc/{os.getpid()}/fd/{self.file.fileno()}")

    def sha256(self) -> str:
        """The SHA-256 of all that was written to it, in hexadecimal."""
        self.file.seek(0)
        return hashlib.file_digest(self.file, "sha256").hexdigest()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()


@contextmanager
def on_disk() -> Iterator[None]:
    """Within, a file is written.

    Raises:
        StoreUnavailable: there is no room for it.
    """
    try:
        yield
    except OSError as error:
        said = f"there is no room on the disk for what is sent ({error.strerror})"
        raise StoreUnavailable(f"{said}: nothing is changed, send it again later") from error


async def take(request: Request, upload: Upload, most: int) -> None:
    """Takes the body of a request, uncoded, into a file.

    Args:
        request: the request, of whose body nothing has been read.
        upload: where to; empty.
        most: bytes that it may have, coded or not.

    Raises:
        BodyTooLarge: it has more.
        UnsupportedMedia: it comes in another coding than gzip.
        BadCall: it is no gzip, though it says so.
        StoreUnavailable: there is no room for it.
        ClientDisconnect: its sender is gone.
    """
    length = header_of(request.scope, b"content-length")
    if length.isdigit() and (len(length) > len(str(most)) or int(length) > most):
        raise _too_large(most)
    coding = header_of(request.scope, b"content-encoding").decode("latin-1").strip().lower()
    if coding not in ("", "identity", "gzip", "x-gzip"):
        raise UnsupportedMedia(f"a body is sent as it is or in gzip, not in {coding[:50]!r}")
    taken = request.scope.get("extensions", {}).get(TAKEN, {}).get("taken")
    sink = _Unzipping(upload.file, most) if "gzip" in coding else _Plain(upload.file, most)
    waiting = bytearray()
    async for chunk in request.stream():
        waiting += chunk
        if len(waiting) >= _BATCH:
            await asyncio.to_thread(sink.write, bytes(waiting))
            if taken:
                taken(len(waiting))
            waiting.clear()
    await asyncio.to_thread(sink.end, bytes(waiting))
    if taken:
        taken(len(waiting))


class _Plain:
    """Writes what comes."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        self._file = file
        self._most = most
        self._written = 0

    def write(self, data: bytes) -> None:
        self._written += len(data)
        if self._written > self._most:
            raise _too_large(self._most)
        with on_disk():
            self._file.write(data)

    def end(self, data: bytes) -> None:
        self.write(data)
        with on_disk():
            self._file.flush()


class _Unzipping(_Plain):
    """Writes what comes uncompressed: a little at a time, as a few bytes may become very many."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        super().__init__(file, most)
        self._inflating = zlib.decompressobj(_GZIP)
        self._coded = 0
        self._is_whole = True

    def write(self, data: bytes) -> None:
        self._coded += len(data)
        if self._coded > self._most:
            raise _too_large(self._most)
        while data:
            try:
                super().write(self._inflating.decompress(data, _BATCH))
            except zlib.error as error:
                raise BadCall("the body says that it is gzip, and is not: send it again") from error
            data = self._inflating.unconsumed_tail
            self._is_whole = self._inflating.eof
            if self._is_whole:
                # Members may follow each other (RFC 1952, section 2.2).
                data, self._inflating = self._inflating.unused_data, zlib.decompressobj(_GZIP)

    def end(self, data: bytes) -> None:
        self.write(data)
        if not self._is_whole:
            raise BadCall("the body says that it is gzip, and ends before its end: send it again")
        super().end(b"")


def _too_large(most: int) -> BodyTooLarge:
    return BodyTooLarge(f"the request's body is larger than {most // _MIB} MiB: send it in several requests")
