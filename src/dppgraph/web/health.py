"""Whether this server lives, and whether it is ready to be asked."""

import time
from dataclasses import dataclass
from typing import Final

from starlette.responses import JSONResponse

from dppgraph import __version__
from dppgraph.core import formats
from dppgraph.errors import DppgraphError, NotReady
from dppgraph.store.interface import GraphStore, QueryRequest

_PROBE: Final = QueryRequest("ASK {}", formats.JSON, None, timeout=2.0)
_REMEMBERED: Final = 1.0
"""Seconds: however often it is asked, the query engine hears of it once in that time."""

_RETRY_AFTER: Final = 2


@dataclass(frozen=True, slots=True)
class Health:
    """The route ``/health``: says that the server answers, and from which version; asks no query process."""

    store: GraphStore

    async def __call__(self) -> JSONResponse:
        """The answer."""
        manifest = self.store.manifest
        said = {
            "status": "ok",
            "software": f"dppgraph {__version__}",
            "version": manifest.version,
            "digest": f"sha256:{manifest.digest}",
        }
        return JSONResponse(said, headers={"cache-control": "no-store"})


@dataclass(slots=True)
class Readiness:
    """The route ``/health/ready``: says whether queries are answered.

    Attributes:
        store: what is asked.
        stopping: whether this server is about to end.
    """

    store: GraphStore
    stopping: bool = False
    _asked: float = -_REMEMBERED
    _failure: DppgraphError | None = None

    async def __call__(self) -> JSONResponse:
        """The answer.

        Raises:
            NotReady: queries are not answered now.
        """
        if self.stopping:
            raise NotReady("this server is being stopped: ask another one", retry_after=_RETRY_AFTER)
        if time.monotonic() - self._asked >= _REMEMBERED:
            # Noted before it is known, so that those who ask meanwhile do not ask the engine too.
            self._asked = time.monotonic()
            self._failure = await self._probed()
        if self._failure:
            raise NotReady(f"queries are not answered now: {self._failure}", retry_after=_RETRY_AFTER)
        said = {"status": "ready", "version": self.store.manifest.version}
        return JSONResponse(said, headers={"cache-control": "no-store"})

    async def _probed(self) -> DppgraphError | None:
        try:
            answer = await self.store.query(_PROBE)
            await answer.chunks.aclose()
        except DppgraphError as error:
            return error
        return None
