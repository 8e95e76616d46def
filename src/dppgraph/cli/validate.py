"""``dppgraph validate``."""

import sys
from pathlib import Path

import click

from dppgraph import wiring
from dppgraph.cli import options
from dppgraph.errors import BadCall
from dppgraph.settings import read_settings


@click.command("validate")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@click.option("--format", "format_", type=click.Choice(["text", "json", "turtle"]), default="text", show_default=True)
@click.option(
    "--lang", type=click.Choice(["en", "nl"]), default="en", show_default=True, help="Of the text's messages."
)
@options.data
@options.base
@options.shapes
def command(
    files: tuple[Path, ...], format_: str, lang: str, data: Path | None, base: str | None, shapes: str | None
) -> None:
    """Say what the shapes find in the data, or in the data with the FILEs added.

    A FILE is read as one of data/source/, unless it names its graphs itself (TriG, N-Quads), and stands in for a file
    of its name in the data. The exit status is 1 if there is a violation; warnings and infos leave it at 0. Each line
    names a file and a line, the thing, what is wrong and what to write; what only comes of another mistake is left out
    of the text, and so are warnings and infos on other files than the FILEs.
    """
    from dppgraph.operations.sources import namesakes
    from dppgraph.operations.validate import assemble, validate
    from dppgraph.operations.validate.places import shown

    if shapes == "none":
        raise BadCall("there is nothing to validate by with --shapes none: name a folder of shapes")
    sources = wiring.sources(read_settings({"base": base}), data, shapes)
    for path in namesakes(sources, files):
        click.echo(f"dppgraph: {path.name} is judged in place of {shown(path)}", err=True)
    candidate = assemble(sources, files, options.progress)
    options.progress("validating")
    report = validate(candidate)
    forms = {
        "text": lambda: report.to_text(lang, [shown(path) for path in files]),
        "json": report.to_json,
        "turtle": report.to_turtle,
    }
    options.show(forms[format_]())
    sys.exit(0 if report.conforms else 1)
