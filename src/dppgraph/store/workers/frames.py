"""What a front and a worker say to each other: frames of a length, a kind and a payload."""

import asyncio
import json
import socket
import struct
from enum import IntEnum
from typing import Any, Final

_HEADER: Final = struct.Struct(">IB")


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
    return _HEADER.pack(len(payload), kind) + payload


def encoded_json(kind: Kind, payload: object) -> bytes:
    """The bytes of a frame whose payload is JSON."""
    return encoded(kind, json.dumps(payload).encode())


def receive(connection: socket.socket) -> tuple[Kind, bytes] | None:
    """The next frame of a blocking socket; None when the other side is gone."""
    header = _exactly(connection, _HEADER.size)
    if header is None:
        return None
    length, kind = _HEADER.unpack(header)
    payload = _exactly(connection, length)
    return None if payload is None else (Kind(kind), payload)


async def receive_async(reader: asyncio.StreamReader) -> tuple[Kind, bytes]:
    """The next frame of a stream.

    Raises:
        asyncio.IncompleteReadError: the other side is gone.
        ConnectionError: likewise.
    """
    length, kind = _HEADER.unpack(await reader.readexactly(_HEADER.size))
    return Kind(kind), await reader.readexactly(length)


def decoded(payload: bytes) -> Any:
    """The JSON of a payload."""
    return json.loads(payload)


def _exactly(connection: socket.socket, length: int) -> bytes | None:
    parts = []
    while length:
        part = connection.recv(min(length, 1 << 20))
        if not part:
            return None
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
