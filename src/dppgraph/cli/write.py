"""``dppgraph write``."""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from dppgraph import wiring
from dppgraph.cli import options
from dppgraph.core import formats
from dppgraph.errors import BadCall, BadParameter, ShapeViolation
from dppgraph.operations.write import Body, Change, Delete, Merge, Outcome, Patch, Put, Request, Update, told
from dppgraph.settings import Settings, read_settings

Write = Callable[[Change], Outcome]
"""Publishes a change as one new version, or changes nothing; raises as :class:`dppgraph.operations.write.Writing`."""

_DEFAULT: Final = "default"
_UPDATE: Final = ".ru"
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|\\^`]*")
_VIOLATION: Final = 1


def command_of(writing: Callable[[Settings], Write], agent: Callable[[], str]) -> click.Command:
    """The command.

    Args:
        writing: gives what makes changes in the store of the settings.
        agent: gives the name of whoever runs the command.
    """

    @click.command("write")
    @click.argument("file", required=False, type=click.Path(path_type=Path, allow_dash=True), metavar="[FILE.ru|FILE]")
    @click.option(
        "--graph", metavar="IRI", help="Add the statements of FILE to this graph; `default` is the unnamed one."
    )
    @click.option("--replace", is_flag=True, help="Let them be all that the graph holds.")
    @click.option("--delete", is_flag=True, help="Let the graph hold nothing; there is no FILE then.")
    @click.option("--dry-run", is_flag=True, help="Say what would change and what the shapes find, and change nothing.")
    @options.message
    @click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
    @options.store
    def command(
        file: Path | None,
        graph: str | None,
        replace: bool,
        delete: bool,
        dry_run: bool,
        message: str,
        format_: str,
        store: Path | None,
    ) -> None:
        """Publish a change as one new version, if no shape is broken by it.

        FILE.ru is a SPARQL update (- reads one from standard input); with --graph it is one of that graph alone. Any
        other FILE has statements, and needs --graph. The exit status is 1 if a shape is broken, and nothing is changed.
        """
        request = request_of(file, graph, replace=replace, delete=delete)
        write = writing(read_settings({"store": store}))
        try:
            outcome = write(Change(request, agent(), message, dry_run=dry_run))
        except ShapeViolation as error:
            if format_ == "text":
                raise
            options.show(
                _json({"published": False, "detail": str(error), "report": json.loads(error.report.to_json())})
            )
            sys.exit(_VIOLATION)
        options.show(_json(told(outcome)) if format_ == "json" else _text(outcome, dry_run=dry_run))
        if outcome.report is not None:
            for line in outcome.report.lines():
                click.echo(line, err=True)
            sys.exit(0 if outcome.report.conforms else _VIOLATION)

    return command


def request_of(file: Path | None, graph: str | None, *, replace: bool = False, delete: bool = False) -> Request:
    """What the arguments ask for.

    Args:
        file: an update (``.ru``, or ``-`` for standard input), or statements.
        graph: the IRI of the graph that it is about, or ``default``; None for an update that says so itself.
        replace: whether the graph is to hold nothing else.
        delete: whether it is to hold nothing.

    Raises:
        BadCall: they contradict each other, or one is missing.
        BadParameter: the file is of no kind that is read here.
    """
    named = None if graph == _DEFAULT else graph
    if named is not None and not _IRI.fullmatch(named):
        raise BadParameter(
            f"{named!r} names no graph: give an IRI, such as https://data.example.org/graph/a, or `{_DEFAULT}`"
        )
    if delete:
        if graph is None or file is not None or replace:
            raise BadCall("--delete takes a graph and nothing else: `dppgraph write --graph IRI --delete`")
        return Delete(named)
    if file is None:
        raise BadCall("name a file: `dppgraph write change.ru`, or `dppgraph write --graph IRI statements.ttl`")
    is_update = str(file) == "-" or file.suffix == _UPDATE
    if replace and (graph is None or is_update):
        raise BadCall(
            "--replace is for the statements of a graph: `dppgraph write --graph IRI --replace statements.ttl`"
        )
    if is_update:
        text = _read(file)
        return Update(text) if graph is None else Patch(named, text)
    return _statements(file, graph, named, replace=replace)


def _statements(file: Path, graph: str | None, named: str | None, *, replace: bool) -> Request:
    format_ = formats.of_file(file.name)
    if format_ is None:
        known = ", ".join(known.extension for known in formats.RDF)
        raise BadParameter(f"{file.name} is neither an update (.ru) nor statements ({known}): give it the right ending")
    if graph is None:
        raise BadCall(f"{file.name} has statements: say which graph they are for, with --graph IRI")
    # Here and not later: what cannot be read is this call's mistake, with its own name.
    with file.open("rb"):
        body = Body(file.resolve(), format_, file.name)
    return Put(named, body) if replace else Merge(named, (body,))


def _read(file: Path) -> str:
    data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise BadParameter(f"the update is not UTF-8 (byte {error.start}): write it anew in UTF-8") from error


def _json(said: dict[str, Any]) -> str:
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"


def _text(outcome: Outcome, *, dry_run: bool) -> str:
    """A line for the whole, one for each entity, and, of a dry run, one for each statement."""
    current = f"version {outcome.version} sha256:{outcome.digest}"
    counts = f"+{outcome.added} -{outcome.removed} statements"
    if not outcome.added and not outcome.removed:
        first = f"{current} (nothing changed)"
    else:
        first = f"{current} would change: {counts}" if dry_run else f"{current} ({counts})"
    lines = [first]
    lines += [f"  +{added} -{removed}  {entity}" for entity, (added, removed) in sorted(outcome.entities.items())]
    if outcome.delta is not None:
        lines += [f"- {line}" for line in outcome.delta.removed] + [f"+ {line}" for line in outcome.delta.added]
    return "".join(f"{line}\n" for line in lines)


def _write(settings: Settings) -> Write:
    gate = wiring.gate(settings).recall()

    def write(change: Change) -> Outcome:
        outcome = gate.write(change)
        gate.remember()
        return outcome

    return write


command = command_of(_write, wiring.agent)
