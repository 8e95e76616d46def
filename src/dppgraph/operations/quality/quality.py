"""What is known of how good a version is, put together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Final

from dppgraph.core.iris import PREFIXES
from dppgraph.core.languages import LANGUAGES
from dppgraph.operations.facts import Facts, Text, text_of
from dppgraph.operations.findings import Findings
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.quality.asked import ASKED, Rows

_DQV: Final = PREFIXES["dqv"]
_MEASURED: Final = f"<{_DQV}hasQualityMeasurement>"


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered.

    Attributes:
        version: the number of the version that was asked.
        rows: the rows of each answer by name; what took too long, or is not asked here, is not in it.
    """

    version: int
    rows: Mapping[str, Rows] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Quotes:
    """How much of what one source says has its words.

    Attributes:
        source: the source document, as a term.
        statements: how many statements rest on it.
        quotes: how many of these have their exact words.
    """

    source: str
    statements: int
    quotes: int

    @property
    def share(self) -> float:
        """The share with words, 0 to 1; of nothing, all."""
        return self.quotes / self.statements if self.statements else 1.0


@dataclass(frozen=True, slots=True)
class Labels:
    """How many things have a name in a language.

    Attributes:
        language: the language tag.
        named: how many have one.
        things: how many there are.
    """

    language: str
    named: int
    things: int

    @property
    def share(self) -> float:
        """The share with a name, 0 to 1; of nothing, all."""
        return self.named / self.things if self.things else 1.0


@dataclass(frozen=True, slots=True)
class Measured:
    """A measurement of the catalogue.

    Attributes:
        metric: what is measured, as a term.
        of: the data set that is measured, as a term.
        value: as the catalogue has it.
        definition: what is measured, in words.
    """

    metric: str
    of: str
    value: str
    definition: Text | None

    @property
    def number(self) -> Decimal | None:
        """The value, where it is a number."""
        try:
            number = Decimal(self.value)
        except InvalidOperation:
            return None
        return number if number.is_finite() else None


@dataclass(frozen=True, slots=True)
class Told:
    """The answer to a named question.

    Attributes:
        name: the question.
        rows: its rows; None where it took too long to be answered here.
    """

    name: str
    rows: Rows | None

    @property
    def count(self) -> int | None:
        """How many rows there are, or None."""
        return None if self.rows is None else len(self.rows)


@dataclass(frozen=True, slots=True)
class Quality:
    """How good a version is.

    Attributes:
        counts: SHACL severity to number of results; None where the gate was off.
        findings: what each check found; None where it is not kept.
        quotes: per source, those with the most statements first; None where it could not be counted.
        labels: per language, the project's own languages first; None likewise.
        measured: what the catalogue says of the whole.
        questions: the answers to the named questions, by name.
    """

    counts: Mapping[str, int] | None
    findings: list[Findings] | None
    quotes: list[Quotes] | None
    labels: list[Labels] | None
    measured: list[Measured]
    questions: Mapping[str, Told]


def quality(harvest: Harvest, facts: Facts, answers: Answers) -> Quality:
    """How good a version is.

    Args:
        harvest: the version.
        facts: what it says.
        answers: what was answered when it was asked.

    Raises:
        Damaged: what the shapes found of it cannot be read.
    """
    quotes, labels = answers.rows.get("quotes"), answers.rows.get("labels")
    return Quality(
        harvest.manifest.findings,
        harvest.findings(),
        None if quotes is None else _quotes(quotes),
        None if labels is None else _labels(labels),
        _measured(facts),
        {name: Told(name, answers.rows.get(name)) for name in ASKED},
    )


def _quotes(rows: Rows) -> list[Quotes]:
    found = (
        Quotes(row["source"], _number(row, "statements"), _number(row, "quotes")) for row in rows if "source" in row
    )
    return sorted(found, key=lambda one: (-one.statements, one.source))


def _labels(rows: Rows) -> list[Labels]:
    counted = {text_of(row["language"]).text if "language" in row else "": _number(row, "things") for row in rows}
    things = counted.pop("", 0)
    languages = [*LANGUAGES, *sorted(counted.keys() - set(LANGUAGES))]
    return [Labels(language, counted.get(language, 0), things) for language in languages]


def _number(row: Mapping[str, str], column: str) -> int:
    return int(text_of(row[column]).text) if column in row else 0


def _measured(facts: Facts) -> list[Measured]:
    """The measurements of the data sets that have some, each in the order of its metrics' names."""
    found = []
    for measurement in facts.subjects(f"<{PREFIXES['rdf']}type>", f"<{_DQV}QualityMeasurement>"):
        metric, value = (facts.one(measurement, f"<{_DQV}{name}>") for name in ("isMeasurementOf", "value"))
        of = facts.one(measurement, f"<{_DQV}computedOn>") or next(iter(facts.subjects(_MEASURED, measurement)), "")
        if metric and value:
            found.append(
                Measured(metric, of, text_of(value).text, facts.text(metric, f"<{PREFIXES['skos']}definition>"))
            )
    return sorted(found, key=lambda one: (one.of, one.metric))
