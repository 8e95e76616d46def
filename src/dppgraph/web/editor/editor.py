"""The page of the editor: a form, examples, and the answer to the query that is in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.errors import DppgraphError, QuerySyntax
from dppgraph.operations.cite import Citation
from dppgraph.operations.facts import Facts, Text
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.queries import Question, unknown
from dppgraph.operations.questions import example
from dppgraph.store.interface import QueryRequest
from dppgraph.web.answers import Content
from dppgraph.web.cache import Asked
from dppgraph.web.cite import cite_answer
from dppgraph.web.editor.frozen import frozen_page
from dppgraph.web.headers import Headers
from dppgraph.web.pages import Page, Pages, Reader, reader_of
from dppgraph.web.pages.pages import Told
from dppgraph.web.parameters import Parameters, number_of
from dppgraph.web.problems import TITLES, status_of
from dppgraph.web.questions.listed import in_groups
from dppgraph.web.rendering import translations
from dppgraph.web.results import FORMATS, MOST, failure_of, result_of, word_of
from dppgraph.web.unkept import page_now

_FIRST: Final = Path(__file__).parent / "first.rq"
_TABLES: Final = (formats.CSV, formats.TSV, formats.JSON, formats.XML)
_GRAPHS: Final = (formats.TURTLE, formats.JSONLD, formats.NTRIPLES, formats.RDFXML)
_WORD: Final = re.compile(r"\s*(?:[\w:?$-]+|\S)")
_LONGEST: Final = 6000
"""Characters of a query that go into an address which is to be passed on."""


def shows_page(parameters: Parameters) -> bool:
    """Whether a request says that its answer is to be a page; a browser's Accept alone does not, as clients send it."""
    named = [value for name, value in parameters if name == "format"]
    return bool(named) and named[-1].strip().lower() in (formats.HTML.name, *formats.HTML.media_types)


