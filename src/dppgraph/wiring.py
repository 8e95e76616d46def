"""The one place where objects are built from settings and handed to each other. Nothing is built at import."""

import asyncio
import getpass
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from dppgraph import bundle
from dppgraph.errors import Damaged
from dppgraph.operations.sources import Sources
from dppgraph.settings import Settings
from dppgraph.store.token import KnownTokens, TokenFile
from dppgraph.store.versions import Manifest, VersionStore
from dppgraph.store.workers.client import Limits
from dppgraph.store.workers.current import CurrentVersion
from dppgraph.store.workers.process import PoolOptions
from dppgraph.store.workers.serving import ServedVersions
from dppgraph.store.workers.spool import Spool

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from dppgraph.operations.publish import Publish
    from dppgraph.operations.write.gate import Gate
    from dppgraph.store.remote.serving import EndpointVersions
    from dppgraph.store.remote.wire import Wire
    from dppgraph.web.access import Access, AccessLog
    from dppgraph.web.doors import Doors
    from dppgraph.web.health import Readiness
    from dppgraph.web.metrics import MetricsEndpoint
    from dppgraph.web.token import Gatekeeper

_MIB = 1 << 20
_ELSEWHERE = (
    "this server asks an engine elsewhere, and takes no changes: make them where its store is written "
    "(`dppgraph write`, or a server without --endpoint), then `dppgraph publish URL`"
)
_LEAST_GRACE = 60.0
"""Seconds in which whoever asks an old version of an engine can finish."""
_BYTES_PER_QUAD = 1000
"""Memory that a quad takes in the engine: measured with quotes of usual length, and rounded up."""
_PROCESS_ALLOWANCE = 24 * _MIB
"""Memory of a query process besides the graph, while it answers small queries."""


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
        queries=bundle.folder("queries"),
    )


def sources_of(settings: Settings, manifest: Manifest) -> Sources:
    """What a version was built from, and what its successor is judged by."""
    data = Path(manifest.data) if manifest.data else None
    return sources(replace(settings, base=manifest.base), data, manifest.shapes)


def versions(settings: Settings) -> VersionStore:
    """The version store of the settings."""
    return VersionStore(settings.store)


def token_file(settings: Settings) -> TokenFile:
    """The tokens of a store."""
    return TokenFile(settings.store)


def tokens(settings: Settings) -> KnownTokens:
    """The tokens of a store, and the one of the settings."""
    return KnownTokens(token_file(settings), settings.token)


def gatekeeper(settings: Settings) -> "Gatekeeper":
    """What says who may write."""
    from dppgraph.web.token import Gatekeeper  # noqa: PLC0415 - only a front spends this time

    return Gatekeeper(tokens(settings), elsewhere=_ELSEWHERE if settings.endpoint else "")


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


def share(settings: Settings, place: int) -> Settings:
    """The settings as they bind one of several fronts: its part of what holds for all of them together.

    Args:
        settings: the settings.
        place: which front it is, counted from 0.
    """
    fronts = settings.processes
    # Never more in all than is said: whether a graph fits into memory is counted with it.
    most = settings.max_workers // fronts + (place < settings.max_workers % fronts)
    return replace(
        settings,
        workers=min(ceil(settings.workers / fronts), most),
        max_workers=most,
        queue=ceil(settings.queue / fronts),
        spool=ceil(settings.spool / fronts),
        max_connections=ceil(settings.max_connections / fronts),
    )


def spool(settings: Settings) -> Spool:
    """Room for answers that their readers have not taken yet."""
    return Spool(settings.spool * _MIB)


def pool_options(
    settings: Settings, manifest: Manifest, *, union: bool = True, database: Callable[[int], Path] | None = None
) -> PoolOptions:
    """What the pool parent of a version is told.

    Args:
        settings: the settings.
        manifest: the version.
        union: as for ``--default-graph``.
        database: gives the folder of a version's database, where it can be asked from disk.
    """
    in_memory = database is None or _in_memory(settings, manifest)
    return PoolOptions(
        folder=settings.store,
        version=manifest.version,
        base=manifest.base,
        union=union,
        query_memory=settings.query_memory * _MIB,
        max_rows=settings.max_rows,
        service_allow=settings.service_allow,
        index=None if in_memory or database is None else database(manifest.version),
    )


