"""A question as a form: what is filled in, what can be chosen, and what is wrong with it."""

from collections.abc import Iterable, Mapping
from math import prod
from typing import Final, NamedTuple

from dppgraph.errors import BadParameter
from dppgraph.operations.facts import Facts, Text
from dppgraph.operations.queries import Parameter, Question, filled
from dppgraph.operations.questions.choices import Choice, choices, in_groups

LANG: Final = "lang"
"""The parameter that a form does not ask for: it is the language of the page."""


_MOST: Final = 400
"""Answers to one question that are written down where no server gives them."""


class Field(NamedTuple):
    """A field of the form.

    Attributes:
        parameter: what it asks for.
        value: what is filled in.
        choices: what can be chosen, by list; none for a field to write in.
        wrong: what is wrong with it: ``missing`` or ``wrong``; empty for nothing.
    """

    parameter: Parameter
    value: str
    choices: list[tuple[Text, list[Choice]]]
    wrong: str = ""


class Form(NamedTuple):
    """A form.

    Attributes:
        fields: its fields, in order.
        values: what the question is asked with, by parameter; with the language.
        unknown: the parameters that were given, and that the question does not have.
        example: whether it is filled in with an example, since nothing was given.
    """

    fields: list[Field]
    values: dict[str, str]
    unknown: list[str]
    example: bool

    @property
    def is_listed(self) -> bool:
        """Whether there is something to choose, and so little that all answers can be written down."""
        listed = [
            sum(len(found) for _, found in field.choices) + (not field.parameter.required)
            for field in self.fields
            if field.choices
        ]
        return bool(listed) and prod(listed) <= _MOST

    @property
    def is_right(self) -> bool:
        """Whether the question can be asked with this."""
        return not self.unknown and not any(field.wrong for field in self.fields)


def form(question: Question, given: Mapping[str, str], facts: Facts) -> Form:
    """The form of a question.

    Args:
        question: the question.
        given: parameter name to value; an empty one counts as not given.
        facts: says what can be chosen, in the language of the form.
    """
    listed = {
        parameter.name: choices(parameter.of, facts) for parameter in question.parameters.values() if parameter.of
    }
    said = {name: value for name, value in given.items() if name != LANG}
    is_example = not said
    entered = _examples(question, listed) if is_example else said
    fields = [
        _field(parameter, entered.get(parameter.name, ""), listed.get(parameter.name, []), facts)
        for parameter in question.parameters.values()
        if parameter.name != LANG
    ]
    values = {field.parameter.name: field.value for field in fields if field.value}
    if LANG in question.parameters:
        values[LANG] = facts.language
    return Form(fields, values, [name for name in said if name not in question.parameters], is_example)


def _field(parameter: Parameter, value: str, listed: list[Choice], facts: Facts) -> Field:
    shown = value or parameter.default or ""
    found = [*listed]
    wrong = ""
    if shown:
        try:
            term = parameter.term(shown, facts.published.base)
        except BadParameter:
            wrong = "wrong"
        else:
            known = _known(term, listed, parameter, facts)
            if known is not None:
                shown = known
            elif listed:
                # Something else than what is listed may be asked about too.
                found.append(Choice(shown, facts.label(term)))
    elif parameter.required:
        wrong = "missing"
    return Field(parameter, shown, in_groups(found), wrong)


def _known(term: str, listed: Iterable[Choice], parameter: Parameter, facts: Facts) -> str | None:
    base = facts.published.base
    return next((choice.value for choice in listed if parameter.term(choice.value, base) == term), None)


def _examples(question: Question, listed: Mapping[str, list[Choice]]) -> dict[str, str]:
    """A value for each parameter that has to be given: its example, or something else that the graph has."""
    found: dict[str, str] = {}
    for name, example in question.examples.items():
        if not question.parameters[name].of:
            found[name] = example
            continue
        free = [choice.value for choice in listed[name] if choice.value not in found.values()]
        if example in free:
            found[name] = example
        elif free:
            found[name] = free[0]
    return found


def example(question: Question, facts: Facts) -> str:
    """The query of a question that is asked with an example: one of the graph, else the one that the question names."""
    found = form(question, {}, facts)
    values = found.values if found.is_right else question.examples
    return filled(question, values, facts.published.base, facts.language)
