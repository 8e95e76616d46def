"""``/api``: what programs can ask here, as a page made of this server's own ``/openapi.json``."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.operations.documents import path_of
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.queries import Question
from dppgraph.web.pages import Page, Pages, Reader, add_page

_TAGS: Final = ("pages", "queries", "sparql", "data", "operations")
"""The groups of routes, in their order; others come after them."""
_KINDS: Final = {
    "/plans/": "plan",
    "/lines/": "line-of-action",
    "/concepts/": "concept",
    "/agents/": "agent",
    "/sources/": "source",
    "/doc/": "plan",
    "/id/": "plan",
}
"""What the things are whose names stand at the end of a route."""
_HTML: Final = "text/html"
_EXAMPLES: Final = {"file": "SHA256SUMS"}
_IF_THERE: Final = ("ns", "shapes", "catalogue")
"""The routes that depend on what the data has."""
_LOOKED_AT: Final = 20


class Given(NamedTuple):
    """A parameter: its place, its name, whether it must be given, its type, what it means, and an example."""

    place: str
    name: str
    is_required: bool
    type: str
    description: str
    example: str | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """A route, as it is described.

    Attributes:
        method: the method.
        path: its path, with names in braces.
        summary: what it answers, in English.
        description: more of that, in English.
        parameters: what can be given.
        formats: the media types that it answers in.
    """

    method: str
    path: str
    summary: str
    description: str
    parameters: list[Given]
    formats: list[str]

    @property
    def anchor(self) -> str:
        """A name for its place on the page."""
        return f"{self.method}{self.path}".replace("/", "-").translate({ord(brace): None for brace in "{}"}).rstrip("-")


@dataclass(frozen=True, slots=True)
class Api:
    """The route ``/api``.

    Attributes:
        pages: answers for the pages.
        app: what is described.
        questions: the named questions, by name.
    """

    pages: Pages
    app: FastAPI
    questions: Mapping[str, Question]

    async def __call__(self, request: Request) -> Response:
        """The page."""
        return await self.pages.answered(request, Page("api", "api.html", self._read))

    def _read(self, harvest: Harvest, reader: Reader) -> Mapping[str, object]:
        titles = {f"/queries/{name}": question.titles for name, question in self.questions.items()}
        examples = Examples(harvest)
        return {
            "groups": _described(self.app.openapi()),
            "known": _TAGS,
            "titles": {path: said[reader.language] for path, said in titles.items()},
            "curl": examples.curl,
            "plan": examples.slug("plan"),
        }


def add_api_page(app: FastAPI, api: Api) -> None:
    """Adds the route to an application."""
    add_page(app, "/api", api, "What programs can ask")


class Examples:
    """What can be asked for in a version, so that each line can be tried.

    Args:
        harvest: the version.
    """

    def __init__(self, harvest: Harvest) -> None:
        self.published = harvest.published
        self.there = harvest.there
        self._version = str(harvest.manifest.version)

    def slug(self, kind: str) -> str | None:
        """The name of a thing of some kind, as it stands in addresses; None where there is none."""
        base = self.published.base
        found = self.published.exact.beginning(f"<{base}id/{kind}/", _LOOKED_AT)
        path = next((path_of(term[1:-1], base) for term in found if "#" not in term), None)
        return path.removeprefix(f"doc/{kind}/") if path else None

    def of(self, path: str, name: str) -> str | None:
        """Something that can stand for a name in the path of a route; None where this version has nothing."""
        kind = next((kind for start, kind in _KINDS.items() if path.startswith(start)), None)
        if kind is None:
            return self._version if name == "number" else _EXAMPLES.get(name)
        slug = self.slug(kind)
        return f"{kind}/{slug}" if slug and name == "path" else slug

    def curl(self, route: Route) -> str:
        """A line that asks a route; empty where this version has nothing that it could answer."""
        path, asked = route.path, []
        if path.removeprefix("/") in _IF_THERE and path.removeprefix("/") not in self.there:
            return ""
        for given in route.parameters:
            example = given.example or (self.of(route.path, given.name) if given.place == "path" else None)
            if given.place == "path" and example is None:
                return ""
            if given.place == "path":
                path = path.replace(f"{{{given.name}}}", example or "")
            elif given.name == "thing":
                asked.append(f"thing={self.of('/doc/', 'path') or ''}")
            elif given.is_required or given.name == "q":
                asked.append(f"{given.name}={example or ''}")
        words = ["curl", *(["-L"] if route.path.startswith("/id/") else []), *(["-G"] if asked else [])]
        words += [word for one in asked for word in ("--data-urlencode", one)]
        accept = next((known for known in route.formats if known != _HTML), "")
        words += ["-H", f"Accept: {accept}"] if accept else []
        return shlex.join([*words, f"{self.published.url}{path.removeprefix('/')}"])


def _described(said: Mapping[str, Any]) -> dict[str, list[Route]]:
    """The routes of a description, by their tags."""
    found: dict[str, list[Route]] = {tag: [] for tag in _TAGS}
    for path, methods in said["paths"].items():
        for method, one in methods.items():
            answer = one.get("responses", {}).get("200", {})
            route = Route(
                method.upper(),
                path,
                one.get("summary", ""),
                one.get("description", ""),
                [_given(given) for given in one.get("parameters", ())],
                list(answer.get("content", {})),
            )
            found.setdefault(next(iter(one.get("tags", ())), _TAGS[-1]), []).append(route)
    return {tag: routes for tag, routes in found.items() if routes}


def _given(said: Mapping[str, Any]) -> Given:
    schema = said.get("schema", {})
    kind = ", ".join(map(str, schema["enum"])) if "enum" in schema else str(schema.get("type", ""))
    example = said.get("example")
    return Given(
        said["in"],
        said["name"],
        bool(said.get("required")),
        kind,
        said.get("description", ""),
        None if example is None else str(example),
    )
