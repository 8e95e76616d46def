"""Rules: named CONSTRUCTs in ``ontology/rules/*.rq``, each with its reason, and the stratum that it runs in."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dppgraph.core.iris import graph_iri
from dppgraph.core.languages import LANGUAGES
from dppgraph.core.quads import Quad
from dppgraph.errors import BadRdf, QuerySyntax
from dppgraph.store.memory import MemoryStore

UNSEEN: Final = ("interpretation", "catalogue", "shapes")
"""The graphs that no rule sees: what we read into a source, what describes the data set, what judges it."""

MOST_ROUNDS: Final = 100
"""Of one stratum. The rules come to rest after a few; this is the end of those that make ever new things."""

_ANY_PROPERTY = re.compile(r"CONSTRUCT\s*\{[^}]*\?\w+\s+\?\w+\s")
_HEADER = re.compile(r"^# ([a-z-]+): *(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its name, title and reason (by language), stratum, and text."""

    name: str
    titles: Mapping[str, str]
    reasons: Mapping[str, str]
    stratum: int
    text: str

    @property
    def rank(self) -> tuple[bool, str]:
        """Which of several rules that give one statement is named for it: a rule for any property comes last."""
        return bool(_ANY_PROPERTY.search(self.text)), self.name


def read_rules(folder: Path) -> list[Rule]:
    """The rules of a folder, by stratum, then name.

    Raises:
        BadRdf: a rule's header lacks a line.
    """
    return sorted((_rule(path) for path in folder.glob("*.rq")), key=lambda rule: (rule.stratum, rule.name))


def strata_of(rules: Iterable[Rule]) -> list[list[Rule]]:
    """The rules that run together, in the order of their strata."""
    strata: dict[int, list[Rule]] = {}
    for rule in rules:
        strata.setdefault(rule.stratum, []).append(rule)
    return [strata[stratum] for stratum in sorted(strata)]


def unseen_graphs(base: str) -> set[str]:
    """The IRIs of the graphs that no rule sees."""
    return {graph_iri(name, base) for name in UNSEEN}


def first(rule: Rule, other: Rule | None) -> Rule:
    """Which of two rules of a stratum that give one statement is named for it."""
    return rule if other is None or rule is other else min(rule, other, key=lambda one: one.rank)


def run(
    rule: Rule,
    store: MemoryStore,
    base: str,
    *,
    graph: str = "",
    text: str = "",
    graphs: Collection[str] | None = None,
) -> list[Quad]:
    """What a rule makes.

    Args:
        rule: the rule.
        store: what it is asked of.
        base: what relative IRIs in it are relative to.
        graph: the term of the graph that it is put into; empty for the default graph.
        text: its text with something put in; by default, its own.
        graphs: the graphs that it sees, in place of all.

    Raises:
        BadRdf: it does not parse, or makes a blank node.
    """
    try:
        quads = list(store.construct(text or rule.text, base=base, graph=graph, graphs=graphs))
    except QuerySyntax as error:
        raise BadRdf(f"the rule {rule.name} does not parse: {error}") from error
    if any(quad.subject.startswith("_:") or quad.object.startswith("_:") for quad in quads):
        raise BadRdf(f"the rule {rule.name} makes a blank node: let it make an IRI")
    return quads


def endless(rules: Iterable[Rule]) -> BadRdf:
    """What is said of rules that never come to rest."""
    return BadRdf(f"the rules {', '.join(rule.name for rule in rules)} go on and on: see what they make")


def _rule(path: Path) -> Rule:
    text = path.read_text(encoding="utf-8")
    header = dict(_HEADER.findall(text))
    try:
        return Rule(
            name=path.stem,
            titles={language: header[f"title-{language}"] for language in LANGUAGES},
            reasons={language: header[f"why-{language}"] for language in LANGUAGES},
            stratum=int(header.get("stratum", "1")),
            text=text,
        )
    except (KeyError, ValueError) as error:
        raise BadRdf(f"{path}: the rule's header lacks or misstates {error}") from error
