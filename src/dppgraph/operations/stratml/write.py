"""A plan as ISO 17469 XML: valid against the schema of 2016-02-16, and the same bytes for the same plan."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from dppgraph.operations.stratml.gather import plan_of
from dppgraph.operations.stratml.labels import AIMS, MARK, TARGET, Labels, besides, main_text, tidied
from dppgraph.operations.stratml.plan import (
    NAMESPACE,
    PERFORMANCE_PLAN,
    STRATEGIC_PLAN,
    Aim,
    Body,
    Line,
    Plan,
    Target,
    Texts,
)
from dppgraph.operations.stratml.said import NONE, is_day, is_number
from dppgraph.operations.stratml.xml import Node, rendered

_AIMS_NAMES: Final = {"nl": "Doelstellingen van het plan als geheel", "en": "Aims of the plan as a whole"}
_NAMED = re.compile(r"id/([a-z-]+)/([A-Za-z0-9_.-]+)")


def export_plan(lines: Iterable[str], iri: str, base: str, language: str | None = None) -> bytes:
    """A plan of a version as StratML; arguments and errors as for :func:`plan_of`, and those of :func:`write`."""
    return write(plan_of(lines, iri, base, language), base)


def write(plan: Plan, base: str) -> bytes:
    """A plan as StratML.

    Args:
        plan: the plan; all in it has an IRI.
        base: what our IRIs begin with.

    Raises:
        BadXml: a text has a character that XML cannot say.
    """
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + rendered(_Writing(plan, base).document()).encode()


class _Writing:
    """The document of one plan."""

    def __init__(self, plan: Plan, base: str) -> None:
        self._plan = plan
        self._base = base
        self._places: list[str] = []
        self._goals: list[int] = []
        self._lower: dict[int, list[int]] = defaultdict(list)
        self._indicators: dict[int | None, list[Node]] = defaultdict(list)
        self._place_lines()
        for target in plan.targets:
            measures = target.line if self._has_objective(target) else None
            self._indicators[measures].append(self._indicator(target))

    def document(self) -> Node:
        """The whole document."""
        plan, labels = self._plan, Labels()
        labels.add("IRI", plan.iri)
        labels.add("Class", plan.kind)
        labels.add("Document language", plan.language)
        name, description = self._texts("Title", plan.titles, plan.described, labels)
        labels.add_texts("Other title", plan.others)
        labels.add("Policy level", plan.level)
        labels.add("Lines listed", plan.listing)
        for key, day in (("Start", plan.start), ("End", plan.end), ("Published", plan.issued)):
            labels.add(key, "" if is_day(day) else day)
        for key, bodies in (("Issued by", plan.issuers), ("Applies to", plan.subjects)):
            for body in bodies:
                labels.add(key, body)
        organizations = [self._organization(number, body, labels) for number, body in enumerate(plan.bodies, 1)]
        goals = [self._goal(number) for number in self._goals]
        inner = [
            Node("Name", name or plan.iri),
            _if_said("Description", description),
            Node("OtherInformation", f"{MARK}\n{labels.written()}"),
            Node("StrategicPlanCore", [*organizations, *goals, self._aims()]),
            self._administration(),
        ]
        kind = PERFORMANCE_PLAN if plan.targets else STRATEGIC_PLAN
        return Node("PerformancePlanOrReport", inner, f' xmlns="{NAMESPACE}" Type="{kind}"')

    def _organization(self, number: int, body: Body, labels: Labels) -> Node:
        key = f"Body {number}"
        labels.add(key, body.iri)
        main = main_text(body.names, self._plan.language)
        if besides(body.names, self._plan.language, main):
            labels.add_texts(key, body.names)
        name = Node("Name", main or _any(body.names) or body.iri)
        acronym = _if_said("Acronym", body.acronym)
        return Node("Organization", [name, acronym, self._identifier(body.iri)])

    def _administration(self) -> Node:
        plan = self._plan
        days = (("StartDate", plan.start), ("EndDate", plan.end), ("PublicationDate", plan.issued))
        inner = [
            self._identifier(plan.iri),
            *(Node(name, day if is_day(day) else "") for name, day in days),
            _if_said("Source", plan.source),
        ]
        return Node("AdministrativeInformation", inner)

    def _goal(self, number: int) -> Node:
        lower = [Node("Objective", [*self._line(other), *self._indicators[other]]) for other in self._lower[number]]
        return Node("Goal", [*self._line(number), *lower])

    def _line(self, number: int) -> list[Node | None]:
        """What a Goal or an Objective says of a line."""
        line, place = self._plan.lines[number], self._places[number]
        labels = Labels()
        labels.add("IRI", line.iri)
        if line.above is not None and self._plan.lines[line.above].above is not None:
            labels.add("Part of", self._name_of(self._plan.lines[line.above].iri))
        return self._thing(line, labels, place)

    def _thing(self, thing: Line | Aim, labels: Labels, place: str = "") -> list[Node | None]:
        name, description = self._texts("Name", thing.words, thing.described, labels)
        return [
            Node("Name", name or thing.iri),
            # A Goal must have one.
            Node("Description", description),
            self._identifier(thing.iri),
            _if_said("SequenceIndicator", place),
            Node("OtherInformation", labels.written()),
        ]

    def _aims(self) -> Node | None:
        """The last Goal: the plan's objectives, and the targets that measure none of its lower lines."""
        if not self._plan.aims and not self._indicators[None]:
            return None
        inner = [
            Node("Name", _AIMS_NAMES.get(self._plan.language, _AIMS_NAMES["en"])),
            Node("Description"),
            Node("Identifier", f"{self._name_of(self._plan.iri)}.aims"),
            Node("OtherInformation", f"Holds: {AIMS}"),
        ]
        for aim in self._plan.aims:
            labels = Labels()
            labels.add("IRI", aim.iri)
            inner.append(Node("Objective", self._thing(aim, labels)))
        whole = [target for target in self._plan.targets if not self._has_objective(target)]
        for target, indicator in zip(whole, self._indicators[None], strict=True):
            name = main_text(target.words, self._plan.language) or _any(target.words) or target.iri
            inner.append(
                Node("Objective", [Node("Name", name), Node("OtherInformation", f"Holds: {TARGET}"), indicator])
            )
        return Node("Goal", [*inner])

    def _indicator(self, target: Target) -> Node:
        labels = Labels()
        labels.add("IRI", target.iri)
        labels.add_texts("Name", target.words)
        measured, description = self._texts("Of", target.measured, target.described, labels)
        labels.add_texts("Basis", target.basis)
        labels.add("Unit", target.unit)
        labels.add("Value", "" if is_number(target.value) else target.value)
        labels.add("Deadline", "" if is_day(target.deadline) else target.deadline)
        labels.add("Set here", "" if target.set_here else "no")
        if target.line is not None and not self._has_objective(target):
            labels.add("Measures", self._name_of(self._plan.lines[target.line].iri))
        result = [
            Node("EndDate", target.deadline if is_day(target.deadline) else ""),
            Node("NumberOfUnits", target.value if is_number(target.value) else ""),
            _if_said("Description", description),
        ]
        inner = [
            Node("MeasurementDimension", measured),
            Node("UnitOfMeasurement", tidied(target.unit_name) or target.unit),
            self._identifier(target.iri),
            Node("MeasurementInstance", [Node("TargetResult", result)]),
            Node("OtherInformation", labels.written()),
        ]
        return Node("PerformanceIndicator", [*inner], ' PerformanceIndicatorType="Quantitative"')

    def _has_objective(self, target: Target) -> bool:
        """Whether a target measures a line that is an Objective, where its indicator may stand."""
        return target.line is not None and self._plan.lines[target.line].above is not None

    def _texts(self, key: str, names: Texts, described: Texts, labels: Labels) -> tuple[str, str]:
        """What stands in the Name and in the Description; the rest goes into the labels."""
        language = self._plan.language
        if names and not main_text(names, language):
            language = next((spoken for spoken, _ in names if main_text(names, spoken)), NONE)
            labels.add("Language", language)
        name, description = main_text(names, language), main_text(described, language)
        labels.add_texts(key, besides(names, language, name))
        labels.add_texts("Description", besides(described, language, description))
        return name or _any(names), description

    def _place_lines(self) -> None:
        """Finds the place of each line, as ``2.1``, and the Goal that it is in."""
        counts: dict[int | None, int] = defaultdict(int)
        goal = 0
        for number, line in enumerate(self._plan.lines):
            counts[line.above] += 1
            if line.above is None:
                goal = number
                self._goals.append(number)
                self._places.append(str(counts[None]))
            else:
                self._lower[goal].append(number)
                self._places.append(f"{self._places[line.above]}.{counts[line.above]}")

    def _identifier(self, iri: str) -> Node:
        return Node("Identifier", self._name_of(iri))

    def _name_of(self, iri: str) -> str:
        """An xsd:ID for an IRI: readable for ours, the same wherever it occurs."""
        named = _NAMED.fullmatch(iri.removeprefix(self._base)) if iri.startswith(self._base) else None
        return f"{named[1]}.{named[2]}" if named else f"_{hashlib.sha256(iri.encode()).hexdigest()[:32]}"


def _if_said(name: str, text: str) -> Node | None:
    return Node(name, text) if text else None


def _any(texts: Texts) -> str:
    return next((tidied(text) for _, text in texts if tidied(text)), "")
