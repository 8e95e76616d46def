"""What a child process may not do: outlive its parent, dump core, use all memory, open anything."""

import ctypes
import os
import resource
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """Has the kernel kill this process when its parent, whose process number is given, ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        # It ended before the kernel was told.
        os._exit(0)


def limit_memory(allowance: int) -> None:
    """Lets this process use ``allowance`` bytes of memory beyond what it has now.

    RLIMIT_DATA counts what a fork inherited, so the limit is set on top of that.
    """
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[5])
        limit = pages * resource.getpagesize() + allowance
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def close_all_but(kept: int) -> None:
    """Closes every descriptor but one and the standard ones, points those at nothing, and allows no new one."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.closerange(3, kept)
    os.closerange(kept + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
