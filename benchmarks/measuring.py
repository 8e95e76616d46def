"""What the measurements share: a client over bare sockets, a server's memory and files, a line for a figure."""

import argparse
import asyncio
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

MIB = 1 << 20


@dataclass(frozen=True)
class Reply:
    """What a server answered.

    Attributes:
        status: the HTTP status; 0 where the connection was closed without one.
        headers: its header fields, by lower-case name.
        body: its body, as far as it came.
        whole: whether it came to its end, by its length or its last chunk.
        seconds: how long it took.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    whole: bool
    seconds: float

    @property
    def problem(self) -> bool:
        """Whether it is a problem document."""
        return self.headers.get("content-type") == "application/problem+json"


LOOPBACK = "127.0.0.1"


async def ask(port: int, query: str, format_: str = "json", *, more: str = "", source: str = LOOPBACK) -> Reply:
    """The reply to a query that is sent as a form's field."""
    body = f"query={quote(query)}".encode()
    return await send(
        port,
        f"POST /sparql?format={format_}{more} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body,
        source,
    )


async def send(port: int, data: bytes, source: str = LOOPBACK) -> Reply:
    """The reply to bytes, and all that comes until the connection is closed; sent from an address of this machine."""
    begun = time.monotonic()
    own = None if source == LOOPBACK else (source, 0)
    reader, writer = await asyncio.open_connection(LOOPBACK, port, limit=1 << 20, local_addr=own)
    # Both at once, as a client does: a server may answer before it has got everything.
    reply = asyncio.create_task(read_reply(reader, begun))
    try:
        with suppress(ConnectionError):
            writer.write(data)
            await writer.drain()
        return await reply
    finally:
        writer.close()


async def read_reply(reader: asyncio.StreamReader, begun: float | None = None) -> Reply:
    """A reply read to its end, or to where it breaks off."""
    begun = time.monotonic() if begun is None else begun
    status, headers, body, whole = 0, dict[str, str](), b"", False
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        while head.startswith(b"HTTP/1.1 100 "):
            # It may go on sending, that is all (RFC 9110, section 15.2.1).
            head = await reader.readuntil(b"\r\n\r\n")
        first, *fields = head.decode("latin-1").split("\r\n")
        status = int(first.split(" ")[1])
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in fields if line)}
        if "content-length" in headers:
            body = await reader.readexactly(int(headers["content-length"]))
            whole = True
        elif headers.get("transfer-encoding") == "chunked":
            pieces = []
            try:
                while size := int(await reader.readline() or b"x", 16):
                    pieces.append((await reader.readexactly(size + 2))[:-2])
                whole = await reader.readexactly(2) == b"\r\n"
            finally:
                body = b"".join(pieces)
        else:
            whole = status in (204, 304)
    except asyncio.IncompleteReadError as error:
        body = body or error.partial
    except (ConnectionError, ValueError):
        pass
    return Reply(status, headers, body, whole, time.monotonic() - begun)


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def memory(processes: Iterable[int]) -> int:
    """The proportional set size of processes together, in bytes."""
    total = 0
    for process in processes:
        with suppress(OSError):
            for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) << 10
    return total


def descriptors(processes: Iterable[int]) -> dict[int, int]:
    """Process to how many files it has open."""
    found = {}
    for process in processes:
        with suppress(OSError):
            found[process] = len(list(Path(f"/proc/{process}/fd").iterdir()))
    return found


def open_files(process: int) -> set[tuple[int, int]]:
    """The files, sockets and pipes that a process has open, each once, however often it has opened it."""
    found = set()
    with suppress(OSError):
        for descriptor in Path(f"/proc/{process}/fd").iterdir():
            with suppress(OSError):
                known = descriptor.stat()
                found.add((known.st_dev, known.st_ino))
    return found


def spooled(processes: Iterable[int]) -> int:
    """How many files without a name the processes have open."""
    count = 0
    for process in processes:
        with suppress(OSError):
            for descriptor in Path(f"/proc/{process}/fd").iterdir():
                with suppress(OSError):
                    target = str(descriptor.readlink())
                    count += target.startswith("/") and target.endswith("(deleted)")
    return count


class Verdict:
    """Figures beside their bounds, and whether all of them hold.

    Args:
        untimed: whether bounds on time do not count, as where other work runs beside the measurement.
    """

    def __init__(self, *, untimed: bool = False) -> None:
        self._untimed = untimed
        self._broken: list[str] = []

    def figure(self, what: str, value: object, holds: bool = True, *, timed: bool = False) -> None:
        """Says a figure.

        Args:
            what: what it is of.
            value: the figure.
            holds: whether it keeps to its bound.
            timed: whether its bound is one on time.
        """
        holds = holds or (timed and self._untimed)
        print(f"{what:<64} {value}{'' if holds else '   <-- NOT AS IT HAS TO BE'}", flush=True)
        if not holds:
            self._broken.append(what)

    @property
    def broken(self) -> list[str]:
        """The names of the figures that did not keep to their bounds."""
        return list(self._broken)

    def end(self) -> NoReturn:
        """Ends the measurement with status 1, if a bound was broken."""
        sys.exit(1 if self._broken else 0)


def arguments(**numbers: int) -> argparse.Namespace:
    """What the command line says: ``--untimed``, and numbers by name with what they are if they are not said."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--untimed", action="store_true", help="bounds on time do not count")
    for name, default in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    return parser.parse_args()
