"""Whether this server lives."""

from dataclasses import dataclass

from starlette.responses import JSONResponse

from dppgraph import __version__
from dppgraph.store.interface import GraphStore


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
