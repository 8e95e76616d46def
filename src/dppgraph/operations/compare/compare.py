"""Comparing the lines of action of two plans, as the questions ``new-and-dropped-lines`` and ``continued-lines`` do.

It rests on signed readings alone: where nobody has read two plans side by side, nothing is new and nothing dropped.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.facts import Evidence, Facts, Text, text_of

LEAST: Final = Decimal("0.8")
"""How sure a reading must be at least to count as a continuation, where nobody asks for more or less."""

_DPP: Final = PREFIXES["dpp"]
_LINES: Final = f"<{_DPP}hasLineOfAction>"
_NEWER: Final = f"<{_DPP}newerLine>"
_OLDER: Final = f"<{_DPP}olderLine>"
_KIND: Final = f"<{_DPP}continuityKind>"
_LABEL: Final = f"<{PREFIXES['skos']}prefLabel>"
_NOTATION: Final = f"<{PREFIXES['skos']}notation>"
_SAME: Final = "continues"
"""The notation of plain continuation."""
_LAST: Final = 10**9
"""Where a line without a position comes."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of action.

    Attributes:
        term: the line.
        label: what it says, in the reader's language or the best one there is.
        position: its place in the plan, from 1; None where it has none.
        evidence: what it rests on that the plan has this line: the words of the source, where there are some.
    """

    term: str
    label: Text
    position: int | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """That one line continues another, as somebody read it.

    Attributes:
        term: the reading.
        newer: the newer line, as a term.
        older: the older one.
        kind: how it continues it, as a term; None where nobody says.
        kind_label: the kind, in words.
        is_same: whether the newer line simply goes on, rather than changing what the older one wanted.
        evidence: how sure, why, and who says so.
    """

    term: str
    newer: str
    older: str
    kind: str | None
    kind_label: Text | None
    is_same: bool
    evidence: Evidence

    @property
    def confidence(self) -> Decimal | None:
        """How sure, from 0 to 1; None where nobody says."""
        return self.evidence.confidence


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two plans compared.

    Attributes:
        is_compared: whether anybody has read the two side by side; if not, all that follows but the lines is empty.
        kept: the readings that are sure enough and say that a line simply goes on; by the older line's place.
        changed: those that say that a line goes on otherwise: intensified, broadened and so on.
        unsure: those that are less sure than asked for, or do not say how sure; the surest first.
        new: the lines of the newer plan that continue none of the older, as terms, by place.
        dropped: the lines of the older plan that none of the newer continues.
        older_lines: all lines of the older plan that lie below no other, as terms, by place.
        newer_lines: likewise of the newer one.
    """

    is_compared: bool
    kept: tuple[Reading, ...]
    changed: tuple[Reading, ...]
    unsure: tuple[Reading, ...]
    new: tuple[str, ...]
    dropped: tuple[str, ...]
    older_lines: tuple[str, ...]
    newer_lines: tuple[str, ...]


def compare(facts: Facts, older: str, newer: str, least: Decimal = LEAST) -> Comparison:
    """Compares two plans, given as terms.

    Args:
        facts: what is said.
        older: the older plan.
        newer: the newer one.
        least: how sure a reading must be at least to count, from 0 to 1.
    """
    before, after = facts.all(older, _LINES), facts.all(newer, _LINES)
    readings = list(_readings(facts, after, frozenset(before)))
    places = _places(facts, [*before, *after])
    older_lines, newer_lines = (_top(facts, lines, places) for lines in (before, after))
    sure = [reading for reading in readings if reading.confidence is not None and reading.confidence >= least]
    continued = {reading.older for reading in sure} | {reading.newer for reading in sure}
    new, dropped = (
        tuple(line for line in lines if readings and line not in continued) for lines in (newer_lines, older_lines)
    )
    sure.sort(key=lambda one: (places[one.older], places[one.newer], one.older, one.newer, one.term))
    unsure = [reading for reading in readings if reading.confidence is None or reading.confidence < least]
    unsure.sort(key=lambda one: (-(one.confidence or 0), places[one.older], places[one.newer], one.term))
    return Comparison(
        bool(readings),
        tuple(reading for reading in sure if reading.is_same),
        tuple(reading for reading in sure if not reading.is_same),
        tuple(unsure),
        new,
        dropped,
        older_lines,
        newer_lines,
    )


def line_of(facts: Facts, plan: str, term: str) -> Line:
    """A line of a plan, with the words that it rests on; both as terms."""
    evidence = facts.evidence(plan, _LINES, term)
    if not any(one.quote for one in evidence):
        evidence = [
            *evidence,
            *(one for label in facts.all(term, _LABEL) for one in facts.evidence(term, _LABEL, label)),
        ]
    return Line(term, facts.label(term), _position(facts, term), tuple(evidence))


def _readings(facts: Facts, newer: Iterable[str], older: frozenset[str]) -> Iterable[Reading]:
    for line in newer:
        for term in facts.subjects(_NEWER, line):
            for continued in facts.all(term, _OLDER):
                if continued in older:
                    yield _reading(facts, term, line, continued)


def _reading(facts: Facts, term: str, newer: str, older: str) -> Reading:
    kind = facts.one(term, _KIND)
    notation = facts.text(kind, _NOTATION) if kind else None
    return Reading(
        term,
        newer,
        older,
        kind,
        facts.label(kind) if kind else None,
        notation is None or notation.text == _SAME,
        facts.described(term),
    )


def _top(facts: Facts, lines: Iterable[str], places: Mapping[str, int]) -> tuple[str, ...]:
    """The lines that lie below no other, by place."""
    top = (line for line in lines if facts.one(line, f"<{_DPP}partOfLine>") is None)
    return tuple(sorted(top, key=lambda line: (places[line], line)))


def _places(facts: Facts, lines: Iterable[str]) -> dict[str, int]:
    positions = ((line, _position(facts, line)) for line in lines)
    return {line: _LAST if position is None else position for line, position in positions}


def _position(facts: Facts, line: str) -> int | None:
    literal = facts.one(line, f"<{_DPP}position>")
    text = text_of(literal).text if literal else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < len(str(_LAST)) else None
