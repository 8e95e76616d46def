"""What a plan set out to do, and what is said to have come of it: targets, evaluations, findings."""

from dataclasses import dataclass

from dppgraph.operations.facts import Evidence, Facts, Text
from dppgraph.operations.said import Said, is_of_class, prefixed, rests_on, said, values

_TOWARDS = ("dpp:setsTarget", "dpp:contributesTo", "dct:relation")
"""How a plan may be tied to a target, the strongest first."""


@dataclass(frozen=True, slots=True)
class Target:
    """An aim with a value, as seen from a plan.

    Attributes:
        term: the target.
        label: its name.
        relations: by which property the plan is tied to it, each with what that rests on; the strongest first.
        words: what the promise itself rests on.
        value: the value, unit, deadline and subject of the promise.
        unit: likewise.
        deadline: likewise.
        of: likewise, in the source's words.
        described: how sources call it.
        attributed: whose aim it is.
        levels: the policy levels that it speaks of.
    """

    term: str
    label: Text
    relations: list[Said]
    words: list[Evidence]
    value: list[Said]
    unit: list[Said]
    deadline: list[Said]
    of: list[Said]
    described: list[Said]
    attributed: list[Said]
    levels: list[Said]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was concluded.

    Attributes:
        term: the finding.
        label: its name.
        concludes: what it concludes, in its own words.
        outcome: how that is classed.
        concerns: the plans that it is about.
        attributed: who says so.
        during: the event that it came out of.
        evidence: what it rests on that it belongs where it is told.
    """

    term: str
    label: Text
    concludes: list[Said]
    outcome: list[Said]
    concerns: list[Said]
    attributed: list[Said]
    during: list[Said]
    evidence: list[Evidence]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """An assessment.

    Attributes:
        term: the evaluation.
        label: its name.
        described: how sources call it.
        evaluates: the plans that it assesses.
        inside: the plans that it is part of.
        attributed: whose it is.
        findings: what it concluded.
    """

    term: str
    label: Text
    described: list[Said]
    evaluates: list[Said]
    inside: list[Said]
    attributed: list[Said]
    findings: list[Finding]


@dataclass(frozen=True, slots=True)
class Result:
    """An effect that somebody claims.

    Attributes:
        term: the result.
        label: what is claimed.
        attributed: who claims it.
        levels: the policy levels that it speaks of.
        evidence: what it rests on.
    """

    term: str
    label: Text
    attributed: list[Said]
    levels: list[Said]
    evidence: list[Evidence]


def targets_of(facts: Facts, plan: str) -> list[Target]:
    """The targets that a plan sets, contributes to or is told together with."""
    found: dict[str, list[Said]] = {}
    for predicate in _TOWARDS:
        for target in values(facts, plan, predicate):
            if is_of_class(facts, target, "dpp:Target"):
                term = prefixed(predicate)
                tie = Said(term, facts.label(term), rests_on(facts, plan, target, predicate))
                found.setdefault(target, []).append(tie)
    return [_target(facts, target, relations) for target, relations in found.items()]


def evaluations_of(facts: Facts, plan: str) -> list[Evaluation]:
    """The evaluations of a plan, and those that are part of it."""
    of = facts.subjects(prefixed("dpp:evaluates"), plan)
    parts = values(facts, plan, "dct:hasPart", "dct:isPartOf")
    inside = [part for part in parts if is_of_class(facts, part, "dpp:Evaluation")]
    return [_evaluation(facts, term) for term in dict.fromkeys([*of, *inside])]


def findings_of(facts: Facts, plan: str, told: list[Evaluation]) -> list[Finding]:
    """The findings about a plan that none of the evaluations which are told holds."""
    known = {finding.term for evaluation in told for finding in evaluation.findings}
    found = facts.subjects(prefixed("dpp:concerns"), plan)
    about = [term for term in found if term not in known and is_of_class(facts, term, "dpp:Finding")]
    return [_finding(facts, term, rests_on(facts, term, plan, "dpp:concerns")) for term in about]


def results_of(facts: Facts, plan: str) -> list[Result]:
    """The effects that are claimed for a plan, in the order of the words that claim them."""
    return [
        Result(
            term=one.term,
            label=one.label,
            attributed=said(facts, one.term, "prov:wasAttributedTo"),
            levels=said(facts, one.term, "dpp:mentionsLevel"),
            evidence=one.evidence,
        )
        for one in said(facts, plan, "dpp:hasResult")
    ]


def _target(facts: Facts, term: str, relations: list[Said]) -> Target:
    return Target(
        term=term,
        label=facts.label(term),
        relations=relations,
        words=rests_on(facts, term, prefixed("dpp:Target"), "rdf:type"),
        value=said(facts, term, "dpp:targetValue"),
        unit=said(facts, term, "dpp:unit"),
        deadline=said(facts, term, "dpp:deadline"),
        of=said(facts, term, "dpp:targetOf"),
        described=said(facts, term, "dct:description"),
        attributed=said(facts, term, "prov:wasAttributedTo"),
        levels=said(facts, term, "dpp:mentionsLevel"),
    )


def _evaluation(facts: Facts, term: str) -> Evaluation:
    findings = values(facts, term, "dpp:hasFinding")
    return Evaluation(
        term=term,
        label=facts.label(term),
        described=said(facts, term, "dct:description"),
        evaluates=said(facts, term, "dpp:evaluates"),
        inside=said(facts, term, "dct:isPartOf", "dct:hasPart"),
        attributed=said(facts, term, "prov:wasAttributedTo"),
        findings=[_finding(facts, found, rests_on(facts, term, found, "dpp:hasFinding")) for found in findings],
    )


def _finding(facts: Facts, term: str, evidence: list[Evidence]) -> Finding:
    return Finding(
        term=term,
        label=facts.label(term),
        concludes=said(facts, term, "dpp:concludes"),
        outcome=said(facts, term, "dpp:outcome"),
        concerns=said(facts, term, "dpp:concerns"),
        attributed=said(facts, term, "prov:wasAttributedTo"),
        during=said(facts, term, "prov:wasGeneratedBy"),
        evidence=evidence,
    )
