"""The measurement of pages: that it runs, and that what it holds true is true but for times."""

import shutil
import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY


@pytest.mark.browser
@pytest.mark.timeout(400)
def test_it_runs() -> None:
    if shutil.which("wrk") is None:
        pytest.skip("there is no wrk here: on Debian, apt install wrk")
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.pages", "--rounds", "1", "--seconds", "1", "--pages", "12", "--untimed"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=390,
    )
    assert said.returncode == 0, said.stdout + said.stderr
