"""Where something is done, whoever asks for it: in the thread of one event loop."""

import asyncio
import threading
from collections.abc import Callable


class LoopThread:
    """The running event loop's thread; made in it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()

    def do(self, work: Callable[[], object]) -> None:
        """Has something done there, and returns when it is: at once where this is the thread.

        Another thread waits for it, so the loop must not wait for that thread without going on meanwhile.
        """
        if threading.get_ident() == self._thread:
            work()
            return

        async def done() -> None:
            work()

        asyncio.run_coroutine_threadsafe(done(), self._loop).result()
