"""The inferred graph: what follows from the stated facts, by named rules in ``ontology/rules/*.rq``.

A rule is a CONSTRUCT. Rules of one stratum run together, again and again, until none adds anything; then come those of
the next stratum. A rule that concludes from absence stands in a later stratum than whatever could fill the gap. What is
stated already is not inferred once more, and nothing rests on the graph ``interpretation``.

Each inferred triple is described by a ``dpp:InferredStatement`` that names its rule (:func:`traced`).
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dppgraph.core.iris import NAMESPACE, PREFIXES, graph_iri
from dppgraph.core.languages import LANGUAGES
from dppgraph.core.quads import Quad, literal
from dppgraph.errors import BadRdf, QuerySyntax
from dppgraph.store.memory import MemoryStore

_DIGITS: Final = 32
"""Hexadecimal digits of a statement's name: 128 bits, so that no two are ever the same."""

_MOST_ROUNDS: Final = 100
"""Of one stratum. The rules come to rest after a few; this is the end of those that make ever new things."""

_HEADER = re.compile(r"^# ([a-z-]+): *(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its name, title and reason (by language), stratum, and text."""

    name: str
    titles: Mapping[str, str]
    reasons: Mapping[str, str]
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
        BadRdf: a rule does not parse, makes a blank node, or never comes to an end.
    """
    interpretation = f"<{graph_iri('interpretation', base)}>"
    target = f"<{graph_iri('inferred', base)}>"
    told = [quad for quad in quads if quad.graph != interpretation]
    stated = {quad[:3] for quad in told}
    store = MemoryStore(told)
    strata: dict[int, list[Rule]] = defaultdict(list)
    for rule in rules:
        strata[rule.stratum].append(rule)
    found: dict[Quad, str] = {}
    for _, together in sorted(strata.items()):
        fresh, rounds = True, 0
        while fresh:
            fresh, rounds = False, rounds + 1
            if rounds > _MOST_ROUNDS:
                raise BadRdf(f"the rules {', '.join(rule.name for rule in together)} go on and on: see what they make")
            for rule in together:
                new = {quad._replace(graph=target) for quad in _run(rule, store, base) if quad[:3] not in stated}
                new -= found.keys()
                found |= dict.fromkeys(sorted(new), rule.name)
                store.add(new)
                fresh = fresh or bool(new)
    return found


def traced(found: Mapping[Quad, str], rules: Iterable[Rule], base: str) -> Iterator[Quad]:
    """The rules, described in the graph ``ontology``, and in ``inferred`` the rule that gave each inferred quad.

    What is written here is not traced in its turn.
    """
    for rule in rules:
        yield from _described(rule, base)
    for quad, name in found.items():
        digest = hashlib.sha256(" ".join(quad[:3]).encode()).hexdigest()[:_DIGITS]
        statement = f"<{base}id/statement/inferred-{digest}>"
        for predicate, term in (
            (f"{PREFIXES['rdf']}type", f"<{NAMESPACE}InferredStatement>"),
            (f"{PREFIXES['rdf']}subject", quad.subject),
            (f"{PREFIXES['rdf']}predicate", quad.predicate),
            (f"{PREFIXES['rdf']}object", quad.object),
            (f"{NAMESPACE}inferredBy", _rule_iri(name, base)),
        ):
            yield Quad(statement, f"<{predicate}>", term, quad.graph)


def _described(rule: Rule, base: str) -> Iterator[Quad]:
    this, graph = _rule_iri(rule.name, base), f"<{graph_iri('ontology', base)}>"
    sh, rdfs = PREFIXES["sh"], PREFIXES["rdfs"]
    yield Quad(this, f"<{PREFIXES['rdf']}type>", f"<{NAMESPACE}InferenceRule>", graph)
    yield Quad(this, f"<{sh}construct>", literal(rule.text), graph)
    yield Quad(this, f"<{sh}order>", literal(str(rule.stratum), datatype=f"{PREFIXES['xsd']}integer"), graph)
    for language in LANGUAGES:
        yield Quad(this, f"<{rdfs}label>", literal(rule.titles[language], language=language), graph)
        yield Quad(this, f"<{rdfs}comment>", literal(rule.reasons[language], language=language), graph)


def _rule_iri(name: str, base: str) -> str:
    return f"<{base}id/rule/{name}>"


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
            titles={language: header[f"title-{language}"] for language in LANGUAGES},
            reasons={language: header[f"why-{language}"] for language in LANGUAGES},
            stratum=int(header.get("stratum", "1")),
            text=text,
        )
    except (KeyError, ValueError) as error:
        raise BadRdf(f"{path}: the rule's header lacks or misstates {error}") from error
