"""One large answer: how long it takes, when its first byte comes, and what it costs the server in memory."""

import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from benchmarks.measuring import memory
from benchmarks.peers.servers import JSON, Asked

BUFFER: Final = 1 << 14
EVERY: Final = 0.01
"""Seconds between two looks at the memory."""


@dataclass(frozen=True)
class Taken:
    """An answer that was taken as fast as it came.

    Attributes:
        seconds: until its end.
        first: seconds until the first byte of its body.
        whole: whether it came with status 200, and to its end.
    """

    seconds: float
    first: float
    whole: bool


def take(asked: Asked, query: str) -> Taken:
    """Takes an answer, and keeps nothing of it but its head and its last bytes."""
    head, last, size, first = b"", b"", 0, 0.0
    buffer = memoryview(bytearray(BUFFER))
    request = f"GET {asked.target(query)} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {JSON}\r\nConnection: close\r\n\r\n"
    begun = time.perf_counter()
    with socket.create_connection(("127.0.0.1", asked.server.port), timeout=120) as line:
        line.sendall(request.encode())
        while count := line.recv_into(buffer):
            got = buffer[:count]
            if not first:
                head, end, rest = (head + got).partition(b"\r\n\r\n")
                size = len(rest)
                first = time.perf_counter() - begun if rest else 0.0
                head += b"" if rest else end
            else:
                size += count
            last = (last + bytes(got[-16:]))[-16:]
        seconds = time.perf_counter() - begun
    return Taken(seconds, first, _is_whole(head.decode("latin-1").lower(), last, size))


def _is_whole(head: str, last: bytes, size: int) -> bool:
    status, *fields = head.rstrip("\r\n").split("\r\n")
    named = dict(field.split(": ", 1) for field in fields)
    if named.get("transfer-encoding") == "chunked":
        ended = last.endswith(b"\r\n0\r\n\r\n")
    else:
        ended = size == int(named.get("content-length", "-1"))
    return ended and status.split(" ")[1] == "200"


def growth(groups: Mapping[str, Callable[[], Iterable[int]]], work: Callable[[], object]) -> dict[str, int]:
    """By how many bytes of memory (proportional set size) groups of processes grow at most while some work is done."""
    before = {name: memory(find()) for name, find in groups.items()}
    peak = dict(before)
    done = threading.Event()

    def look() -> None:
        while not done.wait(EVERY):
            for name, find in groups.items():
                peak[name] = max(peak[name], memory(find()))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        work()
    finally:
        done.set()
        looking.join()
    return {name: peak[name] - before[name] for name in groups}


def rows(body: bytes) -> int:
    """How many rows a JSON answer has in which each row has a value for ``a``, however it is spaced."""
    return body.count(b'"a":')
