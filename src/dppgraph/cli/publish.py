"""``dppgraph publish``."""

from pathlib import Path

import click

from dppgraph import wiring
from dppgraph.cli import options
from dppgraph.errors import BadCall
from dppgraph.settings import read_settings


@click.command("publish")
@click.argument("url")
@click.option("--update-url", metavar="URL", help="Where the engine takes updates, if that is elsewhere than usual.")
@click.option("--dialect", metavar="NAME", help="Which engine it is; by default found out by asking.")
@click.option("--version", "number", type=click.IntRange(min=1), metavar="N", help="By default the current one.")
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    metavar="K",
    help="How many versions the engine keeps; older ones leave, and the next publication removes them.",
)
@options.store
def command(
    url: str, update_url: str | None, dialect: str | None, number: int | None, keep: int, store: Path | None
) -> None:
    """Load a built version into the SPARQL server that takes queries at URL, and make it the current one there.

    It is loaded beside what is there, read back and compared triple by triple; only then is it made current, by one
    update. Whatever ends this before leaves what was current as it was; run it again. User and password are in
    DPPGRAPH_ENDPOINT_AUTH.
    """
    settings = read_settings({"store": store, "endpoint": url, "endpoint_dialect": dialect})
    if len(settings.endpoint) != 1:
        raise BadCall("name one engine: each copy is published to by itself")
    published = wiring.publish(settings, settings.endpoint[0], update_url, keep)(number, options.progress)
    arrived = published.arrived
    click.echo(f"version {arrived.version} sha256:{arrived.digest}")
    if arrived.was_there:
        click.echo(f"it was there already, and is the current one ({published.engine})", err=True)
    else:
        said = f"{arrived.triples:,} triples in {arrived.graphs} graphs, read back and compared"
        click.echo(f"{said} ({published.engine})", err=True)
    if not published.tested:
        click.echo(f"dppgraph is untested with {published.engine}", err=True)
    for version in arrived.removed:
        click.echo(f"version {version} was removed from the engine", err=True)
