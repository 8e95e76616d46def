"""Agents as people read them: ``/agents`` lists all, ``/agents/NAME`` tells all about one."""

from collections.abc import Mapping
from typing import Final

from fastapi import FastAPI

from dppgraph.operations.agents import COLUMNS, agent_list, agent_of
from dppgraph.operations.facts import Facts
from dppgraph.web.reading import Kind, Place, Things, Told, add_kind_routes, contents

_HEADINGS: Final[Mapping[str, str]] = {
    "prov:wasAssociatedWith": "agents.deciding",
    "dpp:governmentInOffice": "agents.in-office",
    "dpp:issuedBy": "agents.issuing",
    "dpp:appliesTo": "agents.applying",
    "dct:publisher": "agents.publishing",
    "prov:wasAttributedTo": "agents.saying",
}
"""The keys of the headings for what uses an agent, by property."""


def add_agent_routes(app: FastAPI, things: Things) -> None:
    """Adds the routes to an application."""
    place = Place("agents", "agent", "agent", "agent.html")
    add_kind_routes(app, things, Kind(place, COLUMNS, agent_list, _told, ("All agents", "An agent")))


def _told(facts: Facts, term: str, page: int) -> tuple[object, Told]:
    agent = agent_of(facts, term, page)
    sections = contents(
        ("facts", "agents.facts", True),
        ("uses", "agents.uses", True),
        ("others", "reading.others", agent.remaining),
        ("query", "reading.query", True),
        ("cite", "cite.title", True),
    )
    return agent, {"contents": sections, "headings": _HEADINGS}
