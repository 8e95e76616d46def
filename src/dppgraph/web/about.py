"""What this site is and who keeps it: ``/about``; and whom it may shut out: ``/accessibility``."""

from dataclasses import dataclass

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph import __version__
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.keeper import keeper
from dppgraph.web.pages import Page, Pages, Reader, add_page
from dppgraph.web.vocabulary import labels


@dataclass(frozen=True, slots=True)
class About:
    """The routes ``/about`` and ``/accessibility``.

    Attributes:
        pages: answers for the pages.
    """

    pages: Pages

    async def __call__(self, request: Request) -> Response:
        """What this is, who keeps the data, and under which licence."""
        return await self.pages.answered(request, Page("about", "about.html", _read))

    async def accessibility(self, request: Request) -> Response:
        """The accessibility statement (Implementing Decision (EU) 2018/1523, for Directive (EU) 2016/2102)."""
        return await self.pages.answered(request, Page("accessibility", "accessibility.html", _read))


def add_about_routes(app: FastAPI, about: About) -> None:
    """Adds the routes to an application."""
    add_page(app, "/about", about, "What this is, and who keeps the data")
    add_page(app, "/accessibility", about.accessibility, "The accessibility statement")


def _read(harvest: Harvest, reader: Reader) -> dict[str, object]:
    facts = Facts(harvest.published, reader.language)
    return {
        "keeper": keeper(facts),
        "label": labels(facts),
        "quads": harvest.manifest.quads,
        "made": harvest.manifest.created[: len("2000-01-01")],
        "software": __version__,
    }
