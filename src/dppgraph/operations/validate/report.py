"""What the shapes say: results and their report, as text, JSON and RDF (SHACL, section 3.6)."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, canonical, literal
from dppgraph.operations.findings import SHOWN, Findings, Seen
from dppgraph.store.rdf import literal_text
from dppgraph.store.writing import serialised

Severity = Literal["Violation", "Warning", "Info"]

SEVERITIES: Final[tuple[Severity, ...]] = ("Violation", "Warning", "Info")

_MEANT: Final = {"en": "Did you mean {}?", "nl": "Bedoelt u {}?"}

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
        meant: the term that was probably meant where a name is wrong, or empty.
        follows: whether it comes of another result, and will be gone when that is mended.
        file: the file to mend, as its reader would call it, or empty.
        line: the line in it, counted from 1; 0 if it is not known.
    """

    severity: Severity
    check: str
    focus: str
    path: str
    value: str
    component: str
    shape: str
    messages: tuple[tuple[str, str], ...]
    meant: str = ""
    follows: bool = False
    file: str = ""
    line: int = 0

    @property
    def place(self) -> str:
        """The file, and the line if it is known, or an empty string."""
        return f"{self.file}:{self.line}" if self.line else self.file

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

    def findings(self) -> list[Findings]:
        """The results by check: the worst first, then by the name of the check."""
        by_check = sorted(self.results, key=_check)
        return [_together(list(results)) for _, results in groupby(by_check, key=_check)]

    def summary(self) -> str:
        """The report in one line."""
        found = Counter(result.severity for result in self.results if not result.follows)
        counts = ", ".join(
            f"{found[severity]} {severity.lower()}{'s' * (found[severity] != 1)}" for severity in SEVERITIES
        )
        more = len(self.results) - found.total()
        rest = f" (and {more} more that come of these: --format json has them)" if more else ""
        return f"{'conforms' if self.conforms else 'does not conform'}: {counts}{rest}"

    def lines(self, language: str = "en", drafts: Collection[str] = ()) -> Iterator[str]:
        """Each result in one line: place, severity, check, focus, message, property and value.

        What only follows from another result is left out, and so, where there are drafts, are the warnings and infos
        of other files.
        """
        for result in self.results:
            if result.follows or self._is_elsewhere(result, drafts):
                continue
            value = result.value if result.value not in (result.focus, result.path) else ""
            details = (
                (name, short(term, self.base)) for name, term in (("property", result.path), ("value", value)) if term
            )
            shown = ", ".join(f"{name}: {text}" for name, text in details)
            meant = f" {_MEANT[language].format(short(result.meant, self.base))}" if result.meant else ""
            yield (
                f"{f'{result.place}: ' if result.file else ''}{result.severity.lower()} {result.check}: "
                f"{short(result.focus, self.base)}: {self._shortened(result.message(language))}{meant}"
                f"{f' ({shown})' if shown else ''}"
            )

    def to_text(self, language: str = "en", drafts: Collection[str] = ()) -> str:
        """The results, a line each, and the summary; of drafts alone (files, as a result names them) where given."""
        elsewhere = sum(self._is_elsewhere(result, drafts) and not result.follows for result in self.results)
        rest = f"; {elsewhere} of these on other files, which `dppgraph validate` lists" if elsewhere else ""
        return "".join(f"{line}\n" for line in (*self.lines(language, drafts), self.summary() + rest))

    def _is_elsewhere(self, result: Result, drafts: Collection[str]) -> bool:
        return bool(drafts) and result.severity != "Violation" and result.file not in drafts

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
                "meant": _plain(result.meant) or None,
                "follows": result.follows,
                "file": result.file or None,
                "line": result.line or None,
            }
            for result in self.results
        ]
        said = {"conforms": self.conforms, "counts": self.counts, "results": results}
        return json.dumps(said, indent=2, ensure_ascii=False) + "\n"

    def to_turtle(self) -> str:
        """The report as SHACL has it."""
        return self.to_rdf(formats.TURTLE).decode()

    def to_rdf(self, format_: Format) -> bytes:
        """Likewise, in any format of RDF.

        Raises:
            BadRdf: the format cannot say one of the values.
        """
        return serialised(canonical(self._quads()), format_)

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

    def _shortened(self, message: str) -> str:
        return message.replace(f"{self.base}id/", "").replace(PREFIXES["dpp"], "dpp:")


def short(term: str, base: str) -> str:
    """A term for people: without the base of the data, with a prefix for a known vocabulary, a literal as in Turtle."""
    if term.startswith('"'):
        value, typed, datatype = term.rpartition('"^^')
        return f'{value}"^^{short(datatype, base)}' if typed else term
    text = _plain(term).removeprefix(f"{base}id/")
    prefix = next((name for name, iri in PREFIXES.items() if text.startswith(iri)), None)
    return f"{prefix}:{text[len(PREFIXES[prefix]) :]}" if prefix else text


def messages_of(literals: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Language and text of some literals; a plain one counts as English."""
    found = {}
    for term in literals:
        language = term.rpartition('"')[2].removeprefix("@")
        found[language if language and not language.startswith("^^") else "en"] = literal_text(term)
    return tuple(sorted(found.items()))


def _check(result: Result) -> tuple[int, str]:
    return SEVERITIES.index(result.severity), result.check


def _together(results: list[Result]) -> Findings:
    first = results[0]
    found = sorted(results, key=lambda result: (result.focus, result.path, result.value))
    seen = (Seen(result.focus, result.path, result.value, dict(result.messages)) for result in found[:SHOWN])
    return Findings(first.severity, first.check, first.shape, len(results), tuple(seen))


def _plain(term: str) -> str:
    return term[1:-1] if term.startswith("<") and not term.startswith("<<") else literal_text(term) if term else ""