def gate(settings: Settings, *, union: bool = True) -> "Gate":
    """Where changes of the settings' store are judged and published.

    Args:
        settings: the settings.
        union: as for ``--default-graph``.
    """
    from dppgraph.operations.write.gate import Gate  # noqa: PLC0415 - only who writes spends this time
    from dppgraph.store.workers.child import Bounds  # noqa: PLC0415 - likewise

    bounds = Bounds(settings.write_timeout, settings.write_memory * _MIB)
    sources = partial(sources_of, settings)
    return Gate(versions(settings), sources, bounds, union=union, holds=partial(_in_memory, settings))


def _in_memory(settings: Settings, manifest: Manifest) -> bool:
    return settings.mode == "memory" or (settings.mode == "auto" and _fits(settings, manifest))


def _fits(settings: Settings, manifest: Manifest) -> bool:
    """Whether every worker may end up with a whole copy of the graph: even reading writes to the pages they share."""
    graphs = 2 if manifest.sharing else 1
    process = graphs * manifest.quads * _BYTES_PER_QUAD + _PROCESS_ALLOWANCE
    return (1 + settings.max_workers) * process <= settings.memory * _MIB


Store: TypeAlias = "ServedVersions | EndpointVersions"
"""What a front asks."""


@dataclass(frozen=True, slots=True)
class Web:
    """The HTTP face.

    Attributes:
        app: what answers requests.
        doors: what its connections share.
        access: what takes note of requests.
        log: where their lines go.
        ready: whether queries are answered.
        metrics: what is counted.
        packed: is called when files were made of a version that is served.
    """

    app: "ASGIApp"
    doors: "Doors"
    access: "Access"
    log: "AccessLog"
    ready: "Readiness"
    metrics: "MetricsEndpoint"
    packed: Callable[[], None]


def web_app(store: Store, settings: Settings, *, union: bool, writing: Path) -> Web:
    """The HTTP face over the versions that a front serves.

    Args:
        store: the versions.
        settings: the settings.
        union: as for ``--default-graph``.
        writing: where the process that writes listens.
    """
    from dppgraph.operations.frames import context_file, read_frames  # noqa: PLC0415 - only a front spends this time
    from dppgraph.operations.harvest import Harvests  # noqa: PLC0415 - likewise
    from dppgraph.operations.queries import read_questions  # noqa: PLC0415 - likewise
    from dppgraph.operations.service import Endpoint  # noqa: PLC0415 - likewise
    from dppgraph.operations.write.line import WriterLine  # noqa: PLC0415 - likewise
    from dppgraph.web.access import Access, AccessLog  # noqa: PLC0415 - likewise
    from dppgraph.web.answers import Citing, Sending  # noqa: PLC0415 - likewise
    from dppgraph.web.app import Answering, Operations, create_app  # noqa: PLC0415 - likewise: half a second
    from dppgraph.web.cache import AnswerCache  # noqa: PLC0415 - likewise
    from dppgraph.web.clients import PerClient, Proxies, RateLimit, SubPath  # noqa: PLC0415 - likewise
    from dppgraph.web.doors import Doors  # noqa: PLC0415 - likewise
    from dppgraph.web.health import Readiness  # noqa: PLC0415 - likewise
    from dppgraph.web.made import Making  # noqa: PLC0415 - likewise
    from dppgraph.web.memento import Mementos  # noqa: PLC0415 - likewise
    from dppgraph.web.metrics import Metrics, MetricsEndpoint, Watched  # noqa: PLC0415 - likewise
    from dppgraph.web.write import Write  # noqa: PLC0415 - likewise

    questions = read_questions(bundle.folder("queries"))
    context = context_file(bundle.folder("ontology"))
    proxies = Proxies(settings.trusted_proxies)
    limit = RateLimit(settings.rate, settings.burst) if settings.rate else None
    endpoint = Endpoint(f"{settings.public_url}sparql", union, bool(settings.service_allow))
    log, doors, cache, metrics = (
        AccessLog(settings.access_log),
        Doors(settings, proxies),
        AnswerCache(settings.cache * _MIB),
        Metrics(),
    )
    harvests = Harvests(store.versions, settings.public_url)
    sending = Sending(store, settings.min_rate, cache, Citing(harvests, settings.public_url), metrics)
    ready = Readiness(store)
    told = MetricsEndpoint(Watched(metrics, store, cache, doors, log), settings.metrics_token)
    operations = Operations(ready, told)
    making = Making(sending, harvests, read_frames(bundle.folder("ontology")), settings.public_url)
    write = Write(WriterLine(writing), gatekeeper(settings), settings.public_url)
    mementos = Mementos(store, store.versions, settings.public_url)
    answering = Answering(sending, making, write, mementos)
    created = create_app(answering, endpoint, questions, context, settings, operations)
    app = PerClient(created, proxies, limit)
    access = Access(SubPath.of(settings.public_url, app), log, proxies, metrics.request, mementos.link)

    def packed() -> None:
        harvests.forget()
        cache.forget()

    return Web(access, doors, access, log, ready, told, packed)


