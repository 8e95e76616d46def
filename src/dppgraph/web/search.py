"""Search at ``/search``: a page, ``/search.json`` for programs, and suggestions while somebody types."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, cast

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.operations.documents import path_of
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.search import KINDS, LONGEST, Hit, Results, Suggestion, search, suggest
from dppgraph.web.made import Made
from dppgraph.web.pages import Links, Page, Pages, Reader, add_page, json_of, reader_of
from dppgraph.web.parameters import decoded, described, number_of
from dppgraph.web.rendering import environment, translations

_OPENSEARCH: Final = Format("opensearch", ("application/opensearchdescription+xml",), "xml")


@dataclass(frozen=True, slots=True)
class Search:
    """The routes ``/search`` and ``/opensearch.xml``.

    Attributes:
        pages: answers for the pages.
    """

    pages: Pages

    async def __call__(self, request: Request) -> Response:
        """A page of results, or, with ``?suggest=``, things by the beginning of their names.

        Raises:
            BadParameter: what is looked for is too long, or the kind or the page is none.
            Unknown: there is no such page.
        """
        given = dict(decoded(request.scope["query_string"]))
        if "suggest" in given:
            return await self.pages.answered(request, _suggestions(given["suggest"]))
        asked, kind = given.get("q", "").strip(), given.get("kind", "").strip()
        number = number_of(list(given.items()), "page") or 1

        def read(harvest: Harvest, reader: Reader) -> Mapping[str, object]:
            facts = Facts(harvest.published, reader.language)
            found = search(harvest.index, facts, asked, kind=kind, page=number)
            links = Links(harvest.published.url, harvest.manifest.base, reader)
            return {"found": found, "at": lambda hit: _address(hit, links), "names": facts.label, "reader_links": links}

        parameters = {"q": asked, "kind": kind, "page": number if number > 1 else None}
        return await self.pages.answered(
            request, Page("search", "search.html", read, MappingProxyType({formats.DATA: _results}), parameters)
        )

    async def opensearch(self, request: Request) -> Response:
        """How a browser searches here (OpenSearch 1.1)."""
        reader = reader_of(request.scope, decoded(request.scope["query_string"]))

        def make(harvest: Harvest) -> Made:
            links = Links(harvest.published.url, harvest.manifest.base, reader)
            # The braces are the reader's to fill in.
            template = f"{links.link('search')}{'&' if reader.chosen else '?'}q={{searchTerms}}"
            page = environment(reader.language).get_template("opensearch.xml")
            return Made(page.render(address=template, language=reader.language).encode())

        return await self.pages.making.answered(request, f"opensearch {reader.key}", _OPENSEARCH, make)


def add_search_routes(app: FastAPI, search_: Search) -> None:
    """Adds the routes to an application."""
    said = [
        described("q", "string", f"words, and phrases between quotation marks; at most {LONGEST} characters")
        | {"example": "plan"},
        described("kind", "string", f"only results of this kind: {', '.join(KINDS)}"),
        described("page", "integer", "which page of the results, from 1"),
        described("suggest", "string", "instead of q, the beginning of a name: a few things that are called so"),
    ]
    add_page(app, "/search", search_, "Labels, definitions and quotes by their words", (formats.DATA,), said)
    app.add_api_route("/opensearch.xml", search_.opensearch, methods=["GET", "HEAD"], include_in_schema=False)


def _suggestions(begun: str) -> Page:
    def read(harvest: Harvest, reader: Reader) -> Mapping[str, object]:
        facts = Facts(harvest.published, reader.language)
        links = Links(harvest.published.url, harvest.manifest.base, reader)
        # Whoever asks for a page gets the one with the empty form.
        empty = search(harvest.index, facts, "")
        found = suggest(harvest.index, facts, begun.strip())
        return {"suggestions": found, "reader_links": links, "found": empty}

    data = MappingProxyType({formats.DATA: _suggested})
    return Page("search", "search.html", read, data, {"suggest": begun.strip()})


def _suggested(told: Mapping[str, object], _: Harvest) -> bytes:
    found, links = cast("list[Suggestion]", told["suggestions"]), cast("Links", told["reader_links"])
    words = translations(links.reader.language)
    said = words.ngettext("search.suggested", "search.suggested", len(found)) % {"num": len(found)}
    suggestions = [_suggestion(one, links, words.gettext(f"search.kind-{one.kind}")) for one in found]
    return json_of({"name": words.gettext("search.suggestions"), "said": said, "suggestions": suggestions})


def _suggestion(one: Suggestion, links: Links, kind: str) -> dict[str, object]:
    return {
        "iri": one.term[1:-1],
        "url": _to(one.kind, one.term, links),
        "kind": one.kind,
        "kindLabel": kind,
        "label": one.label.text,
        "language": one.label.language or None,
    }


def _results(told: Mapping[str, object], _: Harvest) -> bytes:
    found, links = cast("Results", told["found"]), cast("Links", told["reader_links"])
    more = {"q": found.asked, "kind": found.kind}
    following = links.link("search.json", **more, page=found.page + 1) if found.page < found.pages else None
    return json_of(
        {
            "query": found.asked,
            "words": [" ".join(one.words) for one in found.wanted],
            "everyWord": found.every,
            "kind": found.kind or None,
            "kinds": found.kinds,
            "count": found.count if found.wanted else 0,
            "near": found.near,
            "page": found.page,
            "pages": found.pages,
            "next": following,
            "results": [_result(hit, links) for hit in found.hits],
        }
    )


def _result(hit: Hit, links: Links) -> dict[str, object]:
    pieces = hit.pieces or hit.named
    said: dict[str, object] = {
        "iri": hit.term[1:-1],
        "url": _address(hit, links),
        "kind": hit.kind,
        "label": hit.label.text,
        "labelLanguage": hit.label.language or None,
        "snippet": [{"text": piece.text, "marked": piece.is_marked} for piece in pieces],
        "snippetLanguage": hit.language or None,
    }
    if hit.source is None:
        return said
    source = {"iri": hit.source[1:-1], "label": hit.source_label.text if hit.source_label else None}
    return said | {"about": [term[1:-1] for term in hit.about], "source": source, "start": hit.start, "end": hit.end}


def _address(hit: Hit, links: Links) -> str:
    """Where a result leads: a quote to its place in its source."""
    path = path_of(hit.source[1:-1], links.base) if hit.source else None
    if path is None or not path.startswith("doc/source/"):
        return _to(hit.kind, hit.term, links)
    place = f"#quote-{hit.start}-{hit.end}" if hit.start is not None else ""
    return links.link(f"sources/{path.removeprefix('doc/source/')}{place}", at=hit.start or None)


def _to(kind: str, term: str, links: Links) -> str:
    if kind == "question":
        return links.question(term[1:-1].rpartition("/")[2])
    return links.to(term)
