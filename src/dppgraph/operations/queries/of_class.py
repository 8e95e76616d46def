"""Which questions can be asked of a thing."""

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.queries.question import Question


class Ask(NamedTuple):
    """A question that can be asked of a thing.

    Attributes:
        question: the question.
        parameter: the parameter that takes the thing.
    """

    question: Question
    parameter: str


def questions_of(questions: Iterable[Question], classes: Collection[str]) -> Iterator[Ask]:
    """The questions that need no more than a thing of one of these classes, given as IRIs."""
    for question in questions:
        takes = [known for known in question.parameters.values() if _iri(known.of) in classes]
        needed = {known.name for known in question.parameters.values() if known.required}
        if takes and needed <= {takes[0].name}:
            yield Ask(question, takes[0].name)


def _iri(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES.get(prefix, "") + local if local else name
