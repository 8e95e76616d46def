"""What changed when: ``/changes`` lists the versions, ``/changes/NUMBER`` shows what one changed of its parent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final, cast

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.errors import Unknown
from dppgraph.operations.changes import (
    Change,
    ChangedThing,
    Ordered,
    Version,
    Versions,
    change,
    list_versions,
    named_of,
    told_as_prov,
)
from dppgraph.operations.export import export
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvest
from dppgraph.web.pages import Page, Pages, Reader, add_page, csv_of, json_of
from dppgraph.web.pages.suffix import parted
from dppgraph.web.parameters import decoded, described, number_of, whole
from dppgraph.web.vocabulary import labels, says

_RDF: Final = (formats.TURTLE, formats.JSONLD, formats.NTRIPLES, formats.RDFXML)
_DATA: Final = (formats.DATA, formats.CSV, *_RDF)
_COLUMNS: Final = (
    "version",
    "parent",
    "created",
    "agent",
    "message",
    "digest",
    "quads",
    "added",
    "removed",
    "kind",
    "of",
)

Told = Mapping[str, object]
Write = Callable[[Told, Harvest], bytes]


@dataclass(frozen=True, slots=True)
class Changes:
    """The routes ``/changes`` and ``/changes/NUMBER``.

    Attributes:
        pages: answers for the pages.
        ordered: what the versions changed.
    """

    pages: Pages
    ordered: Ordered

    async def all(self, request: Request) -> Response:
        """The list of versions.

        Raises:
            Unknown: there is no such page.
        """
        page = number_of(decoded(request.scope["query_string"]), "page") or 1

        def read(harvest: Harvest, _: Reader) -> Told:
            return {"found": list_versions(self.ordered.store, harvest.manifest.version, page)}

        data = _written(_list_json, _list_csv, lambda found: cast("Versions", found).versions)
        parameters = {"page": page} if page > 1 else {}
        return await self.pages.answered(request, Page("changes", "changes.html", read, data, parameters))

    async def one(self, request: Request) -> Response:
        """What a version changed.

        Raises:
            Unknown: there is no such version, or no such page.
            Damaged: its files are not what was published.
        """
        given, suffix = parted(request.path_params["number"], _DATA)
        number = whole(given)
        if not number:
            raise Unknown(f"{given[:50]!r} is no version's number: /changes lists them")
        page = number_of(decoded(request.scope["query_string"]), "page") or 1

        def read(harvest: Harvest, reader: Reader) -> Told:
            facts = Facts(harvest.published, reader.language)
            return {
                "found": change(self.ordered, facts, harvest.manifest.version, number, page),
                "names": labels(facts),
                "says": lambda predicate: says(facts, predicate),
            }

        data = _written(_change_json, _change_csv, lambda found: [_version(cast("Change", found))])
        parameters = {"page": page} if page > 1 else {}
        return await self.pages.answered(
            request, Page(f"changes/{number}", "change.html", read, data, parameters), suffix
        )


def add_change_routes(app: FastAPI, changes: Changes) -> None:
    """Adds the routes to an application."""
    page = described("page", "integer", "which page, from 1")
    add_page(app, "/changes", changes.all, "The versions, the newest first", _DATA, [page])
    add_page(app, "/changes/{number:path}", changes.one, "What a version changed, thing by thing", _DATA, [page])


def _written(json: Write, csv: Write, versions: Callable[[object], list[Version]]) -> Mapping[Format, Write]:
    """What writes a page in each format; ``versions`` gives those that it tells of, which RDF is about."""

    def prov(format_: Format, told: Told, harvest: Harvest) -> bytes:
        published = harvest.published
        return export(told_as_prov(versions(told["found"]), named_of(published), published.url), format_)

    return MappingProxyType({formats.DATA: json, formats.CSV: csv} | {known: partial(prov, known) for known in _RDF})


def _version(found: Change) -> Version:
    return Version(found.manifest.version, found.manifest)


def _row(version: Version) -> dict[str, object]:
    said = version.manifest
    if said is None:
        return {"version": version.number, "damage": version.damage}
    return {name: getattr(said, name) for name in _COLUMNS}


def _list_json(told: Told, _: Harvest) -> bytes:
    found = cast("Versions", told["found"])
    rows = [_row(version) for version in found.versions]
    return json_of({"page": found.page, "pages": found.pages, "versions": rows})


def _list_csv(told: Told, _: Harvest) -> bytes:
    rows = (_row(version) for version in cast("Versions", told["found"]).versions)
    return csv_of(_COLUMNS, ([row.get(name) for name in _COLUMNS] for row in rows))


def _change_json(told: Told, _: Harvest) -> bytes:
    found = cast("Change", told["found"])
    said = _row(_version(found))
    pages = {"things": found.count, "whole": found.is_whole, "page": found.page, "pages": found.pages}
    return json_of(said | pages | {"changes": [_thing(one) for one in found.things]})


def _thing(one: ChangedThing) -> dict[str, object]:
    lines = {
        name: [said.quad.line() for said in one.statements if said.is_added is is_added]
        for name, is_added in (("addedLines", True), ("removedLines", False))
    }
    iri = one.term.strip("<>")
    return {
        "iri": iri,
        "label": one.label.text,
        "change": one.how,
        "gone": one.is_gone,
        "added": one.added,
        "removed": one.removed,
    } | lines


def _change_csv(told: Told, _: Harvest) -> bytes:
    things = cast("Change", told["found"]).things
    rows = (("added" if said.is_added else "removed", *said.quad) for one in things for said in one.statements)
    return csv_of(("change", "subject", "predicate", "object", "graph"), rows)
