"""The form of one question, and the answer to it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.errors import BadParameter, DppgraphError, NotYet, Unknown
from dppgraph.operations.cite import Citation
from dppgraph.operations.facts import Facts, Text
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.plain import plain
from dppgraph.operations.queries import Question, filled, unknown
from dppgraph.operations.questions import Form, form
from dppgraph.store.interface import QueryRequest
from dppgraph.web.answers import Content, preflight
from dppgraph.web.cache import Asked
from dppgraph.web.cite import cite_answer
from dppgraph.web.headers import Headers
from dppgraph.web.originals import VERSION
from dppgraph.web.pages import METHODS, Page, Pages, Reader, json_of, reader_of
from dppgraph.web.pages.pages import Told
from dppgraph.web.parameters import decoded, format_of, number_of, version_of
from dppgraph.web.problems import status_of
from dppgraph.web.queries import place_of
from dppgraph.web.results import FORMATS, MOST, Result, data_of, failure_of, result_of, word_of
from dppgraph.web.unkept import page_now

_OF_THE_PAGE: Final = ("lang", "format", "page", VERSION)
_TABLES: Final = (formats.CSV, formats.JSON)
_GRAPHS: Final = (formats.TURTLE, formats.JSONLD)


class _Asked(NamedTuple):
    """A question as it was asked, and how that ended.

    Attributes:
        question: the question.
        form: what was filled in.
        page: which page of the answer is wanted.
        version: the number of the version that is asked; None for the current one.
        content: the answer, if there is one.
        error: why there is none, if it could not be given.
    """

    question: Question
    form: Form
    page: int
    version: int | None = None
    content: Content | None = None
    error: DppgraphError | None = None


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """The route ``/questions/NAME``.

    Attributes:
        questions: the named questions.
        pages: answers for pages.
    """

    questions: Mapping[str, Question]
    pages: Pages

    async def __call__(self, request: Request) -> Response:
        """Answers one request.

        Raises:
            Unknown: there is no such question, or page of its answer.
            BadParameter: the question cannot be asked with this, and a program asks.
            DppgraphError: likewise, as ``GraphStore.query``.
        """
        if request.method == "OPTIONS":
            return preflight(METHODS, "Accept-Datetime")
        name, suffix = self._named(request.path_params["name"])
        question = self.questions[name]
        parameters = decoded(request.scope["query_string"])
        reader = reader_of(request.scope, parameters)
        given, version = _given(parameters), version_of(parameters)
        filled_in = await self._form(question, given, reader, version)
        asked = _Asked(question, filled_in, number_of(parameters, "page") or 1, version)
        page = self._page(asked)
        is_html = suffix is None and format_of(parameters, request.scope, page.offered) == formats.HTML
        headers: Headers = []
        if asked.form.is_right:
            try:
                asked = asked._replace(content=await self._content(request, asked))
                headers = await self._headers(asked)
            except DppgraphError as error:
                asked = asked._replace(error=error)
            page = self._page(asked, headers)
        if asked.content is not None or (asked.form.example and asked.error is None):
            return await self.pages.answered(request, page, suffix)
        if not is_html:
            raise asked.error or self._wrong(asked)
        status = status_of(asked.error or self._wrong(asked))
        return await page_now(self.pages.making, page, reader, status, asked.version)

    def _named(self, path: str) -> tuple[str, Format | None]:
        name, dot, extension = path.partition(".")
        if name not in self.questions:
            raise unknown(name, list(self.questions))
        if not dot:
            return name, None
        if extension != formats.DATA.extension:
            raise Unknown(f"there is no /questions/{name}.{extension[:20]}: take .{formats.DATA.extension}")
        return name, formats.DATA

    async def _form(self, question: Question, given: Mapping[str, str], reader: Reader, version: int | None) -> Form:
        def read() -> Form:
            making = self.pages.making
            with making.harvests.still():
                return form(question, given, Facts(making.harvest(version).published, reader.language))

        return await asyncio.to_thread(read)

    async def _content(self, request: Request, asked: _Asked) -> Content:
        sending = self.pages.making.sending
        query = _query(asked, sending.store.manifest.base)
        return await sending.content(request, query, MOST, _place(asked))

    def _wrong(self, asked: _Asked) -> BadParameter:
        """What is wrong with what was filled in, for programs."""
        values = {field.parameter.name: field.value for field in asked.form.fields}
        try:
            asked.question.values(
                values | dict.fromkeys(asked.form.unknown, ""), self.pages.making.sending.store.manifest.base
            )
        except BadParameter as error:
            return error
        return BadParameter(f"the question {asked.question.name} cannot be asked with this")

    def _page(self, asked: _Asked, headers: Sequence[tuple[bytes, bytes]] = ()) -> Page:
        question, filled_in = asked.question, asked.form

        def read(harvest: Harvest, reader: Reader) -> Told:
            told = dict(_told(asked, harvest, reader))
            if asked.content is not None:
                told["citation"] = self._citation(asked, asked.content, harvest, reader)
            return told

        given = {} if filled_in.example else {field.parameter.name: field.value for field in filled_in.fields}
        parameters: dict[str, object] = {
            **given,
            "page": asked.page if asked.page > 1 else None,
            VERSION: asked.version,
        }
        data = {formats.DATA: _data}
        return Page(f"questions/{question.name}", "question.html", read, data, parameters, headers=headers)

    async def _headers(self, asked: _Asked) -> Headers:
        """What an answer that is there names besides its version."""
        if asked.content is None:
            return []
        sending, version = self.pages.making.sending, asked.content.version
        manifest = sending.store.manifest
        what = Asked.of(_query(asked, manifest.base), version, _place(asked))
        return sending.citing.query(what, await sending.citing.at(version, manifest)).own_headers

    def _citation(self, asked: _Asked, content: Content, harvest: Harvest, reader: Reader) -> Citation:
        what = Asked.of(_query(asked, harvest.manifest.base), content.version, _place(asked))
        title = Text(asked.question.titles[reader.language], reader.language)
        facts = Facts(harvest.published, reader.language)
        return cite_answer(self.pages.making, harvest, facts, what, content, title)


def _query(asked: _Asked, base: str) -> QueryRequest:
    results, rdf = FORMATS
    values = asked.question.values(asked.form.values, base)
    return QueryRequest(asked.question.text, results, rdf, substitutions=values, version=asked.version)


def _place(asked: _Asked) -> str:
    """Where programs ask the same."""
    return place_of(asked.question, asked.form.values)


def _given(parameters: list[tuple[str, str]]) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, value in parameters:
        if name in given:
            raise BadParameter(f"the parameter {name} is given twice: give it once")
        given[name] = value
    return {name: value for name, value in given.items() if name not in _OF_THE_PAGE}


def _told(asked: _Asked, harvest: Harvest, reader: Reader) -> Told:
    question, language = asked.question, reader.language
    base, url = harvest.manifest.base, harvest.published.url
    result: Result | None = None
    if asked.content is not None:
        if asked.content.version != harvest.manifest.version:
            raise NotYet("a new version was published at this moment: ask again", retry_after=1)
        result = result_of(asked.content, asked.page, Facts(harvest.published, language), question.chart)
    values = asked.form.values
    named = values | ({VERSION: str(asked.version)} if asked.version else {})
    files = [
        (f"{url}{place_of(question, named, f'.{known.extension}')}", known)
        for known in (_TABLES if question.form == "select" else _GRAPHS)
    ]
    return {
        # "question" is what pages find the address of one by.
        "question_": question,
        "form": asked.form,
        "asked": {field.parameter.name: field.value for field in asked.form.fields},
        "result": result,
        "wrong": not asked.form.is_right and not asked.form.example,
        "failure": failure_of(asked.error) if asked.error else "",
        "files": files if asked.form.is_right else [],
        "query": filled(question, values, base, language) if asked.form.is_right else "",
        "word": lambda start, name, otherwise="": word_of(start, name, language, otherwise),
        "title": question.titles[language],
        "description": question.descriptions[language],
    }


def _data(told: Told, _: Harvest) -> bytes:
    result, filled_in = told["result"], told["form"]
    assert isinstance(filled_in, Form)  # noqa: S101 - as it was told above
    answer = data_of(result) if isinstance(result, Result) else {"rows": []}
    said = {"title": told["title"], "description": told["description"], "parameters": filled_in.values}
    cited = {"citation": plain(told["citation"])} if "citation" in told else {}
    return json_of(said | answer | {"query": told["query"]} | cited)
