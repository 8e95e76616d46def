"""Looking less often for rings of objects that nobody holds, where most of what is made is held, or in no ring."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_SELDOM: Final = 2_000_000
"""New objects between two looks."""


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Until the block ends, this process looks seldom."""
    before = gc.get_threshold()
    gc.set_threshold(_SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
