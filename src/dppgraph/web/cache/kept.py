"""One answer that is kept: its bytes in each coding, and what is said of them."""

import asyncio
import hashlib
import math
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final

from dppgraph import __version__
from dppgraph.web.headers import POLICY, SECURITY, Headers, date_of

CODINGS: Final = ("br", "gzip")
"""The content codings that answers come in, the better one first."""

_WORTH_IT: Final = 1 << 10
"""Bytes below which a coding costs more than it saves."""

SMALL: Final = 1 << 14
"""Bytes up to which an answer is compressed where it is; a longer one in a thread."""

_BROTLI_QUALITY: Final = 5
_GZIP_LEVEL: Final = 6
_FAST: Final = 1
"""The level of either for what is compressed as it comes."""

_NOT_MODIFIED: Final = HTTPStatus.NOT_MODIFIED.value

_TAG: Final = re.compile(rb'(?:W/)?("[^"]*")')


_LAST_LINES: Final = b"".join(b"%b: %b\r\n" % header for header in (*SECURITY, POLICY))


@lru_cache
def _first_line(status: int) -> bytes:
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()


def tag_of(*parts: str) -> str:
    """What names the bytes of an answer (RFC 9110, section 8.8.3), without quotes.

    Args:
        parts: all that the bytes depend on, besides this software's own version and the coding.
    """
    return hashlib.sha256("\0".join((__version__, *parts)).encode()).hexdigest()[:32]


def hash_of(text: str) -> str:
    """What a query is called in the log: the first 16 hex digits of the SHA-256 of its text."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]


def coding_of(accept_encoding: bytes, codings: tuple[str, ...] = CODINGS) -> str | None:
    """The one of these codings that a client takes (RFC 9110, section 12.5.3); None for none."""
    if not accept_encoding:
        return None
    qualities: dict[str, float] = {}
    for part in accept_encoding.decode("latin-1").lower().split(","):
        name, _, parameter = part.partition(";")
        qualities[name.strip()] = _quality(parameter)
    rated = [(qualities.get(coding, qualities.get("*", 0.0)), coding) for coding in codings]
    best = max(rated, key=lambda found: found[0])
    # Between equals the first one; and uncoded only where that is liked better.
    return best[1] if best[0] > 0 and best[0] >= qualities.get("identity", 0.0) else None


def is_known(if_none_match: bytes, etag: bytes) -> bool:
    """Whether a client has the answer of this tag already (RFC 9110, section 13.1.2: by the weak comparison)."""
    if if_none_match == etag:
        return True
    if if_none_match.strip() == b"*":
        return True
    wanted = etag.removeprefix(b"W/")
    return any(tag == wanted for tag in _TAG.findall(if_none_match))


@dataclass(eq=False, slots=True)
class Kept:
    """An answer.

    Attributes:
        content: its bytes, uncoded.
        content_type: the value of its Content-Type.
        version: the number of the version that it comes from.
        tag: what names it (:func:`tag_of`).
        more: further headers.
        query: the hash of the query's text, for the log.
        modified: when it last changed, in seconds since 1970; 0 where only the tag tells.
        until: when it ceases to be true, likewise; never, where it is true of its version for good.
    """

    content: bytes
    content_type: str
    version: int
    tag: str
    more: Headers = field(default_factory=list)
    query: str | None = None
    modified: int = 0
    until: float = math.inf
    _coded: dict[str, bytes] = field(default_factory=dict)
    _lines: dict[tuple[int, str | None], bytes] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return len(self.content) + sum(map(len, self._coded.values())) + _WORTH_IT

    def etag(self, coding: str | None) -> bytes:
        """Its entity tag in a coding; a weak one, as the same answer may come in another order from elsewhere."""
        return f'W/"{self.tag}-{coding}"'.encode() if coding else f'W/"{self.tag}"'.encode()

    async def coded(self, coding: str | None) -> str | None:
        """Has the answer in a coding made, once; the coding that it then comes in."""
        if coding and len(self.content) > SMALL and coding not in self._coded:
            self._coded[coding] = await asyncio.to_thread(compressed, self.content, coding)
        return self.coded_here(coding)

    def coded_here(self, coding: str | None) -> str | None:
        """Likewise without a thread."""
        if coding is None or len(self.content) < _WORTH_IT:
            return None
        if coding not in self._coded:
            self._coded[coding] = compressed(self.content, coding)
        return coding

    def is_coded(self, coding: str | None) -> bool:
        """Whether it is there in a coding."""
        return coding is None or coding in self._coded

    def body(self, coding: str | None) -> bytes:
        """Its bytes in a coding that was made."""
        return self._coded[coding] if coding else self.content

    def head(self, status: int, coding: str | None) -> Headers:
        """The headers that go with these bytes, or with a 304 (RFC 9110, section 15.4.5)."""
        head = [(b"etag", self.etag(coding)), *self.more]
        if self.modified:
            head.append((b"last-modified", date_of(self.modified).encode()))
        if status == _NOT_MODIFIED:
            return head
        head.append((b"content-type", self.content_type.encode()))
        head.append((b"content-length", b"%d" % len(self.body(coding))))
        return [*head, (b"content-encoding", coding.encode())] if coding else head

    def lines(self, status: int, coding: str | None) -> bytes:
        """The status line and these headers, as HTTP/1.1 writes them."""
        lines = self._lines.get((status, coding))
        if lines is None:
            head = b"".join([b"%b: %b\r\n" % header for header in self.head(status, coding)])
            lines = self._lines[status, coding] = b"%b%b%b" % (_first_line(status), head, _LAST_LINES)
        return lines


def compressed(content: bytes, coding: str) -> bytes:
    """Bytes in a coding."""
    if coding == "gzip":
        packer = zlib.compressobj(_GZIP_LEVEL, wbits=31)
        return packer.compress(content) + packer.flush()
    import brotli  # noqa: PLC0415 - only where a client takes it

    return bytes(brotli.compress(content, quality=_BROTLI_QUALITY))


class Packing:
    """A coding of bytes that come one after the other, made in a thread.

    Args:
        coding: the coding.
    """

    def __init__(self, coding: str) -> None:
        self._pack, self._finish = _packer(coding)

    async def packed(self, data: bytes) -> bytes:
        """Some of the coded bytes; perhaps none yet."""
        return await asyncio.to_thread(self._pack, data)

    def end(self) -> bytes:
        """The last of them."""
        return self._finish()


def _packer(coding: str) -> tuple[Callable[[bytes], bytes], Callable[[], bytes]]:
    if coding == "gzip":
        packer = zlib.compressobj(_FAST, wbits=31)
        return packer.compress, packer.flush
    import brotli  # noqa: PLC0415 - only where a client takes it

    other: Any = brotli.Compressor(quality=_FAST)
    return other.process, other.finish


def _quality(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
