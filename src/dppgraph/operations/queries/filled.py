"""A question as a query that runs as it stands, anywhere: without its header, with values in place of parameters."""

from collections.abc import Mapping

from dppgraph.core.prebinding import with_values
from dppgraph.operations.queries.question import Question


def filled(question: Question, given: Mapping[str, str], base: str, language: str) -> str:
    """The text of the query, with what is asked above it as a comment.

    Args:
        question: the question.
        given: parameter name to value, as for :meth:`Question.values`.
        base: what ``id/...`` is relative to.
        language: the language of the comment.

    Raises:
        BadParameter: as :meth:`Question.values`.
    """
    lines = with_values(question.text, question.values(given, base)).split("\n")
    start = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "\n".join([f"# {question.titles[language]}", *lines[start:]]).strip() + "\n"
