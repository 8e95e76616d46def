"""``/sparql/terms.json``: what the editor completes words with."""

from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.terms import terms
from dppgraph.web.answers import preflight
from dppgraph.web.made import Made, Making
from dppgraph.web.pages import METHODS, json_of, reader_of
from dppgraph.web.parameters import decoded, described

_PATH: Final = "/sparql/terms.json"
_LANG: Final = described("lang", "string", "the language of the labels, nl or en; wins over Accept-Language")


def add_terms_route(app: FastAPI, making: Making) -> None:
    """Adds the route to an application, described for ``/openapi.json``."""

    async def answered(request: Request) -> Response:
        if request.method == "OPTIONS":
            return preflight(METHODS)
        language = reader_of(request.scope, decoded(request.scope["query_string"])).language

        def make(harvest: Harvest) -> Made:
            found = [[term.written, term.kind, term.label.text] for term in terms(harvest, language)]
            return Made(json_of({"prefixes": PREFIXES, "terms": found}))

        return await making.answered(request, f"terms {language}", formats.DATA, make)

    app.add_api_route(
        _PATH,
        answered,
        methods=["GET"],
        summary="Prefixes, and the terms that queries can be written with",
        description="Each term as it stands in a query, its kind (class, property, concept or thing), and its label.",
        tags=["sparql"],
        response_class=Response,
        responses={200: {"content": {"application/json": {}}}},
        openapi_extra={"parameters": [_LANG]},
    )
    app.add_api_route(_PATH, answered, methods=["HEAD", "OPTIONS"], include_in_schema=False)
