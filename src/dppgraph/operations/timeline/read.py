"""Reading the timeline of a version."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Final

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.facts import Evidence, Facts, text_of
from dppgraph.operations.plans.kinds import plans_of
from dppgraph.operations.said import Name, name_of
from dppgraph.operations.timeline.chains import chains_of
from dppgraph.operations.timeline.dates import span_of
from dppgraph.operations.timeline.gaps import gaps_between
from dppgraph.operations.timeline.plans import Event, Period, Plan, Target, Timeline

_DPP: Final = PREFIXES["dpp"]
_TYPE: Final = f"<{PREFIXES['rdf']}type>"
_NOTATION: Final = f"<{PREFIXES['skos']}notation>"
_BY: Final = f"<{PREFIXES['prov']}wasAssociatedWith>"
_ISSUED: Final = f"<{PREFIXES['dct']}issued>"
_TARGET: Final = f"<{_DPP}Target>"
_DEADLINE: Final = f"<{_DPP}deadline>"
_PROMISING: Final = (f"<{_DPP}setsTarget>", f"<{_DPP}contributesTo>")
_LATEST: Final = 10**9
"""Where a level without a place in the order comes."""


def read_timeline(facts: Facts) -> Timeline:
    """The plans of a version in time, with all that the page, the drawing and the data show of them."""
    terms = plans_of(facts)
    plans = [_plan(facts, term) for term in terms]
    periods = {plan.term: plan.periods for plan in plans}
    for term in {newer for plan in plans for newer in plan.newer} - periods.keys():
        periods[term] = _periods(facts, term)
    gaps = gaps_between({plan.term: plan.newer for plan in plans}, periods)
    return Timeline(_ordered(facts, plans), _targets(facts, terms), gaps)


def _plan(facts: Facts, term: str) -> Plan:
    level = facts.one(term, f"<{_DPP}policyLevel>")
    return Plan(
        term,
        facts.text(term, f"<{PREFIXES['dct']}title>") or facts.label(term),
        name_of(facts, level) if level else None,
        _periods(facts, term),
        _events(facts, term),
        tuple(facts.all(term, f"<{_DPP}succeeds>")),
        tuple(facts.subjects(f"<{_DPP}succeeds>", term)),
    )


def _periods(facts: Facts, plan: str) -> tuple[Period, ...]:
    return tuple(_period(facts, period) for period in facts.all(plan, f"<{PREFIXES['dct']}temporal>"))


def _period(facts: Facts, period: str) -> Period:
    first, last, is_open = (facts.one(period, f"<{_DPP}{name}>") for name in ("from", "until", "openEnded"))
    return Period(
        facts.one(period, f"<{PREFIXES['dcat']}startDate>"),
        facts.one(period, f"<{PREFIXES['dcat']}endDate>"),
        _day(first),
        _day(last),
        is_open is not None and text_of(is_open).text in ("true", "1"),
    )


def _day(literal: str | None) -> str:
    return text_of(literal).text[: len("2012-07-16")] if literal else ""


def _events(facts: Facts, plan: str) -> tuple[Event, ...]:
    approvals = facts.all(plan, f"<{_DPP}approvedIn>")
    others = [term for term in facts.subjects(f"<{_DPP}eventOf>", plan) if term not in approvals]
    found = [_approval(facts, plan, term) for term in approvals]
    found += [_event(facts, plan, term) for term in others]
    if dates := facts.all(plan, _ISSUED):
        evidence = (one for literal in dates for one in facts.evidence(plan, _ISSUED, literal))
        found.append(Event(plan, "issued", None, facts.label(plan), tuple(dates), (), tuple(evidence)))
    return tuple(sorted(found, key=lambda event: (_first_day(event.dates), not event.is_approval, event.term)))


def _approval(facts: Facts, plan: str, term: str) -> Event:
    dates = facts.all(term, f"<{_DPP}decisionDate>")
    evidence = facts.evidence(plan, f"<{_DPP}approvedIn>", term)
    return Event(
        term, "approved", None, facts.label(term), tuple(dates), _named(facts, facts.all(term, _BY)), tuple(evidence)
    )


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


def _targets(facts: Facts, plans: Iterable[str]) -> tuple[Target, ...]:
    terms = set(facts.subjects(_TYPE, _TARGET))
    terms.update(target for plan in plans for promising in _PROMISING for target in facts.all(plan, promising))
    found = [_target(facts, term) for term in terms]
    return tuple(sorted(found, key=lambda target: (_first_day(target.deadlines), target.term)))


def _target(facts: Facts, term: str) -> Target:
    deadlines = tuple(facts.all(term, _DEADLINE))
    plans = {plan for promising in _PROMISING for plan in facts.subjects(promising, term)}
    return Target(term, facts.label(term), deadlines, _named(facts, sorted(plans)), _promise(facts, term, deadlines))


def _promise(facts: Facts, term: str, deadlines: Iterable[str]) -> tuple[Evidence, ...]:
    """What a target rests on: the statement that it is one has the whole promise for its quote."""
    said = [one for one in facts.evidence(term, _TYPE, _TARGET) if one.provenance in ("source", "external")]
    return tuple(said or (one for literal in deadlines for one in facts.evidence(term, _DEADLINE, literal)))


def _named(facts: Facts, terms: Iterable[str]) -> tuple[Name, ...]:
    return tuple(name_of(facts, term) for term in terms)


def _ordered(facts: Facts, plans: list[Plan]) -> tuple[Plan, ...]:
    """Plans by level, those of a succession together."""
    found = []
    levels = {plan.level for plan in plans}
    for level in sorted(levels, key=lambda one: _place(facts, one)):
        of_level = sorted((plan for plan in plans if plan.level == level), key=_beginning)
        links = [(plan.term, newer) for plan in of_level for newer in plan.newer]
        chains = chains_of([plan.term for plan in of_level], links)
        numbered = (replace(plan, chain=chains[plan.term]) for plan in of_level)
        found += sorted(numbered, key=lambda plan: plan.chain)
    return tuple(found)


def _place(facts: Facts, level: Name | None) -> tuple[int, str]:
    if level is None:
        return _LATEST + 1, ""
    order = facts.one(level.term, f"<{_DPP}levelOrder>")
    text = text_of(order).text if order else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < len(str(_LATEST)) else _LATEST, level.term


def _beginning(plan: Plan) -> tuple[date, str, str]:
    """By its first day; what has no dates at all comes last."""
    known = [day for period in plan.periods if (day := period.begins or period.ends)]
    known += [_first_day(event.dates) for event in plan.events]
    return min(known, default=date.max), plan.title.text, plan.term


def _first_day(literals: Iterable[str]) -> date:
    spans = filter(None, map(span_of, literals))
    return min((span.first for span in spans), default=date.max)
