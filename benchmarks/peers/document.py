"""The figures as a document has them: each comparison's between two marks of its own, and all bounds in one table."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from benchmarks.peers.chart import plot
from benchmarks.peers.result import Result, read_results

AT_A_GLANCE: Final = "all bounds"
"""The name of the place where the table of all bounds is."""
MISSED: Final = "**no**"


def marks(name: str) -> tuple[str, str]:
    """The two marks between which the figures of a comparison are."""
    return f"<!-- Figures of {name}: written by the run -->", f"<!-- End of the figures of {name} -->"


def put_into(document: str, name: str, figures: str) -> str:
    """A document with other figures between the two marks of a comparison.

    Raises:
        ValueError: it has not each of the marks once, in their order.
    """
    first, last = marks(name)
    before, begin, rest = document.partition(first)
    _, end, after = rest.partition(last)
    if not begin or not end or first in rest or last in after or last in before:
        raise ValueError(f"the document must have {first} and {last}, each once")
    return f"{before}{begin}\n{figures.strip()}\n{end}{after}"


def section(result: Result, folder: str) -> str:
    """What is between the marks of a comparison: how it was measured, figures, bounds, plot.

    Args:
        result: the comparison.
        folder: where its plot is, as the document names that.
    """
    lines = [result.told, "", *table_of(result)]
    if result.bars:
        lines += ["", *table_of_bars([result])]
    lines += ["", f"![{result.title}]({folder}/{result.name}.svg)"]
    return "\n".join(lines)


def table_of(result: Result) -> list[str]:
    """What was measured as a table: a row for each thing, a column for each of those that were compared."""
    lines = [f"| | {' | '.join(result.who)} |", "|--" * (len(result.who) + 1) + "|"]
    for row in result.rows:
        cells = " | ".join(str(row.spread(who) or "–") for who in result.who)
        lines.append(f"| {row.what}{f' ({row.unit})' if row.unit else ''} | {cells} |")
    return lines


def table_of_bars(results: Iterable[Result], *, named: bool = False) -> list[str]:
    """The bounds of some comparisons as a table; ``named`` for one that says which comparison each is of."""
    lines = ["| | measured | has to be | aim | kept |", "|--|--|--|--|--|"]
    if named:
        lines = [f"| {line}" for line in ("comparison | what | measured | has to be | kept |", "--|--|--|--|--|")]
    for result in results:
        for bar in result.bars:
            kept = "yes" if bar.holds else MISSED
            if named:
                lines.append(f"| {result.name} | {bar.what} | {bar.found} | {bar.wanted} | {kept} |")
            else:
                lines.append(f"| {bar.what} | {bar.found} | {bar.wanted} | {bar.aim or '–'} | {kept} |")
    return lines


def glance(results: Mapping[str, Result]) -> str:
    """The table of all bounds, those that are not kept first."""
    missed = sum(not bar.holds for result in results.values() for bar in result.bars)
    of = sum(len(result.bars) for result in results.values())
    told = f"{of - missed} of {of} bounds were kept when they were last measured" + (
        ":" if not missed else f", {missed} not:"
    )
    alone = [replace(result, bars=(bar,)) for result in results.values() for bar in result.bars]
    ordered = sorted(alone, key=lambda result: result.bars[0].holds)
    return "\n".join([told, "", *table_of_bars(ordered, named=True)])


def write(result: Result, document: Path) -> None:
    """Writes a comparison: its figures and its plot beside a document, its section and the table of all bounds into it.

    What other comparisons wrote stays as it is.
    """
    folder = document.with_suffix("")
    folder.mkdir(exist_ok=True)
    (folder / f"{result.name}.json").write_text(result.to_json(), encoding="utf-8")
    (folder / f"{result.name}.svg").write_text(plot(result), encoding="utf-8")
    document.write_text(written(document.read_text(encoding="utf-8"), folder, [result.name]), encoding="utf-8")


def written(text: str, folder: Path, names: Iterable[str] | None = None) -> str:
    """A document's text with the figures that are in a folder: of some comparisons, or of all."""
    results = {name: result for name, result in read_results(folder).items() if result.bars}
    for name in results if names is None else names:
        text = put_into(text, name, section(results[name], folder.name))
    return put_into(text, AT_A_GLANCE, glance(results))
