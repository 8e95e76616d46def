"""What is wrong with a query that an engine refused: asked of our own parser, in a process that may crash.

Each engine says it in another way, few with the place. A parser can be crashed by a text (nothing but brackets is
bounded before), so it is never run in the process that speaks HTTP.
"""

import asyncio
import json
import resource
import sys
from dataclasses import dataclass, field
from typing import Final

from dppgraph.errors import DppgraphError, QuerySyntax, error_of, said_of

_AT_ONCE: Final = 2
_PATIENCE: Final = 5.0
_MEMORY: Final = 512 << 20


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Finds out what is wrong with queries, a few at a time.

    Attributes:
        base: what the IRIs of a query are relative to.
    """

    base: str
    _turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def of(self, text: str) -> DppgraphError | None:
        """What is wrong with a query; None where nothing is, or where it cannot be told."""
        asked = json.dumps({"text": text, "base": self.base}).encode()
        async with self._turn:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                "-m",
                "dppgraph.store.remote.diagnosis",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={},
                cwd="/",
            )
            try:
                async with asyncio.timeout(_PATIENCE):
                    said, _ = await process.communicate(asked)
            except TimeoutError:
                return None
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        if process.returncode:
            return QuerySyntax("the query cannot be read: write it flatter")
        return error_of(json.loads(said)) if said else None


def main() -> None:
    """Reads a query from standard input, and says what is wrong with it, if anything is."""
    import pyoxigraph  # noqa: PLC0415 - whoever only starts this spends no time on it

    from dppgraph.store.workers.evaluation import known_prefixes, syntax_error  # noqa: PLC0415 - likewise

    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asked = json.load(sys.stdin)
    text = asked["text"]
    try:
        pyoxigraph.Store().query(text, base_iri=asked["base"], prefixes=dict(known_prefixes(text)))
    except SyntaxError as error:
        json.dump(said_of(syntax_error(str(error), text)), sys.stdout)


if __name__ == "__main__":
    main()
