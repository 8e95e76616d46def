"""All that follows from the quads, by the rules, and the trace of each inferred one."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import Final

from dppgraph.core.iris import NAMESPACE, PREFIXES, graph_iri
from dppgraph.core.languages import LANGUAGES
from dppgraph.core.made import RULE, TRACE
from dppgraph.core.quads import Quad, literal
from dppgraph.operations.infer.looking import Kind, kind_of
from dppgraph.operations.infer.rules import MOST_ROUNDS, Rule, endless, first, run, strata_of, unseen_graphs
from dppgraph.store.memory import MemoryStore

Again = Callable[[Rule, Set[Kind]], str]
"""A text of a rule that finds what it may find more because of new quads of some kinds; empty for nothing."""

_DIGITS: Final = 32
"""Hexadecimal digits of a statement's name: 128 bits, so that no two are ever the same."""


def inferred(quads: Iterable[Quad], rules: Iterable[Rule], base: str) -> dict[Quad, str]:
    """What follows from the quads: each inferred quad, with the name of a rule that gives it.

    Where several rules of a stratum do, it is the first of them by their rank.

    Raises:
        BadRdf: a rule does not parse, makes a blank node, or never comes to an end.
    """
    unseen = {f"<{graph}>" for graph in unseen_graphs(base)}
    told = [quad for quad in quads if quad.graph not in unseen]
    stated = {quad[:3] for quad in told}
    return inferred_in(MemoryStore(told), lambda made: {quad for quad in made if quad[:3] not in stated}, rules, base)


def inferred_in(
    store: MemoryStore,
    unstated: Callable[[set[Quad]], set[Quad]],
    rules: Iterable[Rule],
    base: str,
    again: Again = lambda rule, _kinds: rule.text,
) -> dict[Quad, str]:
    """Likewise of what a store holds; it holds what follows, too, after that.

    Args:
        store: the quads of all graphs that a rule sees.
        unstated: gives those of some quads whose triples nobody stated.
        rules: the rules.
        base: the base of the data.
        again: what of a rule is asked again.
    """
    target = f"<{graph_iri('inferred', base)}>"
    found: dict[Quad, str] = {}
    stated: set[Quad] = set()
    for together in strata_of(rules):
        here: dict[Quad, Rule] = {}
        # What came since a rule ran last; None where it never did.
        since: dict[str, set[Kind] | None] = {rule.name: None for rule in together}
        for _ in range(MOST_ROUNDS):
            fresh = False
            for rule in together:
                kinds = since[rule.name]
                text = rule.text if kinds is None else kinds and again(rule, kinds)
                if not text:
                    continue
                made = set(run(rule, store, base, graph=target, text=text)) - found.keys() - stated
                unknown = made - here.keys()
                new = unstated(unknown)
                # A rule gives it again in each round.
                stated |= unknown - new
                store.add_many(new)
                for quad in made & here.keys():
                    here[quad] = first(rule, here[quad])
                here |= dict.fromkeys(new, rule)
                since[rule.name] = set()
                fresh = fresh or bool(new)
                kinds_of_new = set(map(kind_of, new))
                since = {name: None if kinds is None else kinds | kinds_of_new for name, kinds in since.items()}
            if not fresh:
                break
        else:
            raise endless(together)
        found |= {quad: here[quad].name for quad in sorted(here)}
    return found


def traced(found: Mapping[Quad, str], rules: Iterable[Rule], base: str) -> Iterator[Quad]:
    """The rules, described in the graph ``ontology``, and in ``inferred`` the rule that gave each inferred quad.

    What is written here is not traced in its turn.
    """
    for rule in rules:
        yield from described(rule, base)
    for quad, name in found.items():
        yield from trace_of(quad, name, base)


def traced_lines(found: Mapping[Quad, str], rules: Iterable[Rule], base: str) -> Iterator[str]:
    """Likewise as lines, those of each inferred quad together, each with its line end."""
    for rule in rules:
        yield "".join(f"{quad.line()}\n" for quad in described(rule, base))
    a, subject, predicate, object_, by = _TRACE
    for quad, name in found.items():
        this, end = trace_iri(quad, base), f" {quad.graph} .\n"
        kind, *triple, rule_ = _told_of(quad, name, base)
        yield (
            f"{this} {a} {kind}{end}{this} {subject} {triple[0]}{end}{this} {predicate} {triple[1]}{end}"
            f"{this} {object_} {triple[2]}{end}{this} {by} {rule_}{end}"
        )


def trace_of(quad: Quad, name: str, base: str) -> Iterator[Quad]:
    """What says of an inferred quad by which rule it follows."""
    this = trace_iri(quad, base)
    for predicate, term in zip(_TRACE, _told_of(quad, name, base), strict=True):
        yield Quad(this, predicate, term, quad.graph)


def _told_of(quad: Quad, name: str, base: str) -> tuple[str, ...]:
    return (f"<{NAMESPACE}InferredStatement>", *quad[:3], rule_iri(name, base))


INFERRED_BY: Final = f"{NAMESPACE}inferredBy"


_RDF: Final = PREFIXES["rdf"]
_TRACE: Final = (f"<{_RDF}type>", f"<{_RDF}subject>", f"<{_RDF}predicate>", f"<{_RDF}object>", f"<{INFERRED_BY}>")
"""The properties of what says by which rule a quad follows."""


def trace_iri(quad: Quad, base: str) -> str:
    """The term of the statement that traces an inferred quad."""
    digest = hashlib.sha256(" ".join(quad[:3]).encode()).hexdigest()[:_DIGITS]
    return f"<{base}{TRACE}{digest}>"


def described(rule: Rule, base: str) -> Iterator[Quad]:
    """What is said of a rule."""
    this, graph = rule_iri(rule.name, base), f"<{graph_iri('ontology', base)}>"
    sh, rdfs = PREFIXES["sh"], PREFIXES["rdfs"]
    yield Quad(this, f"<{PREFIXES['rdf']}type>", f"<{NAMESPACE}InferenceRule>", graph)
    yield Quad(this, f"<{sh}construct>", literal(rule.text), graph)
    yield Quad(this, f"<{sh}order>", literal(str(rule.stratum), datatype=f"{PREFIXES['xsd']}integer"), graph)
    for language in LANGUAGES:
        yield Quad(this, f"<{rdfs}label>", literal(rule.titles[language], language=language), graph)
        yield Quad(this, f"<{rdfs}comment>", literal(rule.reasons[language], language=language), graph)


def rule_iri(name: str, base: str) -> str:
    """The term of a rule."""
    return f"<{base}{RULE}{name}>"
