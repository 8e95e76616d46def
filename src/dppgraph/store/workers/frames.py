"""What a front and a worker say to each other: frames of a length, a kind and a payload."""

import json
import socket
import struct
from collections.abc import Mapping
from enum import IntEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.store.interface import QueryRequest

HEADER: Final = struct.Struct(">IB")
"""The length of the payload, and the kind."""

_MOST_AT_ONCE: Final = 1 << 16
_SHORT: Final = 500


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


_KINDS: Final = {kind.value: kind for kind in Kind}
_FORMATS: Final = formats.RESULTS + formats.RDF
_LASTING: Final = 1 << 7


def kind_of(number: int) -> Kind:
    """The kind that a header's number is."""
    return _KINDS[number]


def encoded(kind: Kind, payload: bytes = b"") -> bytes:
    """The bytes of a frame."""
    return HEADER.pack(len(payload), kind) + payload


def encoded_json(kind: Kind, payload: object) -> bytes:
    """The bytes of a frame whose payload is JSON."""
    return encoded(kind, json.dumps(payload).encode())


def encoded_query(request: QueryRequest) -> bytes:
    """The bytes of a frame that asks a query: a line of JSON, and the text."""
    results, rdf = request.results, request.rdf
    if request.default_graphs or request.named_graphs or request.substitutions:
        graphs = request.default_graphs, request.named_graphs
        said = _said(results, rdf, *graphs, dict(request.substitutions))
    else:
        said = _usually_said(results, rdf)
    return encoded(Kind.QUERY, said + request.text.encode(errors="surrogatepass"))


def decoded_query(payload: bytes) -> dict[str, Any]:
    """A query as a worker is asked it."""
    said, _, text = payload.partition(b"\n")
    known = _usually_known(said) if len(said) < _SHORT else json.loads(said)
    return {"text": text.decode(errors="surrogatepass"), **known}


def _said(
    results: Format | None,
    rdf: Format | None,
    default_graphs: tuple[str, ...] = (),
    named_graphs: tuple[str, ...] = (),
    substitutions: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    said = {
        "results": results.name if results else None,
        "rdf": rdf.name if rdf else None,
        "default_graphs": default_graphs,
        "named_graphs": named_graphs,
        "substitutions": dict(substitutions),
    }
    return json.dumps(said).encode() + b"\n"


_usually_said = lru_cache(maxsize=128)(_said)


@lru_cache(maxsize=128)
def _usually_known(said: bytes) -> Mapping[str, Any]:
    known: Mapping[str, Any] = MappingProxyType(json.loads(said))
    return known


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
