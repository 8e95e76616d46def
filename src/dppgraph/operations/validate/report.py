"""What the shapes say: results and their report, as text, JSON and Turtle (SHACL, section 3.6)."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, canonical, literal
from dppgraph.store.rdf import literal_text, serialised

Severity = Literal["Violation", "Warning", "Info"]

SEVERITIES: Final[tuple[Severity, ...]] = ("Violation", "Warning", "Info")

_SH = PREFIXES["sh"]
_RDF_TYPE = f"<{PREFIXES['rdf']}type>"


@dataclass(frozen=True, slots=True, order=True)
class Result:
    """One thing that a shape found.

    Attributes:
        severity: a Violation keeps the data from being published; a Warning and an Info do not.
        check: the shape's local name, such as ``plan-title``.
        focus: the term that it is about.
        path: the property's term, or empty.
        value: the term that is wrong, or empty.
        component: the IRI of the SHACL constraint component, or empty.
        shape: the shape's IRI.
        messages: language and text, by language.
    """

    severity: Severity
    check: str
    focus: str
    path: str
    value: str
    component: str
    shape: str
    messages: tuple[tuple[str, str], ...]

    def message(self, language: str) -> str:
        """The message in a language; else in English; else any."""
        said = dict(self.messages)
        return said.get(language) or said.get("en") or next(iter(said.values()), f"breaks {self.check}")


@dataclass(frozen=True, slots=True)
class Report:
    """All results, the worst first.

    Attributes:
        results: what the shapes found.
        base: the base of the data, to shorten IRIs with.
    """

    results: tuple[Result, ...]
    base: str

    @property
    def conforms(self) -> bool:
        """Whether the data may be published: no result is a Violation."""
        return not any(result.severity == "Violation" for result in self.results)

    @property
    def counts(self) -> dict[str, int]:
        """Severity to number of results."""
        found = Counter(result.severity for result in self.results)
        return {severity: found[severity] for severity in SEVERITIES}

    def summary(self) -> str:
        """The report in one line."""
        counts = ", ".join(
            f"{number} {severity.lower()}{'s' * (number != 1)}" for severity, number in self.counts.items()
        )
        return f"{'conforms' if self.conforms else 'does not conform'}: {counts}"

    def lines(self, language: str = "en") -> Iterator[str]:
        """Each result in one line: severity, check, focus, message, value."""
        for result in self.results:
            value = result.value if result.value != result.focus else ""
            details = (
                (name, self._short(term)) for name, term in (("property", result.path), ("value", value)) if term
            )
            shown = ", ".join(f"{name}: {text}" for name, text in details)
            yield (
                f"{result.severity.lower()} {result.check}: {self._short(result.focus)}: "
                f"{result.message(language)}{f' ({shown})' if shown else ''}"
            )

    def to_text(self, language: str = "en") -> str:
        """The results, a line each, and the summary."""
        return "".join(f"{line}\n" for line in (*self.lines(language), self.summary()))

    def to_json(self) -> str:
        """The report for programs."""
        results = [
            {
                "severity": result.severity,
                "check": result.check,
                "focus": _plain(result.focus),
                "path": _plain(result.path) or None,
                "value": _plain(result.value) or None,
                "shape": result.shape,
                "messages": dict(result.messages),
            }
            for result in self.results
        ]
        said = {"conforms": self.conforms, "counts": self.counts, "results": results}
        return json.dumps(said, indent=2, ensure_ascii=False) + "\n"

    def to_turtle(self) -> str:
        """The report as SHACL has it."""
        return serialised(canonical(self._quads()), formats.TURTLE).decode()

    def _quads(self) -> Iterator[Quad]:
        report = "_:report"
        yield Quad(report, _RDF_TYPE, f"<{_SH}ValidationReport>")
        conforms = literal(str(self.conforms).lower(), datatype=PREFIXES["xsd"] + "boolean")
        yield Quad(report, f"<{_SH}conforms>", conforms)
        for number, result in enumerate(self.results, 1):
            node = f"_:result{number:05d}"
            said = [
                ("focusNode", result.focus),
                ("resultPath", result.path),
                ("value", result.value),
                ("resultSeverity", f"<{_SH}{result.severity}>"),
                ("sourceShape", f"<{result.shape}>"),
                ("sourceConstraintComponent", f"<{result.component}>" if result.component else ""),
                *(("resultMessage", literal(text, language=language)) for language, text in result.messages),
            ]
            yield Quad(report, f"<{_SH}result>", node)
            yield Quad(node, _RDF_TYPE, f"<{_SH}ValidationResult>")
            yield from (Quad(node, f"<{_SH}{name}>", term) for name, term in said if term)

    def _short(self, term: str) -> str:
        text = _plain(term).removeprefix(f"{self.base}id/")
        prefix = next((name for name, iri in PREFIXES.items() if text.startswith(iri)), None)
        return f"{prefix}:{text[len(PREFIXES[prefix]) :]}" if prefix else text


def messages_of(literals: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Language and text of some literals; a plain one counts as English."""
    found = {}
    for term in literals:
        language = term.rpartition('"')[2].removeprefix("@")
        found[language if language and not language.startswith("^^") else "en"] = literal_text(term)
    return tuple(sorted(found.items()))


def _plain(term: str) -> str:
    return term[1:-1] if term.startswith("<") and not term.startswith("<<") else literal_text(term) if term else ""
