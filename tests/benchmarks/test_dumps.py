"""The measurement of dumps: that it runs, and that its version reads like the shipped one."""

import shutil

import pytest

from benchmarks.repeated import repeated
from dppgraph.core.quads import parse_line
from dppgraph.operations.build import Built
from dppgraph.operations.dumps.plans import plans_in
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE
from tests.measurements import measure


@pytest.mark.heavy
def test_a_larger_version_has_the_plans_again_under_new_names(built: tuple[VersionStore, Built]) -> None:
    lines = built[0].lines(1)
    many = repeated(lines, 2 * len(lines), BASE)
    assert many == sorted(set(many))
    assert set(lines) < set(many)
    assert len(many) >= 2 * len(lines)
    plans = plans_in(lines)
    assert {f"{plan}-1" for plan in plans} <= set(plans_in(many))
    # What all plans share is there once.
    concepts = {parse_line(line).subject for line in many if "/id/concept/" in line.split(" ")[0]}
    assert concepts == {parse_line(line).subject for line in lines if "/id/concept/" in line.split(" ")[0]}


@pytest.mark.remote
@pytest.mark.timeout(200)
def test_it_runs() -> None:
    if shutil.which("wrk") is None:
        pytest.skip("there is no wrk here: on Debian, apt install wrk")
    small = ["--triples", "20000", "--rounds", "1", "--megabytes", "10", "--seconds", "1", "--untimed"]
    measure("dumps", *small, timeout=190)
