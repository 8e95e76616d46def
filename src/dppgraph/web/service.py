"""What ``/sparql`` answers programs without a query: its service description, by which they find out what to ask."""

import asyncio
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.errors import Limit
from dppgraph.operations.export import export
from dppgraph.operations.service import Endpoint, Graphs, described, graphs_request, known_graphs, read_graphs
from dppgraph.web.answers import Sending, headers_of, kept_response
from dppgraph.web.cache.kept import Kept, tag_of
from dppgraph.web.made import Making
from dppgraph.web.parameters import Parameters, format_of

_MAY_BE_GIVEN = ("format", "version", "lang", "example")


def asks_for_service(parameters: Parameters) -> bool:
    """Whether a GET has nothing that a query would need, and so asks what the endpoint is."""
    return all(name in _MAY_BE_GIVEN for name, _ in parameters)


@dataclass(frozen=True, slots=True)
class ServiceDescription:
    """The description of one endpoint, made once for each version and format.

    Attributes:
        sending: what answers.
        endpoint: what the operator decided.
        making: knows the statistics of a version.
    """

    sending: Sending
    endpoint: Endpoint
    making: Making
    _written: dict[tuple[int, str], Kept] = field(default_factory=dict)

    async def answered(self, request: Request, parameters: Parameters, version: int | None) -> Response:
        """The description in the format that is asked for.

        Raises:
            NotAcceptable: it comes in no format that the client takes.
            DppgraphError: as ``GraphStore.query``.
        """
        format_ = format_of(parameters, request.scope, formats.RDF)
        number = version or self.sending.store.manifest.version
        if (number, format_.name) not in self._written:
            await self._write(number, format_)
        return await kept_response(request, self._written[number, format_.name])

    async def _write(self, number: int, format_: Format) -> None:
        graphs = await self._graphs(number)
        base = self.sending.store.manifest.base

        def write() -> bytes:
            return export(described(self.endpoint, graphs, base, self.making.harvests.statistics(number)), format_)

        content = await asyncio.to_thread(write)
        for known in [key for key in self._written if key[0] not in (number, self.sending.store.manifest.version)]:
            # Of versions that nobody asks any more.
            del self._written[known]
        tag = tag_of(content.decode())
        headers = headers_of(await self.sending.citing.at(number, self.sending.store.manifest))
        self._written[number, format_.name] = Kept(content, format_.content_type, number, tag, headers)

    async def _graphs(self, number: int) -> Graphs:
        manifest = self.sending.store.manifest
        known = known_graphs(manifest, union=self.endpoint.union) if number == manifest.version else None
        if known is not None:
            return known
        try:
            return read_graphs(await self._answer("sizes", number))
        except Limit:
            # A graph that takes too long to count still has its name.
            return read_graphs(await self._answer("graphs", number))

    async def _answer(self, name: str, number: int) -> bytes:
        answer = await self.sending.store.query(graphs_request(name, version=number))
        try:
            return b"".join([chunk async for chunk in answer.chunks])
        finally:
            await answer.chunks.aclose()
