"""Lines of action as people read them: ``/lines/NAME``."""

from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.operations.facts import Facts
from dppgraph.operations.lines import LineOfAction, line_of
from dppgraph.web.pages import add_page
from dppgraph.web.parameters import decoded
from dppgraph.web.reading import DATA, PAGE, Place, Things, Told, View, asked_for, contents, page_of

_PLACE: Final = Place("lines", "line-of-action", "line", "line.html")


@dataclass(frozen=True, slots=True)
class Lines:
    """The route ``/lines/NAME``.

    Attributes:
        things: answers for pages about things.
    """

    things: Things

    async def one(self, request: Request) -> Response:
        """A line of action.

        Raises:
            BadParameter: the page is no number.
            Gone: an earlier version knew it.
            Unknown: there is no such line, or no such page of what stands under it.
        """
        page = page_of(decoded(request.scope["query_string"]))

        def read(facts: Facts, term: str) -> tuple[object, Told]:
            line = line_of(facts, term, page)
            quoted = [one for plan in line.plans for one in plan.evidence if one.quote]
            return line, {"contents": _contents(line), "grounds": quoted}

        return await self.things.answered(request, _PLACE, View(read, asked_for(page)))


def add_line_routes(app: FastAPI, things: Things) -> None:
    """Adds the route to an application."""
    add_page(app, "/lines/{slug:path}", Lines(things).one, "A line of action", DATA, (PAGE,))


def _contents(line: LineOfAction) -> list[tuple[str, str]]:
    return contents(
        ("older", "lines.older", line.older),
        ("newer", "lines.newer", line.newer),
        ("below", "lines.below", line.below),
        ("facts", "lines.facts", line.themes or line.levels or line.related or line.position),
        ("others", "reading.others", line.others),
        ("query", "reading.query", True),
        ("cite", "cite.title", True),
    )
