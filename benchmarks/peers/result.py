"""What a comparison comes to: the figures of all rounds, what they are held to, and on what they were measured."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

IN_TIME: Final = ("ms", "s")
"""Units of which less is faster."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The figures of several rounds, or ratios of them."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The one in the middle."""
        return median(self.values)

    def __str__(self) -> str:
        low, high = rounded(min(self.values)), rounded(max(self.values))
        return f"{rounded(self.median)}" + (f" ({low} to {high})" if len(self.values) > 1 else "")


def rounded(value: float) -> str:
    """A figure with as many digits as mean something."""
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was measured.

    Attributes:
        what: what it is.
        unit: what its figures count.
        of: whose it is to the figures of the rounds, in their order; nothing where it was not measured.
    """

    what: str
    unit: str
    of: Mapping[str, tuple[float, ...]]

    def spread(self, who: str) -> Spread | None:
        """The figures of one of them, if there are any."""
        return Spread(self.of[who]) if self.of.get(who) else None


@dataclass(frozen=True, slots=True)
class Bar:
    """What a figure is held to.

    Attributes:
        what: what the figure is of.
        values: it, round by round: the median counts.
        unit: what it counts; nothing for a ratio.
        least: what it has to be at least, if that matters.
        most: what it may be at most, if that matters.
        aim: what it should be.
        timed: whether it depends on how busy the machine is.
    """

    what: str
    values: tuple[float, ...]
    unit: str = ""
    least: float | None = None
    most: float | None = None
    aim: float | None = None
    timed: bool = True

    @property
    def holds(self) -> bool:
        """Whether the figure is as it has to be."""
        found = median(self.values)
        return (self.least is None or found >= self.least) and (self.most is None or found <= self.most)

    @property
    def found(self) -> str:
        """The figure, as a table has it."""
        return f"{Spread(self.values)} {self.unit}".strip()

    @property
    def wanted(self) -> str:
        """What it has to be, as a table has it."""
        parts = [
            f"{word} {rounded(bound)}"
            for word, bound in (("at least", self.least), ("at most", self.most))
            if bound is not None
        ]
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Curves:
    """What a plot shows, where it is no bars.

    Attributes:
        x: what goes to the right, with its unit.
        y: what goes up, with its unit.
        of: points of each curve, by its name.
        log: whether both scales are logarithmic.
    """

    x: str
    y: str
    of: Mapping[str, tuple[tuple[float, float], ...]]
    log: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """A comparison that was made.

    Attributes:
        name: its name.
        title: the words of the plot's title.
        told: when, where and how it was measured, in sentences.
        who: those that were compared, ours first.
        rows: what was measured.
        bars: what that is held to.
        curves: what its plot shows, if not a bar for each figure.
    """

    name: str
    title: str
    told: str
    who: tuple[str, ...]
    rows: tuple[Row, ...]
    bars: tuple[Bar, ...]
    curves: Curves | None = None

    def to_json(self) -> str:
        """All of it, for whoever wants to reckon for themselves; one line for each row and each bar."""
        said = asdict(self)
        lists = {name: said.pop(name) for name in ("rows", "bars")}
        lines = [f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in said.items()]
        for name, items in lists.items():
            written = ",\n".join(f"    {json.dumps(item, ensure_ascii=False)}" for item in items)
            lines.append(f"  {json.dumps(name)}: [\n{written}\n  ]" if items else f"  {json.dumps(name)}: []")
        return "{\n" + ",\n".join(lines) + "\n}\n"

    @classmethod
    def from_json(cls, text: str) -> "Result":
        """What :meth:`to_json` wrote."""
        said: dict[str, Any] = json.loads(text)
        rows = tuple(
            Row(row["what"], row["unit"], {who: tuple(of) for who, of in row["of"].items()}) for row in said["rows"]
        )
        bars = tuple(Bar(**bar | {"values": tuple(bar["values"])}) for bar in said["bars"])
        curves = said["curves"]
        if curves is not None:
            points = {name: tuple((x, y) for x, y in of) for name, of in curves["of"].items()}
            curves = Curves(**curves | {"of": points})
        return cls(said["name"], said["title"], said["told"], tuple(said["who"]), rows, bars, curves)


def significant(value: float) -> float:
    """A figure with five digits, as more would only be noise."""
    return float(f"{value:.5g}")


def figures(values: Iterable[float]) -> tuple[float, ...]:
    """Figures as they are kept."""
    return tuple(map(significant, values))


def ratios(one: Iterable[float], other: Iterable[float]) -> tuple[float, ...]:
    """How many times the one was the other, round by round."""
    return figures(first / second for first, second in zip(one, other, strict=False))


def read_results(folder: Path) -> dict[str, Result]:
    """The comparisons that were written into a folder, by name."""
    found = [Result.from_json(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    return {result.name: result for result in found}
