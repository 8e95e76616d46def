"""The application: which route is answered by what, and how errors are told."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from dppgraph import __version__
from dppgraph.errors import DppgraphError
from dppgraph.operations.changes import Ordered
from dppgraph.operations.queries import Question
from dppgraph.operations.quotes import Texts
from dppgraph.operations.service import Endpoint
from dppgraph.settings import Settings
from dppgraph.store.history import History
from dppgraph.web.about import About, add_about_routes
from dppgraph.web.agents import add_agent_routes
from dppgraph.web.answers import Sending
from dppgraph.web.api import Api, add_api_page
from dppgraph.web.blame import BlamePage, add_blame_routes
from dppgraph.web.cache import CacheFront
from dppgraph.web.catalogue import Catalogue, add_catalogue_routes
from dppgraph.web.changes import Changes, add_change_routes
from dppgraph.web.compare import ComparePage, add_compare_routes
from dppgraph.web.concepts import add_concept_routes
from dppgraph.web.context import add_context_routes
from dppgraph.web.crawlers import Crawlers, add_crawler_routes
from dppgraph.web.direct import Direct, response_of
from dppgraph.web.documents import Documents, add_document_routes
from dppgraph.web.dumps import BELOW, DumpFiles, add_dump_routes
from dppgraph.web.editor import Editor, add_terms_route
from dppgraph.web.feed import Feed, add_feed_routes
from dppgraph.web.fragments import Fragments, add_fragment_routes
from dppgraph.web.graphs import Graphs, add_graph_routes
from dppgraph.web.health import Health, Readiness
from dppgraph.web.home import Home, add_home_routes
from dppgraph.web.lines import add_line_routes
from dppgraph.web.made import Making
from dppgraph.web.memento import MementoFront, Mementos, TimeMaps, add_timemap_routes
from dppgraph.web.metrics import MetricsEndpoint
from dppgraph.web.ontology import OntologyPages, add_ontology_routes
from dppgraph.web.pages import Pages, add_static_routes
from dppgraph.web.plans import add_plan_routes
from dppgraph.web.problems import problem, wanted_of
from dppgraph.web.quality import QualityPage, add_quality_routes
from dppgraph.web.queries import add_query_routes
from dppgraph.web.questions import add_questions_routes
from dppgraph.web.quotes import Quotes, add_quote_routes
from dppgraph.web.reading import Things
from dppgraph.web.search import Search, add_search_routes
from dppgraph.web.service import ServiceDescription
from dppgraph.web.sparql import METHODS, SparqlEndpoint, add_sparql_routes
from dppgraph.web.things import ThingList, add_things_routes
from dppgraph.web.timeline import TimelinePage, add_timeline_routes
from dppgraph.web.token import Described
from dppgraph.web.write import Write

_READY = "200 once the query engine answers, 503 while it does not, or while the server is being stopped."
_METRICS = "Prometheus' text format. Open to this machine itself, and to whoever has the token."
_HEALTH = "Says that the server answers, and from which version; asks no query process."


@dataclass(frozen=True, slots=True)
class Operations:
    """What operators ask of, and what it knows.

    Attributes:
        ready: whether queries are answered.
        metrics: the answer to ``/metrics``.
    """

    ready: Readiness
    metrics: MetricsEndpoint


@dataclass(frozen=True, slots=True)
class Answering:
    """What answers.

    Attributes:
        sending: what answers queries.
        making: makes what is said of each thing, and all else that is made of what harvesters take.
        write: makes changes.
        mementos: knows the versions of what is answered.
    """

    sending: Sending
    making: Making
    write: Write
    mementos: Mementos


def create_app(
    answering: Answering,
    endpoint: Endpoint,
    questions: Mapping[str, Question],
    context: bytes,
    settings: Settings,
    operations: Operations,
) -> CacheFront:
    """The application over a store.

    Args:
        answering: what answers.
        endpoint: what the service description says of it.
        questions: the named questions, by name.
        context: the JSON-LD context.
        settings: the limits on what a request may be and an answer may take.
        operations: what operators ask of.
    """
    sending, making = answering.sending, answering.making
    store = sending.store

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await store.open()
        yield
        await store.close()

    # FastAPI's own documentation pages load scripts from another host.
    app = Described(title="dppgraph", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None)
    # A redirect would be built from the Host header, which is the client's.
    app.router.redirect_slashes = False
    pages = Pages(making)
    sparql = SparqlEndpoint(
        sending,
        ServiceDescription(sending, endpoint, making),
        Editor(pages, questions, settings.query_timeout, settings.max_rows),
        answering.write,
        settings.max_query,
    )
    add_sparql_routes(app, sparql)
    add_terms_route(app, making)
    add_query_routes(app, questions, sending, making)
    add_graph_routes(app, Graphs.of(pages, answering.write, settings.max_upload << 20, union=endpoint.union))
    add_context_routes(app, context)
    add_document_routes(app, Documents(making))
    add_catalogue_routes(app, Catalogue.of(making))
    add_dump_routes(app, dumps := DumpFiles(making))
    add_feed_routes(app, Feed(making))
    add_fragment_routes(app, Fragments(making))
    add_crawler_routes(app, Crawlers(making))
    add_static_routes(app, frozen=making.frozen)
    add_home_routes(app, Home(pages))
    add_questions_routes(app, questions, pages)
    things = Things(pages, questions)
    add_plan_routes(app, things)
    add_line_routes(app, things)
    add_concept_routes(app, things)
    add_agent_routes(app, things)
    add_timeline_routes(app, TimelinePage(pages))
    add_compare_routes(app, ComparePage(pages))
    add_search_routes(app, Search(pages))
    add_quote_routes(app, Quotes(pages, Texts(Path(settings.texts) if settings.texts else None)))
    add_timemap_routes(app, TimeMaps(answering.mementos, History(making.harvests.versions.history_path), questions))
    add_change_routes(app, Changes(pages, Ordered(making.harvests.versions)))
    add_blame_routes(app, BlamePage(pages, making.harvests.versions))
    add_api_page(app, Api(pages, app, questions))
    add_about_routes(app, About(pages))
    add_things_routes(app, ThingList(pages))
    add_ontology_routes(app, OntologyPages.of(pages, questions))
    add_quality_routes(app, QualityPage(pages, questions, endpoint.union))
    _add_operations(app, Health(store), operations)
    for kind, told in ((HTTPException, _http), (DppgraphError, _told), (ClientDisconnect, _told), (Exception, _told)):
        app.add_exception_handler(kind, told)
    front = MementoFront(Direct(app, {"/sparql": sparql}, METHODS, {BELOW: dumps}), answering.mementos)
    return CacheFront(front, sending.cache, store)


def _add_operations(app: FastAPI, health: Health, operations: Operations) -> None:
    app.add_api_route(
        "/health",
        health,
        methods=["GET"],
        summary="Whether this server lives",
        description=_HEALTH,
        tags=["operations"],
    )
    app.add_api_route("/health", health, methods=["HEAD"], include_in_schema=False)
    said: dict[str, Any] = {"methods": ["GET"], "tags": ["operations"]}
    app.add_api_route(
        "/health/ready", operations.ready, summary="Whether queries are answered", description=_READY, **said
    )
    app.add_api_route("/health/ready", operations.ready, methods=["HEAD"], include_in_schema=False)
    app.add_api_route(
        "/metrics",
        operations.metrics,
        summary="What is counted, for Prometheus",
        description=_METRICS,
        response_class=Response,
        responses={200: {"content": {"text/plain": {}}}},
        **said,
    )
    app.add_api_route("/metrics", operations.metrics, methods=["HEAD"], include_in_schema=False)


def _told(request: Request, error: Exception) -> Response:
    return response_of(error, request)


def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    status = HTTPStatus(error.status_code)
    details = {
        HTTPStatus.NOT_FOUND: "There is nothing at this address: / leads to all there is, /sparql takes queries.",
        HTTPStatus.METHOD_NOT_ALLOWED: "This address is not asked with this method.",
    }
    detail = details.get(status, status.description or status.phrase)
    return problem(status, status.phrase, detail, wanted_of(request.scope), headers=dict(error.headers or {}))
