"""How good the data are: the page ``/quality``.

Its numbers are answers to queries, asked of the query processes as any client asks them, each once for a version.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.errors import Crowded, Limit, NotYet
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.quality import Answers, Rows, quality, requests, rows_of
from dppgraph.operations.queries import Question
from dppgraph.store.interface import QueryRequest
from dppgraph.store.versions import Manifest
from dppgraph.web.pages import Page, Pages, Reader, add_page, json_of
from dppgraph.web.quality.data import quality_data
from dppgraph.web.vocabulary import labels

_PATH: Final = "quality"
_SHOWN: Final = 50
"""Rows of an answer that are shown; the question itself has all."""

Told = Mapping[str, Any]


_AGAIN: Final = 3
"""How often the page is begun anew where a version became the current one between the answers and the page."""


class _Overtaken(NotYet):
    """The answers are those of the version before."""


@dataclass(slots=True)
class QualityPage:
    """The route ``/quality``.

    Attributes:
        pages: answers for the page.
        questions: the named questions, by name.
        union: whether the default graph of a query is the union of all graphs.
    """

    pages: Pages
    questions: Mapping[str, Question]
    union: bool
    _asked: "dict[int, asyncio.Task[Answers]]" = field(default_factory=dict)

    async def __call__(self, request: Request) -> Response:
        """The page.

        Raises:
            NotYet: other versions became the current one, again and again.
            DppgraphError: as ``GraphStore.query``.
        """
        for _ in range(_AGAIN):
            with suppress(_Overtaken):
                return await self._answered(request)
        return await self._answered(request)

    async def _answered(self, request: Request) -> Response:
        answers = await self._answers() if request.method != "OPTIONS" else Answers(0)

        def read(harvest: Harvest, reader: Reader) -> Told:
            if harvest.manifest.version != answers.version:
                raise _Overtaken("another version has just become the current one: ask again", retry_after=1)
            facts = Facts(harvest.published, reader.language)
            return {
                "quality": quality(harvest, facts, answers),
                "label": labels(facts),
                "titles": {name: one.titles.get(reader.language, name) for name, one in self.questions.items()},
                "shown": _SHOWN,
            }

        return await self.pages.answered(request, Page(_PATH, "quality.html", read, {formats.DATA: _json}))

    async def _answers(self) -> Answers:
        """What the current version answers: asked once, by whoever comes first."""
        manifest = self.pages.making.sending.store.manifest
        task = self._asked.get(manifest.version)
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            task = asyncio.get_running_loop().create_task(self._ask(manifest))
            self._asked = {manifest.version: task}
        # Whoever is gone does not end it for those who wait as well.
        return await asyncio.shield(task)

    async def _ask(self, manifest: Manifest) -> Answers:
        asked = requests(self.questions, manifest, union=self.union)
        found = await asyncio.gather(*map(self._rows, asked.values()))
        rows = {name: rows for name, rows in zip(asked, found, strict=True) if rows is not None}
        return Answers(manifest.version, rows)

    async def _rows(self, query: QueryRequest) -> Rows | None:
        """The rows of an answer; None where it is more than a page may take."""
        try:
            answer = await self.pages.making.sending.store.query(query)
            try:
                content = b"".join([chunk async for chunk in answer.chunks])
            finally:
                await answer.chunks.aclose()
        except Crowded:
            # That will pass, and is no property of the data.
            raise
        except Limit:
            return None
        return await asyncio.to_thread(rows_of, content)


def add_quality_routes(app: FastAPI, page: QualityPage) -> None:
    """Adds the route to an application."""
    add_page(app, f"/{_PATH}", page, "How good the data are", [formats.DATA])


def _json(told: Told, _: Harvest) -> bytes:
    return json_of(quality_data(told["quality"], _SHOWN))
