"""Bodies that go to disk as they come: the connection hears how much of one is not in memory any more."""

from typing import Final

TAKEN: Final = "dppgraph.taken"
"""The ASGI extension that hears it: ``{"taken": ...}``, called with a number of bytes."""
