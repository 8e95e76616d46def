"""A plot of curves, on plain scales or on logarithmic ones."""

import math
from collections.abc import Callable, Iterable
from typing import Final

from benchmarks.peers.drawing import WIDTH, drawing, place, text
from benchmarks.peers.result import Curves, rounded

_LEFT: Final = 70
_RIGHT: Final = 170
"""Where names of curves are."""
_TOP: Final = 52
_HEIGHT: Final = 260
_BOTTOM: Final = 44
_COLOURS: Final = 6
"""Curves that differ in colour; the style has as many."""
_APART: Final = 16
"""Between two names, at least."""
_STEPS: Final = 5


def curves_of(title: str, curves: Curves) -> str:
    """A plot with a line for each curve, and its name where the line ends."""
    points = [point for of in curves.of.values() for point in of]
    across, xs = _scale([x for x, _ in points], _LEFT, WIDTH - _RIGHT, log=curves.log)
    up, ys = _scale([y for _, y in points], _TOP + _HEIGHT, _TOP, log=curves.log)
    parts = [
        text(8, 20, title, "title"),
        text(8, 38, curves.y),
        text(WIDTH - _RIGHT, _TOP + _HEIGHT + 36, curves.x, anchor="end"),
        *(text(across(x), _TOP + _HEIGHT + 16, rounded(x), "figure", "middle") for x in xs),
        *(f'<path d="M{_LEFT} {place(up(y))}H{WIDTH - _RIGHT}" class="axis"/>' for y in ys),
        *(text(_LEFT - 8, up(y) + 4, rounded(y), "figure", "end") for y in ys),
    ]
    ends, said = list[tuple[float, int, str]](), list[str]()
    for number, (name, of) in enumerate(curves.of.items()):
        colour, few = f"c{number % _COLOURS}", _few(of)
        line = "L".join(f"{place(across(x))} {place(up(y))}" for x, y in of)
        parts.append(f'<path d="M{line}" class="curve {colour}"/>')
        parts += [f'<circle cx="{place(across(x))}" cy="{place(up(y))}" r="2.5" class="{colour}"/>' for x, y in few]
        ends.append((up(of[-1][1]), number, name))
        said.append(f"{name}: " + ", ".join(f"{rounded(y)} at {rounded(x)}" for x, y in few) + ".")
    lowest = 0.0
    for at, number, name in sorted(ends):
        lowest = max(at, lowest + _APART)
        parts.append(text(WIDTH - _RIGHT + 10, lowest + 4, name, f"c{number % _COLOURS} name"))
    return drawing(_TOP + _HEIGHT + _BOTTOM, title, f"{curves.y}; {curves.x}. " + " ".join(said), parts)


def _scale(
    values: Iterable[float], first: float, last: float, *, log: bool
) -> tuple[Callable[[float], float], list[float]]:
    """Where a value is drawn, between two places, and the values that are written beside the scale."""
    low, high = min(values), max(values)
    if log:
        begin, end = math.floor(math.log10(low)), math.ceil(math.log10(high))
        end = max(end, begin + 1)
        shown = [10.0**power for power in range(begin, end + 1)]
        return lambda value: first + (math.log10(value) - begin) / (end - begin) * (last - first), shown
    step = 10 ** math.floor(math.log10((high or 1) / _STEPS))
    step = next(step * times for times in (1, 2, 5, 10) if step * times * _STEPS >= high)
    most = step * math.ceil(high / step)
    shown = [step * number for number in range(round(most / step) + 1)]
    return lambda value: first + value / most * (last - first), shown


def _few(points: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    """Some of the points, the last one among them."""
    return points if len(points) <= _STEPS else (*points[:: max(1, len(points) // _STEPS)], points[-1])
