"""``dppgraph build``."""

from functools import partial
from pathlib import Path

import click

from dppgraph import wiring
from dppgraph.cli import options
from dppgraph.operations.build import Built
from dppgraph.settings import read_settings


@click.command("build")
@options.data
@options.store
@options.base
@options.shapes
@options.message
@click.option("--drop-writes", is_flag=True, help="Go on without what was written since the last build.")
def command(
    data: Path | None, store: Path | None, base: str | None, shapes: str | None, message: str, drop_writes: bool
) -> None:
    """Build data/ into a validated new version, and print its number and digest.

    Nothing is published if a shape is broken, and no new version is made if nothing changed. Where changes were written
    that data/ does not have, it says so and stops: `dppgraph export --to-data DIR` brings them back.
    """
    from dppgraph.operations.build import build
    from dppgraph.operations.harvest import harvesting
    from dppgraph.operations.write.remembered import is_known, keep
    from dppgraph.store.workers.confine import yielding

    settings = read_settings({"store": store, "base": base})
    versions, sources = wiring.versions(settings), wiring.sources(settings, data, shapes)
    # Whoever is served by the same machine comes first.
    with yielding(), versions.writing("dppgraph build", drops_writes=drop_writes) as writer:
        built = build(
            versions,
            writer,
            sources,
            agent=wiring.agent(),
            message=message,
            harvesting=harvesting(versions, options.progress),
            is_known=partial(is_known, versions, sources),
            progress=options.progress,
        )
    if built.known:
        keep(versions, built, sources)
    click.echo(summary(built))
    for line in remarks(built):
        click.echo(f"dppgraph: {line}", err=True)


def remarks(built: Built) -> list[str]:
    """What whoever builds may want to mend."""
    if not built.undated:
        return []
    return ["the data changed, and state no later dct:modified than before: portals that go by it may miss the change"]


def summary(built: Built) -> str:
    """What a build came to, in one line."""
    manifest = built.manifest
    said = "" if built.new else ", nothing changed"
    return f"version {manifest.version} sha256:{manifest.digest} ({manifest.quads} statements{said})"
