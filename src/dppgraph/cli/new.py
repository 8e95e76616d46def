"""``dppgraph new``."""

import shlex
import sys
from pathlib import Path

import click

from dppgraph import wiring
from dppgraph.cli import options
from dppgraph.errors import BadCall
from dppgraph.settings import read_settings

_TABLE = ".csv"
_SPREADSHEETS = (".xlsx", ".xls", ".ods", ".numbers")
_READINGS = ".interpretation.trig"


@click.command("new")
@click.argument("name", type=click.Path(path_type=Path), metavar="NAME[.csv]")
@click.option(
    "--text", type=click.Path(path_type=Path), metavar="FILE", help="The page's text, UTF-8; by default NAME.txt."
)
@options.data
def command(name: Path, text: Path | None, data: Path | None) -> None:
    """Add a plan from a table: NAME writes a table to fill in, NAME.csv turns it into files for data/.

    The table has a row for each fact with the page's own words, which are found in its text. Whatever is wrong is told
    for all rows at once, and nothing is written. docs/add-a-plan.md shows the way.
    """
    if name.suffix.lower() == _TABLE:
        _convert(name, text or name.with_suffix(".txt"), data)
    elif name.suffix.lower() in _SPREADSHEETS:
        table = _said(name.with_suffix(_TABLE))
        raise BadCall(f"{name} is a spreadsheet file: save it as “CSV UTF-8”, and then `dppgraph new {table}`")
    elif name.is_file():
        raise BadCall(f"{name} is no table: name one that ends in .csv, or a name that no file has to begin one")
    elif text or data:
        raise BadCall(f"{name} is no table: name one that ends in .csv, or leave out --text and --data to begin one")
    else:
        _begin(name)


def _begin(name: Path) -> None:
    from dppgraph.operations.new import starter
    from dppgraph.operations.new.files import write_new

    table, text = (name.with_name(f"{name.name}{ending}") for ending in (_TABLE, ".txt"))
    content, page = starter()
    try:
        write_new(table, content)
    except FileExistsError as error:
        raise BadCall(f"{table} is there already: take another name, or `dppgraph new {_said(table)}`") from error
    try:
        write_new(text, page)
        example = f"{text} with its page"
    except FileExistsError:
        example = f"{text} was there already and stays as it is"
    click.echo(f"{table} is a table with an example; {example}")
    click.echo(f"next: put your page's text in {text} and its facts in {table}, then `dppgraph new {_said(table)}`")


def _convert(table: Path, text: Path, data: Path | None) -> None:
    from dppgraph.operations.new import draft, read_beside
    from dppgraph.operations.new.files import targets_of, write_draft

    content, page = (_read(table, f"`dppgraph new {_said(table.with_suffix(''))}` begins one"), _read(text, "--text"))
    sources = wiring.sources(read_settings({}), data)
    known, replaced = read_beside(sources, list(targets_of(table).values()))
    made = draft(content, page, known, table_name=table.name, text_name=text.name)
    for problem in made.problems:
        click.echo(f"{table}:{problem.row or 1}: {problem.text}", err=True)
    if made.problems:
        several = "s" if len(made.problems) > 1 else ""
        click.echo(f"{len(made.problems)} problem{several}; nothing is written", err=True)
        sys.exit(1)
    written = write_draft(table, made.files)
    for note in made.notes:
        click.echo(f"{table}:{note.row}: note: {note.text}", err=True)
    click.echo(f"{made.facts} facts, each with its words, in {' and '.join(str(path) for path in written)}")
    for plan in made.plans:
        click.echo(f"plan: {plan.iri}")
    names = {path.name for path in written}
    for path in replaced:
        click.echo(f"{'replaces' if path.name in names else 'leaves nothing of'} {options.near(path)}")
    given = f" --data {_said(data)}" if data else ""
    _next(written, [path for path in replaced if path.name not in names], options.near(sources.data), given)
    question = next((f"lines-of-action -p plan={plan.iri}" for plan in made.plans if plan.lines), "facts")
    click.echo(f"then ask, for instance: dppgraph query {question}")
    click.echo(f"keep {text}: `dppgraph check-quotes --text {_said(text)}{given}` compares every quote with it")


def _next(written: list[Path], outdated: list[Path], folder: Path, given: str) -> None:
    """The commands that remain, to copy."""
    readings = [path for path in written if path.name.endswith(_READINGS)]
    steps = [f"rm {' '.join(_said(options.near(path)) for path in outdated)}"] if outdated else []
    steps.append(f"dppgraph validate {' '.join(map(_said, written))}{given}")
    for graph, paths in (
        ("source", [path for path in written if path not in readings]),
        ("interpretation", readings),
    ):
        if paths:
            target = folder / graph
            if not target.is_dir():
                steps.append(f"mkdir -p {_said(target)}")
            steps.append(f"mv {' '.join(map(_said, paths))} {_said(target)}/")
    steps.append(f'dppgraph build{given} --message "why"')
    for number, step in enumerate(steps):
        click.echo(f"{'      ' if number else 'next: '}{step}")


def _read(path: Path, otherwise: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        hint = otherwise if not otherwise.startswith("--") else f"name the page's text with {otherwise} FILE"
        raise BadCall(f"{path} cannot be read ({error.strerror}): {hint}") from error


def _said(path: Path) -> str:
    return shlex.quote(str(path))
