"""What a graph costs as it grows: that what is reckoned follows from what was measured, and that sizes are added."""

from pathlib import Path

import pytest

from benchmarks.peers.document import marks
from benchmarks.peers.result import Result, Row
from benchmarks.scaling import CURVES, RECKONED, STATEMENTS, UNITS, reckoned, result_of, write, written
from tests.conftest import REPOSITORY
from tests.measurements import measure


def rows(*sizes: int) -> dict[str, Row]:
    """Figures that grow with the square root of the size."""
    return {
        what: Row(what, unit, {f"{size:,}": ((size,) if what == STATEMENTS else (size**0.5,)) for size in sizes})
        for what, unit in UNITS.items()
    }


def test_beyond_what_was_measured_a_figure_goes_on_as_between_the_two_largest_sizes() -> None:
    sizes = {"less": 10_000.0, "more": 1_000_000.0, "least": 10.0}
    grows = Row("a", "s", {"less": (2, 1, 3), "more": (20,), "least": (1000,)})
    # Ten times as much for a hundred times the size: ten times as much again for the next hundred times.
    assert reckoned(grows, sizes) == (200,)
    stays = Row("a", "ms", {"less": (1.0,), "more": (1.1,)})
    assert reckoned(stays, sizes) == (1.1,)
    assert reckoned(Row("a", "s", {"more": (20,)}), sizes) == ()


def test_sizes_of_another_run_keep_their_figures(tmp_path: Path) -> None:
    document = tmp_path / "scaling.md"
    document.write_text("\n".join(marks("scaling")), encoding="utf-8")
    write(rows(10_000, 1_000_000), "Then.", document)
    write(rows(10_000_000), "Now.", document)
    text = document.read_text(encoding="utf-8")
    assert f"| | 10,000 | 1,000,000 | 10,000,000 | {RECKONED} |" in text
    assert "| build (s) | 100 | 1,000 | 3,162 | 10,000 |" in text
    assert text.count("Now.") == 1
    assert (tmp_path / "performance" / "scaling.svg").read_text(encoding="utf-8").count("<path") >= len(CURVES)


def test_the_document_has_the_figures_that_are_kept_beside_it() -> None:
    document = (REPOSITORY / "docs" / "scaling.md").read_text(encoding="utf-8")
    kept = REPOSITORY / "docs" / "performance" / "scaling.json"
    result = Result.from_json(kept.read_text(encoding="utf-8"))
    assert written(document, result) == document
    assert result_of(result.rows, result.told) == result


@pytest.mark.heavy
@pytest.mark.timeout(200)
def test_it_runs(tmp_path: Path) -> None:
    document = tmp_path / "scaling.md"
    document.write_text("\n".join(marks("scaling")), encoding="utf-8")
    measure("scaling", "--sizes", "10000,14000", "--write", str(document), timeout=190)
    assert "| build (s) |" in document.read_text(encoding="utf-8")
