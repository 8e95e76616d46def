"""``dppgraph freeze``."""

import sys
from pathlib import Path

import click

from dppgraph import wiring
from dppgraph.cli import options
from dppgraph.errors import BadCall
from dppgraph.operations.freeze import Counted, Written
from dppgraph.settings import read_settings

_EACH = 50
"""Files between two words on how far it is."""


@click.command("freeze")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option("--public-url", metavar="URL", help="Where the site will be found.")
@click.option(
    "--version", "number", type=click.IntRange(1), metavar="N", help="Which version; by default the current one."
)
@options.store
def command(folder: Path, public_url: str | None, number: int | None, store: Path | None) -> None:
    """Write a version as a site that needs no server: files in DIR, for any web server or store of objects.

    Pages in Dutch and English, documents in every format, catalogue, downloads, feed, answers to the questions, and a
    page on which the visitor's browser answers SPARQL. A second time only what changed is written. DIR/.frozen/ has
    what a web server has to be told (docs/freeze.md).
    """
    settings = read_settings({"store": store, "public_url": public_url})
    if not settings.public_url:
        raise BadCall("say where the site will be found, as in --public-url https://data.example.org/")
    shown = _Shown()
    try:
        written = wiring.frozen(settings, folder, number, shown)
    finally:
        shown.end()
    click.echo(_summary(written, folder))


class _Shown:
    """Says on a terminal how far it is; nothing in a pipe."""

    def __init__(self) -> None:
        self._is_on = sys.stderr.isatty()
        self._count = 0

    def __call__(self, counted: Counted) -> None:
        """Is told of each address."""
        self._count += 1
        if self._is_on and self._count % _EACH == 1:
            written = counted.written
            click.echo(
                f"\r\x1b[K{written.files} files, {written.changed} of them new or changed: {counted.address[:60]} …",
                err=True,
                nl=False,
            )

    def end(self) -> None:
        """Leaves the line."""
        if self._is_on and self._count:
            click.echo("\r\x1b[K", err=True, nl=False)


def _summary(written: Written, folder: Path) -> str:
    return (
        f"{folder}: {written.files} files, {written.size / 1e6:.1f} MB; "
        f"{written.changed} written, {written.removed} removed"
    )
