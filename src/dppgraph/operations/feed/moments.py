"""The time of a version in the feed: told by the data, never by a clock, so that the same data make the same feed."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

from dppgraph.core.iris import PREFIXES, graph_iri
from dppgraph.core.quads import literal, parse_line

DATE_TIME: Final = f"{PREFIXES['xsd']}dateTime"

_TELLING: Final = tuple(
    f" <{PREFIXES[prefix]}{name}> "
    for prefix, name in (("dct", "issued"), ("dct", "modified"), ("prov", "generatedAtTime"))
)
_SECOND: Final = timedelta(seconds=1)
_LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)
"""What lies later is no date of data; and there must be room for the versions that follow."""


def moment_of(lines: Iterable[str], base: str, created: str, before: datetime | None) -> datetime:
    """The time of a version.

    It is the latest moment with a time zone at which the graph ``catalogue`` says that something of it was issued,
    modified or generated. Where that is no later than the version before, it is a second after that one; where the
    data tell none at all, a first version has the time at which it was made.

    Args:
        lines: the version's lines.
        base: the base of its IRIs.
        created: when it was made, as its manifest has it.
        before: the time of the version before; None for the first.
    """
    told = latest(lines, base)
    if before is None:
        return told or datetime.fromisoformat(created).astimezone(UTC)
    return told if told and told > before else before + _SECOND


def latest(lines: Iterable[str], base: str) -> datetime | None:
    """The latest moment that the graph ``catalogue`` tells of itself; None where it tells none."""
    graph = f" <{graph_iri('catalogue', base)}> ."
    told = (line for line in lines if line.endswith(graph) and any(telling in line for telling in _TELLING))
    moments = (_moment(parse_line(line).object) for line in told)
    return max((moment for moment in moments if moment and moment < _LATEST), default=None)


def term_of(moment: datetime) -> str:
    """A moment as a literal, in UTC, to the second."""
    return literal(text_of(moment), datatype=DATE_TIME)


def text_of(moment: datetime) -> str:
    """A moment as text, in UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _moment(term: str) -> datetime | None:
    if not term.endswith(f'"^^<{DATE_TIME}>'):
        return None
    # What is no date, or has a year that Python does not know, tells nothing here.
    with suppress(ValueError, OverflowError):
        found = datetime.fromisoformat(term[1 : term.rindex('"')])
        return found.astimezone(UTC).replace(microsecond=0) if found.tzinfo else None
    return None
