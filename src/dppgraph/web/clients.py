"""Who a client is, and how often it may ask.

A client is an IPv4 address or the /64 of an IPv6 address, which is what one customer of a provider has. The address is
that of the connection; where that is a trusted proxy's, it is what X-Forwarded-For says, read from the right, as each
proxy adds at its end the address that it saw. What stands further to the left than the first address that is no trusted
proxy's was written by the client, and counts for nothing.
"""

import ipaddress
import math
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dppgraph.errors import TooManyRequests
from dppgraph.web.cache.front import Answers, Found, Reply, Waiting
from dppgraph.web.problems import problem_of, wanted_of

UNIX: Final = "unix"
"""Who connects through a socket in the file system: a process of this machine that its permissions let in."""

UNKNOWN: Final = "unknown"
"""Who was gone before being asked for its address."""

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_EXEMPT: Final = ("/health", "/health/ready")
_MOST_PROXIES: Final = 16
_MOST_CLIENTS: Final = 20_000
_FORWARDED: Final = re.compile(r"\[([0-9a-fA-F:.]+)\](?::\d+)?|([0-9.]+)(?::\d+)?|([0-9a-fA-F:.]+)")


class Proxies:
    """The proxies in front of this server that are believed.

    Args:
        trusted: their addresses or networks, with commas between (``DPPGRAPH_TRUSTED_PROXIES``).
    """

    def __init__(self, trusted: str) -> None:
        self._networks = [ipaddress.ip_network(part) for part in trusted.split(",") if part]

    def __bool__(self) -> bool:
        return bool(self._networks)

    def trusts(self, peer: str) -> bool:
        """Whether what comes from an address is a proxy's word."""
        if peer == UNIX:
            return bool(self._networks)
        address = _address(peer)
        return address is not None and any(address in network for network in self._networks)

    def client(self, peer: str, forwarded: Iterable[str]) -> str:
        """The client's address.

        Args:
            peer: the address at the connection's other end, :data:`UNIX` or :data:`UNKNOWN`.
            forwarded: the values of the request's X-Forwarded-For headers.
        """
        if not self.trusts(peer):
            return peer
        client = peer
        left = ",".join(forwarded)
        # Each step costs a little, and the client writes as many as it likes: nobody has so many proxies.
        for _ in range(_MOST_PROXIES):
            left, _, last = left.rpartition(",")
            said = _FORWARDED.fullmatch(last.strip())
            address = _address(said[1] or said[2] or said[3]) if said else None
            if address is None:
                break
            client = str(address)
            if not self.trusts(client):
                break
        return client


def peer_of(scope: Scope) -> str:
    """The address at the other end of a request's connection, :data:`UNIX` or :data:`UNKNOWN`."""
    if scope["client"]:
        return str(scope["client"][0])
    return UNIX if _through_unix(scope) else UNKNOWN


@lru_cache(maxsize=4096)
def counted_as(address: str) -> str:
    """The client that an address belongs to: itself, or its /64 if it is IPv6."""
    known = _address(address)
    if isinstance(known, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((int(known) >> 64 << 64, 64)))
    return address if known is None else str(known)


def is_here(scope: Scope) -> bool:
    """Whether a request comes from this machine itself, or from a proxy on it; ``PerClient`` has told them apart."""
    if not scope["client"]:
        return _through_unix(scope)
    address = _address(scope["client"][0])
    return address is not None and address.is_loopback


class RateLimit:
    """A token bucket for each client, kept as the one moment at which it would be full (the GCRA of ATM switches).

    In any stretch of ``t`` seconds a client is let in at most ``burst + rate * t`` times. Those that have asked for the
    longest time are forgotten first, which can only be to their good.

    Args:
        rate: requests a second on average, above 0.
        burst: requests at once.
        most: clients that are remembered.
    """

    def __init__(self, rate: float, burst: int, most: int = _MOST_CLIENTS) -> None:
        self.rate = rate
        self.burst = burst
        self._step = 1 / rate
        self._slack = (burst - 1) / rate
        self._most = most
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    def lets_in(self, client: str, now: float) -> bool:
        """Whether a request that came now would be let in; takes no note of it."""
        return max(self._full_at.get(client, now), now) - self._slack <= now

    def wait(self, client: str, now: float) -> float:
        """Lets a request in, or says how long to wait.

        Args:
            client: who asks.
            now: the time in seconds, never less than before.

        Returns:
            0 if it is let in, else the seconds after which the client is let in again.
        """
        full_at = max(self._full_at.get(client, now), now)
        wait = full_at - self._slack - now
        if wait <= 0:
            full_at += self._step
        self._full_at[client] = full_at
        self._full_at.move_to_end(client)
        if len(self._full_at) > self._most:
            self._full_at.popitem(last=False)
        return max(wait, 0.0)


