"""The measurement of pages: that it runs, and that what it holds true is true but for times."""

import shutil

import pytest

from tests.measurements import measure


@pytest.mark.browser
@pytest.mark.timeout(400)
def test_it_runs() -> None:
    if shutil.which("wrk") is None:
        pytest.skip("there is no wrk here: on Debian, apt install wrk")
    small = ["--rounds", "1", "--seconds", "1", "--pages", "12", "--untimed"]
    measure("pages", *small, timeout=390)
