"""``dppgraph check-quotes``."""

import sys
from pathlib import Path

import click

from dppgraph import wiring
from dppgraph.cli import options
from dppgraph.errors import BadCall
from dppgraph.settings import read_settings


@click.command("check-quotes")
@click.argument("drafts", nargs=-1, type=click.Path(path_type=Path), metavar="[DRAFT]...")
@click.option(
    "--text", required=True, type=click.Path(path_type=Path), metavar="FILE", help="The source's text, UTF-8."
)
@click.option("--source", metavar="IRI", help="Which source document it is the text of, where that is not plain.")
@options.data
@options.base
def command(drafts: tuple[Path, ...], text: Path, source: str | None, data: Path | None, base: str | None) -> None:
    """Compare every quote with the source's own text, letter by letter; say which fail and how.

    A DRAFT is a file that is not in data/ yet: then the quotes of the page that it quotes are compared.
    """
    from dppgraph.operations.check_quotes import check_quotes, read_drafts
    from dppgraph.operations.sources import read_data

    sources = wiring.sources(read_settings({"base": base}), data)
    try:
        words = text.read_bytes()
    except OSError as error:
        raise BadCall(f"{text} cannot be read: {error.strerror}") from error
    added = read_drafts(drafts, sources.base)
    check = check_quotes(read_data(sources), words, sources.base, source, added)
    for misquote in check.misquotes:
        click.echo(f"{misquote.quote.statement.removeprefix(f'{sources.base}id/')}: {misquote.how}")
    if not check.same_text:
        click.echo("note: this text is not, byte for byte, the one that was captured (its SHA-256 differs)", err=True)
    if check.wrong_length:
        click.echo(f"dpp:length is {check.stated_length}, but the text has {check.length} characters: correct it")
    click.echo(f"{check.checked - len(check.misquotes)} of {check.checked} quotes stand in the text")
    sys.exit(1 if check.misquotes or check.wrong_length or not check.checked else 0)
