"""The two pages of a kind of thing: the list of all, and all about one; both go a page at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvest
from dppgraph.web.pages import Page, Reader, add_page
from dppgraph.web.parameters import decoded
from dppgraph.web.reading.lists import LIST, list_data
from dppgraph.web.reading.parameters import PAGE, asked_for, page_of
from dppgraph.web.reading.things import DATA, Place, Things, View
from dppgraph.web.reading.words import Told, speaking


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that people read about.

    Attributes:
        place: where its pages are; the template of the list is called as the path is.
        columns: those of its list as a table.
        listed: gives a page of the list.
        told: gives the model of a thing, and more that its page shows; of the page's parts, the one that is asked for.
        summaries: what the two routes give, in words, for the description of the interface.
    """

    place: Place
    columns: Sequence[str]
    listed: Callable[[Facts, int], object]
    told: Callable[[Facts, str, int], tuple[object, Told]]
    summaries: tuple[str, str]


@dataclass(frozen=True, slots=True)
class KindPages:
    """The routes of a kind of thing.

    Attributes:
        kind: the kind.
        things: answers for pages about things.
    """

    kind: Kind
    things: Things

    async def all(self, request: Request) -> Response:
        """The list.

        Raises:
            BadParameter: the page is no number.
            Unknown: there is no such page.
        """
        page = page_of(decoded(request.scope["query_string"]))

        def read(harvest: Harvest, reader: Reader) -> Told:
            facts = Facts(harvest.published, reader.language)
            return {"found": self.kind.listed(facts, page), **speaking(facts)}

        path = self.kind.place.path
        answer = Page(path, f"{path}.html", read, list_data(self.kind.columns), asked_for(page))
        return await self.things.pages.answered(request, answer)

    async def one(self, request: Request) -> Response:
        """All about one thing.

        Raises:
            BadParameter: the page is no number.
            Gone: an earlier version knew it.
            Unknown: there is no such thing, or no such page of it.
        """
        page = page_of(decoded(request.scope["query_string"]))

        def read(facts: Facts, term: str) -> tuple[object, Told]:
            return self.kind.told(facts, term, page)

        return await self.things.answered(request, self.kind.place, View(read, asked_for(page)))


def add_kind_routes(app: FastAPI, things: Things, kind: Kind) -> None:
    """Adds the routes of a kind of thing to an application."""
    pages = KindPages(kind, things)
    all_, one = kind.summaries
    add_page(app, f"/{kind.place.path}", pages.all, all_, LIST, (PAGE,))
    add_page(app, f"/{kind.place.path}/{{slug:path}}", pages.one, one, DATA, (PAGE,))
