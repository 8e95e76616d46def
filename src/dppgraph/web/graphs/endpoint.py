"""The routes of graphs: the SPARQL 1.1 Graph Store HTTP Protocol (https://www.w3.org/TR/sparql11-http-rdf-update/)."""

import secrets
from contextlib import ExitStack
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Self

from starlette.requests import Request
from starlette.responses import Response

from dppgraph.errors import BadCall, VersionMismatch
from dppgraph.operations.write import Delete, Merge, Patch, Put
from dppgraph.store.history import History
from dppgraph.web.answers import CORS
from dppgraph.web.graphs.listing import Listing
from dppgraph.web.graphs.named import PATH, Named, address_of, named_in
from dppgraph.web.graphs.reading import Reading, modified_of
from dppgraph.web.graphs.sent import MULTIPART, UPDATE, bodies_of, text_of, type_of
from dppgraph.web.headers import header_of, seconds_of
from dppgraph.web.pages import Pages
from dppgraph.web.parameters import Parameters, decoded
from dppgraph.web.write import Write

READS: Final = ("GET", "HEAD", "OPTIONS")
WRITES: Final = ("PUT", "POST", "DELETE", "PATCH")
_NAMING: Final = ("graph", "default")


@dataclass(frozen=True, slots=True)
class Graphs:
    """The routes ``/graphs`` and ``/graphs/PATH``.

    Attributes:
        reading: answers with graphs.
        listing: answers with the list of them.
        write: makes changes.
        most: bytes that a body may have.
    """

    reading: Reading
    listing: Listing
    write: Write
    most: int

    @classmethod
    def of(cls, pages: Pages, write: Write, most: int, *, union: bool) -> Self:
        """The routes over a store.

        Args:
            pages: answers for the page.
            write: makes changes.
            most: bytes that a body may have.
            union: whether the default graph is the union of all graphs.
        """
        history = History(pages.making.harvests.versions.history_path)
        return cls(Reading.of(pages.making, history, union=union), Listing(pages), write, most)

    async def __call__(self, request: Request) -> Response:
        """Answers one request.

        Raises:
            BadCall: it names several graphs, or none where it has to.
            Unknown: there is no such graph.
            DppgraphError: as reading and writing have it.
        """
        if request.method == "OPTIONS":
            return _options()
        parameters = decoded(request.scope["query_string"])
        if request.method in WRITES:
            # First of all: whoever may not write learns nothing, and sends nothing.
            agent = self.write.who(request.scope, parameters)
            return await self._written(request, parameters, agent)
        named = named_in(parameters, request.scope, self.write.url)
        if named is None:
            return await self.listing.answered(request)
        return await self.reading.answered(request, named, parameters)

    async def _written(self, request: Request, parameters: Parameters, agent: str) -> Response:
        named = named_in(parameters, request.scope, self.write.url)
        if named is None and request.method == "POST":
            # Section 5.5: the graph gets a name here.
            iri = f"{self.write.url}{PATH[1:]}/{secrets.token_hex(16)}"
            named = Named(iri, f"<{iri}>")
        if named is None:
            raise BadCall(f"{request.method} is about one graph: name it by ?graph=, by ?default or by its address")
        expected = await self._expected(request, named)
        with ExitStack() as held:
            asked = await self._asked(request, named, held)
            outcome = await self.write.made(request, asked, parameters, agent, _NAMING, expected)
        if not (outcome.created and outcome.published and named.iri):
            return self.write.answer(outcome)
        return self.write.answer(outcome, HTTPStatus.CREATED, location=address_of(named.iri, self.write.url))

    async def _asked(self, request: Request, named: Named, held: ExitStack) -> Put | Merge | Delete | Patch:
        if request.method == "DELETE":
            return Delete(named.iri)
        if request.method == "PATCH":
            return Patch(named.iri, await text_of(request, self.most))
        if request.method == "PUT" and type_of(request)[0] == MULTIPART:
            raise BadCall(f"a graph is put as one document: {MULTIPART} is for POST")
        bodies = await bodies_of(request, self.most, held)
        return Put(named.iri, bodies[0]) if request.method == "PUT" else Merge(named.iri, bodies)

    async def _expected(self, request: Request, named: Named) -> int | None:
        """The version that a change depends on, where its condition is whether there is a graph (``*``), or a date.

        Raises:
            VersionMismatch: there is one where there is to be none, or the other way round; or what is there is newer.
            BadCall: the condition cannot be one of a change.
        """
        manifest = self.reading.making.sending.store.manifest
        match, none = (header_of(request.scope, name).strip() for name in (b"if-match", b"if-none-match"))
        if none not in (b"", b"*"):
            raise BadCall("If-None-Match is * where something is written: If-Match takes the tags of versions")
        since = None if match else seconds_of(header_of(request.scope, b"if-unmodified-since"))
        if since is not None and modified_of(manifest) > since:
            raise VersionMismatch(f"version {manifest.version} is newer than If-Unmodified-Since says: read it again")
        if b"*" not in (match, none):
            return None if since is None else manifest.version
        if await self.reading.is_there(named, manifest.version) is bool(none):
            said = "is there already" if none else "is not there"
            raise VersionMismatch(f"the graph {named.term or 'without a name'} {said}, and the change says otherwise")
        return manifest.version


def _options() -> Response:
    """All may be asked with; the pages of other sites may read."""
    headers = {
        "allow": ", ".join((*READS, *WRITES)),
        "accept-patch": UPDATE,
        "access-control-allow-methods": ", ".join(READS),
        "access-control-allow-headers": "Accept, Content-Type, Accept-Datetime",
        "access-control-max-age": "86400",
    }
    return Response(status_code=HTTPStatus.NO_CONTENT, headers=CORS | headers)
