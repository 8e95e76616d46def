"""All about one plan: what is said of it and of what hangs on it, each fact with what it rests on."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from dppgraph.operations.facts import Evidence, Facts, Text
from dppgraph.operations.lines import ListedLine, listed, ordered
from dppgraph.operations.others import Property, others_of
from dppgraph.operations.paging import Paging
from dppgraph.operations.plans.aims import (
    Evaluation,
    Finding,
    Result,
    Target,
    evaluations_of,
    findings_of,
    results_of,
    targets_of,
)
from dppgraph.operations.plans.documents import Document, Identifier, documents_of, identifiers_of
from dppgraph.operations.plans.events import Event, approvals_of, events_of
from dppgraph.operations.plans.gaps import Unverified, missing_of, unverified_of
from dppgraph.operations.plans.periods import Period, Status, period_of, spans_of, status_of
from dppgraph.operations.plans.succession import Related, parts_of, predecessors_of, successors_of, wholes_of
from dppgraph.operations.said import Name, Said, in_language, prefixed, rests_on, said, values

_NAMES: Final = """
    rdf:type dct:title dct:alternative dct:description dct:type dct:issued dct:spatial dct:temporal dct:subject
    dct:replaces dct:isReplacedBy dct:isPartOf dct:hasPart adms:identifier
    dpp:succeeds dpp:isSucceededBy dpp:succeedsTransitively dpp:hasLineOfAction dpp:lineListing dpp:policyLevel
    dpp:mentionsLevel dpp:theme dpp:emphasises dpp:approvedIn dpp:issuedBy dpp:appliesTo dpp:sequenceNumber
    dpp:hasObjective dpp:contributesTo dpp:setsTarget dpp:hasResult dpp:isFirstFrameworkFor dpp:hasDocument
    dpp:knownByNameOnly
"""
_TOLD: Final = frozenset(map(prefixed, _NAMES.split()))
"""What has a place of its own on the page of a plan; all else that is said of it is told at the end."""
_TRUE: Final = frozenset(f'"{text}"^^{prefixed("xsd:boolean")}' for text in ("true", "1"))


@dataclass(frozen=True, slots=True)
class Lines:
    """A page of the lines of a plan.

    Attributes:
        listing: whether the list is said to be complete, as a concept.
        total: how many lines stand under no other.
        below: how many stand under another.
        paging: which page this is.
        shown: those of the page, in page order.
    """

    listing: list[Said]
    total: int
    below: int
    paging: Paging
    shown: list[ListedLine]


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan.

    Attributes:
        term: the plan.
        titles: its titles, the best language first.
        alternatives: its other titles.
        described: how sources describe it.
        kinds: its class, the narrowest, and its type.
        words: what its class rests on.
        period: its period; None where it has none.
        on: the day that its status is of.
        status: where it stands on that day.
        sequence: its number in a series.
        approvals: the decisions that adopted it.
        events: what else happened to it.
        issued: when it was published.
        issuers: who issued it.
        levels: the policy level that owns it.
        mentions: the policy levels that it speaks of.
        scope: whom it applies to.
        places: where it applies.
        frameworks: what it is the first framework for.
        emphases: what its source stresses.
        themes: what it is about, as we read it.
        before: the plans that it follows directly.
        after: the plans that follow it directly.
        wholes: the plans that it is part of.
        parts: the plans that are part of it.
        lines: its lines of action.
        objectives: what it set out to do.
        targets: the promises with a value that it sets or contributes to.
        evaluations: the assessments of it, and those that are part of it.
        findings: what was concluded about it elsewhere.
        results: what is claimed to have come of it.
        documents: its documents.
        identifiers: its numbers.
        others: what else is said of it.
        missing: what one would expect to know, and no source states.
        unverified: what was found in no source.
        is_name_only: whether no more than its name is known.
    """

    term: str
    titles: list[Said]
    alternatives: list[Said]
    described: list[Said]
    kinds: list[Said]
    words: list[Evidence]
    period: Period | None
    on: date
    status: Status
    sequence: list[Said]
    approvals: list[Event]
    events: list[Event]
    issued: list[Said]
    issuers: list[Said]
    levels: list[Said]
    mentions: list[Said]
    scope: list[Said]
    places: list[Said]
    frameworks: list[Said]
    emphases: list[Said]
    themes: list[Said]
    before: list[Related]
    after: list[Related]
    wholes: list[Related]
    parts: list[Related]
    lines: Lines
    objectives: list[Said]
    targets: list[Target]
    evaluations: list[Evaluation]
    findings: list[Finding]
    results: list[Result]
    documents: list[Document]
    identifiers: list[Identifier]
    others: list[Property]
    missing: list[Name]
    unverified: list[Unverified]
    is_name_only: bool

    @property
    def title(self) -> Text:
        """Its title in the best language; its IRI where it has none."""
        return self.titles[0].label if self.titles else Text(self.term[1:-1])


