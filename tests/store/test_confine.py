"""What lets processes of a server end with it, whichever of them is killed first."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from dppgraph.store.workers import confine
from tests.store.conftest import living

# A process that stands between forks another one, tells its number, and ends; whoever was to adopt that one is named.
FORKING = """
import os, sys
from dppgraph.store.workers import confine
between, adopter = os.getpid(), int(sys.argv[1])
process = os.fork()
if process:
    print(process, flush=True)
    os._exit(0)
confine.die_with_adopter(between, adopter)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere, processes are not adopted")
def test_a_process_whose_adopter_is_gone_already_ends() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    said = subprocess.Popen(
        [sys.executable, "-c", FORKING, str(gone.pid)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert said.stdout
    process = int(said.stdout.readline())
    said.stdout.close()
    said.wait()
    try:
        until = time.monotonic() + 5
        while living(process) and time.monotonic() < until:
            time.sleep(0.02)
        assert not living(process)
    finally:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere, a low priority is all that there is")
def test_who_yields_to_all_is_of_the_class_that_runs_when_nobody_else_wants_to() -> None:
    code = (
        "import os; from dppgraph.store.workers import confine; confine.yield_to_all(); print(os.sched_getscheduler(0))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(said.stdout) == os.SCHED_IDLE


def test_who_yields_has_a_low_priority_for_a_while_and_so_have_its_processes() -> None:
    code = """
import os, subprocess, sys
from dppgraph.store.workers import confine
with confine.yielding():
    print(os.nice(0))
    subprocess.run([sys.executable, "-c", "import os; print(os.nice(0))"])
"""
    said = subprocess.run([sys.executable, "-u", "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() == [f"{max(os.nice(0), 10)}"] * 2


def test_who_yielded_has_its_priority_again_if_it_may_take_it() -> None:
    before = os.nice(0)
    with confine.yielding():
        assert os.nice(0) >= 10
    assert os.nice(0) in ({before} if os.geteuid() == 0 else {before, max(before, 10)})
