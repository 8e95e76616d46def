"""``dppgraph token``."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from dppgraph import wiring
from dppgraph.cli import options
from dppgraph.core.token import ROLES, Role, Token, redacted, token_of
from dppgraph.errors import BadCall, Unknown
from dppgraph.operations.token import make
from dppgraph.settings import Settings, read_settings

_LONGEST: Final = 4096
_DOES: Final[dict[Role, str]] = {
    "read": "read what is not for everybody",
    "propose": "read, and have changes tried (--dry-run)",
    "write": "read, try and publish changes",
}


@click.group("token", invoke_without_command=True)
@options.store
@click.pass_context
def command(context: click.Context, store: Path | None) -> None:
    """Make, list and remove the tokens that let programs and people write over HTTP.

    Nobody may write until there is one. Without a command, `list`.
    """
    context.obj = store
    if context.invoked_subcommand is None:
        _list(_settings(context, None))


@command.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), help="What it lets its bearer do; write includes all.")
@click.option("--expires", metavar="90d|DAY", help="In how many days it ends, or its last day; by default never.")
@options.store
@click.pass_context
def _add(context: click.Context, name: str, role: Role | None, expires: str | None, store: Path | None) -> None:
    """Make a token and print it, this once: it is kept nowhere.

    The token alone goes to standard output, so that it can be piped to where it is to be kept.
    """
    if role is None:
        raise BadCall(f"say what the token is for: `dppgraph token add {redacted(name)} --role` read, propose or write")
    file = wiring.token_file(_settings(context, store))
    token, text = make(file, name, role, expires, datetime.now(UTC))
    try:
        # At once, so that it is known whether it arrived.
        os.write(sys.stdout.fileno(), f"{text}\n".encode())
    except OSError as error:
        # Nobody has seen it, and nobody can any more.
        file.remove(name)
        said = "it was removed again; see to where the output goes"
        raise BadCall(f"the token could not be printed ({error.strerror}): {said}") from error
    until = f" until {_shown(token.expires)}" if token.expires else ""
    _say(f"whoever sends the token `{name}` may {_DOES[role]}{until}; it is not shown again")
    _warn(_settings(context, store))


@command.command("list")
@options.store
@click.pass_context
def _listed(context: click.Context, store: Path | None) -> None:
    """Show name, role, beginning and end of each token, and never the token."""
    _list(_settings(context, store))


@command.command("remove")
@click.argument("name")
@options.store
@click.pass_context
def _remove(context: click.Context, name: str, store: Path | None) -> None:
    """Take a token away; a server that is running knows it at once."""
    file = wiring.token_file(_settings(context, store))
    file.remove(name)
    left = len(file.read())
    _say(f"the token `{name}` opens nothing any more; {left} {'is' if left == 1 else 'are'} left")


@command.command("check")
@click.argument("text", nargs=-1, metavar="")
@options.store
@click.pass_context
def _check(context: click.Context, text: tuple[str, ...], store: Path | None) -> None:
    """Say which token one is, and whether it opens anything.

    It is read from standard input, and never from the command line, which all users of a machine can see.
    """
    if text:
        # Not told again, as a usage error would.
        raise BadCall(
            "a token is read from standard input: `dppgraph token check < press-office.token`; make a new one"
        )
    if sys.stdin.isatty():
        said = click.prompt("Token", hide_input=True, err=True)
    else:
        # What is no text is no token either.
        said = sys.stdin.buffer.readline(_LONGEST).decode("latin-1")
    token = token_of(said.strip(), wiring.tokens(_settings(context, store)).all())
    if token is None:
        raise Unknown("this is no token that is known here: `dppgraph token list` says which there are")
    if token.is_over(datetime.now(UTC)):
        raise Unknown(f"the token `{token.name}` has expired: remove it, and add a new one")
    click.echo(_line(token, [token]))


def _settings(context: click.Context, store: Path | None) -> Settings:
    return read_settings({"store": store or context.obj})


def _list(settings: Settings) -> None:
    tokens = wiring.tokens(settings).all()
    for token in tokens:
        click.echo(_line(token, tokens))
    if not tokens:
        _say("there is no token, so nobody can write over HTTP: `dppgraph token add NAME --role write` makes one")
    _warn(settings)


def _line(token: Token, among: list[Token]) -> str:
    width = max(len(other.name) for other in among)
    end = "never ends" if token.expires is None else f"until {_shown(token.expires)}"
    over = "  (expired)" if token.is_over(datetime.now(UTC)) else ""
    return f"{token.name:<{width}}  {token.role:<7}  {_shown(token.created)}  {end}{over}"


def _shown(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else "by DPPGRAPH_TOKEN"


def _warn(settings: Settings) -> None:
    file = wiring.token_file(settings)
    if file.is_open():
        _say(f"{file.path} can be read by others than its owner: chmod 600 it")


def _say(line: str) -> None:
    click.echo(f"dppgraph: {line}", err=True)
