"""The number that all fronts read: another process sees it change, and never half of it."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from dppgraph.store.workers.current import CurrentVersion

ONE, OTHER = 0x0101_0101_0101_0101, 0x0202_0202_0202_0202
"""Two numbers that have no byte in common."""


@contextmanager
def writing(current: CurrentVersion) -> Iterator[None]:
    """Another process, which writes one number and the other for as long as the block runs."""
    process = os.fork()
    if process == 0:
        while True:
            current.number = OTHER
            current.number = ONE
    try:
        yield
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)


def test_a_reader_sees_one_number_or_the_other() -> None:
    written = CurrentVersion.made(ONE)
    read = CurrentVersion(written.descriptor)
    seen: set[int] = set()
    with writing(written):
        while seen != {ONE, OTHER}:
            seen.add(read.number)
        seen |= {read.number for _ in range(300_000)}
    assert seen == {ONE, OTHER}
    os.close(written.descriptor)


def test_what_fronts_have_is_not_for_writing() -> None:
    written = CurrentVersion.made(1)
    read = CurrentVersion(written.descriptor)
    try:
        read.number = 2
    except TypeError:
        refused = True
    else:
        refused = False
    assert (refused, read.number, written.number) == (True, 1, 1)
    os.close(written.descriptor)
