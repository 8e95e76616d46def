"""What happened to a plan: its approvals, and other events."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dppgraph.operations.facts import Evidence, Facts, Text
from dppgraph.operations.plans.documents import Identifier, identifiers_of
from dppgraph.operations.said import Said, is_of_class, prefixed, rests_on, said, values

_LATE: Final = "9999"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a plan.

    Attributes:
        term: the event.
        label: its name.
        kind: what happened, as a concept.
        dates: when, as precise as sources say; several where they disagree.
        agents: who did it.
        results: what was decided.
        governments: the governments in office then, as it follows from the date.
        identifiers: its numbers.
        evidence: what it rests on that it happened to this plan.
    """

    term: str
    label: Text
    kind: list[Said]
    dates: list[Said]
    agents: list[Said]
    results: list[Said]
    governments: list[Said]
    identifiers: list[Identifier]
    evidence: list[Evidence]


def approvals_of(facts: Facts, plan: str) -> list[Event]:
    """The decisions that adopted a plan, the earliest first."""
    found = values(facts, plan, "dpp:approvedIn", "dpp:decidesOn")
    return _in_time(_event(facts, plan, event, "dpp:approvedIn", "dpp:decidesOn") for event in found)


def events_of(facts: Facts, plan: str) -> list[Event]:
    """The other things that happened to a plan, the earliest first."""
    approvals = set(values(facts, plan, "dpp:approvedIn", "dpp:decidesOn"))
    found = [event for event in facts.subjects(prefixed("dpp:eventOf"), plan) if event not in approvals]
    return _in_time(_event(facts, plan, event, "", "dpp:eventOf") for event in found)


def dates_of(facts: Facts, event: str) -> list[Said]:
    """When an event was: the date of a decision, else the dates of the event; the earliest first."""
    names = ("dpp:decisionDate", "dpp:eventDate")
    found = next((dates for name in names if (dates := said(facts, event, name))), [])
    return sorted(found, key=lambda date: date.label.text)


def _event(facts: Facts, plan: str, event: str, predicate: str, inverse: str) -> Event:
    kinds = said(facts, event, "dpp:eventKind")
    return Event(
        term=event,
        label=facts.label(event),
        # That an approval is one is said where approvals are told.
        kind=[] if is_of_class(facts, event, "dpp:Approval") else kinds,
        dates=dates_of(facts, event),
        agents=said(facts, event, "prov:wasAssociatedWith"),
        results=said(facts, event, "besluitvorming:resultaat"),
        governments=said(facts, event, "dpp:governmentInOffice"),
        identifiers=identifiers_of(facts, event),
        evidence=rests_on(facts, plan, event, predicate, inverse),
    )


def _in_time(events: Iterable[Event]) -> list[Event]:
    return sorted(events, key=lambda event: (event.dates[0].label.text if event.dates else _LATE, event.term))
