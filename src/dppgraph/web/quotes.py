"""The source reader: ``/sources`` lists the sources, ``/sources/NAME`` shows one, quote by quote."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple, cast

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.errors import Unknown
from dppgraph.operations.documents import path_of
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.quotes import (
    Coverage,
    Gap,
    Quoted,
    Reading,
    SourceList,
    Texts,
    list_sources,
    read_source,
)
from dppgraph.web.pages import Page, Pages, Reader, add_page, csv_of, json_of
from dppgraph.web.pages.suffix import parted
from dppgraph.web.parameters import decoded, described, number_of
from dppgraph.web.vocabulary import labels, says

_DATA: Final = (formats.DATA, formats.CSV)
_BAR: Final = 1000
"""Units that the picture of a source is wide."""
_LEAST: Final = 2
_COLUMNS: Final = ("number", "start", "end", "quote", "subject", "predicate", "object", "provenance", "statement")


class Bar(NamedTuple):
    """A part of the picture of a source: where it begins, and how wide it is."""

    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Quotes:
    """The routes ``/sources`` and ``/sources/NAME``.

    Attributes:
        pages: answers for the pages.
        texts: the texts of sources, where they are at hand.
    """

    pages: Pages
    texts: Texts

    async def all(self, request: Request) -> Response:
        """The list of sources.

        Raises:
            Unknown: there is no such page.
        """
        page = number_of(decoded(request.scope["query_string"]), "page") or 1

        def read(harvest: Harvest, reader: Reader) -> Mapping[str, object]:
            facts = Facts(harvest.published, reader.language)
            return {"found": list_sources(harvest.index, facts, page), "bars": bars}

        data = MappingProxyType({formats.DATA: _list_json, formats.CSV: _list_csv})
        parameters = {"page": page} if page > 1 else {}
        return await self.pages.answered(request, Page("sources", "sources.html", read, data, parameters))

    async def one(self, request: Request) -> Response:
        """A page of a source.

        Raises:
            Gone: an earlier version knew it.
            Unknown: there is no such source, or no such page.
        """
        name, suffix = parted(request.path_params["name"], _DATA)
        parameters = decoded(request.scope["query_string"])
        page, at = number_of(parameters, "page") or 1, number_of(parameters, "at")

        def read(harvest: Harvest, reader: Reader) -> Mapping[str, object]:
            facts = Facts(harvest.published, reader.language)
            found = read_source(harvest, facts, f"<{harvest.manifest.base}id/source/{name}>", self.texts, page, at)
            begun = {number for piece in found.text or () for number in piece.begins}
            anchors = _anchors(one for one in found.passages if isinstance(one, Quoted))
            return {
                "found": found,
                "names": labels(facts),
                "says": lambda predicate: says(facts, predicate),
                "bars": bars,
                "begun": begun,
                "anchors": anchors,
            }

        data = MappingProxyType({formats.DATA: _source_json, formats.CSV: _source_csv})
        path = (path_of(f"x:id/source/{name}", "x:") or "").removeprefix("doc/source/")
        if not path:
            raise Unknown("there is no source without a name: /sources lists those there are")
        asked = {"page": page if page > 1 else None, "at": at}
        shown = Page(f"sources/{path}", "quotes.html", read, data, asked)
        return await self.pages.answered(request, shown, suffix)


def add_quote_routes(app: FastAPI, quotes: Quotes) -> None:
    """Adds the routes to an application."""
    page = described("page", "integer", "which page, from 1")
    at = described("at", "integer", "an offset in the source: the page that has it")
    add_page(app, "/sources", quotes.all, "The sources, and how much of each facts rest on", _DATA, [page])
    add_page(app, "/sources/{name:path}", quotes.one, "The quotes of a source in reading order", _DATA, [page, at])


def bars(coverage: Coverage) -> list[Bar]:
    """The covered stretches as parts of a picture, each wide enough to be seen; those that would touch are one."""
    length = coverage.length or 0
    found: list[Bar] = []
    for start, end in coverage.stretches if length else ():
        x = start * _BAR // length
        width = max(_LEAST, end * _BAR // length - x)
        if found and x <= found[-1].x + found[-1].width:
            x, width = found[-1].x, max(found[-1].width, x + width - found[-1].x)
            found.pop()
        found.append(Bar(x, width))
    return found


def _anchors(quotes: Iterable[Quoted]) -> dict[int, str]:
    """The names of the quotes' places on their page, by their numbers: the search leads to them."""
    found: dict[str, int] = {}
    for one in quotes:
        name = f"quote-{one.number}" if one.start is None else f"quote-{one.start}-{one.end}"
        # Where quotes of the same place disagree, only the first is led to.
        found[f"{name}-{one.number}" if name in found else name] = one.number
    return {number: name for name, number in found.items()}


def _list_rows(told: Mapping[str, object]) -> Iterator[dict[str, object]]:
    for source in cast("SourceList", told["found"]).sources:
        coverage = source.coverage
        yield {
            "source": source.term[1:-1],
            "label": source.label.text,
            "page": source.page[1:-1] if source.page else None,
            "quotes": source.quotes,
            "statements": source.statements,
            "length": coverage.length,
            "covered": coverage.covered,
            "share": coverage.share,
        }


def _list_json(told: Mapping[str, object], _: Harvest) -> bytes:
    found = cast("SourceList", told["found"])
    counts = {"count": found.count, "page": found.page, "pages": found.pages}
    return json_of(counts | {"sources": list(_list_rows(told))})


def _list_csv(told: Mapping[str, object], _: Harvest) -> bytes:
    columns = ("source", "label", "page", "quotes", "statements", "length", "covered", "share")
    return csv_of(columns, ([row[name] for name in columns] for row in _list_rows(told)))


def _source_json(told: Mapping[str, object], _: Harvest) -> bytes:
    found = cast("Reading", told["found"])
    coverage = found.source.coverage
    return json_of(
        {
            "source": found.source.term[1:-1],
            "label": found.source.label.text,
            "sha256": found.sha256 or None,
            "length": coverage.length,
            "covered": coverage.covered,
            "share": coverage.share,
            "quotes": found.source.quotes,
            "statements": found.source.statements,
            "page": found.page,
            "pages": found.pages,
            "passages": [_passage(one) for one in found.passages],
        }
    )


def _passage(one: Quoted | Gap) -> dict[str, object]:
    if isinstance(one, Gap):
        return {"gap": True, "start": one.start, "end": one.end}
    facts = [
        {name: value.strip("<>") if value.startswith("<") else value for name, value in fact._asdict().items() if value}
        for fact in one.facts
    ]
    said = {"number": one.number, "start": one.start, "end": one.end}
    return said | {"quote": one.text.text if one.text else None, "count": one.count, "facts": facts}


def _source_csv(told: Mapping[str, object], _: Harvest) -> bytes:
    found = cast("Reading", told["found"])
    quotes = (one for one in found.passages if isinstance(one, Quoted))
    rows = (
        [
            *(one.number, one.start, one.end, one.text.text if one.text else None),
            *(fact.subject, fact.predicate, fact.object, fact.provenance, fact.statement),
        ]
        for one in quotes
        for fact in one.facts
    )
    return csv_of(_COLUMNS, rows)
