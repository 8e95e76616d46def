"""A named question."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dppgraph.core.query_text import QueryForm
from dppgraph.errors import BadParameter
from dppgraph.operations.queries.parameters import Parameter

GROUPS: Final = ("plans", "lines", "aims", "decisions", "trust", "data", "other")
"""What questions are about, in the order in which they are shown; the last is that of a question that does not say."""


@dataclass(frozen=True, slots=True)
class Question:
    """A named question.

    Attributes:
        name: as in ``dppgraph query NAME`` and ``/queries/NAME``.
        titles: the question, by language.
        descriptions: what a row is and what an empty cell means, by language.
        columns: the columns of its table, in order; empty where the answer is a graph.
        parameters: what it can be asked with, by name, in order.
        text: the whole file.
        form: what kind of query it is.
        rdflib: why rdflib's engine cannot give the same answer; empty where it can.
        group: what it is about, one of :data:`GROUPS`.
        chart: the column whose numbers are worth a picture; empty for none.
    """

    name: str
    titles: Mapping[str, str]
    descriptions: Mapping[str, str]
    columns: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    text: str
    form: QueryForm
    rdflib: str
    group: str = GROUPS[-1]
    chart: str = ""

    def values(self, given: Mapping[str, str], base: str) -> dict[str, str]:
        """Variable name to term, defaults included, for :func:`dppgraph.core.prebinding.with_values`.

        Args:
            given: parameter name to value; an empty one counts as not given, as an empty field of a form.
            base: what ``id/...`` is relative to.

        Raises:
            BadParameter: a parameter is unknown, missing or ill-typed; says what is expected.
        """
        for name in given:
            if name not in self.parameters:
                there = ", ".join(self.parameters) or "none"
                raise BadParameter(f"the question {self.name} has no parameter {name!r}: it has {there}")
        found = {}
        for parameter in self.parameters.values():
            value = given.get(parameter.name) or parameter.default
            if value:
                found[parameter.variable] = parameter.term(value, base)
            elif parameter.required:
                raise BadParameter(
                    f"the question {self.name} needs the parameter {parameter.name}: it must be {parameter.expected}"
                )
        return found

    @property
    def examples(self) -> dict[str, str]:
        """A value for each parameter that has to be given."""
        return {name: known.example or "" for name, known in self.parameters.items() if known.required}
