"""A plan as StratML can say it: between our quads and their XML, and the other way round."""

from dataclasses import dataclass
from typing import Final

Texts = tuple[tuple[str, str], ...]
"""Texts with their languages, sorted: a thing may have several in one language."""

NAMESPACE: Final = "urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport"
"""The namespace of ISO 17469-1, part 2, schema of 2016-02-16."""

STRATEGIC_PLAN: Final = "Strategic_Plan"
PERFORMANCE_PLAN: Final = "Performance_Plan"
PERFORMANCE_REPORT: Final = "Performance_Report"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of action: a Goal, or below one an Objective.

    Attributes:
        iri: its IRI; empty if it has none yet.
        words: its names.
        described: its descriptions.
        above: the number of the line that it is a part of, in the plan's list; None for a line of the plan itself.
    """

    iri: str
    words: Texts
    described: Texts = ()
    above: int | None = None


@dataclass(frozen=True, slots=True)
class Aim:
    """An objective of the plan as a whole, in words."""

    iri: str
    words: Texts
    described: Texts = ()


@dataclass(frozen=True, slots=True)
class Target:
    """A target: a PerformanceIndicator with one TargetResult.

    Attributes:
        iri: its IRI; empty if it has none yet.
        words: its names.
        value: the figure, as written.
        unit: the notation of its unit: ``percent``.
        unit_name: the unit as the document has it.
        deadline: a year, a month or a day, as written; empty if unknown.
        described: its descriptions.
        measured: what is measured (``dpp:targetOf``).
        basis: what it is a share of (``dpp:measureBasis``).
        set_here: whether the plan sets it, or is a step towards it.
        line: the number of the line that it measures, in the plan's list; None where it is the whole plan's.
    """

    iri: str
    words: Texts
    value: str
    unit: str
    unit_name: str = ""
    deadline: str = ""
    described: Texts = ()
    measured: Texts = ()
    basis: Texts = ()
    set_here: bool = True
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation: its IRI (empty if it has none yet), its names, its acronym."""

    iri: str
    names: Texts
    acronym: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan with what StratML can say of it.

    Attributes:
        iri: its IRI; empty if it has none yet.
        kind: the local name of its class: ``ActionPlan``.
        language: the language that the document is in.
        titles: its titles.
        others: its other titles.
        described: its descriptions.
        level: the notation of its policy level; empty if unknown.
        listing: whether its lines are all there are: the notation of that; empty if unknown.
        start: the start of its period, as written; empty if unknown.
        end: likewise its end.
        issued: when it was published, likewise.
        source: the address of the page that tells of it; empty if unknown.
        bodies: the organisations that it is of.
        issuers: the IRIs of those that issued it.
        subjects: the IRIs of those that it applies to.
        lines: its lines, each right before those below it.
        aims: its objectives.
        targets: its targets.
        ours: whether a document of it was written here, so that what it says of itself is to be read back.
    """

    iri: str
    kind: str
    language: str
    titles: Texts
    lines: tuple[Line, ...]
    others: Texts = ()
    described: Texts = ()
    level: str = ""
    listing: str = ""
    start: str = ""
    end: str = ""
    issued: str = ""
    source: str = ""
    bodies: tuple[Body, ...] = ()
    issuers: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    aims: tuple[Aim, ...] = ()
    targets: tuple[Target, ...] = ()
    ours: bool = True