def served_versions(
    address: Path, number: int, settings: Settings, current: CurrentVersion | None = None
) -> ServedVersions:
    """What a front asks: the version whose pool parent listens at ``address``, and those that come later.

    Args:
        address: the socket's path.
        number: the version.
        settings: the settings.
        current: says which version is current, where that can change.
    """
    store = versions(settings)
    current = current or CurrentVersion.alone(number)
    return ServedVersions(store, limits(settings), spool(settings), address, store.manifest(number), current)


def endpoint_versions(
    number: int, settings: Settings, current: CurrentVersion | None = None, *, union: bool
) -> "EndpointVersions":
    """What a front asks, where engines elsewhere answer: a version that they hold, and those that come later.

    Args:
        number: the version.
        settings: the settings.
        current: says which version is current, where that can change.
        union: as for ``--default-graph``.
    """
    from dppgraph.store.remote.replicas import Replica, Replicas  # noqa: PLC0415 - most servers ask no engine
    from dppgraph.store.remote.serving import EndpointVersions  # noqa: PLC0415 - likewise: a fifth of a second

    # One more than queries, for the check of an engine's health.
    wires = _wires(settings, settings.max_workers + 1)
    replicas = Replicas([Replica(wire, settings.max_rows) for wire in wires])
    store = versions(settings)
    return EndpointVersions(
        store,
        limits(settings),
        spool(settings),
        store.manifest(number),
        current or CurrentVersion.alone(number),
        replicas,
        union,
        settings.max_rows,
    )


def newest_held(settings: Settings, newest: Manifest) -> Manifest:
    """The newest version that an engine holds already, up to one; that one itself, if none is held.

    Args:
        settings: the settings.
        newest: the version to look from.
    """
    from dppgraph.store.remote.newest import newest_held  # noqa: PLC0415 - most servers ask no engine

    return asyncio.run(newest_held(_wires(settings, 1), versions(settings), newest))


def _wires(settings: Settings, most: int) -> "list[Wire]":
    """Connections to the engines, at most so many to each."""
    from dppgraph.store.remote.address import Address, credentials_of  # noqa: PLC0415 - most servers ask no engine
    from dppgraph.store.remote.wire import Wire  # noqa: PLC0415 - likewise: a fifth of a second

    credentials = credentials_of(settings.endpoint_auth)
    return [Wire(Address(url, settings.endpoint_dialect, credentials), most) for url in settings.endpoint]


def publish(settings: Settings, url: str, update_url: str | None, keep: int) -> "Publish":
    """What publishes versions of the settings' store to an engine.

    Args:
        settings: the settings.
        url: where the engine takes queries.
        update_url: where it takes updates; None for where its dialect has it.
        keep: how many versions it keeps.
    """
    from dppgraph.operations.publish import Publish  # noqa: PLC0415 - only who publishes spends this time
    from dppgraph.store.remote.address import Address, credentials_of  # noqa: PLC0415 - likewise

    address = Address(url, settings.endpoint_dialect, credentials_of(settings.endpoint_auth), update_url or "")
    grace = max(_LEAST_GRACE, 2 * settings.query_timeout)
    return Publish(versions(settings), address, keep, grace)
