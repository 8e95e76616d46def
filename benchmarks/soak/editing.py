"""Who edits beside the readers: a change after the other with a token, some refused, and now and then a new build."""

import asyncio
import shutil
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from benchmarks.commits import LABEL
from benchmarks.kills import BASE, TOKEN
from benchmarks.measuring import send
from benchmarks.soak.load import Found
from benchmarks.soak.reads import held_to
from tests.conftest import REPOSITORY

INVALID: Final = f"""INSERT DATA {{ GRAPH <{BASE}id/graph/source> {{
  <{BASE}id/plan/without-anything> a <{BASE}ns#PolicyPlan> }} }}"""
"""A plan of which nothing is said: a shape forbids that."""
DESCRIBED: Final = '"What this knowledge graph of policy plans offers, and by which way."@en'
IN_USE: Final = "in use"
"""What ``dppgraph build`` says while the server lets old versions go, which holds the store for a moment."""
AGAIN: Final = 20
"""How often a build is begun anew because of that."""


class Editor:
    """One who edits, one thing after the other.

    Args:
        port: where the server answers.
        store: its store.
        data: a folder for the data that are built.
        every: seconds between two changes.
        build_every: seconds between two builds.

    Attributes:
        found: what became of changes and builds.
        published: how many versions came of them.
        waited: how often a build had to wait for the store.
    """

    def __init__(self, port: int, store: Path, data: Path, every: float, build_every: float) -> None:
        self.found = Found()
        self.published = 0
        self.waited = 0
        self._port, self._store, self._data = port, store, data
        self._every, self._build_every = every, build_every
        self._turn = asyncio.Lock()
        self._number = 0
        shutil.copytree(REPOSITORY / "data", data)

    @asynccontextmanager
    async def resting(self) -> AsyncIterator[None]:
        """Has nothing edited while the block runs."""
        async with self._turn:
            yield

    async def edit(self) -> None:
        """Edits until it is cancelled."""
        built = time.monotonic()
        while True:
            await asyncio.sleep(self._every)
            async with self._turn:
                if time.monotonic() - built >= self._build_every:
                    await self._build()
                    built = time.monotonic()
                else:
                    await self._change()

    async def _change(self) -> None:
        self._number += 1
        begun = time.monotonic()
        kind, wrong = "a change", await self._sent(LABEL.replace("NUMBER", str(self._number)), 200)
        self.published += not wrong
        self.found.note(kind, time.monotonic() - begun, wrong)
        for kind, text, status, more in (
            ("a change that breaks a shape", INVALID, 422, ""),
            ("a change without a token", INVALID, 401, ""),
            ("a change that is only tried", LABEL.replace("NUMBER", "tried"), 200, "?dry-run=true"),
        )[self._number % 4 : self._number % 4 + 1]:
            begun = time.monotonic()
            wrong = await self._sent(text, status, more)
            self.found.note(kind, time.monotonic() - begun, wrong)

    async def _sent(self, text: str, status: int, more: str = "") -> str:
        body = text.encode()
        right = "" if status == 401 else f"Authorization: Bearer {TOKEN}\r\n"
        head = (
            f"POST /sparql{more} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{right}"
            f"Content-Type: application/sparql-update\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return held_to(await send(self._port, head.encode() + body), status, f"a change{more}")

    async def _build(self) -> None:
        self._number += 1
        catalogue = self._data / "catalogue.ttl"
        said = (REPOSITORY / "data" / "catalogue.ttl").read_text(encoding="utf-8")
        if DESCRIBED not in said:
            raise RuntimeError("the catalogue describes itself in other words: say them here")
        catalogue.write_text(said.replace(DESCRIBED, f'"Build {self._number}."@en'), encoding="utf-8")
        begun, wrong = time.monotonic(), ""
        for _ in range(AGAIN):
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "dppgraph", "build", "--drop-writes"),
                *("--data", str(self._data), "--store", str(self._store)),
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            _, told = await process.communicate()
            wrong = "" if process.returncode == 0 else told.decode(errors="replace")[-300:]
            if IN_USE not in wrong:
                break
            self.waited += 1
            await asyncio.sleep(0.5)
        self.published += not wrong
        self.found.note("a build", time.monotonic() - begun, wrong)
