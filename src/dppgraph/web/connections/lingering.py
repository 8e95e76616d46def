"""Closing a connection whose client is still sending."""

import asyncio
from collections.abc import Callable


class Lingering(asyncio.Transport):
    """A transport as an answer knows it: closing it at once would take the answer back from whoever still sends."""

    def __init__(self, transport: asyncio.Transport, close: Callable[[], None]) -> None:
        super().__init__()
        self._transport = transport
        self._close = close

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Sends on."""
        self._transport.write(data)

    def is_closing(self) -> bool:
        """Whether it is closed or soon will be."""
        return self._transport.is_closing()

    def close(self) -> None:
        """Has the connection closed, once its client has sent what it is sending."""
        self._close()
