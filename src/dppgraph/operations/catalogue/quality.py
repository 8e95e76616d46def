"""Quality measurements of the whole (https://www.w3.org/TR/vocab-dqv/): ``ontology/concepts/quality-metrics.ttl``."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from dppgraph.core.iris import NAMESPACE, PREFIXES
from dppgraph.core.languages import LANGUAGES
from dppgraph.core.quads import Quad, by_subject, literal, subject_of
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
    """Things of ours: quoted facts, those of them that have a quote, and things with names, those with a label."""

    quoted: int = 0
    located: int = 0
    named: int = 0
    labelled: Counter[str] = field(default_factory=Counter)

    def take(self, group: Sequence[str], *, has_name: bool) -> None:
        """Counts a thing by all that is said of it."""
        said = [line.split(" ", 2)[1:] for line in group]
        types = [rest for predicate, rest in said if predicate == A]
        if any(rest.startswith(_QUOTED) for rest in types):
            self.quoted += 1
            self.located += any(predicate == _SELECTOR for predicate, _ in said)
        if types and has_name:
            self.named += 1
            self.labelled.update({_language(rest) for predicate, rest in said if predicate in _LABELS})


def quality(lines: Iterable[str], whole: str, version: VersionNote) -> Iterator[Quad]:
    """What is measured of a version's lines; a share is between 0 and 1."""
    counted, ours = _Counted(), f"<{version.base}id/"
    for group in by_subject(lines):
        subject = subject_of(group[0])
        if subject.startswith(ours) and "#" not in subject:
            counted.take(group, has_name=subject.removeprefix(ours).partition("/")[0] not in _NAMELESS)
    quoted, named = counted.quoted, counted.named
    yield from _measured(whole, "quoted-facts", str(quoted), "integer", version.base)
    yield from _measured(whole, "quote-coverage", _share(counted.located, quoted), "decimal", version.base)
    for language in LANGUAGES:
        share = _share(counted.labelled[language], named)
        yield from _measured(whole, f"label-coverage-{language}", share, "decimal", version.base)
    for name, severity in _SEVERITIES.items():
        if severity in version.findings:
            yield from _measured(whole, name, str(version.findings[severity]), "integer", version.base)


def _language(rest: str) -> str:
    """The language of the literal that the rest of a line begins with."""
    after = rest.rpartition('"')[2]
    return after[1:].partition(" ")[0] if after.startswith("@") else ""


def _share(some: int, of: int) -> str:
    """A share as a canonical decimal, to four places."""
    share = f"{some / of if of else 1:.4f}".rstrip("0")
    return f"{share}0" if share.endswith(".") else share


def _measured(whole: str, name: str, value: str, datatype: str, base: str) -> Iterator[Quad]:
    this = f"{whole[:-1]}#{name}>"
    yield Quad(whole, f"<{_DQV}hasQualityMeasurement>", this)
    yield Quad(this, A, f"<{_DQV}QualityMeasurement>")
    yield Quad(this, f"<{_DQV}isMeasurementOf>", f"<{base}id/concept/metric-{name}>")
    yield Quad(this, f"<{_DQV}computedOn>", whole)
    yield Quad(this, f"<{_DQV}value>", literal(value, datatype=f"{PREFIXES['xsd']}{datatype}"))
