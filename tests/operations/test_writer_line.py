"""The line to the process that writes tells of all that may happen at its other end."""

import asyncio
import json
from pathlib import Path

import pytest

from dppgraph.errors import StoreUnavailable, VersionMismatch
from dppgraph.operations.write import Change, Update
from dppgraph.operations.write.line import WriterLine
from dppgraph.operations.write.said import said_outcome

MISMATCH = json.dumps(said_outcome(VersionMismatch("it is another one"))).encode()


def answered(tmp_path: Path, said: bytes) -> None:
    """Asks for a change of somebody who says this of it."""

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(said)
        writer.close()

    async def ask() -> None:
        server = await asyncio.start_unix_server(say, tmp_path / "writer")
        async with server:
            await WriterLine(tmp_path / "writer").write(Change(Update("CLEAR ALL"), "somebody"))

    asyncio.run(ask())


def test_what_the_writer_refuses_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VersionMismatch, match="another one"):
        answered(tmp_path, MISMATCH)


@pytest.mark.parametrize("said", [b"", MISMATCH[:-1], MISMATCH[:1], '{"é'.encode()[:-1]])
def test_a_writer_that_ends_within_its_answer_is_told_of(tmp_path: Path, said: bytes) -> None:
    with pytest.raises(StoreUnavailable, match="ended while it was at the change"):
        answered(tmp_path, said)


def test_a_writer_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        asyncio.run(WriterLine(tmp_path / "nobody").write(Change(Update("CLEAR ALL"), "somebody")))
