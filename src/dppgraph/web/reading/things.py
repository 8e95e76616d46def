"""Pages about things.

Each is about one thing: found by its name in the address, with its data, how to cite it, and how to ask for more of it.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from dppgraph import operations
from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.prebinding import with_values
from dppgraph.errors import BadParameter, Gone, Unknown
from dppgraph.operations.cite import citation
from dppgraph.operations.describe import Descriptions
from dppgraph.operations.documents import is_thing, path_of
from dppgraph.operations.export import export_thing
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.plain import plain
from dppgraph.operations.queries import Question, questions_of
from dppgraph.web.pages import Page, Pages, Reader, json_of
from dppgraph.web.parameters import decoded, version_of
from dppgraph.web.reading.words import Told, speaking

DATA: Final = (formats.DATA, formats.TURTLE, formats.JSONLD)
"""What the page about a thing comes in besides HTML."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the pages of a kind of thing are.

    Attributes:
        path: below the server's address.
        kind: of thing, as in its IRI.
        model: what the model is called in the template and in the data.
        template: the name of the template.
        classes: the classes, as IRIs, that questions may ask for.
    """

    path: str
    kind: str
    model: str
    template: str
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """What one request wants of a thing.

    Attributes:
        read: makes the model of it, and more that the template shows, out of what is said and the thing's term.
        parameters: those of the address that count.
        day: the day that it tells of, where the address does not say so.
    """

    read: Callable[[Facts, str], tuple[object, Told]]
    parameters: Mapping[str, object]
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Things:
    """Pages about things, by the name of a thing in the address.

    Attributes:
        pages: answers for pages.
        questions: the named questions, by name.
    """

    pages: Pages
    questions: Mapping[str, Question]

    async def answered(self, request: Request, place: Place, view: View) -> Response:
        """The page about the thing that the address names, or its data.

        Raises:
            BadParameter: the format is given twice.
            Gone: an earlier version knew the thing.
            Unknown: there is no such thing, version, or page of it.
        """
        name, suffix = await asyncio.to_thread(self._named, request, place)
        if suffix and any(key == "format" for key, _ in decoded(request.scope["query_string"])):
            raise BadParameter(f"the format is given twice, as .{suffix.extension} and as format: give it once")

        def read(harvest: Harvest, reader: Reader) -> Told:
            return self._told(harvest, reader, place, name, view)

        page = Page(
            _path(self.pages.making.sending.store.manifest.base, place, name),
            place.template,
            read,
            self._data(place),
            parameters=view.parameters,
            day=view.day,
        )
        return await self.pages.answered(request, page, suffix)

    def _named(self, request: Request, place: Place) -> tuple[str, Format | None]:
        """The name in the address, and the format that it ends in; a thing may be called like a file."""
        published = self.pages.making.harvest(version_of(decoded(request.scope["query_string"]))).published
        scope = request.scope
        raw = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
        path = str(scope["path"])
        # What was sent may begin with the path of the server's public address, which the path is without.
        raw = raw[max(0, len(unquote(raw)) - len(path)) :]
        names = [raw.removeprefix(f"/{place.path}/"), path.removeprefix(f"/{place.path}/")]
        known = (formats.HTML, *DATA)
        suffix = next((one for one in known if raw.endswith(f".{one.extension}")), None)
        ends = ("", f".{suffix.extension}") if suffix else ("",)
        for end in ends:
            for name in names:
                if name.endswith(end) and is_thing(published, _iri(published.base, place, name.removesuffix(end))):
                    return name.removesuffix(end), suffix if end else None
        return names[0], None

    def _told(self, harvest: Harvest, reader: Reader, place: Place, name: str, view: View) -> Told:
        published = harvest.published
        iri = _iri(published.base, place, name)
        if not is_thing(published, iri):
            if published.is_gone(iri):
                raise Gone(f"<{iri}> was here in an earlier version, and is not any more")
            raise Unknown(f"there is no {place.path}/{name[:200]} in this version: look for it in /search")
        facts, term = Facts(published, reader.language), f"<{iri}>"
        model, more = view.read(facts, term)
        return {
            place.model: model,
            "citation": citation(harvest, facts, term, getattr(model, "title", None) or facts.label(term)),
            "asks": self._asks(facts, term, place, reader),
            "query": with_values(_query(), {"it": term}),
            **speaking(facts),
            **more,
        }

    def _asks(self, facts: Facts, term: str, place: Place, reader: Reader) -> list[dict[str, str]]:
        classes = {*place.classes, *(class_[1:-1] for class_ in facts.types(term))}
        return [
            {"name": ask.question.name, "title": ask.question.titles[reader.language], "parameter": ask.parameter}
            for ask in questions_of(self.questions.values(), classes)
        ]

    def _data(self, place: Place) -> Mapping[Format, Callable[[Told, Harvest], bytes]]:
        frames = self.pages.making.frames

        def described_in(format_: Format) -> Callable[[Told, Harvest], bytes]:
            def write(told: Told, harvest: Harvest) -> bytes:
                iri = getattr(told[place.model], "term", "")[1:-1]
                return export_thing(Descriptions(harvest.published, frames).of(iri), format_, frames)

            return write

        def model(told: Told, _: Harvest) -> bytes:
            return json_of({place.model: plain(told[place.model]), "citation": plain(told["citation"])})

        written = {format_: described_in(format_) for format_ in DATA if format_ != formats.DATA}
        return {formats.DATA: model, **written}


def _iri(base: str, place: Place, name: str) -> str:
    return f"{base}id/{place.kind}/{name}"


def _path(base: str, place: Place, name: str) -> str:
    """Where the page is, escaped as a path has to be."""
    return f"{place.path}/{(path_of(_iri(base, place, name), base) or '').removeprefix(f'doc/{place.kind}/')}"


@cache
def _query() -> str:
    return (Path(operations.__file__).parent / "said.rq").read_text(encoding="utf-8")
