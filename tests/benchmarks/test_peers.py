"""The comparison with other servers: that it counts right, and that it runs."""

import shutil
import subprocess
import sys

import pytest

from benchmarks.peers.figures import BEGIN, DISTINCT, END, LARGE, Bound, Figures, put_into
from benchmarks.peers.load import read_load
from benchmarks.peers.servers import DISK, OURS
from tests.conftest import REPOSITORY

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
    assert (str(rate), str(time)) == ("0.50 (0.20 to 0.90)", "2.00 (1.11 to 5.00)")
    assert f"| {DISTINCT} (answers/s) | 50.0 (40.0 to 90.0) | – |" in figures.table()


def test_the_table_takes_the_place_of_the_one_before() -> None:
    document = f"a\n{BEGIN}\nold\n{END}\nb"
    assert put_into(document, "new\n") == f"a\n{BEGIN}\nnew\n{END}\nb"
    for broken in ("a", f"{BEGIN}", f"{END} {BEGIN}", f"{BEGIN} {END} {END}", f"{BEGIN} {BEGIN} {END}"):
        with pytest.raises(ValueError, match="each once"):
            put_into(broken, "new")


def test_the_document_has_a_place_for_it() -> None:
    document = (REPOSITORY / "docs" / "performance.md").read_text(encoding="utf-8")
    assert "new figures" in put_into(document, "new figures")


@pytest.mark.remote
@pytest.mark.timeout(400)
def test_all_servers_give_the_same_rows_and_none_fails() -> None:
    if shutil.which("wrk") is None:
        pytest.skip("there is no wrk here: on Debian, apt install wrk")
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.peers", "--quick", "--untimed"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=390,
    )
    assert said.returncode == 0, said.stdout + said.stderr
