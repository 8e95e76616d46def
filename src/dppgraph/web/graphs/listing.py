"""The list of named graphs: a page for people, JSON and RDF for programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final, cast

from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.operations.export import export
from dppgraph.operations.graphs import Graph, described, list_graphs
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.paging import Paging
from dppgraph.web.graphs.named import PATH, address_of
from dppgraph.web.pages import Page, Pages, Reader, json_of
from dppgraph.web.parameters import decoded, number_of

OFFERED: Final = (formats.DATA, formats.TURTLE, formats.NTRIPLES, formats.RDFXML, formats.JSONLD)


@dataclass(frozen=True, slots=True)
class Listing:
    """The route ``/graphs`` without a graph.

    Attributes:
        pages: answers for the page.
    """

    pages: Pages

    async def answered(self, request: Request) -> Response:
        """The list, a page of it at a time.

        Raises:
            Unknown: there is no such page.
            NotAcceptable: it comes in no format that the client takes.
        """
        number = number_of(decoded(request.scope["query_string"]), "page") or 1

        def read(harvest: Harvest, _: Reader) -> Mapping[str, object]:
            graphs = list_graphs(harvest.manifest.graphs)
            paging = Paging.of(len(graphs), number)
            address = partial(address_of, url=harvest.published.url)
            return {"graphs": paging.cut(graphs), "paging": paging, "address": address}

        data = MappingProxyType({formats.DATA: _json} | {one: partial(_rdf, one) for one in OFFERED[1:]})
        parameters = {"page": number} if number > 1 else {}
        return await self.pages.answered(request, Page(PATH[1:], "graphs.html", read, data, parameters))


def _json(told: Mapping[str, object], harvest: Harvest) -> bytes:
    paging = cast("Paging", told["paging"])
    url = harvest.published.url
    rows = [
        {"iri": graph.iri, "triples": graph.triples, "url": address_of(graph.iri, url)}
        for graph in cast("list[Graph]", told["graphs"])
    ]
    return json_of({"version": harvest.manifest.version, **paging._asdict(), "graphs": rows})


def _rdf(format_: Format, told: Mapping[str, object], harvest: Harvest) -> bytes:
    address = f"{harvest.published.url}{PATH[1:]}"
    return export(described(cast("list[Graph]", told["graphs"]), address), format_)
