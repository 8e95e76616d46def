"""The routes ``/ontology`` and ``/ontology/NAME``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.core.iris import NAMESPACE
from dppgraph.errors import Unknown
from dppgraph.operations.facts import Facts, Text
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.ontology import Term, asking, diagram, examples, ontology, query_of, schemes
from dppgraph.operations.queries import Question
from dppgraph.web.ontology.data import COLUMNS, example_data, ontology_data, rows_of, term_data
from dppgraph.web.ontology.drawing import drawing
from dppgraph.web.pages import Page, Pages, Reader, add_page, csv_of, json_of
from dppgraph.web.vocabulary import labels

_PATH: Final = "ontology"
_SUFFIX: Final = f".{formats.DATA.extension}"
_KINDS: Final = ("class", "link", "value", "remark")
Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OntologyPages:
    """The routes of the ontology.

    Attributes:
        pages: answers for the pages.
        questions: the named questions, by name.
        asking: the names of those that use a term, by term.
    """

    pages: Pages
    questions: Mapping[str, Question]
    asking: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, pages: Pages, questions: Mapping[str, Question]) -> "OntologyPages":
        """The routes over some questions."""
        return cls(pages, questions, asking(questions.values()))

    async def __call__(self, request: Request) -> Response:
        """All terms.

        Raises:
            Unknown: the version has no ontology.
        """
        data = {formats.DATA: self._json, formats.CSV: self._csv}
        return await self.pages.answered(request, Page(_PATH, "ontology.html", self._all, data))

    async def term(self, request: Request) -> Response:
        """One term, with some of its uses.

        Raises:
            Unknown: there is no such term.
            BadParameter: the format is given twice.
        """
        path = request.path_params["name"]
        name = path.removesuffix(_SUFFIX)
        suffix = formats.DATA if path != name else None

        def read(harvest: Harvest, reader: Reader) -> Told:
            return self._term(harvest, reader, name)

        page = Page(f"{_PATH}/{name}", "term.html", read, {formats.DATA: self._term_json})
        return await self.pages.answered(request, page, suffix)

    def _all(self, harvest: Harvest, reader: Reader) -> Told:
        facts = Facts(harvest.published, reader.language)
        found = ontology(facts)
        if not found.terms:
            raise Unknown("the data that is served here has no ontology: it was published without its shapes")
        known = {term.iri: term for term in found.terms}
        rows = diagram(found.terms)

        shared = self._shared(facts, known)

        def named(iri: str) -> str:
            return str(shared["label"](iri))

        return shared | {
            "ontology": found,
            "kinds": [(kind, _in_order(term for term in found.terms if term.kind == kind)) for kind in _KINDS],
            "lists": schemes(facts),
            "rows": [(row, rows[row.parent].cls) for row in rows if row.parent is not None],
            "drawing": drawing(rows, named, known.__contains__),
        }

    def _term(self, harvest: Harvest, reader: Reader, name: str) -> Told:
        facts = Facts(harvest.published, reader.language)
        found = ontology(facts)
        term = found.named(name)
        if term is None:
            raise Unknown(f"the ontology has no term {name[:80]!r}: /{_PATH} lists those there are")
        return self._shared(facts, {one.iri: one for one in found.terms}) | {
            "term": term,
            "examples": examples(facts, term),
            "query": query_of(term),
            "with_domain": [one for one in found.terms if term.iri in one.domains],
            "with_range": [one for one in found.terms if term.iri in one.ranges],
        }

    def _shared(self, facts: Facts, known: Mapping[str, Term]) -> dict[str, Any]:
        others = labels(facts)

        def label(iri: str) -> Text:
            return known[iri].label if iri in known else others(iri)

        return {
            "label": label,
            "known": known,
            "asking": self.asking,
            "titles": {name: one.titles.get(facts.language, name) for name, one in self.questions.items()},
            "namespace": NAMESPACE,
        }

    def _json(self, told: Told, _: Harvest) -> bytes:
        return json_of(ontology_data(told["ontology"], told["lists"], self.asking))

    def _csv(self, told: Told, _: Harvest) -> bytes:
        return csv_of(COLUMNS, rows_of(told["ontology"], self.asking))

    def _term_json(self, told: Told, _: Harvest) -> bytes:
        term: Term = told["term"]
        said = term_data(term, self.asking.get(term.iri, ()))
        return json_of(said | {"examples": [example_data(one) for one in told["examples"]]})


def _in_order(terms: Iterable[Term]) -> list[Term]:
    """Terms as a reader looks for them: by what they are called in the page's language."""
    return sorted(terms, key=lambda term: (term.label.text.casefold(), term.iri))


def add_ontology_routes(app: FastAPI, ontology_: OntologyPages) -> None:
    """Adds the routes to an application."""
    add_page(app, f"/{_PATH}", ontology_, "The terms of the ontology", [formats.DATA, formats.CSV])
    add_page(app, f"/{_PATH}/{{name:path}}", ontology_.term, "A term of the ontology, and its uses", [formats.DATA])
