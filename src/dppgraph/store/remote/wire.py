"""Requests to one engine: its own headers and no caller's, no redirects, every foreign exception translated."""

import asyncio
import io
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from dppgraph import __version__
from dppgraph.errors import EndpointAway, EndpointFailed
from dppgraph.store.remote.address import Address
from dppgraph.store.remote.dialect import AUTO, OTHER, named, recognised

JSON: Final = "application/sparql-results+json"
CSV: Final = "text/csv"
"""What a probe is asked for in, of which nothing but the head is read: to write a million rows of it takes a second."""
_JSON_TYPES: Final = (JSON, "application/json")
_CONNECT: Final = 5.0
"""Seconds in which a connection has to come about."""

_OK: Final = 200
_ELSEWHERE: Final = 300
_REFUSED: Final = 400
"""Where the statuses of HTTP (RFC 9110, section 15) begin that lead elsewhere, and those that refuse."""

_SHOWN: Final = 200
_SAID: Final = 1 << 14
_CLOSED: Final = "it closes connections without saying how long its answers are"

Form = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is none: its status, and what it says."""

    status: int
    said: str

    @property
    def shown(self) -> str:
        """What it says, as a message can have it."""
        plain = "".join(character if character.isprintable() else " " for character in self.said[:_SHOWN])
        return " ".join(plain.split())


class Wire:
    """A pool of connections to one engine.

    Args:
        address: where it is.
        most: connections that may be open.

    Attributes:
        address: likewise.
        dialect: what is peculiar to it; as yet :data:`OTHER`, where that has to be found out.
    """

    def __init__(self, address: Address, most: int) -> None:
        self.address = address
        self.dialect = OTHER if address.dialect == AUTO else named(address.dialect)
        self._known = address.dialect != AUTO
        self._most = most
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Makes room for connections, in the event loop that is to use them."""
        headers = {"User-Agent": f"dppgraph/{__version__}", "Accept-Encoding": "identity"}
        middlewares: tuple[aiohttp.ClientMiddlewareType, ...] = ()
        credentials = self.address.credentials
        if credentials and not credentials.user:
            headers["Authorization"] = f"Bearer {credentials.secret}"
        elif credentials and self.dialect.auth == "digest":
            middlewares = (aiohttp.DigestAuthMiddleware(credentials.user, credentials.secret),)
        elif credentials:
            headers["Authorization"] = aiohttp.encode_basic_auth(credentials.user, credentials.secret)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._most, ttl_dns_cache=10),
            headers=headers,
            middlewares=middlewares,
            # A deadline is the caller's: it is one for all attempts.
            timeout=aiohttp.ClientTimeout(total=None, connect=None, sock_connect=_CONNECT),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
        )

    async def close(self) -> None:
        """Closes all connections."""
        if self._session:
            await self._session.close()

    async def recognise(self) -> None:
        """Finds out which engine it is, if that is to be found out and is not known yet.

        Raises:
            EndpointFailed: it does not answer.
        """
        if self._known:
            return
        async with self.asked([("query", "ASK {}")], JSON) as answer:
            head = [(name, value) for name, value in answer.headers.items()]
            self.dialect, self._known = recognised(self.address.host, head), True
        if self.dialect.auth == "digest" and self.address.credentials:
            await self.close()
            await self.open()

    async def sent(self, form: Form, accept: str) -> aiohttp.ClientResponse:
        """The answer to a query, of which the head is there; whoever gets it closes it.

        Raises:
            EndpointFailed: there is none.
        """
        return await self._posted(self.address.url, form, accept)

    @asynccontextmanager
    async def asked(self, form: Form, accept: str) -> AsyncIterator[aiohttp.ClientResponse]:
        """Likewise until the end of the block.

        Raises:
            EndpointFailed: there is none.
        """
        answer = await self.sent(form, accept)
        try:
            yield answer
        finally:
            done_with(answer)

    async def update(self, text: str) -> Refusal | None:
        """Has the engine carry an update out; what it says if it does not.

        Raises:
            EndpointFailed: it does not answer.
        """
        url = self.address.update_url or self.dialect.update_url(self.address.url)
        parameter = self.dialect.update_parameter
        answer = await self._posted(url, [(parameter, text)] if parameter else text, "*/*")
        try:
            if answer.status >= _ELSEWHERE:
                return await self.refusal(answer)
            with translated(self.address):
                await answer.read()
            return None
        finally:
            done_with(answer)

    async def refusal(self, answer: aiohttp.ClientResponse) -> Refusal:
        """What an answer says that is none.

        Raises:
            EndpointFailed: it leads elsewhere, or breaks off.
        """
        if _ELSEWHERE <= answer.status < _REFUSED:
            raise EndpointFailed(f"{self} leads elsewhere (status {answer.status}): name the address that it leads to")
        with translated(self.address):
            said = await answer.content.read(_SAID)
        return Refusal(answer.status, said.decode(errors="replace"))

    async def require_room(self, rows: int) -> None:
        """Makes sure that the engine does not cut answers short that may have so many rows.

        Raises:
            EndpointFailed: it does.
        """
        if self.dialect.probe is None:
            return
        async with self.asked([("query", self.dialect.probe(rows))], CSV) as answer:
            if answer.status != _OK or not self.dialect.whole(lowered(answer.headers)):
                said = f"{self} cuts answers short that this server may send ({rows:,} rows, DPPGRAPH_MAX_ROWS)"
                raise EndpointFailed(f"{said}: raise its limit of rows, or lower ours")

    def require_type(self, answer: aiohttp.ClientResponse, accept: str) -> None:
        """Makes sure that an answer is of the kind that was asked for, and that its end can be told.

        Raises:
            EndpointFailed: it is not.
        """
        wanted = _JSON_TYPES if accept == JSON else (accept, *self.dialect.triples.media_types)
        if answer.content_type not in wanted:
            raise EndpointFailed(f"{self} answers with {answer.content_type} where {accept} was asked for")
        if not self.dialect.whole(lowered(answer.headers)):
            raise EndpointFailed(f"{self} says that its answer is not all there is")
        if (
            accept != JSON
            and answer.content_length is None
            and "chunked" not in lowered(answer.headers).get("transfer-encoding", "")
        ):
            raise EndpointFailed(f"{self}: {_CLOSED}")

    def __str__(self) -> str:
        return f"the engine at {shown(self.address)}"

    async def _posted(self, url: str, said: Form | str, accept: str) -> aiohttp.ClientResponse:
        if self._session is None:
            raise EndpointAway(f"{self} is not asked yet")
        headers = {"Accept": accept}
        data: aiohttp.FormData | io.BytesIO
        if isinstance(said, str):
            # SPARQL 1.1 Protocol, section 2.2.2.
            headers["Content-Type"] = "application/sparql-update; charset=utf-8"
            # A file: of bytes that are many, aiohttp warns.
            data = io.BytesIO(said.encode())
        else:
            data = aiohttp.FormData(said, charset="utf-8")
        with translated(self.address):
            return await self._session.post(url, data=data, headers=headers, allow_redirects=False)


def done_with(answer: aiohttp.ClientResponse) -> None:
    """Lets an answer go: what was not read of it is not waited for."""
    if answer.content.at_eof():
        answer.release()
    else:
        answer.close()


@contextmanager
def translated(address: Address) -> Iterator[None]:
    """Tells of what goes wrong in the block as this software's errors.

    Raises:
        EndpointAway: no connection comes about.
        EndpointFailed: one broke off, or what came over it is not HTTP.
    """
    try:
        yield
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise EndpointAway(f"the engine at {shown(address)} cannot be reached: ask again in a moment") from error
    except (aiohttp.ClientError, OSError, asyncio.IncompleteReadError) as error:
        said = f"the engine at {shown(address)} broke off ({type(error).__name__})"
        raise EndpointFailed(f"{said}: ask again in a moment") from error


def shown(address: Address) -> str:
    """An address as a message can have it: without what may be secret in its query."""
    parts = urlsplit(address.url)
    return f"{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"


def lowered(headers: Mapping[str, str]) -> dict[str, str]:
    """A head by its field names in lower case."""
    return {name.lower(): value for name, value in headers.items()}
