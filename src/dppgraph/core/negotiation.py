"""Content negotiation: from an Accept header to one of the formats on offer (RFC 9110, section 12.5.1)."""

import re
from dataclasses import dataclass

from dppgraph.core.formats import Format
from dppgraph.errors import NotAcceptable

_IN_FULL = 3
# A comma or semicolon within quotes belongs to its parameter; quotes that are never closed hold all that follows.
_BETWEEN_COMMAS = re.compile(r'(?:[^,"]++|"(?:[^"\\]++|\\.)*+(?:"|\\?\Z))++')
_BETWEEN_SEMICOLONS = re.compile(r'(?:[^;"]++|"(?:[^"\\]++|\\.)*+(?:"|\\?\Z))++')


@dataclass(frozen=True, slots=True)
class _Range:
    type: str
    subtype: str
    quality: float

    def precision(self, media_type: str) -> int:
        """How exactly this range names the media type: 0 not at all, 1 ``*/*``, 2 ``type/*``, 3 in full."""
        type_, _, subtype = media_type.partition("/")
        if (self.type, self.subtype) == ("*", "*"):
            return 1
        if self.type != type_:
            return 0
        return _IN_FULL if self.subtype == subtype else 2 if self.subtype == "*" else 0


def negotiated(accept: str | None, offered: tuple[Format, ...]) -> Format:
    """The offered format that the header likes best; between equals, the one that is offered first.

    An absent, empty or unreadable header accepts anything.

    Raises:
        NotAcceptable: the header excludes every format on offer.
    """
    ranges = _ranges(accept or "")
    if not ranges:
        return offered[0]
    rated = [(_quality(format_, ranges), -position) for position, format_ in enumerate(offered)]
    quality, position = max(rated)
    if quality <= 0:
        types = tuple(format_.media_types[0] for format_ in offered)
        raise NotAcceptable(f"this answer comes as {', '.join(types)}: ask for one of these", offered=types)
    return offered[-position]


def quality_of(accept: str | None, media_type: str) -> float:
    """How much (0 to 1) the header likes a media type; 1 for an absent header."""
    ranges = _ranges(accept or "")
    return _rate(media_type, ranges)[1] if ranges else 1.0


def _quality(format_: Format, ranges: list[_Range]) -> float:
    registered, *aliases = format_.media_types
    precision, quality = _rate(registered, ranges)
    if precision == _IN_FULL:
        return quality
    # "application/json" asks for SPARQL's JSON; "*/*" or "application/*" says nothing about an alias.
    named = [rate for rank, rate in (_rate(alias, ranges) for alias in aliases) if rank == _IN_FULL]
    return max([quality, *named])


def _rate(media_type: str, ranges: list[_Range]) -> tuple[int, float]:
    # The most precise range that matches decides, whatever its quality: "text/*;q=1, text/csv;q=0" excludes CSV.
    precision, quality = max((range_.precision(media_type), range_.quality) for range_ in ranges)
    return (precision, quality) if precision else (0, 0.0)


def _ranges(accept: str) -> list[_Range]:
    ranges = []
    for part in _BETWEEN_COMMAS.findall(accept.lower()):
        media_range, *parameters = [piece.strip() for piece in _BETWEEN_SEMICOLONS.findall(part)] or [""]
        type_, slash, subtype = media_range.partition("/")
        if slash and type_ and subtype:
            ranges.append(_Range(type_, subtype, _q(parameters)))
    return ranges


def _q(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                quality = float(value)
            except ValueError:
                return 0.0
            return quality if 0 <= quality <= 1 else 0.0
    return 1.0
