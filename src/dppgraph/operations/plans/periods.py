"""The period of a plan, as it is stated and as days, and where the plan stands on a day."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from dppgraph.operations.facts import Evidence, Facts
from dppgraph.operations.said import Said, said, together, values

_TRUE: Final = ("true", "1")
_DAY: Final = len("2012-12-21")
_IS_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Status(StrEnum):
    """Where a plan stands in time on a day; worked out, never stored. Values are the notations of the scheme."""

    UPCOMING = "upcoming"
    IN_FORCE = "in-force"
    ENDED = "ended"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Period:
    """A period, with what each end rests on.

    Attributes:
        start: the start as sources state it, in their precision; several where they disagree.
        end: likewise the end.
        first: the first day, inclusive.
        last: the last day, inclusive.
        open_ended: that a source says there is no end; empty where none does.
    """

    start: list[Said]
    end: list[Said]
    first: list[Said]
    last: list[Said]
    open_ended: list[Said]

    @property
    def evidence(self) -> list[Evidence]:
        """What the two ends rest on, the same words once."""
        return together([*self.start, *self.end, *self.open_ended])

    @property
    def derivation(self) -> list[Evidence]:
        """What the two days rest on."""
        return together([*self.first, *self.last])


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a period: the first and the last, ISO 8601; empty where not known."""

    first: str
    last: str
    is_open: bool = False

    def status(self, on: date) -> Status:
        """Where a plan of this period stands on a day."""
        day = on.isoformat()
        if self.first > day:
            return Status.UPCOMING
        if self.last and self.last < day:
            return Status.ENDED
        return Status.IN_FORCE if self.first and (self.last or self.is_open) else Status.UNKNOWN


def period_of(facts: Facts, plan: str) -> Period | None:
    """The period of a plan; None where it has none. Of several periods, all ends are told."""
    periods = values(facts, plan, "dct:temporal")
    if not periods:
        return None
    ends = ("dcat:startDate", "dcat:endDate", "dpp:from", "dpp:until", "dpp:openEnded")
    start, end, first, last, is_open = ([one for node in periods for one in said(facts, node, name)] for name in ends)
    return Period(start, end, first, last, [one for one in is_open if one.label.text in _TRUE])


def spans_of(facts: Facts, plan: str) -> list[Span]:
    """The days of a plan's periods, each combination of first and last day where sources disagree."""
    found = []
    for node in values(facts, plan, "dct:temporal"):
        firsts, lasts, is_open = (_texts(facts, node, name) for name in ("dpp:from", "dpp:until", "dpp:openEnded"))
        without_end = any(text in _TRUE for text in is_open)
        pairs = ((first, last) for first in firsts or [""] for last in lasts or [""])
        found += [Span(day_in(first), day_in(last), without_end) for first, last in pairs]
    return found


def status_of(spans: list[Span], on: date) -> Status:
    """Where a plan stands on a day: in force if that is so by any source, else what all of them give."""
    found = {span.status(on) for span in spans}
    if Status.IN_FORCE in found:
        return Status.IN_FORCE
    return found.pop() if len(found) == 1 else Status.UNKNOWN


def _texts(facts: Facts, node: str, predicate: str) -> list[str]:
    return [facts.label(term).text for term in values(facts, node, predicate)]


def day_in(text: str) -> str:
    """The day that a text begins with, as days are written; empty where it is none."""
    return text[:_DAY] if _IS_DAY.match(text) else ""
