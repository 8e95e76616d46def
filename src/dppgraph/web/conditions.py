"""What a request makes its answer depend on: preconditions (RFC 9110, section 13) and ranges (section 14)."""

import re
from http import HTTPStatus
from typing import Final, NamedTuple

from starlette.types import Scope

from dppgraph.web.cache.kept import is_known
from dppgraph.web.headers import header_of, seconds_of

_ETAG: Final = re.compile(rb'(W/)?("[^"]*")')
_RANGE: Final = re.compile(r"(\d*)-(\d*)")
_LONGEST_RANGE: Final = 1024
_MOST_DIGITS: Final = 18


class Part(NamedTuple):
    """Some of the bytes of a representation: where they begin, and how many they are."""

    start: int
    length: int


class NoSuchPart(Exception):
    """Nothing of a representation lies in the ranges that are asked for."""


def judged(scope: Scope, etag: bytes, modified: int) -> HTTPStatus | None:
    """The status in place of the answer to a GET or HEAD, by its preconditions in their order (section 13.2.2).

    Args:
        scope: the request's.
        etag: the representation's strong tag.
        modified: when it last changed, in seconds since 1970.

    Returns:
        412, 304, or None where the answer is to be sent.
    """
    if wanted := header_of(scope, b"if-match"):
        if not _is_among(wanted, etag):
            return HTTPStatus.PRECONDITION_FAILED
    elif (since := seconds_of(header_of(scope, b"if-unmodified-since"))) is not None and modified > since:
        return HTTPStatus.PRECONDITION_FAILED
    if known := header_of(scope, b"if-none-match"):
        return HTTPStatus.NOT_MODIFIED if is_known(known, etag) else None
    since = seconds_of(header_of(scope, b"if-modified-since"))
    return HTTPStatus.NOT_MODIFIED if since is not None and modified <= since else None


def part_of(scope: Scope, etag: bytes, modified: int, size: int) -> Part | None:
    """The one part of a representation that a GET asks for; None for all of it.

    Several parts are told by all of it, which a server may always send (section 14.2). So is a range that cannot be
    read, or one that was meant for another representation than this one (``If-Range``, by the strong comparison).

    Args:
        scope: the request's.
        etag: the representation's strong tag.
        modified: when it last changed, in seconds since 1970.
        size: how many bytes it has.

    Raises:
        NoSuchPart: there is nothing at the places that are asked for.
    """
    said = header_of(scope, b"range").decode("latin-1")
    if scope["method"] != "GET" or not said or len(said) > _LONGEST_RANGE:
        return None
    condition = header_of(scope, b"if-range").strip()
    if condition and condition != etag and (b'"' in condition or seconds_of(condition) != modified):
        return None
    unit, _, specs = said.partition("=")
    if unit.strip().lower() != "bytes":
        return None
    found = [_RANGE.fullmatch(spec.strip()) for spec in specs.split(",") if spec.strip()]
    if not found:
        return None
    parts = []
    for match in found:
        if match is None or not _makes_sense(match[1], match[2]):
            return None
        if part := _part(match[1], match[2], size):
            parts.append(part)
    if not parts:
        raise NoSuchPart
    return parts[0] if len(parts) == 1 else None


def _makes_sense(first: str, last: str) -> bool:
    if max(len(first), len(last)) > _MOST_DIGITS or not (first or last):
        return False
    return not (first and last and int(first) > int(last))


def _part(first: str, last: str, size: int) -> Part | None:
    if not first:
        # The last so many.
        count = min(int(last), size)
        return Part(size - count, count) if count else None
    start = int(first)
    end = min(int(last) + 1, size) if last else size
    return Part(start, end - start) if start < size else None


def _is_among(wanted: bytes, etag: bytes) -> bool:
    """Whether a tag is one of those wanted, by the strong comparison (section 8.8.3.2)."""
    return wanted.strip() == b"*" or any(not weak and tag == etag for weak, tag in _ETAG.findall(wanted))
