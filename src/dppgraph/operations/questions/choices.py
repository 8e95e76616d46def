"""What the graph has to choose from, where a parameter names a thing of a class."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.facts import Facts, Text

_A: Final = f"<{PREFIXES['rdf']}type>"
_IN_SCHEME: Final = f"<{PREFIXES['skos']}inScheme>"
_MOST: Final = 400
"""More things than that are not listed: their IRI is written instead."""


class Choice(NamedTuple):
    """A thing to choose.

    Attributes:
        value: its IRI, as short as a parameter takes it.
        label: what it is called.
        group: what the list that it stands in is called; empty where there are no lists, or it stands in none.
    """

    value: str
    label: Text
    group: Text = Text("")


def choices(of: str, facts: Facts) -> list[Choice]:
    """The things of a class, by list and name; none where there are too many to choose from.

    Args:
        of: the class, as ``dpp:PolicyInstrument``.
        facts: says what there is.
    """
    prefix, _, local = of.partition(":")
    # What has no IRI cannot be asked about.
    things = [term for term in facts.subjects(_A, f"<{PREFIXES[prefix]}{local}>") if term.startswith("<")]
    if len(things) > _MOST:
        return []
    found = [Choice(short(thing[1:-1], facts), facts.label(thing), _list_of(thing, facts)) for thing in things]
    lists = {choice.group for choice in found}
    return sorted(found if len(lists) > 1 else [choice._replace(group=Text("")) for choice in found], key=_order)


def short(iri: str, facts: Facts) -> str:
    """An IRI as a parameter takes it: a thing of ours from ``id/`` on."""
    own = f"{facts.published.base}id/"
    return iri.removeprefix(facts.published.base) if iri.startswith(own) else iri


def in_groups(found: Sequence[Choice]) -> list[tuple[Text, list[Choice]]]:
    """Choices by their lists, in order."""
    groups: dict[Text, list[Choice]] = {}
    for choice in found:
        groups.setdefault(choice.group, []).append(choice)
    return list(groups.items())


def _list_of(thing: str, facts: Facts) -> Text:
    scheme = facts.one(thing, _IN_SCHEME)
    return facts.label(scheme) if scheme else Text("")


def _order(choice: Choice) -> tuple[str, str, str]:
    return choice.group.text.casefold(), choice.label.text.casefold(), choice.value
