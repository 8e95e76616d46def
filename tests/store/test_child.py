"""Work in a child process: what it returns and raises comes back, and whatever it does to itself is one clear error."""

import errno
import faulthandler
import logging
import os
import resource
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dppgraph.errors import (
    BadRdf,
    ChangeMemory,
    ChangeTimeout,
    EngineDied,
    InvalidInput,
    NotAcceptable,
    NotWritten,
    StoreUnavailable,
)
from dppgraph.store.versions.lock import write_lock
from dppgraph.store.workers.child import Bounds, Child
from tests.store.conftest import children

BOUNDS = Bounds(seconds=20, memory=256 << 20)


def ran(work: Callable[[], Any], bounds: Bounds = BOUNDS) -> Any:
    child = Child(work, bounds)
    child.wait()
    return child.outcome()


def test_what_it_returns_comes_back_however_long_it_is() -> None:
    assert ran(lambda: {"lines": ["x" * 1000] * 5000, "é": None}) == {"lines": ["x" * 1000] * 5000, "é": None}


def test_the_lock_of_a_store_ends_with_its_block_though_a_child_from_then_lives_on(tmp_path: Path) -> None:
    with write_lock(tmp_path / "lock", "a test"):
        child = Child(lambda: time.sleep(20), BOUNDS)
    try:
        with write_lock(tmp_path / "lock", "another"):
            pass
    finally:
        child.kill()


def test_what_it_raises_comes_back_as_the_same_error() -> None:
    def fails() -> None:
        raise BadRdf("line 3 is wrong", line=3, column=1)

    with pytest.raises(BadRdf, match="line 3 is wrong") as raised:
        ran(fails)
    assert (raised.value.line, raised.value.column) == (3, 1)

    def offers() -> None:
        raise NotAcceptable("no", offered=("text/turtle",))

    with pytest.raises(NotAcceptable) as refused:
        ran(offers)
    assert refused.value.offered == ("text/turtle",)


def test_a_crash_is_an_error_of_what_was_sent() -> None:
    def crashes() -> None:
        # Without this, pytest would tell of it at length.
        faulthandler.disable()
        os.kill(os.getpid(), signal.SIGSEGV)

    with pytest.raises(InvalidInput, match="too deeply nested"):
        ran(crashes)


def test_one_that_runs_on_is_killed_at_its_deadline() -> None:
    begun = time.monotonic()
    with pytest.raises(ChangeTimeout, match=r"0\.2 seconds"):
        ran(lambda: time.sleep(60), Bounds(0.2, 256 << 20))
    assert time.monotonic() - begun < 10


def test_one_that_takes_all_memory_is_ended_by_its_limit() -> None:
    with pytest.raises(ChangeMemory, match="32 MiB"):
        ran(lambda: len(bytearray(200 << 20)), Bounds(20, 32 << 20))


def test_one_that_is_killed_from_outside_changed_nothing() -> None:
    with pytest.raises(EngineDied, match="send it again"):
        ran(lambda: os.kill(os.getpid(), signal.SIGKILL))


def test_a_fault_of_ours_is_in_the_log(tmp_path: Path) -> None:
    handler = logging.FileHandler(tmp_path / "log")
    logging.getLogger("dppgraph.write").addHandler(handler)
    try:
        with pytest.raises(EngineDied):
            ran(lambda: 1 / 0)
    finally:
        logging.getLogger("dppgraph.write").removeHandler(handler)
        handler.close()
    assert "ZeroDivisionError" in (tmp_path / "log").read_text()


def test_it_reaches_nothing_outside() -> None:
    def connects() -> str:
        try:
            socket.socket()
        except OSError as error:
            return type(error).__name__
        return "connected"

    assert ran(connects) == "PermissionError"


def test_what_it_returns_may_find_no_room() -> None:
    def returns() -> str:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        return "x" * 1001

    with pytest.raises(NotWritten, match="no room"):
        ran(returns)


def opened() -> int:
    """How many descriptors this process has."""
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize("free", [0, 1])
def test_a_process_without_descriptors_starts_none_and_is_told_so(free: int) -> None:
    before, others = opened(), children(os.getpid())
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # The next one that would be given, unless there are gaps, which are filled here.
    filled = [os.open(os.devnull, os.O_RDONLY) for _ in range(soft // 4)]
    last = filled.pop()
    os.close(last)
    resource.setrlimit(resource.RLIMIT_NOFILE, (last + free, hard))
    try:
        with pytest.raises(StoreUnavailable, match="no process can be started"):
            Child(lambda: time.sleep(20), BOUNDS)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for one in filled:
            os.close(one)
    assert opened() == before
    assert children(os.getpid()) == others


def test_a_machine_without_room_for_a_process_leaves_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room() -> int:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    before = opened()
    monkeypatch.setattr(os, "fork", no_room)
    with pytest.raises(StoreUnavailable, match="no process can be started"):
        Child(lambda: None, BOUNDS)
    assert opened() == before


def test_nothing_is_left_open() -> None:
    before = opened()
    for _ in range(20):
        ran(lambda: 1)
        with pytest.raises(EngineDied):
            ran(lambda: os._exit(3))
    child = Child(lambda: time.sleep(60), BOUNDS)
    child.kill()
    assert opened() == before
