"""Watches the memory of the whole family of processes, and ends the largest query where it gets too much.

The limit of each worker does not see what they use together, nor pages that a worker shares with its parent until it
writes to them. So the kernel is asked: first for an upper bound that costs nothing, then, if need be, for the
proportional set size (PSS), which counts a page that n processes share as 1/n in each.
"""

import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dppgraph.store.workers.run import OUT_OF_MEMORY

_PAGE: Final = os.sysconf("SC_PAGESIZE")
_CALM: Final = 0.25
_TENSE: Final = 0.03


@dataclass(frozen=True, slots=True)
class MemoryWatch:
    """Holds a family of processes to a limit.

    Attributes:
        limit: bytes that all of them may use.
    """

    limit: int

    def look(self, pool_parents: Iterable[int]) -> float:
        """Ends the workers that use most, until the rest keep to the limit; seconds after which to look again.

        Args:
            pool_parents: the process numbers of those whose children are workers.
        """
        parents = list(pool_parents)
        workers = {worker: parent for parent in parents for worker in _children(parent)}
        family = [os.getpid(), *_children(os.getpid()), *workers]
        bound = sum(map(_resident, set(family)))
        if bound <= self.limit:
            return _TENSE if bound > self.limit // 2 else _CALM
        sizes = {process: _proportional(process) for process in set(family)}
        total = sum(sizes.values())
        for worker in sorted(workers, key=lambda worker: -sizes[worker]):
            if total <= self.limit:
                break
            _end(worker, workers[worker])
            total -= sizes[worker]
        return _TENSE


def _children(process: int) -> list[int]:
    with suppress(OSError):
        return [int(number) for number in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    return []


def _resident(process: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE
    return 0


def _proportional(process: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) << 10
    return 0


def _end(worker: int, parent: int) -> None:
    """Ends a worker, and no other process that may have got its number by now."""
    with suppress(OSError):
        descriptor = os.pidfd_open(worker)
        try:
            if worker in _children(parent):
                signal.pidfd_send_signal(descriptor, OUT_OF_MEMORY)
        finally:
            os.close(descriptor)
