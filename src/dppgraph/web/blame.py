"""Who brought what: ``/blame?thing=IRI`` tells where each statement about a thing comes from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from types import MappingProxyType
from typing import Final, cast

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.iris import thing_iri
from dppgraph.errors import BadParameter, Unknown
from dppgraph.operations.export import export
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.versions import Blame, Blamed, blame, brought
from dppgraph.store.versions import VersionStore
from dppgraph.web.pages import Page, Pages, Reader, add_page, csv_of, json_of
from dppgraph.web.parameters import decoded, described, format_of, number_of, version_of
from dppgraph.web.vocabulary import labels, says

PATH: Final = "blame"
_RDF: Final = (formats.TURTLE, formats.JSONLD, formats.NTRIPLES, formats.RDFXML)
_DATA: Final = (formats.DATA, formats.CSV, *_RDF)
_VERSION: Final = ("version", "created", "agent", "message")
_COLUMNS: Final = (*_VERSION, "first", "gone", "subject", "predicate", "object", "graph", "quote")


@dataclass(frozen=True, slots=True)
class BlamePage:
    """The route ``/blame``.

    Attributes:
        pages: answers for the page.
        store: the versions.
    """

    pages: Pages
    store: VersionStore

    async def __call__(self, request: Request) -> Response:
        """A page of the statements about the thing that is asked about; without one, a form.

        Raises:
            BadParameter: data are asked for, and no thing.
            Unknown: nothing is or was said of it, or there is no such version or page.
            Gone: the version was pruned.
        """
        parameters = decoded(request.scope["query_string"])
        given = next((value.strip() for name, value in reversed(parameters) if name == "thing"), "")
        thing = thing_iri(given, self.pages.making.sending.store.manifest.base) if given else ""
        if not thing and self._wants_data(request):
            raise BadParameter(f"say which thing it is about: /{PATH}?thing=IRI")
        version, page = version_of(parameters), number_of(parameters, "page") or 1

        def read(harvest: Harvest, reader: Reader) -> Mapping[str, object]:
            facts = Facts(harvest.published, reader.language)
            found = self._found(harvest, thing, version, page) if thing else None
            return {
                "found": found,
                "term": f"<{thing}>",
                "asked_version": version,
                "subjects": _by_subject(found),
                "names": labels(facts),
                "says": lambda predicate: says(facts, predicate),
                "graphs": lambda graph: graph[1:-1].removeprefix(f"{harvest.manifest.base}id/graph/"),
            }

        written = {formats.DATA: _json, formats.CSV: _csv} | {known: partial(_rdf, known) for known in _RDF}
        data = MappingProxyType(written if thing else {})
        asked = {"thing": thing or None, "version": version, "page": page if page > 1 else None}
        shown = {name: value for name, value in asked.items() if value}
        return await self.pages.answered(request, Page(PATH, "blame.html", read, data, shown))

    def _wants_data(self, request: Request) -> bool:
        if extension := request.path_params.get("extension", ""):
            return bool(extension != formats.HTML.extension)
        parameters = decoded(request.scope["query_string"])
        return format_of(parameters, request.scope, (formats.HTML, *_DATA)) != formats.HTML

    def _found(self, harvest: Harvest, thing: str, version: int | None, page: int) -> Blame:
        current = harvest.manifest.version
        if version and version > current:
            raise Unknown(f"there is no version {version}: /changes lists those there are")
        return blame(self.store, thing, version or current, gone=True, page=page)


def add_blame_routes(app: FastAPI, page: BlamePage) -> None:
    """Adds the route to an application."""
    parameters = [
        described("thing", "string", "the thing, as an IRI, or without the base and id/, as plan/NAME"),
        described("version", "integer", "the version, in place of the current one"),
        described("page", "integer", "which page, from 1"),
    ]
    add_page(
        app, f"/{PATH}", page, "Which version brought each statement about a thing, who and why", _DATA, parameters
    )


def _by_subject(found: Blame | None) -> list[tuple[str, list[Blamed]]]:
    """What is said of the thing, and of each of its parts."""
    some = found.statements if found else ()
    return [(subject, list(group)) for subject, group in groupby(some, key=lambda one: one.quad.subject)]


def _json(told: Mapping[str, object], _: Harvest) -> bytes:
    return json_of(cast("Blame", told["found"]).said())


def _csv(told: Mapping[str, object], _: Harvest) -> bytes:
    return csv_of(_COLUMNS, (row for one in cast("Blame", told["found"]).statements for row in _rows(one)))


def _rows(one: Blamed) -> Iterator[list[object]]:
    """A row for each of the quotes of a statement; one for a statement without."""
    said = one.brought.manifest
    version = [one.brought.number, *(getattr(said, name, None) for name in _VERSION[1:])]
    for quote in [evidence.quote for evidence in one.quotes] or [None]:
        gone = one.gone.number if one.gone else None
        yield [*version, one.first, gone, *one.quad, quote.text if quote else None]


def _rdf(format_: Format, told: Mapping[str, object], harvest: Harvest) -> bytes:
    return export(brought(cast("Blame", told["found"]), harvest.published), format_)
