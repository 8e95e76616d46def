"""Reading the timeline of a version."""

from collections.abc import Iterable
from typing import Final

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.facts import Evidence, Facts
from dppgraph.operations.said import Name, name_of
from dppgraph.operations.timeline.outline import PROMISING, TARGET, Outlined, Promised, first_day, read_outline
from dppgraph.operations.timeline.plans import Event, Plan, Target, Timeline

_DPP: Final = PREFIXES["dpp"]
_TYPE: Final = f"<{PREFIXES['rdf']}type>"
_NOTATION: Final = f"<{PREFIXES['skos']}notation>"
_BY: Final = f"<{PREFIXES['prov']}wasAssociatedWith>"
_ISSUED: Final = f"<{PREFIXES['dct']}issued>"
_DEADLINE: Final = f"<{_DPP}deadline>"


def read_timeline(facts: Facts) -> Timeline:
    """The plans of a version in time, with all that the page, the drawing and the data show of them."""
    outline = read_outline(facts)
    plans = tuple(plan_in_time(facts, plan) for plan in outline.plans)
    return Timeline(plans, tuple(target_in_time(facts, target) for target in outline.targets), outline.gaps)


def plan_in_time(facts: Facts, plan: Outlined) -> Plan:
    """A plan of the outline, with all that is shown of it."""
    level = name_of(facts, plan.level) if plan.level else None
    events = _events(facts, plan.term)
    return Plan(plan.term, plan.title, level, plan.periods, events, plan.older, plan.newer, plan.chain)


def approval_in_time(facts: Facts, plan: str, term: str) -> Event:
    """A decision that adopted a plan."""
    dates = facts.all(term, f"<{_DPP}decisionDate>")
    evidence = facts.evidence(plan, f"<{_DPP}approvedIn>", term)
    return Event(
        term, "approved", None, facts.label(term), tuple(dates), _named(facts, facts.all(term, _BY)), tuple(evidence)
    )


def _events(facts: Facts, plan: str) -> tuple[Event, ...]:
    approvals = facts.all(plan, f"<{_DPP}approvedIn>")
    others = [term for term in facts.subjects(f"<{_DPP}eventOf>", plan) if term not in approvals]
    found = [approval_in_time(facts, plan, term) for term in approvals]
    found += [_event(facts, plan, term) for term in others]
    if dates := facts.all(plan, _ISSUED):
        evidence = (one for literal in dates for one in facts.evidence(plan, _ISSUED, literal))
        found.append(Event(plan, "issued", None, facts.label(plan), tuple(dates), (), tuple(evidence)))
    return tuple(sorted(found, key=lambda event: (first_day(event.dates), not event.is_approval, event.term)))


def _event(facts: Facts, plan: str, term: str) -> Event:
    kind = facts.one(term, f"<{_DPP}eventKind>")
    notation = facts.text(kind, _NOTATION) if kind else None
    return Event(
        term,
        notation.text if notation else "",
        facts.label(kind) if kind else None,
        facts.label(term),
        tuple(facts.all(term, f"<{_DPP}eventDate>")),
        _named(facts, facts.all(term, _BY)),
        tuple(facts.evidence(term, f"<{_DPP}eventOf>", plan)),
    )


def target_in_time(facts: Facts, target: Promised) -> Target:
    """A target of the outline, with all that is shown of it."""
    term, deadlines = target
    plans = {plan for promising in PROMISING for plan in facts.subjects(f"<{_DPP}{promising}>", term)}
    return Target(term, facts.label(term), deadlines, _named(facts, sorted(plans)), _promise(facts, term, deadlines))


def _promise(facts: Facts, term: str, deadlines: Iterable[str]) -> tuple[Evidence, ...]:
    """What a target rests on: the statement that it is one has the whole promise for its quote."""
    said = [one for one in facts.evidence(term, _TYPE, TARGET) if one.provenance in ("source", "external")]
    return tuple(said or (one for literal in deadlines for one in facts.evidence(term, _DEADLINE, literal)))


def _named(facts: Facts, terms: Iterable[str]) -> tuple[Name, ...]:
    return tuple(name_of(facts, term) for term in terms)
