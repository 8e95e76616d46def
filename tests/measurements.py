"""Runs of the measurements in ``benchmarks/``, as somebody runs them by hand."""

import subprocess
import sys

from tests.conftest import REPOSITORY


def measure(name: str, *arguments: str, timeout: float) -> str:
    """Runs a measurement, which has to hold all that it holds true.

    Args:
        name: the module of ``benchmarks/``.
        arguments: what follows on the command line.
        timeout: seconds.

    Returns:
        What it printed.
    """
    said = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )
    assert said.returncode == 0, said.stdout + said.stderr
    return said.stdout
