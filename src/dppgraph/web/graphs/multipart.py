"""``multipart/form-data`` in a file (RFC 7578; RFC 2046, section 5.1): where its parts are, and what each is."""

import mmap
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from dppgraph.errors import BadCall, BodyTooLarge

MOST: Final = 32
"""Parts that one request may have: each is a document, with a file of its own."""

_LONGEST_HEAD: Final = 8_192
_BOUNDARY: Final = re.compile(r"""(?i)boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70})(?=[\s;]|$))""")
# RFC 2046, section 5.1.1: a boundary's characters; none at its end is a space.
_SAYABLE: Final = re.compile(r"[0-9A-Za-z'()+_,./:=? -]*[0-9A-Za-z'()+_,./:=?-]")
_REST_OF_LINE: Final = re.compile(rb"[ \t]*\r\n")
_PARAMETER: Final = re.compile(r"""(?i);\s*(name|filename)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))""")


class Part(NamedTuple):
    """One part.

    Attributes:
        name: the name of its field, or empty.
        file_name: the name of its file, or empty.
        content_type: what it says that it is, or empty.
        start: where its content begins.
        end: where it ends.
    """

    name: str
    file_name: str
    content_type: str
    start: int
    end: int


def boundary_of(content_type: str) -> bytes:
    """What parts are separated by, as a Content-Type says it.

    Raises:
        BadCall: it says none that can be one.
    """
    found = _BOUNDARY.search(content_type)
    boundary = (found[1] or found[2]) if found else ""
    if not _SAYABLE.fullmatch(boundary):
        raise BadCall("multipart/form-data says its boundary: let an HTTP library write it")
    return boundary.encode("ascii")


def parts_of(data: mmap.mmap, boundary: bytes) -> Iterator[Part]:
    """The parts of a body.

    Raises:
        BadCall: it is not made of parts, or ends before the last one does.
        BodyTooLarge: they are too many, or one has too much of a head.
    """
    delimiter = b"\r\n--" + boundary
    place = 0 if data[: len(delimiter) - 2] == delimiter[2:] else data.find(delimiter) + 2
    if place == 1:
        raise BadCall("the body does not have the boundary that its Content-Type says: let an HTTP library write both")
    count = 0
    while True:
        place += len(delimiter) - 2
        if data[place : place + 2] == b"--":
            break
        rest = _REST_OF_LINE.match(data, place)
        if rest is None:
            raise _broken()
        count += 1
        if count > MOST:
            raise BodyTooLarge(f"one request may have {MOST} parts: send the others in another one")
        part, place = _part(data, rest.end(), delimiter)
        yield part
    if not count:
        raise BadCall("the body has no part: send at least one document")


def _part(data: mmap.mmap, start: int, delimiter: bytes) -> tuple[Part, int]:
    """The part whose head begins at a place, and where the next boundary's dashes begin."""
    # The line before ends in what an empty head would begin with.
    head = data.find(b"\r\n\r\n", start - 2, start + _LONGEST_HEAD)
    if head < 0:
        if len(data) - start > _LONGEST_HEAD:
            raise BodyTooLarge(f"the head of a part has more than {_LONGEST_HEAD} bytes: send fewer header fields")
        raise _broken()
    following = data.find(delimiter, head + 2)
    if following < 0:
        raise _broken()
    fields = _fields(data[start : max(start, head)].decode("latin-1"))
    said = {found[1].lower(): found[2] or found[3] or "" for found in _PARAMETER.finditer(fields["disposition"])}
    content = head + 4
    part = Part(said.get("name", ""), said.get("filename", ""), fields["type"], content, max(content, following))
    return part, following + 2


def _fields(head: str) -> dict[str, str]:
    fields = {"disposition": "", "type": ""}
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        kind = name.strip().lower().removeprefix("content-")
        if kind in fields:
            fields[kind] = value.strip()
    return fields


def _broken() -> BadCall:
    return BadCall("the body is no whole multipart/form-data: let an HTTP library write it, and send it again")
