"""The comparison with other servers: that it counts right, and that it runs."""

import shutil
from pathlib import Path

import pytest
from lxml import etree

from benchmarks.peers.__main__ import COMPARISONS
from benchmarks.peers.chart import plot
from benchmarks.peers.document import MISSED, glance, marks, put_into, section, write, written
from benchmarks.peers.figures import DISTINCT, LARGE, Bound, Figures
from benchmarks.peers.load import read_load
from benchmarks.peers.result import Bar, Curves, Result, Row, read_results
from benchmarks.peers.servers import DISK, OURS
from tests.conftest import REPOSITORY
from tests.contract.virtuoso import MISSING
from tests.contract.virtuoso import SERVER as VIRTUOSO
from tests.measurements import measure

WRK = """Running 2s test @ http://127.0.0.1:8801/sparql
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.02ms  374.71us   6.71ms   88.21%
  31402 requests in 2.00s, 30.00MB read
Requests/sec:  15685.55
Transfer/sec:     14.98MB
"""
FAILED = "  Socket errors: connect 1, read 2, write 0, timeout 3\n  Non-2xx or 3xx responses: 40\n"


def test_what_wrk_says_is_read() -> None:
    load = read_load(WRK)
    assert (load.rate, load.answers, round(load.size), load.failed) == (15685.55, 31402, 1002, 0)
    assert read_load(WRK.replace("Requests/sec", FAILED + "Requests/sec")).failed == 46
    with pytest.raises(ValueError, match="something else"):
        read_load("unable to connect")


def test_a_ratio_is_the_median_of_the_rounds_and_time_counts_the_other_way() -> None:
    figures = Figures()
    for ours, disk in ((50, 100), (90, 100), (40, 200)):
        figures.add(DISTINCT, OURS, ours)
        figures.add(DISTINCT, DISK, disk)
        figures.add(LARGE, OURS, ours)
        figures.add(LARGE, DISK, disk)
    rate, time = (figures.ratio(Bound((what, OURS), (what, DISK), 0.3)) for what in (DISTINCT, LARGE))
    assert (str(rate), str(time)) == ("0.50 (0.20 to 0.90)", "2 (1.11 to 5)")
    assert figures.rows((OURS, "nobody"))[0] == Row(DISTINCT, "answers/s", {OURS: (50, 90, 40), "nobody": ()})
    (bar,) = figures.bars(
        [Bound((DISTINCT, OURS), (DISTINCT, DISK), 0.6), Bound((DISTINCT, OURS), ("nothing", OURS), 1)]
    )
    assert (bar.least, bar.holds) == (0.6, False)


RESULT = Result(
    "files",
    "Files <and> pages",
    "Measured today.",
    (OURS, "nginx"),
    (
        Row("a page", "answers/s", {OURS: (10, 30, 20), "nginx": (40,)}),
        Row("a dump", "ms", {OURS: (1.5,), "nginx": ()}),
    ),
    (Bar("a page: dppgraph", (10, 30, 20), "answers/s", least=25), Bar("failures", (0,), most=0, timed=False)),
)
PLACES = "\n".join(
    f"{name}:\n{first}\nold\n{last}" for name in ("files", "servers", "all bounds") for first, last in [marks(name)]
)


def test_a_bound_holds_by_the_median() -> None:
    missed, kept = RESULT.bars
    assert (missed.holds, missed.found, missed.wanted) == (False, "20 (10 to 30) answers/s", "at least 25")
    assert (kept.holds, kept.wanted) == (True, "at most 0")


def test_what_is_missed_is_shown_first_and_called_so() -> None:
    other = Result("servers", "Servers", "Today.", (OURS,), (), (Bar("a query", (1,), least=1),))
    table = glance({"servers": other, "files": RESULT}).splitlines()
    assert table[0] == "2 of 3 bounds were kept when they were last measured, 1 not:"
    assert table[4] == f"| files | a page: dppgraph | 20 (10 to 30) answers/s | at least 25 | {MISSED} |"
    assert table[-1].endswith("| yes |")


def test_a_section_has_the_figures_of_all_and_the_plot() -> None:
    text = section(RESULT, "performance")
    assert "| a page (answers/s) | 20 (10 to 30) | 40 |" in text
    assert "| a dump (ms) | 1.50 | – |" in text
    assert f"| a page: dppgraph | 20 (10 to 30) answers/s | at least 25 | – | {MISSED} |" in text
    assert "](performance/files.svg)" in text


