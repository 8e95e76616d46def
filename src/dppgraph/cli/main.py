"""The command ``dppgraph``: its sub-commands, and how an error becomes one line and an exit status."""

import os
import signal
import sys
from importlib import import_module
from keyword import iskeyword
from typing import Final, NoReturn

import click

from dppgraph import __version__
from dppgraph.errors import DppgraphError, Limit, ShapeViolation, Unknown

_COMMANDS: Final = {
    "build": "Build data/ into a validated new version.",
    "check-quotes": "Compare every quote with the source's own text.",
    "export": "Write all, one graph or one thing as RDF, or one plan as StratML.",
    "import": "Add plans from documents in StratML, the standard for strategic plans.",
    "new": "Add a plan from a table with its facts and their words.",
    "publish": "Load a built version into another SPARQL server, to be served from there.",
    "query": "Ask a named question, a file or a text.",
    "serve": "Build if need be, then answer over HTTP.",
    "settings": "List every setting with its value and meaning.",
    "token": "Make, list and remove the tokens that let others write.",
    "validate": "Say what the shapes find in the data.",
    "verify": "Check a running server against what it says of its version.",
    "versions": "Say what changed when, by whom and why.",
    "write": "Publish a change as one new version, if no shape is broken.",
}
_NOT_ACCEPTABLE: Final = 1
_UNUSABLE: Final = 2
_INTERRUPTED: Final = 130
_TERMINATED: Final = 143


class _Commands(click.Group):
    """Knows every command's name and summary, and imports a command only to run it: ``--help`` stays fast."""

    def list_commands(self, _: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        # A module cannot be called as a keyword is.
        file = f"{name}_" if iskeyword(name) else name.replace("-", "_")
        module = import_module(f"dppgraph.cli.{file}")
        command: click.Command = module.command
        return command

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dppgraph")
def dppgraph() -> None:
    """Public policy plans as a knowledge graph: every fact with its quote, validated, versioned, asked with SPARQL."""


def main() -> NoReturn:
    """Runs the command line.

    The exit status is 0 for done, 1 for data or an answer that is not acceptable, 2 for a call or an input that is
    unusable, 130 for Ctrl-C.
    """
    # So that whoever is told to stop ends what it started, and removes what is only its own.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))
    try:
        sys.exit(dppgraph.main(prog_name="dppgraph", standalone_mode=False) or 0)
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "dppgraph"
        _end(f"{error.format_message().rstrip('.')}: see `{where} --help`", _UNUSABLE)
    except click.ClickException as error:
        _end(error.format_message(), _UNUSABLE)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(_INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has enough; Python would complain once more while it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _end(f"{where}{error.strerror or error}: this cannot be read or written", _UNUSABLE)
    except DppgraphError as error:
        if isinstance(error, ShapeViolation):
            click.echo("\n".join(error.report.lines()), err=True)
        _end(str(error), _NOT_ACCEPTABLE if isinstance(error, ShapeViolation | Unknown | Limit) else _UNUSABLE)


def _end(message: str, status: int) -> NoReturn:
    click.echo(f"dppgraph: {message}", err=True)
    sys.exit(status)
