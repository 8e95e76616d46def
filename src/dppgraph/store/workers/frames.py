"""What a front and a worker say to each other: frames of a length, a kind and a payload."""

import json
import socket
import struct
from enum import IntEnum
from typing import Any, Final

from dppgraph.core import formats
from dppgraph.core.formats import Format

HEADER: Final = struct.Struct(">IB")
"""The length of the payload, and the kind."""

_MOST_AT_ONCE: Final = 1 << 16


class Kind(IntEnum):
    """What a frame is.

    QUERY goes to the worker. What comes back is WHOLE for an answer that is short; for any other BEGUN, DATA and END in
    this order; ERROR in place of what was left; CALLS_OUT when the query asks other endpoints that may be asked, but
    not by this worker.
    """

    QUERY = 1
    BEGUN = 2
    DATA = 3
    END = 4
    ERROR = 5
    CALLS_OUT = 6
    WHOLE = 7


_KINDS: Final = tuple(Kind.__members__.values())
_FORMATS: Final = formats.RESULTS + formats.RDF
_LASTING: Final = 1 << 7


def kind_of(number: int) -> Kind:
    """The kind that a header's number is."""
    return _KINDS[number - 1]


def encoded(kind: Kind, payload: bytes = b"") -> bytes:
    """The bytes of a frame."""
    return HEADER.pack(len(payload), kind) + payload


def encoded_json(kind: Kind, payload: object) -> bytes:
    """The bytes of a frame whose payload is JSON."""
    return encoded(kind, json.dumps(payload).encode())


def encoded_answer(format_: Format, content: bytes, *, lasting: bool) -> bytes:
    """The bytes of a frame that holds a whole answer: a byte that says how it is written, and the answer."""
    said = _FORMATS.index(format_) | (_LASTING if lasting else 0)
    return b"%b%c%b" % (HEADER.pack(1 + len(content), Kind.WHOLE), said, content)


def decoded_answer(payload: bytes) -> tuple[Format, bool, bytes]:
    """The format of a whole answer, whether it lasts (``Answer.lasting``), and its bytes."""
    said = payload[0]
    return _FORMATS[said & ~_LASTING], said >= _LASTING, payload[1:]


def receive(connection: socket.socket) -> tuple[Kind, bytes] | None:
    """The next frame of a blocking socket, on which each waits for the answer to the last; None when it is closed."""
    data = connection.recv(_MOST_AT_ONCE)
    while data and len(data) < HEADER.size:
        part = connection.recv(_MOST_AT_ONCE)
        data = data + part if part else b""
    if not data:
        return None
    length, kind = HEADER.unpack_from(data)
    parts, left = [data[HEADER.size :]], HEADER.size + length - len(data)
    while left > 0:
        part = connection.recv(min(left, 1 << 20))
        if not part:
            return None
        parts.append(part)
        left -= len(part)
    return kind_of(kind), b"".join(parts)


def decoded(payload: bytes) -> Any:
    """The JSON of a payload."""
    return json.loads(payload)
