"""The targets of a StratML document: what its indicators say is to be reached."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from dppgraph.operations.stratml.labels import Labels
from dppgraph.operations.stratml.parse import Element
from dppgraph.operations.stratml.plan import Target, Texts
from dppgraph.operations.stratml.said import date_of, is_number, texts_of


@dataclass(frozen=True, slots=True)
class Measured:
    """An indicator in its place.

    Attributes:
        indicator: the PerformanceIndicator.
        labels: its labels.
        line: the number of the line that it measures; None for the whole plan.
        words: what the Objective is called that it is in.
        where: where it stands, for messages.
    """

    indicator: Element
    labels: Labels
    line: int | None
    words: Texts
    where: str


def targets_of(
    measured: Iterable[Measured], numbers: Mapping[str, int], language: str, left: list[str]
) -> Iterator[Target]:
    """The targets, each with a figure.

    Args:
        measured: the indicators.
        numbers: the number of each line, by its Identifier.
        language: what the document is in.
        left: what could not be taken over, which is added to.
    """
    for found in measured:
        for result in found.indicator.all("MeasurementInstance"):
            for target in result.all("TargetResult"):
                made = _target(found, target, numbers, language)
                if made.value:
                    yield made
                elif target.says():
                    said = next(element.text for element in target.walk() if element.text)
                    left.append(f"{found.where}: the target “{said[:60]}” has no figure")


def _target(found: Measured, result: Element, numbers: Mapping[str, int], language: str) -> Target:
    labels, figure, deadline = found.labels, result.first("NumberOfUnits").text, result.first("EndDate").text
    # In the texts of an indicator the dimension stands for a name, and only the result has a description.
    both = Element("", {}, [*found.indicator.all("MeasurementDimension"), *result.all("Description")])
    measured, described = texts_of(both, ("MeasurementDimension", "Of"), labels, language)
    made = Target(
        labels.value("IRI"),
        labels.texts("Name"),
        labels.value("Value") or (figure if is_number(figure) else ""),
        labels.value("Unit"),
        found.indicator.first("UnitOfMeasurement").text,
        date_of(labels.value("Deadline") or deadline),
        described,
        measured,
        labels.texts("Basis"),
        labels.value("Set here") != "no",
        numbers.get(labels.value("Measures"), found.line),
    )
    return made if labels.said else replace(made, words=measured or found.words)
