"""The route ``/metrics``. Whoever asks is on this machine and no proxy speaks for somebody else, or knows the token."""

import asyncio
import ipaddress
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core.token import is_same, sha256_of
from dppgraph.errors import DppgraphError, NeedsToken, Refused
from dppgraph.web.clients import is_here
from dppgraph.web.metrics.exposition import CONTENT_TYPE, rendered
from dppgraph.web.metrics.snapshot import Snapshot, Watched
from dppgraph.web.problems import problem_of, wanted_of

Fronts = Callable[[], Awaitable[Mapping[int, Snapshot]]]
"""Gives the numbers of all fronts."""

_SPOKEN_FOR: Final = ("forwarded", "via", "x-real-ip")
_FORWARDED: Final = "x-forwarded"
_HOST: Final = re.compile(r"(localhost|[0-9.]+|\[[0-9a-f:.]+\])(?::[0-9]+)?", re.IGNORECASE)
_BEARER: Final = re.compile(r"bearer +", re.IGNORECASE)


@dataclass(slots=True)
class MetricsEndpoint:
    """The route.

    Attributes:
        watched: the numbers of this front.
        token: what opens it from elsewhere; empty for nothing.
        fronts: gives the numbers of all fronts; None where this is the only one.
    """

    watched: Watched
    token: str
    fronts: Fronts | None = None

    async def __call__(self, request: Request) -> Response:
        """Answers one request."""
        try:
            self._let_in(request)
        except DppgraphError as error:
            return _refusal(error, request)
        snapshots = await self.fronts() if self.fronts else {0: self.watched.snapshot()}
        content = await asyncio.to_thread(rendered, snapshots)
        return Response(content, headers={"cache-control": "no-store", "content-type": CONTENT_TYPE})

    def _let_in(self, request: Request) -> None:
        """Lets a client in.

        Raises:
            Refused: it is neither here, nor has it sent a token.
            NeedsToken: its token is another one.
        """
        given = request.headers.get("authorization")
        if given is not None and self.token:
            sent = _BEARER.sub("", given, count=1) if _BEARER.match(given) else ""
            if is_same(sha256_of(sent), sha256_of(self.token)):
                return
            raise NeedsToken("this does not open /metrics: send the token of DPPGRAPH_METRICS_TOKEN as a bearer token")
        # A page of another site may have its name lead here; it cannot have the name be one of this machine's own.
        if is_here(request.scope) and not _is_spoken_for(request) and _is_asked_as_here(request):
            return
        said = "ask from this machine and past no proxy, or set DPPGRAPH_METRICS_TOKEN and send it as a bearer token"
        raise Refused(f"/metrics is not for everybody: {said}")


def _is_spoken_for(request: Request) -> bool:
    """Whether a proxy has sent this, for somebody else."""
    # Many a proxy, where nothing is said about it, adds no header, but speaks HTTP/1.0, which no scraper does.
    if request.scope["http_version"] == "1.0":
        return True
    return any(name in _SPOKEN_FOR or name.startswith(_FORWARDED) for name in request.headers)


def _is_asked_as_here(request: Request) -> bool:
    """Whether the one name that the client has for this server is one that every machine has for itself."""
    hosts = request.headers.getlist("host")
    host = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
    if host is None:
        return False
    if host[1].lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host[1].strip("[]")).is_loopback
    except ValueError:
        return False


def _refusal(error: DppgraphError, request: Request) -> Response:
    response = problem_of(error, wanted_of(request.scope))
    for name in [name for name in response.headers if name.startswith("access-control-")]:
        del response.headers[name]
    return response
