"""Quality measurements of the whole (https://www.w3.org/TR/vocab-dqv/): ``ontology/concepts/quality-metrics.ttl``."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from dppgraph.core.iris import NAMESPACE, PREFIXES
from dppgraph.core.languages import LANGUAGES
from dppgraph.core.quads import Quad, literal
from dppgraph.operations.catalogue.note import VersionNote
from dppgraph.operations.catalogue.stated import A

_DQV: Final = PREFIXES["dqv"]
_LABELS: Final = {
    f"<{PREFIXES[prefix]}{name}>"
    for prefix, name in (("dct", "title"), ("skos", "prefLabel"), ("foaf", "name"), ("rdfs", "label"))
}
_SELECTOR: Final = f"<{PREFIXES['oa']}hasSelector>"
_QUOTED: Final = f"<{NAMESPACE}SourceStatement>"
_SEVERITIES: Final = {"violations": "Violation", "warnings": "Warning", "notes": "Info"}
# Statements are told by what they are about; they have no name.
_NAMELESS: Final = ("statement",)


@dataclass(slots=True)
class _Counted:
    """Things of ours: those that have a class, those that are quoted facts or have a quote, those with a label."""

    typed: set[str] = field(default_factory=set)
    quoted: set[str] = field(default_factory=set)
    located: set[str] = field(default_factory=set)
    labelled: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, subject: str, predicate: str, rest: str) -> None:
        """Counts one line."""
        if predicate == A:
            self.typed.add(subject)
            if rest.startswith(_QUOTED):
                self.quoted.add(subject)
        elif predicate == _SELECTOR:
            self.located.add(subject)
        elif predicate in _LABELS:
            self.labelled[_language(rest)].add(subject)


def quality(lines: Iterable[str], whole: str, version: VersionNote) -> Iterator[Quad]:
    """What is measured of a version's lines; a share is between 0 and 1."""
    counted, ours = _Counted(), f"<{version.base}id/"
    for line in lines:
        subject, predicate, rest = line.split(" ", 2)
        if subject.startswith(ours) and "#" not in subject:
            counted.add(subject, predicate, rest)
    quoted, located = counted.quoted, counted.located
    named = {thing for thing in counted.typed if thing.removeprefix(ours).partition("/")[0] not in _NAMELESS}
    yield from _measured(whole, "quoted-facts", str(len(quoted)), "integer", version.base)
    yield from _measured(whole, "quote-coverage", _share(quoted & located, quoted), "decimal", version.base)
    for language in LANGUAGES:
        share = _share(named & counted.labelled[language], named)
        yield from _measured(whole, f"label-coverage-{language}", share, "decimal", version.base)
    for name, severity in _SEVERITIES.items():
        if severity in version.findings:
            yield from _measured(whole, name, str(version.findings[severity]), "integer", version.base)


def _language(rest: str) -> str:
    """The language of the literal that the rest of a line begins with."""
    after = rest.rpartition('"')[2]
    return after[1:].partition(" ")[0] if after.startswith("@") else ""


def _share(some: set[str], of: set[str]) -> str:
    """A share as a canonical decimal, to four places."""
    share = f"{len(some) / len(of) if of else 1:.4f}".rstrip("0")
    return f"{share}0" if share.endswith(".") else share


def _measured(whole: str, name: str, value: str, datatype: str, base: str) -> Iterator[Quad]:
    this = f"{whole[:-1]}#{name}>"
    yield Quad(whole, f"<{_DQV}hasQualityMeasurement>", this)
    yield Quad(this, A, f"<{_DQV}QualityMeasurement>")
    yield Quad(this, f"<{_DQV}isMeasurementOf>", f"<{base}id/concept/metric-{name}>")
    yield Quad(this, f"<{_DQV}computedOn>", whole)
    yield Quad(this, f"<{_DQV}value>", literal(value, datatype=f"{PREFIXES['xsd']}{datatype}"))