def plan_of(facts: Facts, plan: str, on: date, page: int = 1) -> Plan:
    """All about a plan.

    Args:
        facts: where to look.
        plan: the plan, as a term.
        on: the day for which its status is told.
        page: which page of its lines.

    Raises:
        Unknown: its lines have no such page.
    """
    approvals, targets, evaluations = approvals_of(facts, plan), targets_of(facts, plan), evaluations_of(facts, plan)
    kind = kind_of(facts, plan)
    nodes = [plan, *values(facts, plan, "dct:temporal"), *(event.term for event in approvals)]
    return Plan(
        term=plan,
        titles=in_language(facts, plan, "dct:title", "skos:prefLabel", "rdfs:label"),
        alternatives=said(facts, plan, "dct:alternative"),
        described=said(facts, plan, "dct:description"),
        kinds=said(facts, plan, "dct:type") or ([kind] if kind else []),
        words=kind.evidence if kind else [],
        period=period_of(facts, plan),
        on=on,
        status=status_of(spans_of(facts, plan), on),
        sequence=said(facts, plan, "dpp:sequenceNumber"),
        approvals=approvals,
        events=events_of(facts, plan),
        issued=said(facts, plan, "dct:issued"),
        issuers=said(facts, plan, "dpp:issuedBy"),
        levels=said(facts, plan, "dpp:policyLevel"),
        mentions=said(facts, plan, "dpp:mentionsLevel"),
        scope=said(facts, plan, "dpp:appliesTo"),
        places=said(facts, plan, "dct:spatial"),
        frameworks=said(facts, plan, "dpp:isFirstFrameworkFor"),
        emphases=said(facts, plan, "dpp:emphasises"),
        themes=said(facts, plan, "dpp:theme"),
        before=predecessors_of(facts, plan),
        after=successors_of(facts, plan),
        wholes=wholes_of(facts, plan),
        parts=parts_of(facts, plan),
        lines=_lines(facts, plan, page),
        objectives=said(facts, plan, "dpp:hasObjective"),
        targets=targets,
        evaluations=evaluations,
        findings=findings_of(facts, plan, evaluations),
        results=results_of(facts, plan),
        documents=documents_of(facts, plan),
        identifiers=identifiers_of(facts, plan),
        others=others_of(facts, plan, _TOLD | _ties(facts, plan, targets)),
        missing=missing_of(facts, plan),
        unverified=unverified_of(facts, [*nodes, *(target.term for target in targets)]),
        is_name_only=bool(set(facts.all(plan, prefixed("dpp:knownByNameOnly"))) & _TRUE),
    )


def kind_of(facts: Facts, plan: str) -> Said | None:
    """The narrowest class of a plan among those of the ontology, with what it rests on; None where it has none."""
    ours = [term for term in facts.types(plan) if term.startswith(prefixed("dpp:")[:-1])]
    wider = {above for term in ours for above in facts.all(term, prefixed("rdfs:subClassOf"))}
    narrow = [term for term in ours if term not in wider]
    return Said(narrow[0], facts.label(narrow[0]), rests_on(facts, plan, narrow[0], "rdf:type")) if narrow else None


def _ties(facts: Facts, plan: str, targets: list[Target]) -> set[str]:
    """The looser ties of a plan that are told with its targets, all of them."""
    relation = prefixed("dct:relation")
    return {relation} if {target.term for target in targets}.issuperset(facts.all(plan, relation)) else set()


def _lines(facts: Facts, plan: str, page: int) -> Lines:
    placed = ordered(facts, plan)
    paging = Paging.of(len(placed), page)
    below = sum(1 for one in placed if one.depth)
    shown = [listed(facts, one, plan) for one in paging.cut(placed)]
    return Lines(said(facts, plan, "dpp:lineListing"), len(placed) - below, below, paging, shown)
