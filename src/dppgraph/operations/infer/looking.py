"""What a rule may find more because of new quads: told from the patterns in its text."""

import re
from collections.abc import Iterable, Set
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad
from dppgraph.operations.infer.rules import Rule
from dppgraph.operations.touched import NotFollowed, Pattern

if TYPE_CHECKING:
    from dppgraph.operations.touched.sparql import Construct

_A: Final = f"<{PREFIXES['rdf']}type>"

Kind = tuple[str, str]
"""A property, and the class where it is ``rdf:type``."""
_ANY: Final[Kind] = ("?", "")
_GIVEN: Final = re.compile("values", re.IGNORECASE)
"""What a text may have at its end already, where it can stand only once."""


def kind_of(quad: Quad) -> Kind:
    """The kind of a quad."""
    return quad.predicate, quad.object if quad.predicate == _A else ""


class Patterns:
    """The patterns of rules, read once.

    Args:
        rules: the rules.
        base: what relative IRIs in them are relative to.
    """

    def __init__(self, rules: Iterable[Rule], base: str) -> None:
        from dppgraph.operations.touched.sparql import construct_of  # noqa: PLC0415 - loads rdflib

        self._rules = list(rules)
        self._of: dict[str, Construct] = {}
        for rule in self._rules:
            # Of one that does not parse is told where it runs.
            with suppress(NotFollowed):
                self._of[rule.name] = construct_of(rule.text, base)
        self._heads = {name: set(map(_kind_made, read.heads)) for name, read in self._of.items()}

    def ordered(self) -> list[Rule]:
        """The rules, those first that make what others look for: then few have to be asked again."""
        waiting = list(self._rules)
        found = []
        while waiting:
            waited_for = {
                rule.name: sum(self._feeds(other, rule) for other in waiting if other is not rule) for rule in waiting
            }
            following = min(waiting, key=lambda rule: (rule.stratum, waited_for[rule.name]))
            waiting.remove(following)
            found.append(following)
        return found

    def _feeds(self, rule: Rule, other: Rule) -> bool:
        """Whether what a rule makes may be what another one looks for."""
        return bool(self.again(other, self._heads.get(rule.name, {_ANY})))

    def again(self, rule: Rule, kinds: Set[Kind]) -> str:
        """A text of a rule that finds what it may find more because of new quads of some kinds; empty for nothing."""
        read = self._of.get(rule.name)
        if read is None:
            return rule.text
        fitting = [(pattern, kind) for pattern in read.patterns for kind in kinds if _fits(pattern, *kind)]
        if not fitting:
            return ""
        told = {_told(*one, read.certain) for one in fitting}
        variables, terms = ({one[place] for one in told} for place in range(2))
        if len(variables) == 1 and "" not in variables and not _GIVEN.search(rule.text):
            # What it finds by others, it has found before.
            return f"{rule.text}\nVALUES {variables.pop()} {{ {' '.join(sorted(terms))} }}\n"
        return rule.text


def _told(pattern: Pattern, kind: Kind, certain: Set[str]) -> tuple[str, str]:
    """A variable that has one value wherever a quad of a kind fits a pattern, and this value; empty where none has."""
    predicate, class_ = kind
    if pattern.predicate in certain:
        return pattern.predicate, predicate
    return (pattern.object, class_) if class_ and pattern.object in certain else ("", "")


def _kind_made(head: Pattern) -> Kind:
    """The kind of what a rule makes; where only its solutions tell, the property may be a variable."""
    return head.predicate, head.object if head.predicate == _A and not head.object.startswith("?") else ""


def _fits(pattern: Pattern, predicate: str, class_: str) -> bool:
    if not (pattern.predicate.startswith("?") or predicate.startswith("?") or pattern.predicate == predicate):
        return False
    return not class_ or pattern.object.startswith("?") or pattern.object == class_
