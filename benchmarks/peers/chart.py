"""Plots as SVG, written by hand: the same bytes for the same figures, legible on white and on black."""

from typing import Final

from benchmarks.peers.curves import curves_of
from benchmarks.peers.drawing import drawing, place, text
from benchmarks.peers.result import IN_TIME, Result, Row, rounded

_LABELS: Final = 190
"""Where bars begin: what is left of them are names."""
_LONGEST: Final = 360
"""How long the longest bar is: what is right of it are figures."""
_LINE: Final = 20
_HEAD: Final = 30


def plot(result: Result) -> str:
    """The plot of a comparison."""
    return bars_of(result) if result.curves is None else curves_of(result.title, result.curves)


def bars_of(result: Result) -> str:
    """A bar for each figure of a comparison: its length is the median, the thin line on it goes from least to most.

    Each thing that was measured has a scale of its own, which begins at nought.
    """
    parts = [text(8, 20, result.title, "title")]
    said, top = list[str](), _HEAD + 8
    for row in result.rows:
        if any(row.of.values()):
            better = "less is better" if row.unit in (*IN_TIME, "MiB", "MiB more") else "more is better"
            parts.append(text(8, top + 12, f"{row.what} ({row.unit}; {better})", "what"))
            said.append(_in_words(row, result.who))
            top = _group(row, result.who, top + _LINE, parts) + 10
    return drawing(top, result.title, " ".join(said), parts)


def _group(row: Row, who: tuple[str, ...], top: int, parts: list[str]) -> int:
    scale = _LONGEST / (max(max(values) for values in row.of.values() if values) or 1)
    for one in who:
        if not (spread := row.spread(one)):
            continue
        middle, low, high = (at * scale for at in (spread.median, min(spread.values), max(spread.values)))
        of = "ours" if one == who[0] else "theirs"
        at = top + _LINE / 2
        parts += [
            text(_LABELS - 8, at + 4, one, anchor="end"),
            f'<rect x="{_LABELS}" y="{place(at - 6)}" width="{place(max(middle, 1))}" height="12" class="{of}"/>',
            f'<path d="M{place(_LABELS + low)} {place(at)}H{place(_LABELS + high)}" class="spread"/>',
            text(_LABELS + max(middle, high) + 6, at + 4, rounded(spread.median), "figure"),
        ]
        top += _LINE
    return top


def _in_words(row: Row, who: tuple[str, ...]) -> str:
    found = [(one, row.spread(one)) for one in who]
    return f"{row.what}, in {row.unit}: " + ", ".join(f"{one} {spread}" for one, spread in found if spread) + "."
