"""A front's line to the process that writes: one connection for each change."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dppgraph.errors import StoreUnavailable
from dppgraph.operations.write.change import Change, Outcome
from dppgraph.operations.write.said import outcome_of, said_change

_LOST: Final = "the process that writes ended while it was at the change: /changes says whether it was published"


@dataclass(frozen=True, slots=True)
class WriterLine:
    """Hands changes to the process that listens at an address. Implements ``Writing``."""

    address: Path

    async def write(self, change: Change) -> Outcome:
        """As ``Writing.write``; whoever gives up waiting gives the change up as long as nobody is at it."""
        try:
            reader, writer = await asyncio.open_unix_connection(self.address)
        except OSError as error:
            raise StoreUnavailable("nothing can be written now: the process that writes cannot be reached") from error
        try:
            writer.write(json.dumps(said_change(change)).encode() + b"\n")
            await writer.drain()
            said = await reader.read()
        except OSError as error:
            raise StoreUnavailable(_LOST) from error
        finally:
            writer.close()
        try:
            told = json.loads(said)
        except ValueError as error:
            # It ended before the end of its answer, or before the first byte of it.
            raise StoreUnavailable(_LOST) from error
        return outcome_of(told)