class PerClient:
    """Sits in front of the application: finds out who asks, for the log too, and refuses whoever asks too often.

    Args:
        app: the application.
        proxies: those that are believed.
        limit: how often a client may ask; None for as often as it likes.
        clock: seconds that only grow.
    """

    def __init__(
        self, app: Answers, proxies: Proxies, limit: RateLimit | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._app = app
        self._proxies = proxies
        self._limit = limit
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] == "http":
            client = self._client(scope)
            if self._limit is not None and scope["path"] not in _EXEMPT:
                wait = self._limit.wait(counted_as(client), self._clock())
                if wait > 0:
                    await _refused(scope, self._limit, math.ceil(wait))(scope, receive, send)
                    return
        await self._app(scope, receive, send)

    def at_hand(self, scope: Scope) -> Found | None:
        """As :class:`Answers` has it; what is not at hand is not counted yet."""
        client = self._client(scope)
        if self._limit is None:
            return self._app.at_hand(scope)
        counted, now = counted_as(client), self._clock()
        found = self._app.at_hand(scope) if self._limit.lets_in(counted, now) else None
        if found is not None:
            self._limit.wait(counted, now)
        return found

    def take_on(self, scope: Scope, reply: Reply) -> Waiting | None:
        """As :class:`Answers` has it; a request is counted once, here or when the application is called for it."""
        client = self._client(scope)
        if self._limit is None:
            return self._app.take_on(scope, reply)
        counted, now = counted_as(client), self._clock()
        taken = self._app.take_on(scope, reply) if self._limit.lets_in(counted, now) else None
        if taken is not None:
            self._limit.wait(counted, now)
        return taken

    def _client(self, scope: Scope) -> str:
        peer = peer_of(scope)
        if not self._proxies:
            return peer
        forwarded = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
        client = self._proxies.client(peer, forwarded)
        if client != peer:
            # The server's access line is written from this.
            scope["client"] = (client, 0)
        return client


class SubPath:
    """Takes the path of the server's public address off a request's path, where a proxy left it on.

    Args:
        app: the application.
        prefix: that path, with a slash at its beginning and none at its end.
    """

    def __init__(self, app: Answers, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    @classmethod
    def of(cls, public_url: str, app: Answers) -> Answers:
        """The application as it is found at an address."""
        prefix = urlsplit(public_url).path.rstrip("/")
        return cls(app, prefix) if prefix else app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] == "http":
            self._strip(scope)
        await self._app(scope, receive, send)

    def at_hand(self, scope: Scope) -> Found | None:
        """As :class:`Answers` has it."""
        found = self._app.at_hand(scope)
        if found is not None:
            # For the log; where nothing is found, the request comes here again.
            self._strip(scope)
        return found

    def take_on(self, scope: Scope, reply: Reply) -> Waiting | None:
        """As :class:`Answers` has it."""
        path = scope["path"]
        self._strip(scope)
        taken = self._app.take_on(scope, reply)
        if taken is None:
            # The request comes here again.
            scope["path"] = path
        return taken

    def _strip(self, scope: Scope) -> None:
        if scope["path"].startswith(f"{self._prefix}/"):
            scope["path"] = scope["path"][len(self._prefix) :]


def _refused(scope: Scope, limit: RateLimit, wait: int) -> Response:
    allowed = f"{limit.rate:g} requests a second on average, {limit.burst} at once"
    error = TooManyRequests(f"one client may send {allowed}: try again in {wait} s", retry_after=wait)
    response = problem_of(error, wanted_of(scope))
    # draft-ietf-httpapi-ratelimit-headers-11, sections 3 and 4.
    response.headers["ratelimit-policy"] = f'"client";q={limit.burst};w={math.ceil(limit.burst / limit.rate)}'
    response.headers["ratelimit"] = f'"client";r=0;t={wait}'
    return response


def _through_unix(scope: Scope) -> bool:
    # ASGI, HTTP connection scope: a Unix socket's server has a path and no port.
    return scope.get("server") is not None and scope["server"][1] is None


def _address(text: str) -> _Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    # A socket that takes both kinds shows IPv4 addresses as ::ffff:192.0.2.1.
    return getattr(address, "ipv4_mapped", None) or address
