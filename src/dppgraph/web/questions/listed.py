"""The list of questions, and the same for programs: the editor takes its examples from it."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from dppgraph.core import formats
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.queries import GROUPS, Parameter, Question
from dppgraph.operations.questions import example
from dppgraph.web.pages import Page, Pages, Reader, json_of
from dppgraph.web.pages.pages import Told


@dataclass(frozen=True, slots=True)
class QuestionsPage:
    """The route ``/questions``.

    Attributes:
        questions: the named questions.
        pages: answers for pages.
    """

    questions: Mapping[str, Question]
    pages: Pages

    async def __call__(self, request: Request) -> Response:
        """Answers one request."""
        page = Page("questions", "questions.html", self._read, {formats.DATA: _data})
        return await self.pages.answered(request, page)

    def _read(self, harvest: Harvest, reader: Reader) -> Told:
        facts = Facts(harvest.published, reader.language)
        return {"groups": in_groups(self.questions), "texts": _texts(self.questions, facts), "facts": facts}


def in_groups(questions: Mapping[str, Question]) -> list[tuple[str, list[Question]]]:
    """The questions by what they are about, in order; each group by name of the question."""
    by_group = {group: [known for known in questions.values() if known.group == group] for group in GROUPS}
    return [(group, found) for group, found in by_group.items() if found]


def _texts(questions: Mapping[str, Question], facts: Facts) -> dict[str, str]:
    """Each question as a query that can be run, with an example of what it can be asked with."""
    return {name: example(known, facts) for name, known in questions.items()}


def _data(told: Told, harvest: Harvest) -> bytes:
    groups, texts, facts = told["groups"], told["texts"], told["facts"]
    assert isinstance(groups, list) and isinstance(texts, dict) and isinstance(facts, Facts)  # noqa: S101, PT018
    url, language = harvest.published.url, facts.language
    return json_of(
        [
            {
                "name": known.name,
                "group": group,
                "title": known.titles[language],
                "description": known.descriptions[language],
                "columns": known.columns,
                "parameters": [_parameter(parameter, language) for parameter in known.parameters.values()],
                "page": f"{url}questions/{known.name}",
                "answer": f"{url}queries/{known.name}",
                "query": texts[known.name],
            }
            for group, found in groups
            for known in found
        ]
    )


def _parameter(parameter: Parameter, language: str) -> dict[str, object]:
    return {
        "name": parameter.name,
        "type": parameter.type.name,
        "class": parameter.of or None,
        "required": parameter.required,
        "default": parameter.default,
        "example": parameter.example,
        "description": parameter.descriptions[language],
    }
