"""A front's line to the pool parent: asks for workers, has them lowered or killed, hears of their end."""

import asyncio
import json
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dppgraph.errors import EngineDied
from dppgraph.store.workers.stream import FrameStream

_PACKET = 1 << 12


@dataclass(slots=True)
class Forked:
    """A worker: its name, the line that knows it by this, its stream, and, once it ended, the signal (0: none)."""

    name: int
    line: "Control"
    stream: FrameStream
    ended: asyncio.Future[int]


class Control:
    """The connection to a pool parent.

    Args:
        lost: called once when the parent is gone.
    """

    def __init__(self, lost: Callable[[], None]) -> None:
        self._lost = lost
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._forks: dict[int, asyncio.Future[socket.socket]] = {}
        self._ends: dict[int, asyncio.Future[int]] = {}
        self._next = 0

    async def connect(self, address: Path) -> None:
        """Connects; the parent may still be loading, and answers when it is done.

        Raises:
            EngineDied: nobody listens there.
        """
        self._socket.setblocking(False)
        loop = asyncio.get_running_loop()
        try:
            await loop.sock_connect(self._socket, str(address))
        except OSError as error:
            self._socket.close()
            raise EngineDied("no query process can be reached: start the server again") from error
        except asyncio.CancelledError:
            self._socket.close()
            raise
        loop.add_reader(self._socket, self._hear)

    async def fork(self, *, network: bool = False) -> Forked:
        """A new worker; one that may connect to the endpoints that SERVICE may name, if it is to.

        Raises:
            EngineDied: the parent went away before it made one.
        """
        self._next += 1
        name, loop = self._next, asyncio.get_running_loop()
        forked = self._forks[name] = loop.create_future()
        ended = self._ends[name] = loop.create_future()
        self._say("fork", name, network=network)
        try:
            connection = await forked
        except asyncio.CancelledError:
            # It may have come in the moment in which nobody wanted it any more.
            if forked.done() and not forked.cancelled() and not forked.exception():
                forked.result().close()
            raise
        connection.setblocking(False)
        _, stream = await loop.create_unix_connection(FrameStream, sock=connection)
        return Forked(name, self, stream, ended)

    def lower(self, worker: Forked) -> None:
        """Has the kernel prefer other processes to this worker."""
        self._say("lower", worker.name)

    def kill(self, worker: Forked) -> None:
        """Ends a worker, whatever it is doing."""
        worker.stream.close()
        self._say("kill", worker.name)

    def close(self) -> None:
        """Hangs up; the parent ends the workers of this line."""
        if self._socket.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
        self._settle()

    def _say(self, verb: str, name: int, **more: object) -> None:
        try:
            self._socket.send(json.dumps({verb: name} | more).encode())
        except OSError:
            self._hang_up()

    def _hear(self) -> None:
        try:
            packet, descriptors, _, _ = socket.recv_fds(self._socket, _PACKET, 1)
        except BlockingIOError:
            return
        except OSError:
            packet, descriptors = b"", []
        if not packet:
            self._hang_up()
            return
        said = json.loads(packet)
        if "forked" in said:
            self._take(self._forks.pop(said["forked"]), descriptors)
        else:
            fork = self._forks.pop(said["ended"], None)
            if fork and not fork.done():
                fork.set_exception(EngineDied("this machine has no room for another query process: ask again"))
            ended = self._ends.pop(said["ended"])
            if not ended.done():
                ended.set_result(said["signal"])

    @staticmethod
    def _take(fork: asyncio.Future[socket.socket], descriptors: list[int]) -> None:
        if not descriptors:
            if not fork.done():
                fork.set_exception(EngineDied("this process has too many files open: raise its limit, or ask for less"))
            return
        connection = socket.socket(fileno=descriptors[0])
        if fork.done():
            connection.close()
        else:
            fork.set_result(connection)

    def _hang_up(self) -> None:
        if self._socket.fileno() < 0:
            return
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()
        self._settle()
        self._lost()

    def _settle(self) -> None:
        """Tells whoever waits for a worker, or for the end of one, that nothing more is heard."""
        gone = EngineDied("the query processes went away: ask again in a moment")
        for fork in self._forks.values():
            if not fork.done():
                fork.set_exception(gone)
                # Asked for here, in case that nobody waits for it any more.
                fork.exception()
        for ended in self._ends.values():
            if not ended.done():
                ended.set_result(0)
        self._forks.clear()
        self._ends.clear()
