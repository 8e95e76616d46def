"""Agents as people read them: ``/agents`` lists all, ``/agents/NAME`` tells all about one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.operations.agents import COLUMNS, Agent, agent_list, agent_of
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvest
from dppgraph.web.pages import Page, Reader, add_page
from dppgraph.web.parameters import decoded
from dppgraph.web.reading import (
    DATA,
    LIST,
    PAGE,
    Place,
    Things,
    Told,
    View,
    asked_for,
    contents,
    list_data,
    page_of,
    speaking,
)

_PLACE: Final = Place("agents", "agent", "agent", "agent.html")
_HEADINGS: Final[Mapping[str, str]] = {
    "prov:wasAssociatedWith": "agents.deciding",
    "dpp:governmentInOffice": "agents.in-office",
    "dpp:issuedBy": "agents.issuing",
    "dpp:appliesTo": "agents.applying",
    "dct:publisher": "agents.publishing",
    "prov:wasAttributedTo": "agents.saying",
}
"""The keys of the headings for what uses an agent, by property."""


@dataclass(frozen=True, slots=True)
class Agents:
    """The routes ``/agents`` and ``/agents/NAME``.

    Attributes:
        things: answers for pages about things.
    """

    things: Things

    async def all(self, request: Request) -> Response:
        """The list of agents.

        Raises:
            BadParameter: the page is no number.
            Unknown: there is no such page.
        """
        page = page_of(decoded(request.scope["query_string"]))

        def read(harvest: Harvest, reader: Reader) -> Told:
            facts = Facts(harvest.published, reader.language)
            return {"found": agent_list(facts, page), **speaking(facts)}

        answer = Page("agents", "agents.html", read, list_data(COLUMNS), asked_for(page))
        return await self.things.pages.answered(request, answer)

    async def one(self, request: Request) -> Response:
        """An agent.

        Raises:
            BadParameter: the page is no number.
            Gone: an earlier version knew it.
            Unknown: there is no such agent, or no such page of what uses it.
        """
        page = page_of(decoded(request.scope["query_string"]))

        def read(facts: Facts, term: str) -> tuple[object, Told]:
            agent = agent_of(facts, term, page)
            return agent, {"contents": _contents(agent), "headings": _HEADINGS}

        return await self.things.answered(request, _PLACE, View(read, asked_for(page)))


def add_agent_routes(app: FastAPI, things: Things) -> None:
    """Adds the routes to an application."""
    agents = Agents(things)
    add_page(app, "/agents", agents.all, "All agents", LIST, (PAGE,))
    add_page(app, "/agents/{slug:path}", agents.one, "An agent", DATA, (PAGE,))


def _contents(agent: Agent) -> list[tuple[str, str]]:
    return contents(
        ("facts", "agents.facts", True),
        ("uses", "agents.uses", True),
        ("others", "reading.others", agent.remaining),
        ("query", "reading.query", True),
        ("cite", "reading.cite", True),
    )
