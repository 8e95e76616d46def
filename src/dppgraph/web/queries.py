"""The named questions over HTTP: ``/queries`` describes them as RDF, ``/queries/NAME`` answers one."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.errors import BadParameter, Unknown
from dppgraph.operations.export import export
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.queries import RESERVED, Parameter, Question, described, unknown
from dppgraph.store.interface import QueryRequest
from dppgraph.web.answers import Sending, headers_of, kept_response, preflight
from dppgraph.web.cache.kept import Kept, tag_of
from dppgraph.web.made import Made, Making
from dppgraph.web.pages import Reader, reader_of, shown
from dppgraph.web.parameters import decoded, format_of, formats_named, formats_of, timeout_of, version_of

METHODS: Final = ("GET", "HEAD", "OPTIONS")

_EXTENSIONS: Final = tuple(known.extension for known in formats.RESULTS + formats.RDF)
_NATIVE: Final[Mapping[str, Callable[[str], object]]] = {
    "integer": int,
    "number": float,
    "boolean": lambda text: text == "true",
    "string": str,
}


@dataclass(frozen=True, slots=True)
class QueryList:
    """The route ``/queries``: what can be asked, as ``sh:SPARQLExecutable``.

    Attributes:
        questions: the named questions.
        sending: knows the version, whose base their IRIs begin with.
        making: makes the page of it.
        written: the description for each base, in each format that was asked for.
    """

    questions: Mapping[str, Question]
    sending: Sending
    making: Making
    written: dict[tuple[str, str], Kept] = field(default_factory=dict)

    async def __call__(self, request: Request) -> Response:
        """Answers one request."""
        if request.method == "OPTIONS":
            return preflight(METHODS)
        parameters = decoded(request.scope["query_string"])
        format_ = format_of(parameters, request.scope, formats.PAGES)
        if format_ == formats.HTML:
            reader = reader_of(request.scope, parameters)
            return await self.making.answered(
                request, f"queries {reader.key}", format_, lambda harvest: self._page(harvest, reader)
            )
        key = self.sending.store.manifest.base, format_.name
        if key not in self.written:
            self.written[key] = await asyncio.to_thread(self._written, format_, key[0])
        return await kept_response(request, self.written[key])

    def _page(self, harvest: Harvest, reader: Reader) -> Made:
        turtle = export(described(self.questions.values(), harvest.manifest.base), formats.TURTLE)
        links = [
            (
                question.titles[reader.language],
                "?".join(filter(None, (f"{self.making.url}queries/{name}", urlencode(question.examples)))),
            )
            for name, question in self.questions.items()
        ]
        return Made(shown("shown.questions", "queries", turtle, harvest, reader, {"links": links}))

    def _written(self, format_: Format, base: str) -> Kept:
        content = export(described(self.questions.values(), base), format_)
        return Kept(content, format_.content_type, 0, tag_of(content.decode()), headers_of(None))


@dataclass(frozen=True, slots=True)
class QueryEndpoint:
    """The route ``/queries/NAME`` of one question.

    Attributes:
        question: what is asked.
        sending: what answers.
    """

    question: Question
    sending: Sending

    async def __call__(self, request: Request) -> Response:
        """Answers one request."""
        return await self.ask(request)

    async def ask(self, request: Request, extension: str = "") -> Response:
        """Answers one request, in the format of a file's extension where one is given.

        Raises:
            BadParameter: a parameter is missing, ill-typed, unknown or given twice.
            DppgraphError: as ``GraphStore.query``.
        """
        if request.method == "OPTIONS":
            return preflight(METHODS, "Accept-Datetime")
        parameters = decoded(request.scope["query_string"])
        given: dict[str, str] = {}
        for name, value in parameters:
            if name in given:
                raise BadParameter(f"the parameter {name} is given twice: give it once")
            given[name] = value
        if extension and "format" in given:
            raise BadParameter(f"the format is given twice, as .{extension} and as format: give it once")
        results, rdf = formats_named(extension) if extension else formats_of(parameters, request.scope)
        values = {name: value for name, value in given.items() if name not in RESERVED}
        query = QueryRequest(
            text=self.question.text,
            results=results,
            rdf=rdf,
            substitutions=self.question.values(values, self.sending.store.manifest.base),
            timeout=timeout_of(parameters),
            version=version_of(parameters),
        )
        return await self.sending.answered(request, query, place_of(self.question, values))


def place_of(question: Question, values: Mapping[str, str], suffix: str = "") -> str:
    """Where a question is asked with these values, below the server's address; in any format, or that of a suffix."""
    return f"queries/{question.name}{suffix}{'?' if values else ''}{urlencode(values)}"


