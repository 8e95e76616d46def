"""A plan out of a StratML document: one of ours, or of anyone's, in the versions that are around.

Part 1 (``StrategicPlan``) and part 2 (``PerformancePlanOrReport``) are read by their elements' names, in
any order. What this graph has no place for is counted, and told.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dppgraph.errors import BadXml
from dppgraph.operations.stratml.labels import AIMS, MARK, TARGET, Labels, read_labels
from dppgraph.operations.stratml.parse import Element
from dppgraph.operations.stratml.plan import PERFORMANCE_REPORT, Aim, Body, Line, Plan, Texts
from dppgraph.operations.stratml.read_targets import Measured, targets_of
from dppgraph.operations.stratml.said import NONE, date_of, texts_of
from dppgraph.store.rdf import is_language

_KINDS: Final = ("ActionPlan", "PolicyPlan", "PolicyInstrument")
_LEFT: Final = ("Vision", "Mission", "Value", "Stakeholder", "Submitter", "ActualResult", "Relationship")
"""Elements that nothing of ours stands for."""


@dataclass(frozen=True, slots=True)
class Read:
    """A plan that was read, and what of its document could not be taken over, a line each."""

    plan: Plan
    left: list[str]


def read(root: Element, name: str, language: str = "") -> Read:
    """The plan that a document is of.

    Args:
        root: the document.
        name: what messages call it.
        language: what its texts are in; empty for what it says itself, or else English.

    Raises:
        BadXml: it has no name, or no goal.
    """
    return _Reading(root, name, language).read()


class _Reading:
    """One document."""

    def __init__(self, root: Element, name: str, language: str) -> None:
        self._root = root
        self._name = name
        said = root.first("OtherInformation")
        self._ours = said.raw.strip().startswith(MARK)
        self._labels = self._labels_of(root)
        # Of a document of ours the texts are in what it says, whatever whoever imports it thinks.
        languages = (self._labels.value("Document language"), language, root.language.lower(), "en")
        self._language = next(filter(is_language, languages))
        self._left: list[str] = []
        self._lines: list[Line] = []
        self._numbers: dict[str, int] = {}
        self._measured: list[Measured] = []
        self._aims: list[Aim] = []

    def read(self) -> Read:
        root, labels = self._root, self._labels
        titles, described = self._texts(root, "Title", labels)
        if not titles:
            why = ": by its label Language, its Name only stands for one" if labels.value("Language") == NONE else ""
            raise BadXml(f"{self._name}: the plan has no Name{why}")
        for place, goal in enumerate(root.first("StrategicPlanCore").all("Goal"), 1):
            self._goal(goal, str(place))
        if not self._lines:
            raise BadXml(f"{self._name}: the plan has no Goal with a name, so there is nothing to take over")
        told = root.first("AdministrativeInformation")
        start, end = self._day(told, "StartDate", "Start"), self._day(told, "EndDate", "End")
        if start and end and start[:10] > (end + "-99-99")[:10]:
            self._left.append(f"the period ends ({end}) before it starts ({start})")
            start = end = ""
        kind = labels.value("Class")
        report = root.attributes.get("Type") == PERFORMANCE_REPORT
        self._count()
        plan = Plan(
            labels.value("IRI"),
            kind if kind in _KINDS else "PolicyInstrument" if report else "PolicyPlan",
            self._language,
            titles,
            tuple(self._lines),
            others=labels.texts("Other title"),
            described=described,
            level=labels.value("Policy level"),
            listing=labels.value("Lines listed"),
            start=start,
            end=end,
            issued=self._day(told, "PublicationDate", "Published"),
            source=told.first("Source").text,
            bodies=tuple(self._bodies()),
            issuers=labels.values("Issued by"),
            subjects=labels.values("Applies to"),
            aims=tuple(self._aims),
            targets=tuple(targets_of(self._measured, self._numbers, self._language, self._left)),
            ours=self._ours,
        )
        return Read(plan, self._left)

    def _goal(self, goal: Element, place: str) -> None:
        labels = self._labels_of(goal)
        if labels.value("Holds") == AIMS:
            for objective in goal.all("Objective"):
                self._aim(objective)
            return
        number = self._line(goal, labels, None, f"goal {place}")
        for below, objective in enumerate(goal.all("Objective"), 1):
            labels = self._labels_of(objective)
            above = self._numbers.get(labels.value("Part of"), number)
            mine = self._line(objective, labels, above, f"objective {place}.{below}")
            self._measured += self._indicators(objective, mine, f"objective {place}.{below}")

    def _aim(self, objective: Element) -> None:
        labels = self._labels_of(objective)
        if labels.value("Holds") != TARGET:
            words, described = self._texts(objective, "Name", labels)
            self._aims.append(Aim(labels.value("IRI"), words, described))
        self._measured += self._indicators(objective, None, "an aim of the plan")

    def _line(self, element: Element, labels: Labels, above: int | None, where: str) -> int | None:
        """Takes a Goal or an Objective as a line; its number, or that of the line above if it says nothing."""
        words, described = self._texts(element, "Name", labels)
        if not words:
            # Of an Objective the Name may be left out, and the Description then says what it is.
            words, described = described, ()
        if not words:
            if element.says():
                self._left.append(f"{where} has neither name nor description")
            return above
        self._lines.append(Line(labels.value("IRI"), words, described, above))
        number = len(self._lines) - 1
        if identifier := element.first("Identifier").text:
            self._numbers.setdefault(identifier, number)
        return number

    def _indicators(self, objective: Element, line: int | None, where: str) -> Iterator[Measured]:
        words = self._texts(objective, "Name", self._labels_of(objective))[0]
        for indicator in objective.all("PerformanceIndicator"):
            yield Measured(indicator, self._labels_of(indicator), line, words, where)

    def _bodies(self) -> Iterator[Body]:
        for number, body in enumerate(self._root.first("StrategicPlanCore").all("Organization"), 1):
            key, name = f"Body {number}", body.first("Name").text
            names = self._labels.texts(key) or (((self._language, name),) if name else ())
            if names or self._labels.value(key):
                yield Body(self._labels.value(key), names, body.first("Acronym").text)

    def _texts(self, element: Element, key: str, labels: Labels) -> tuple[Texts, Texts]:
        return texts_of(element, ("Name", key), labels, self._language)

    def _labels_of(self, element: Element) -> Labels:
        """The labels of an element, if the document is one of ours; what others wrote there is none of our business."""
        return read_labels(element.first("OtherInformation").raw) if self._ours else Labels()

    def _day(self, told: Element, name: str, key: str) -> str:
        written = told.first(name).text
        day = date_of(self._labels.value(key) or written)
        if written and not day:
            self._left.append(f"the {name} “{written[:60]}” is no date")
        return day

    def _count(self) -> None:
        """Notes how much of the document there is no place for."""
        counts = Counter(element.name for element in self._root.walk() if element.name in _LEFT and element.says())
        if not self._ours:
            told = (element.first("OtherInformation") for element in self._root.walk())
            counts["OtherInformation"] = sum(1 for element in told if element.text)
        self._left += [f"{count} × {name}: this graph has no place for it" for name, count in counts.items() if count]
