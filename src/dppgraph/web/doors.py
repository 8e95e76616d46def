"""What the connections of one front share: how many are open and whose, what they hold, and the one timer for all."""

import logging
import resource
from collections import Counter
from typing import TYPE_CHECKING, Final

from dppgraph.errors import Crowded, ServerFull, TooManyConnections
from dppgraph.settings import Settings
from dppgraph.web.clients import Proxies, counted_as

if TYPE_CHECKING:
    import asyncio

    from dppgraph.web.connections import Connection

_log = logging.getLogger("dppgraph.web")

_RETRY: Final = 2
_BODIES: Final = 64 << 20
_OTHER_FILES: Final = 256
_PAUSED: Final = 3.0


class Doors:
    """The limits of a front, and how far they are used. It belongs to one event loop.

    Args:
        settings: the limits.
        proxies: whose connections carry many clients, and are not counted as one client's.
        linger: seconds in which a refused client may take its refusal.
        patience: seconds in which a client has to take some of what is handed over to be sent, or to catch up with the
            lowest rate.

    Attributes:
        refused: connections that were turned away: as all were taken (``full``), or all of one client's (``client``).
        held: bytes that clients have sent and that wait to be used.
        pouring: connections into which a file is poured.
    """

    def __init__(self, settings: Settings, proxies: Proxies, *, linger: float = 2.0, patience: float = 60.0) -> None:
        self.request_timeout = settings.request_timeout
        self.keep_alive = settings.keep_alive
        self.max_header = settings.max_header
        self.max_url = settings.max_url
        # Nobody keeps more than that of one request: what is longer is refused, or goes elsewhere as it comes.
        self.max_body = settings.max_query
        self.min_rate = max(settings.min_rate, 1)
        self.linger = linger
        self.patience = patience
        self.held = 0
        self.pouring = 0
        self.refused = {"full": 0, "client": 0}
        self._proxies = proxies
        self._max_held = max(_BODIES, 4 * settings.max_query)
        self._max_connections = settings.max_connections
        self._client_connections = settings.client_connections or max(1, settings.max_connections // 4)
        self._interval = min(1.0, settings.request_timeout / 4, settings.keep_alive / 4, linger / 4, patience / 4)
        self._admitted: dict[Connection, str | None] = {}
        self._turned_away: set[Connection] = set()
        self._of_client: Counter[str] = Counter()
        self._watch: asyncio.TimerHandle | None = None
        self._watched = 0.0

    @property
    def open(self) -> int:
        """How many connections are open."""
        return len(self._admitted)

    def make_room(self) -> None:
        """Raises this process's limit on open files as far as the connections need; else lowers their number."""
        # Each may have a spooled answer beside it, or a file and the descriptor that it is sent over.
        needed = 3 * self._max_connections + _OTHER_FILES
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != resource.RLIM_INFINITY and soft < needed:
            soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        if soft != resource.RLIM_INFINITY and soft < needed:
            self._max_connections = max(1, (soft - _OTHER_FILES) // 3)
            _log.warning(
                "only %d connections can be open, as this process may open %d files: raise `ulimit -Hn` to %d",
                self._max_connections, soft, needed,
            )  # fmt: skip

    def enter(self, connection: "Connection", peer: str) -> Crowded | None:
        """Takes note of a new connection.

        Args:
            connection: the connection.
            peer: the address at its other end, as ``Proxies.client`` has it.

        Returns:
            Why it has to go again; None if it may stay.
        """
        client = None if self._proxies.trusts(peer) else counted_as(peer)
        refused: Crowded | None = None
        if len(self._admitted) >= self._max_connections:
            refused = ServerFull("all connections are taken: try again in a moment", retry_after=_RETRY)
        elif client is not None and self._of_client[client] >= self._client_connections:
            said = f"one client may have {self._client_connections} connections open at once"
            refused = TooManyConnections(f"{said}: use those that are open", retry_after=_RETRY)
        if refused is None:
            self._admitted[connection] = client
            if client is not None:
                self._of_client[client] += 1
        else:
            self._turned_away.add(connection)
            self.refused["full" if isinstance(refused, ServerFull) else "client"] += 1
        if self._watch is None:
            self._watched = connection.loop.time()
            self._watch = connection.loop.call_later(self._interval, self._look)
        return refused

    def can_explain(self) -> bool:
        """Whether those that are turned away are so few that each can be told why."""
        return len(self._turned_away) <= max(16, self._max_connections // 8)

    def leave(self, connection: "Connection") -> None:
        """Forgets a connection."""
        self._turned_away.discard(connection)
        client = self._admitted.pop(connection, None)
        if client is not None:
            self._of_client[client] -= 1
            if not self._of_client[client]:
                del self._of_client[client]

    def hold(self, size: int) -> bool:
        """Takes note of bytes that wait to be used; False if they are too many."""
        if self.held + size > self._max_held:
            return False
        self.held += size
        return True

    def full(self) -> ServerFull:
        """What a client hears whose bytes there is no room for."""
        return ServerFull("too much is being sent to this server at once: try again in a moment", retry_after=_RETRY)

    def release(self, size: int) -> None:
        """Takes note of bytes that were used, or are not wanted any more."""
        self.held -= size

    def _look(self) -> None:
        everybody = [*self._admitted, *self._turned_away]
        if not everybody:
            self._watch = None
            return
        loop = everybody[0].loop
        now = loop.time()
        self._watch = loop.call_later(self._interval, self._look)
        # After a long pause of this process itself, what clients sent meanwhile has yet to be read.
        if now - self._watched < _PAUSED * self._interval:
            for connection in everybody:
                connection.look(now)
        self._watched = now