@dataclass(frozen=True, slots=True)
class QueryFiles:
    """The route ``/queries/NAME.EXTENSION``, and the word that there is no such question."""

    endpoints: Mapping[str, QueryEndpoint]

    async def __call__(self, request: Request) -> Response:
        """Answers one request."""
        name, dot, extension = request.path_params["file"].partition(".")
        if name not in self.endpoints:
            raise unknown(name, list(self.endpoints))
        if dot and extension not in _EXTENSIONS:
            offered = (known.extension for known in _offered(self.endpoints[name].question))
            raise Unknown(f"there is no /queries/{name}.{extension}: take .{', .'.join(offered)}")
        return await self.endpoints[name].ask(request, extension)


def add_query_routes(app: FastAPI, questions: Mapping[str, Question], sending: Sending, making: Making) -> None:
    """Adds ``/queries`` and a route for each question to an application, described for ``/openapi.json``."""
    said: dict[str, Any] = {"tags": ["queries"], "response_class": Response}
    listed = QueryList(questions, sending, making)
    app.add_api_route(
        "/queries",
        listed,
        methods=["GET"],
        summary="Which questions can be asked",
        description="Every named question with its text and parameters, as sh:SPARQLExecutable.",
        responses={200: {"content": {known.media_types[0]: {} for known in formats.PAGES}}},
        **said,
    )
    app.add_api_route("/queries", listed, methods=["HEAD", "OPTIONS"], include_in_schema=False)
    endpoints = {name: QueryEndpoint(asked, sending) for name, asked in questions.items()}
    for name, endpoint in endpoints.items():
        asked = endpoint.question
        offered = _offered(asked)
        app.add_api_route(
            f"/queries/{name}",
            endpoint,
            methods=["GET"],
            summary=asked.titles["en"],
            description=f"{asked.descriptions['en']}\n\n{_about(asked, offered)}",
            responses={200: {"content": {known.media_types[0]: {} for known in offered}}},
            openapi_extra={"parameters": [*map(_parameter, asked.parameters.values()), *_common(offered)]},
            **said,
        )
    # HEAD and OPTIONS of a question come this way too: a route of their own for each would slow the start.
    files = QueryFiles(endpoints)
    app.add_api_route("/queries/{file}", files, methods=list(METHODS), include_in_schema=False)


def _offered(asked: Question) -> tuple[Format, ...]:
    return formats.RESULTS if asked.columns or asked.form == "ask" else formats.RDF


def _about(asked: Question, offered: tuple[Format, ...]) -> str:
    columns = f"Columns, in this order: {', '.join(asked.columns)}. " if asked.columns else ""
    files = ", ".join(f"`/queries/{asked.name}.{known.extension}`" for known in offered)
    return f"{columns}Also as {files}."


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = dict(parameter.type.schema)
    if parameter.default is not None:
        schema["default"] = _native(parameter, parameter.default)
    said: dict[str, Any] = {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": parameter.descriptions["en"],
        "schema": schema,
    }
    if parameter.example is not None:
        said["example"] = _native(parameter, parameter.example)
    return said


def _native(parameter: Parameter, value: str) -> object:
    return _NATIVE[parameter.type.schema["type"]](value)


def _common(offered: tuple[Format, ...]) -> list[dict[str, Any]]:
    names = [known.name for known in offered]
    return [
        {
            "name": "format",
            "in": "query",
            "required": False,
            "description": "the format of the answer; wins over Accept",
            "schema": {"type": "string", "enum": names},
        },
        {
            "name": "timeout",
            "in": "query",
            "required": False,
            "description": "seconds until the question is given up; the server's own deadline can only be lowered",
            "schema": {"type": "number"},
        },
        {
            "name": "version",
            "in": "query",
            "required": False,
            "description": "the number of a published version to ask in place of the current one",
            "schema": {"type": "integer", "minimum": 1},
        },
    ]
