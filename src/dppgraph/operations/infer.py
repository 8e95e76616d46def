"""The inferred graph: what follows from the stated facts, by named rules in ``ontology/rules/*.rq``.

A rule is a CONSTRUCT. Rules of one stratum run together, again and again, until none adds anything; then come those of
the next stratum. A rule that concludes from absence stands in a later stratum than whatever could fill the gap. What is
stated already is not inferred once more, and nothing rests on the graph ``interpretation``.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dppgraph.core.iris import graph_iri
from dppgraph.core.quads import Quad
from dppgraph.errors import BadRdf, QuerySyntax
from dppgraph.store.memory import MemoryStore

_HEADER = re.compile(r"^# ([a-z-]+): *(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its name, title (nl, en), reason, stratum, and text."""

    name: str
    titles: dict[str, str]
    why: str
    stratum: int
    text: str


def read_rules(folder: Path) -> list[Rule]:
    """The rules of a folder, by stratum, then name.

    Raises:
        BadRdf: a rule's header lacks a line.
    """
    return sorted((_rule(path) for path in folder.glob("*.rq")), key=lambda rule: (rule.stratum, rule.name))


def inferred(quads: Iterable[Quad], rules: Iterable[Rule], base: str) -> dict[Quad, str]:
    """What follows from the quads: each inferred quad, with the name of the rule that gave it first.

    Raises:
        BadRdf: a rule does not parse, or makes a blank node.
    """
    quads = list(quads)
    interpretation = f"<{graph_iri('interpretation', base)}>"
    target = f"<{graph_iri('inferred', base)}>"
    stated = {quad[:3] for quad in quads}
    store = MemoryStore(quad for quad in quads if quad.graph != interpretation)
    strata: dict[int, list[Rule]] = defaultdict(list)
    for rule in rules:
        strata[rule.stratum].append(rule)
    found: dict[Quad, str] = {}
    for _, together in sorted(strata.items()):
        fresh = True
        while fresh:
            fresh = False
            for rule in together:
                new = {quad._replace(graph=target) for quad in _run(rule, store, base) if quad[:3] not in stated}
                new -= found.keys()
                found |= dict.fromkeys(sorted(new), rule.name)
                store.add(new)
                fresh = fresh or bool(new)
    return found


def _run(rule: Rule, store: MemoryStore, base: str) -> list[Quad]:
    try:
        quads = list(store.construct(rule.text, base=base))
    except QuerySyntax as error:
        raise BadRdf(f"the rule {rule.name} does not parse: {error}") from error
    if any(term.startswith("_:") for quad in quads for term in quad):
        raise BadRdf(f"the rule {rule.name} makes a blank node: let it make an IRI")
    return quads


def _rule(path: Path) -> Rule:
    text = path.read_text(encoding="utf-8")
    header = dict(_HEADER.findall(text))
    try:
        return Rule(
            name=path.stem,
            titles={"nl": header["title-nl"], "en": header["title-en"]},
            why=header["why"],
            stratum=int(header.get("stratum", "1")),
            text=text,
        )
    except (KeyError, ValueError) as error:
        raise BadRdf(f"{path}: the rule's header lacks or misstates {error}") from error
