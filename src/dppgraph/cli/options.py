"""Options that several commands have."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from dppgraph.core.message import message_of

Command = TypeVar("Command", bound=Callable[..., Any])

_FOLDER = click.Path(path_type=Path)


def store(command: Command) -> Command:
    """``--store DIR``."""
    return click.option("--store", type=_FOLDER, metavar="DIR", help="Folder of the published versions.")(command)


def base(command: Command) -> Command:
    """``--base IRI``."""
    return click.option("--base", metavar="IRI", help="What the data's IRIs begin with.")(command)


def data(command: Command) -> Command:
    """``--data DIR``."""
    return click.option("--data", type=_FOLDER, metavar="DIR", help="Folder of the data; by default the shipped one.")(
        command
    )


def shapes(command: Command) -> Command:
    """``--shapes DIR,none``."""
    return click.option(
        "--shapes",
        metavar="DIR|none",
        help="Folder of the shapes; none takes the gate off and adds nothing to the data.",
    )(command)


def message(command: Command) -> Command:
    """``--message TEXT``."""
    return click.option(
        "--message",
        default="",
        metavar="TEXT",
        callback=lambda _context, _option, text: message_of(text),
        help="Why: kept with the version.",
    )(command)


def progress(step: str) -> None:
    """Says on a terminal what is going on; nothing in a pipe."""
    if sys.stderr.isatty():
        click.echo(f"{step} …", err=True)


def near(path: Path) -> Path:
    """A path as it is said from here, if it lies here."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def show(text: str | bytes) -> None:
    """Writes an answer to standard output, as it is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode() if isinstance(text, str) else text)
    sys.stdout.buffer.flush()
