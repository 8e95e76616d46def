"""Triple Pattern Fragments at ``/fragments``, for clients that evaluate queries themselves, such as Comunica."""

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.errors import BadParameter
from dppgraph.operations.export import export
from dppgraph.operations.fragments import PLACES, Fragment, controls, fragment, pages_alone
from dppgraph.operations.harvest import Harvest
from dppgraph.store.history import Pattern
from dppgraph.web.answers import preflight
from dppgraph.web.made import Made, Making
from dppgraph.web.pages import Reader, reader_of, shown
from dppgraph.web.parameters import Parameters, decoded, described, format_of, number_of

METHODS: Final = ("GET", "HEAD", "OPTIONS")
_ABOUT: Final = (
    "The triples that a pattern fits, 100 a page, with their number and Hydra controls. Without a parameter, all."
)


@dataclass(frozen=True, slots=True)
class Fragments:
    """The route ``/fragments``.

    Attributes:
        making: makes the answers.
    """

    making: Making

    async def __call__(self, request: Request) -> Response:
        """A page of the fragment that is asked for.

        Raises:
            BadParameter: the parameters are no pattern.
            Unknown: there is no such page.
        """
        if request.method == "OPTIONS":
            return preflight(METHODS)
        parameters = decoded(request.scope["query_string"])
        given = _given(parameters)
        page = number_of(parameters, "page") or 1
        format_ = format_of(parameters, request.scope, formats.PAGES)
        raw = request.scope["query_string"].decode("latin-1")
        asked = f"{self.making.url}fragments{'?' if raw else ''}{raw}"
        reader = reader_of(request.scope, parameters, format_)

        def make(harvest: Harvest) -> Made:
            found = fragment(harvest.published.exact, given, page, partial(_count, harvest))
            return (
                self._page(found, given, harvest, reader)
                if format_ == formats.HTML
                else self._data(found, format_, asked)
            )

        return await self.making.answered(request, f"{asked} {reader.key}", format_, make)

    def _page(self, found: Fragment, given: dict[str, str], harvest: Harvest, reader: Reader) -> Made:
        triples = export([quad.line() for quad in found.triples], formats.TURTLE)
        return Made(shown("shown.fragments", "fragments", triples, harvest, reader, {"given": given, "found": found}))

    def _data(self, found: Fragment, format_: Format, asked: str) -> Made:
        url = f"{self.making.url}fragments"
        if self.making.frozen:
            more = pages_alone(found, url, named=format_.named_graphs)
        else:
            more = controls(found, url, asked, named=format_.named_graphs)
        return Made(export([*(quad.line() for quad in found.triples), *more], format_, self.making.frames))


def add_fragment_routes(app: FastAPI, fragments: Fragments) -> None:
    """Adds ``/fragments`` to an application, described for ``/openapi.json``."""
    content: dict[str, Any] = {known.media_types[0]: {} for known in formats.PAGES}
    said = [
        described("subject", "string", "an IRI, a variable such as ?x, or nothing"),
        described("predicate", "string", "likewise"),
        described("object", "string", 'an IRI, or a literal such as "text", "text"@nl, "1"^^http://datatype'),
        described("page", "integer", "which page, from 1"),
        described("format", "string", "a format's short name, such as turtle; wins over Accept"),
    ]
    app.add_api_route(
        "/fragments",
        fragments,
        methods=["GET"],
        summary="Triple Pattern Fragments",
        description=_ABOUT,
        tags=["data"],
        response_class=Response,
        responses={200: {"content": content}, 304: {"description": "Not changed."}},
        openapi_extra={"parameters": said},
    )
    app.add_api_route("/fragments", fragments, methods=["HEAD", "OPTIONS"], include_in_schema=False)


def _count(harvest: Harvest, pattern: Pattern) -> int:
    """How many triples a pattern fits; all there are, which takes longest, are counted once."""
    exact = harvest.published.exact
    return harvest.once("triples", lambda: exact.count(pattern)) if pattern == Pattern() else exact.count(pattern)


def _given(parameters: Parameters) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, value in parameters:
        if name in PLACES:
            if name in given:
                raise BadParameter(f"{name} is given twice: give it once")
            given[name] = value
    return given
