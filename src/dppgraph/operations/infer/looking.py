"""Whether a rule may find more because of new quads: told from the patterns in its text."""

from collections.abc import Iterable, Set
from typing import Final

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad
from dppgraph.operations.infer.rules import Rule
from dppgraph.operations.touched import NotFollowed, Pattern

_A: Final = f"<{PREFIXES['rdf']}type>"

Kind = tuple[str, str]
"""A property, and the class where it is ``rdf:type``."""
_ANY: Final[Kind] = ("?", "")


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
        self._rules = list(rules)
        self._of = {rule.name: _patterns(rule, base) for rule in self._rules}
        self._heads = {rule.name: _heads(rule, base) for rule in self._rules}

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
        return self.fit(other, self._heads[rule.name])

    def fit(self, rule: Rule, kinds: Set[Kind]) -> bool:
        """Whether a rule may find more because of new quads of some kinds."""
        patterns = self._of[rule.name]
        if patterns is None:
            return True
        return any(_fits(pattern, *kind) for pattern in patterns for kind in kinds)


def _patterns(rule: Rule, base: str) -> set[Pattern] | None:
    """The patterns that a rule looks for; None where they cannot be told."""
    from dppgraph.operations.touched.sparql import sites_of, templates_of  # noqa: PLC0415 - loads rdflib

    try:
        subjects = {template.subject for template in templates_of(rule.text, base)}
        if not all(subject.startswith("?") for subject in subjects):
            return None
        return {site.pattern for subject in subjects for site in sites_of(rule.text, subject[1:], base)}
    except NotFollowed:
        return None


def _heads(rule: Rule, base: str) -> set[Kind]:
    """The kinds of what a rule makes; of those that only its solutions tell, the property may be a variable."""
    from dppgraph.operations.touched.sparql import templates_of  # noqa: PLC0415 - as above

    try:
        templates = templates_of(rule.text, base)
    except NotFollowed:
        return {_ANY}
    return {
        (head.predicate, head.object if head.predicate == _A and not head.object.startswith("?") else "")
        for head in templates
    }


def _fits(pattern: Pattern, predicate: str, class_: str) -> bool:
    if not (pattern.predicate.startswith("?") or predicate.startswith("?") or pattern.predicate == predicate):
        return False
    return not class_ or pattern.object.startswith("?") or pattern.object == class_
