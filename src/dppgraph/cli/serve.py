"""``dppgraph serve``."""

import socket
from dataclasses import asdict
from pathlib import Path

import click

from dppgraph import wiring
from dppgraph.cli import options
from dppgraph.cli.build import remarks, summary
from dppgraph.errors import BadCall, BadRdf, Damaged, LaterChanges, NotWritten, ShapeViolation, StoreInUse
from dppgraph.operations.build import build, is_due
from dppgraph.operations.harvest import harvesting, is_made
from dppgraph.operations.sources import Sources
from dppgraph.settings import Settings, read_settings, unknown_variables, without_secrets
from dppgraph.store.versions import Manifest, VersionStore, Writer

_BACKLOG = 2048


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option(
    "--default-graph",
    type=click.Choice(["union", "plain"]),
    default="union",
    show_default=True,
    help="What a query without FROM asks: all graphs, or, as SPARQL has it, the unnamed one.",
)
@click.option("--public-url", metavar="URL", help="Where clients find this server; by default, where it listens.")
@click.option("--trusted-proxies", metavar="CIDR,...", help="Proxies whose X-Forwarded-For says who the client is.")
@click.option("--endpoint", metavar="URL,...", help="SPARQL servers that answer queries (see `publish`).")
@click.option("--dialect", metavar="NAME", help="Which engine these are; by default found out by asking.")
@click.option("--processes", metavar="N", help="How many processes speak HTTP.")
@options.data
@options.store
@options.base
@options.shapes
def command(
    host: str,
    port: int,
    default_graph: str,
    public_url: str | None,
    trusted_proxies: str | None,
    processes: str | None,
    endpoint: str | None,
    dialect: str | None,
    data: Path | None,
    store: Path | None,
    base: str | None,
    shapes: str | None,
) -> None:
    """Build if nothing is built or the data changed, then answer SPARQL over HTTP until Ctrl-C."""
    from dppgraph.cli.supervisor import Serving, supervise

    given = {
        "store": store,
        "base": base,
        "public_url": public_url,
        "trusted_proxies": trusted_proxies,
        "processes": processes,
        "endpoint": endpoint,
        "endpoint_dialect": dialect,
    }
    versions = wiring.versions(read_settings(given))
    built = _built(versions)
    # What is not said is as it was when the store was built: a server never turns one graph into another by itself.
    settings = read_settings(given, defaults={"base": built.base} if built else None)
    _require_endpoint(settings)
    sources = wiring.sources(
        settings,
        data or (Path(built.data) if built and built.data else None),
        shapes or (built.shapes if built else None),
    )
    for line in unknown_variables():
        _say(line)
    _try_log(settings.access_log)
    listeners = _listening(host, port, settings.processes)
    manifest = _version(versions, sources, alone=not settings.endpoint)
    if settings.endpoint:
        newest, manifest = manifest, wiring.newest_held(settings, manifest)
        if manifest.version != newest.version:
            _say(f"version {newest.version} is not published to the engine yet: `dppgraph publish URL` has it served")
    address = listeners[0].getsockname()
    shown = f"[{address[0]}]" if ":" in address[0] else address[0]
    url = f"http://{shown}:{address[1]}/"
    # What is started from here runs in another folder.
    told = {"store": str(settings.store.resolve()), "public_url": settings.public_url or url}
    supervise(
        Serving(
            listeners=listeners,
            versions=versions,
            manifest=manifest,
            pool=lambda of, database: (
                None
                if settings.endpoint
                else wiring.pool_options(settings, of, union=default_graph == "union", database=database)
            ),
            memory=settings.memory << 20,
            front=lambda place: {
                "settings": asdict(wiring.share(settings, place)) | told,
                "union": default_graph == "union",
            },
            # It judges what strangers send, and lets nobody in itself.
            writer=lambda: {"settings": asdict(without_secrets(settings)) | told, "union": default_graph == "union"},
            waits=bool(settings.endpoint),
            has_writers=lambda: not settings.endpoint and wiring.tokens(settings).exist(),
            ready=lambda: _say(
                f"version {manifest.version} is served at {url}sparql and all else from {url} on (Ctrl-C ends it)"
            ),
        )
    )


