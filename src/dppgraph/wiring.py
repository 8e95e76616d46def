"""The one place where objects are built from settings and handed to each other. Nothing is built at import."""

import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from dppgraph import bundle
from dppgraph.errors import Damaged
from dppgraph.operations.sources import Sources
from dppgraph.settings import Settings
from dppgraph.store.versions import Manifest, VersionStore
from dppgraph.store.workers.client import Limits, WorkerStore
from dppgraph.store.workers.process import PoolOptions

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_MIB = 1 << 20


def sources(settings: Settings, data: Path | None = None, shapes: str | None = None) -> Sources:
    """What a build reads: the folders given, else those that travel with this software.

    Args:
        settings: for the base.
        data: another folder of data.
        shapes: another folder of shapes, or ``none`` for no gate.
    """
    ontology = bundle.folder("ontology")
    gate = None if shapes == "none" else Path(shapes) if shapes else ontology / "shapes"
    return Sources(
        data or bundle.folder("data"),
        ontology,
        gate,
        settings.base,
        named_data=str(data.resolve()) if data else None,
        named_shapes=str(Path(shapes).resolve()) if shapes and shapes != "none" else shapes,
    )


def versions(settings: Settings) -> VersionStore:
    """The version store of the settings."""
    return VersionStore(settings.store)


def whole_version(store: VersionStore) -> tuple[Manifest, list[Damaged]]:
    """The newest version that can be read whole, and what is wrong with later ones.

    Raises:
        NotBuilt: nothing is published.
        StoreUnavailable: something is, and none of it is whole.
    """
    number, damage = store.newest_whole()
    if number is None:
        if damage:
            raise damage[0]
        store.current()
    return store.manifest(number or 0), damage


def agent() -> str:
    """Who runs this: the name that a version remembers as its maker."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def limits(settings: Settings, *, workers: int | None = None) -> Limits:
    """What one caller may have; ``workers`` in place of the settings' number."""
    return Limits(
        timeout=settings.query_timeout,
        max_bytes=settings.max_bytes,
        workers=workers or settings.workers,
        max_workers=settings.max_workers,
        queue=settings.queue,
    )


def pool_options(settings: Settings, manifest: Manifest, *, union: bool = True) -> PoolOptions:
    """What the pool parent of a version is told; ``union`` as for ``--default-graph``."""
    return PoolOptions(settings.store, manifest.version, manifest.base, union, settings.query_memory * _MIB)


def web_app(address: Path, manifest: Manifest, settings: Settings) -> "ASGIApp":
    """The HTTP face over the workers that a pool parent at ``address`` makes."""
    from dppgraph.operations.frames import context_file  # noqa: PLC0415 - only a front spends this time
    from dppgraph.operations.queries import read_questions  # noqa: PLC0415 - likewise
    from dppgraph.web.app import create_app  # noqa: PLC0415 - likewise: half a second

    store = WorkerStore(address, manifest.version, limits(settings))
    questions = read_questions(bundle.folder("queries"))
    context = context_file(bundle.folder("ontology"))
    return create_app(store, manifest, questions, context, settings.max_query)
