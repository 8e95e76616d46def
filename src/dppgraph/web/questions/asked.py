"""The form of one question, and the answer to it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.errors import BadParameter, DppgraphError, NotYet, Unknown
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.queries import Question, filled, unknown
from dppgraph.operations.questions import Form, form
from dppgraph.store.interface import QueryRequest
from dppgraph.web.answers import Content, preflight
from dppgraph.web.pages import METHODS, Page, Pages, Reader, json_of, reader_of
from dppgraph.web.pages.pages import Told
from dppgraph.web.parameters import decoded, format_of, number_of
from dppgraph.web.problems import status_of
from dppgraph.web.results import FORMATS, MOST, Result, data_of, failure_of, result_of, word_of
from dppgraph.web.unkept import page_now

_OF_THE_PAGE: Final = ("lang", "format", "page")
_TABLES: Final = (formats.CSV, formats.JSON)
_GRAPHS: Final = (formats.TURTLE, formats.JSONLD)


class _Asked(NamedTuple):
    """A question as it was asked, and how that ended.

    Attributes:
        question: the question.
        form: what was filled in.
        page: which page of the answer is wanted.
        content: the answer, if there is one.
        error: why there is none, if it could not be given.
    """

    question: Question
    form: Form
    page: int
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
            return preflight(METHODS)
        name, suffix = self._named(request.path_params["name"])
        question = self.questions[name]
        parameters = decoded(request.scope["query_string"])
        reader = reader_of(request.scope, parameters)
        given = _given(parameters)
        asked = _Asked(question, await self._form(question, given, reader), number_of(parameters, "page") or 1)
        page = self._page(asked)
        is_html = suffix is None and format_of(parameters, request.scope, page.offered) == formats.HTML
        if asked.form.is_right:
            try:
                asked = asked._replace(content=await self._content(request, asked))
            except DppgraphError as error:
                asked = asked._replace(error=error)
            page = self._page(asked)
        if asked.content is not None or (asked.form.example and asked.error is None):
            return await self.pages.answered(request, page, suffix)
        if not is_html:
            raise asked.error or self._wrong(asked)
        return await page_now(self.pages.making, page, reader, status_of(asked.error or self._wrong(asked)))

    def _named(self, path: str) -> tuple[str, Format | None]:
        name, dot, extension = path.partition(".")
        if name not in self.questions:
            raise unknown(name, list(self.questions))
        if not dot:
            return name, None
        if extension != formats.DATA.extension:
            raise Unknown(f"there is no /questions/{name}.{extension[:20]}: take .{formats.DATA.extension}")
        return name, formats.DATA

    async def _form(self, question: Question, given: Mapping[str, str], reader: Reader) -> Form:
        making = self.pages.making

        def read() -> Form:
            harvest = making.harvests.of(making.sending.store.manifest)
            return form(question, given, Facts(harvest.published, reader.language))

        return await asyncio.to_thread(read)

    async def _content(self, request: Request, asked: _Asked) -> Content:
        sending = self.pages.making.sending
        base = sending.store.manifest.base
        results, rdf = FORMATS
        query = QueryRequest(
            asked.question.text, results, rdf, substitutions=asked.question.values(asked.form.values, base)
        )
        return await sending.content(request, query, MOST)

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

    def _page(self, asked: _Asked) -> Page:
        question, filled_in = asked.question, asked.form

        def read(harvest: Harvest, reader: Reader) -> Told:
            return _told(asked, harvest, reader)

        given = {} if filled_in.example else {field.parameter.name: field.value for field in filled_in.fields}
        parameters: dict[str, object] = {**given, "page": asked.page if asked.page > 1 else None}
        return Page(f"questions/{question.name}", "question.html", read, {formats.DATA: _data}, parameters)


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
    files = [
        (f"{url}queries/{question.name}.{known.extension}{'?' if values else ''}{urlencode(values)}", known)
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
    return json_of(said | answer | {"query": told["query"]})