@dataclass(frozen=True, slots=True)
class Editor:
    """What answers at ``/sparql`` with a page.

    Attributes:
        pages: answers for pages.
        questions: the named questions, as examples.
        deadline: seconds that a query may take.
        most_rows: rows that an answer may have.
    """

    pages: Pages
    questions: Mapping[str, Question]
    deadline: float
    most_rows: int

    async def empty(self, request: Request, parameters: Parameters) -> Response:
        """The form, with an example in it: the one that is asked for, or a first one.

        Raises:
            Unknown: there is no such example.
        """
        named = next((value for name, value in parameters if name == "example"), "")
        if named and named not in self.questions:
            raise unknown(named, list(self.questions))

        def read(harvest: Harvest, reader: Reader) -> Told:
            text = (
                example(self.questions[named], Facts(harvest.published, reader.language))
                if named
                else _FIRST.read_text(encoding="utf-8")
            )
            return self._told(reader, harvest, QueryRequest(text, None, None), is_example=bool(named))

        page = Page("sparql", "sparql.html", read, parameters={"example": named or None})
        if self.pages.making.frozen:
            page = Page("sparql", "freeze.html", self._read_frozen)
        return await self.pages.answered(request, page, formats.HTML)

    def _read_frozen(self, harvest: Harvest, reader: Reader) -> Told:
        dumps = self.pages.making.harvests.dumps.at(harvest.packed.version)
        return frozen_page(self.questions, harvest, dumps, reader, _FIRST.read_text(encoding="utf-8"))

    async def asked(self, request: Request, parameters: Parameters, query: QueryRequest) -> Response:
        """The form with a query in it, and its answer, or what is wrong with it.

        Args:
            request: the request.
            parameters: those of its address, and of its body where it has one.
            query: what it asks.

        Raises:
            ClientDisconnect: nobody waits for it any more.
        """
        reader = reader_of(request.scope, parameters)
        number = number_of(parameters, "page") or 1
        content, error = None, None
        results, rdf = FORMATS
        try:
            content = await self.pages.making.sending.content(request, replace(query, results=results, rdf=rdf), MOST)
        except DppgraphError as failed:
            error = failed

        def read(harvest: Harvest, reader: Reader) -> Told:
            told = dict(self._told(reader, harvest, query, content, error, page=number))
            if content is not None:
                told["citation"] = self._citation(harvest, reader, query, content)
            return told

        given = _again(query) | {"page": number if number > 1 else None}
        headers = await self._headers(query, content) if content is not None else ()
        page = Page("sparql", "sparql.html", read, parameters=given, headers=headers)
        if error:
            return await page_now(self.pages.making, page, reader, status_of(error))
        return await page_now(self.pages.making, page, reader, HTTPStatus.OK, query.version)

    async def _headers(self, query: QueryRequest, content: Content) -> Headers:
        """What a page with an answer names."""
        sending = self.pages.making.sending
        of = await sending.citing.at(content.version, sending.store.manifest)
        return sending.citing.query(Asked.of(query, content.version), of).naming

    def _citation(self, harvest: Harvest, reader: Reader, query: QueryRequest, content: Content) -> Citation:
        asked = Asked.of(query, content.version)
        title = Text(translations(reader.language).gettext("cite.answer"), reader.language)
        facts = Facts(harvest.published, reader.language)
        return cite_answer(self.pages.making, harvest, facts, asked, content, title)

    def _told(
        self,
        reader: Reader,
        harvest: Harvest,
        query: QueryRequest,
        content: Content | None = None,
        error: DppgraphError | None = None,
        *,
        page: int = 1,
        is_example: bool = False,
    ) -> Told:
        facts, text = Facts(harvest.published, reader.language), query.text
        result = result_of(content, page, facts) if content is not None else None
        offered = _GRAPHS if content is not None and content.format in formats.RDF else _TABLES
        shown = (result or error) and len(text) <= _LONGEST
        return {
            "query": text,
            "example": is_example,
            "result": result,
            "failure": _failure(error) if error else None,
            "marked": _marked(error, text) if error else None,
            "files": [(_address(harvest, known.name, query), known) for known in offered] if result and shown else [],
            "permalink": _address(harvest, formats.HTML.name, query) if shown else "",
            "asked": _again(query),
            "groups": in_groups(self.questions),
            "prefixes": PREFIXES,
            "deadline": self.deadline,
            "most_rows": self.most_rows,
            "word": lambda start, name, otherwise="": word_of(start, name, reader.language, otherwise),
        }


def _again(query: QueryRequest) -> dict[str, object]:
    """The parameters that ask the same once more."""
    return {"format": formats.HTML.name, "query": query.text, "version": query.version}


def _address(harvest: Harvest, format_: str, query: QueryRequest) -> str:
    said = [("format", format_), ("query", query.text)]
    said += [("default-graph-uri", iri) for iri in query.default_graphs]
    said += [("named-graph-uri", iri) for iri in query.named_graphs]
    said += [("version", str(query.version))] if query.version else []
    return f"{harvest.published.url}sparql?{urlencode(said)}"


def _failure(error: DppgraphError) -> dict[str, object]:
    """What is said of an error: in words of the page, and as the problem document says it."""
    title = next((TITLES[kind] for kind in type(error).__mro__ if kind in TITLES), "")
    place = (error.line, error.column) if isinstance(error, QuerySyntax) and error.line is not None else None
    detail = str(error)
    # The title once: the detail often begins with it.
    title = "" if detail.lower().startswith(title.lower()) else title
    return {"message": failure_of(error), "title": title, "detail": detail, "place": place}


def _marked(error: DppgraphError, text: str) -> dict[str, str] | None:
    """The line of a query in which it stops making sense, before, at and after that place."""
    if not isinstance(error, QuerySyntax) or error.line is None or error.column is None:
        return None
    lines = text.split("\n")
    line = lines[error.line - 1] if error.line <= len(lines) else ""
    at = _WORD.match(line, error.column - 1)
    end = at.end() if at else error.column
    return {"before": line[: error.column - 1], "at": line[error.column - 1 : end] or " ", "after": line[end:]}