def test_figures_are_kept_as_json_and_read_again(tmp_path: Path) -> None:
    curves = Result("soak", "Memory", "Today.", (), (), (), Curves("minutes", "MiB", {"front": ((0, 1), (1, 2))}))
    for result in (RESULT, curves):
        (tmp_path / f"{result.name}.json").write_text(result.to_json(), encoding="utf-8")
    assert read_results(tmp_path) == {"files": RESULT, "soak": curves}


def test_a_run_of_one_rewrites_its_own_section_and_the_table_of_bounds(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    document.write_text(PLACES, encoding="utf-8")
    write(RESULT, document)
    once = document.read_text(encoding="utf-8")
    assert once.count("old") == 1
    assert "2 bounds" in once
    assert {path.name for path in (tmp_path / "performance").iterdir()} == {"files.json", "files.svg"}
    write(RESULT, document)
    assert document.read_text(encoding="utf-8") == once == written(once, tmp_path / "performance")


def test_a_place_that_is_not_there_once_is_told_of() -> None:
    first, last = marks("files")
    assert put_into(f"a\n{first}\nold\n{last}\nb", "files", "new\n") == f"a\n{first}\nnew\n{last}\nb"
    for broken in ("a", first, f"{last} {first}", f"{first} {last} {last}", f"{first} {first} {last}"):
        with pytest.raises(ValueError, match="each once"):
            put_into(broken, "files", "new")


@pytest.mark.parametrize("log", [False, True], ids=["plain", "logarithmic"])
def test_plots_are_the_same_for_the_same_figures_and_say_what_they_show(log: bool) -> None:
    points = {"build <all>": ((10.0, 1.0), (100.0, 20.0)), "load": ((10.0, 0.5), (100.0, 3.0))}
    curves = Result("scaling", "Sizes", "Today.", (), (), (), Curves("statements", "seconds", points, log))
    for result in (RESULT, curves):
        drawn = plot(result)
        assert drawn == plot(result)
        root = etree.fromstring(drawn)
        space = {"svg": "http://www.w3.org/2000/svg"}
        assert root.findtext("svg:title", None, space) == result.title
        assert root.get("aria-labelledby") == "title desc"
        said = root.findtext("svg:desc", "", space)
        assert ("20 (10 to 30)" if result is RESULT else "build <all>: 1 at 10, 20 at 100.") in said
        assert "prefers-color-scheme: dark" in root.findtext("svg:style", "", space)
        for element in root.iter():
            places = [float(element.get(name, "0").rstrip("%")) for name in ("x", "y", "cx", "cy")]
            assert all(0 <= place <= 720 for place in places)


def test_the_document_has_a_place_for_each_comparison() -> None:
    document = (REPOSITORY / "docs" / "performance.md").read_text(encoding="utf-8")
    for name in (*COMPARISONS, "soak", "all bounds"):
        assert "new figures" in put_into(document, name, "new figures")


def test_the_document_has_the_figures_that_are_kept_beside_it() -> None:
    document = (REPOSITORY / "docs" / "performance.md").read_text(encoding="utf-8")
    results = {
        name: one for name, one in read_results(REPOSITORY / "docs" / "performance").items() if name != "scaling"
    }
    for name in (*COMPARISONS, "soak"):
        if name not in results:
            # What was not measured says so.
            before = document.partition(marks(name)[0])[0].rpartition("\n## ")[2]
            assert "has no figures here yet" in before, name
    for name, result in results.items():
        first, last = marks(name)
        assert document.partition(first)[2].partition(last)[0].strip() == section(result, "performance"), name
        drawn = (REPOSITORY / "docs" / "performance" / f"{name}.svg").read_text(encoding="utf-8")
        assert drawn == plot(result), name
    first, last = marks("all bounds")
    assert document.partition(first)[2].partition(last)[0].strip() == (glance(results) if results else "")


@pytest.mark.remote
@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", COMPARISONS)
def test_it_runs_and_all_give_the_same(name: str, tmp_path: Path) -> None:
    if shutil.which("wrk") is None:
        pytest.skip("there is no wrk here: on Debian, apt install wrk")
    if name == "virtuoso" and VIRTUOSO is None:
        pytest.skip(MISSING)
    document = tmp_path / "performance.md"
    document.write_text("\n".join(f"{first}\n{last}" for first, last in map(marks, (name, "all bounds"))))
    said = ["--quick", "--rounds", "1", "--untimed", "--only", name]
    said += ["--sizes", "10000"] if name in ("validation", "loading") else []
    measure("peers", *said, "--write", str(document), timeout=390)
    assert "(performance/" in document.read_text(encoding="utf-8")
    assert (tmp_path / "performance" / f"{name}.svg").exists()
