"""What a child process may not do: outlive its parent, dump core, use all memory, open anything."""

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_A_MOMENT = 0.001
_LOW: Final = 10

# linux/seccomp.h, linux/filter.h, linux/audit.h
_SECCOMP_MODE_FILTER: Final = 2
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000
_X32: Final = 0x40000000
_SYSTEM_CALLS: Final = {
    "x86_64": (0xC000003E, (41, 42, 425)),
    "aarch64": (0xC00000B7, (198, 203, 425)),
}
"""Machine to its name in a filter, and its numbers for socket, connect and io_uring_setup."""


def die_with(parent: int) -> None:
    """Has the kernel kill this process when its parent, whose process number is given, ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        # It ended before the kernel was told.
        os._exit(0)


def die_with_adopter(between: int, adopter: int) -> None:
    """Waits until the parent ends, and dies with whoever takes in its orphans (:func:`adopt_orphans`).

    Args:
        between: the process number of the parent, which is about to end.
        adopter: that of the process which takes this one in; where it is gone already, this one ends.
    """
    while os.getppid() == between:
        time.sleep(_A_MOMENT)
    die_with(adopter)


def adopt_orphans() -> None:
    """Makes this process the parent of what its descendants leave behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


@contextmanager
def yielding() -> Iterator[None]:
    """Until the block ends, this process and those that it begins run with a low priority (``nice(2)``)."""
    before = os.getpriority(os.PRIO_PROCESS, 0)
    os.setpriority(os.PRIO_PROCESS, 0, max(before, _LOW))
    try:
        yield
    finally:
        # Not everybody may take it back.
        with suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, 0, before)


def yield_to_all() -> None:
    """Has this process run only where no other one wants to, from here on (``sched(7)``, SCHED_IDLE).

    One that waits is not kept waiting by it for a turn, as it is by one of a low priority.
    """
    if sys.platform == "linux":
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def limit_memory(allowance: int) -> None:
    """Lets this process use ``allowance`` bytes of memory beyond what it has now.

    RLIMIT_DATA counts what a fork inherited, so the limit is set on top of that.
    """
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[5])
        limit = pages * resource.getpagesize() + allowance
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def close_all_but(kept: int) -> None:
    """Closes every descriptor but one and the standard ones, and points those at nothing; no core is ever dumped."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.closerange(3, kept)
    os.closerange(kept + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def open_nothing() -> None:
    """Lets this process open nothing from now on, neither files nor connections."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def no_network() -> None:
    """Lets this process, and what it starts, make no socket from now on, where the kernel can hold it to that."""
    numbers = _SYSTEM_CALLS.get(platform.machine())
    if sys.platform != "linux" or numbers is None:
        return
    architecture, refused = numbers
    program = _filter(architecture, refused)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _filter(architecture: int, refused: Iterable[int]) -> _Program:
    """A program for the kernel (seccomp(2)): these system calls fail with EACCES, and so do those of another ABI."""
    numbers = list(refused)
    first = 4
    fail = first + len(numbers) + 1

    def to_fail(at: int) -> int:
        # A jump counts from the instruction after it.
        return fail - at - 1

    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_JUMP_IF_EQUAL, 0, to_fail(1), architecture),
        (_LOAD, 0, 0, _NUMBER_AT),
        # x32 calls of an x86-64 kernel have numbers of their own.
        (_JUMP_IF_AT_LEAST, to_fail(3), 0, _X32),
        *((_JUMP_IF_EQUAL, to_fail(first + index), 0, number) for index, number in enumerate(numbers)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _FAIL | errno.EACCES),
    ]
    packed = b"".join(struct.pack("=HBBI", *step) for step in steps)
    return _Program(len(steps), packed)