def _require_endpoint(settings: Settings) -> None:
    """Looks at what is said of engines elsewhere, before anything is begun."""
    if not settings.endpoint:
        return
    from dppgraph.store.remote.address import credentials_of
    from dppgraph.store.remote.dialect import AUTO, named

    if settings.endpoint_dialect != AUTO:
        named(settings.endpoint_dialect)
    credentials_of(settings.endpoint_auth)
    if settings.service_allow:
        raise BadCall(
            "SERVICE is not passed on to an engine: unset DPPGRAPH_SERVICE_ALLOW, or serve without --endpoint"
        )


def _built(versions: VersionStore) -> Manifest | None:
    """The newest whole version, before anything is built."""
    number, _ = versions.newest_whole()
    return versions.manifest(number) if number else None


def _version(versions: VersionStore, sources: Sources, *, alone: bool) -> Manifest:
    """The version to serve: a new one if one is due and can be had, else the newest whole one.

    Args:
        versions: the store.
        sources: what is built from.
        alone: whether this server decides by itself what is served: of several that ask one engine, none goes ahead.
    """
    try:
        with versions.writing("dppgraph serve") as writer:
            if alone or versions.newest_whole()[0] is None:
                _build_if_due(versions, writer, sources)
            _harvest_if_due(versions, writer)
    except (StoreInUse, NotWritten) as error:
        if versions.newest_whole()[0] is None:
            raise
        # Whoever builds now publishes what is served next; and a disk that takes nothing can still be read.
        served = "what it publishes is served as soon as it is there"
        _say(f"{error}; {served if isinstance(error, StoreInUse) else 'what is published already is served'}")
    manifest, damage = wiring.whole_version(versions)
    for broken in damage:
        mend = "put it back from a backup, or have `dppgraph build` publish the data anew"
        _say(f"{broken}; version {manifest.version} is served instead: {mend}")
    return manifest


def _build_if_due(versions: VersionStore, writer: Writer, sources: Sources) -> None:
    try:
        due = is_due(versions, sources)
    except Damaged:
        due = False
    if not due and versions.newest_whole()[0] is not None:
        return
    try:
        built = build(
            versions,
            writer,
            sources,
            agent=wiring.agent(),
            harvesting=harvesting(versions, options.progress),
            progress=options.progress,
        )
    except (BadRdf, LaterChanges, ShapeViolation) as error:
        if versions.newest_whole()[0] is None:
            raise
        for line in error.report.lines() if isinstance(error, ShapeViolation) else ():
            _say(line)
        _say(f"the data is not published: {error}")
    else:
        if built.known:
            from dppgraph.operations.write.remembered import keep

            keep(versions, built, sources)
        for line in (summary(built), *remarks(built)):
            _say(line)


def _harvest_if_due(versions: VersionStore, writer: Writer) -> None:
    """Makes what harvesters take of the version to serve, where it was lost, or another dppgraph made it."""
    number, _ = versions.newest_whole()
    if number and not is_made(versions, versions.manifest(number)):
        writer.harvest(number, harvesting(versions, options.progress))


def _listening(host: str, port: int, count: int) -> list[socket.socket]:
    """Sockets that listen at one address; the kernel spreads connections over them."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        # The first one takes the address as if nobody were to share it, and shares it then: a second server, started
        # by mistake, is refused.
        first = socket.create_server(found[0][4][:2], family=found[0][0], backlog=_BACKLOG)
        if count > 1:
            first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        address = first.getsockname()[:2]
        others = range(count - 1)
        return [
            first,
            *(socket.create_server(address, family=first.family, backlog=_BACKLOG, reuse_port=True) for _ in others),
        ]
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadCall(f"{host} port {port} cannot be listened on ({reason}): take another --port or --host") from error


def _try_log(place: str) -> None:
    """Sees whether the access log can be written, before anything is begun."""
    if place in ("stderr", "off"):
        return
    try:
        with Path(place).open("a", encoding="utf-8"):
            pass
    except OSError as error:
        raise BadCall(f"the access log {place} cannot be written ({error.strerror}): name another place") from error


def _say(line: str) -> None:
    click.echo(f"dppgraph: {line}", err=True)
