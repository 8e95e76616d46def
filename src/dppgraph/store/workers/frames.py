"""What a front and a worker say to each other: frames of a length, a kind and a payload."""

import json
import socket
import struct
from enum import IntEnum
from typing import Any, Final

HEADER: Final = struct.Struct(">IB")
"""The length of the payload, and the kind."""

_MOST_AT_ONCE: Final = 1 << 16


class Kind(IntEnum):
    """What a frame is.

    QUERY goes to the worker; BEGUN, DATA and END come back in this order, or ERROR in place of what was left. CALLS_OUT
    comes back when the query asks other endpoints that may be asked, but not by this worker.
    """

    QUERY = 1
    BEGUN = 2
    DATA = 3
    END = 4
    ERROR = 5
    CALLS_OUT = 6


def encoded(kind: Kind, payload: bytes = b"") -> bytes:
    """The bytes of a frame."""
    return HEADER.pack(len(payload), kind) + payload


def encoded_json(kind: Kind, payload: object) -> bytes:
    """The bytes of a frame whose payload is JSON."""
    return encoded(kind, json.dumps(payload).encode())


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
    return Kind(kind), b"".join(parts)


def decoded(payload: bytes) -> Any:
    """The JSON of a payload."""
    return json.loads(payload)
