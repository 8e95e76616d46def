"""``dppgraph versions``."""

import json
from pathlib import Path
from typing import Final

import click

from dppgraph import wiring
from dppgraph.cli import options
from dppgraph.core.iris import thing_iri
from dppgraph.core.message import in_one_line
from dppgraph.errors import BadCall, BadParameter, Damaged
from dppgraph.operations.versions import Difference, blame, diff, keep_pinned, let_go, prune, rollback
from dppgraph.settings import Settings, read_settings
from dppgraph.store.versions import Manifest, VersionStore

_FORMATS: Final = {"text": Difference.to_text, "json": Difference.to_json, "nquads": Difference.to_nquads}


@click.group("versions", invoke_without_command=True)
@options.store
@click.pass_context
def command(context: click.Context, store: Path | None) -> None:
    """Say what changed when, by whom and why; compare versions, go back to one, pin and prune them.

    Without a command, `list`.
    """
    context.obj = store
    if context.invoked_subcommand is None:
        _list(_versions(context, None))


@command.command("list")
@options.store
@click.pass_context
def _listed(context: click.Context, store: Path | None) -> None:
    """Show all versions, the newest first; the current one has a star."""
    _list(_versions(context, store))


@command.command("show")
@click.argument("number")
@options.store
@click.pass_context
def _show(context: click.Context, number: str, store: Path | None) -> None:
    """Show all that a version says of itself, and what it changed."""
    versions, which = _versions(context, store), _number(number)
    kept = versions.is_kept(which)
    manifest = versions.verified(which) if kept else versions.manifest(which)
    said = json.loads(manifest.to_json())
    said["kept"] = kept
    said["pinned"] = which in versions.retention().pinned
    said["changes"] = {
        entity: {"added": added, "removed": removed} for entity, (added, removed) in versions.changes(which).items()
    }
    options.show(json.dumps(said, indent=2, ensure_ascii=False) + "\n")


@command.command("diff")
@click.argument("before")
@click.argument("after")
@click.option("--format", "format_", type=click.Choice([*_FORMATS]), default="text", show_default=True)
@options.store
@click.pass_context
def _diff(context: click.Context, before: str, after: str, format_: str, store: Path | None) -> None:
    """Say what version AFTER has that BEFORE has not, and the other way round.

    As N-Quads, what AFTER has not is in comments.
    """
    found = diff(_versions(context, store), _number(before), _number(after))
    options.show(_FORMATS[format_](found))


@command.command("blame")
@click.argument("iri")
@click.option("--version", "number", metavar="N", help="In version N, instead of the current one.")
@click.option("--gone", is_flag=True, help="Tell of what earlier versions said too, and which version took it away.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@options.store
@click.pass_context
def _blame(context: click.Context, iri: str, number: str | None, gone: bool, format_: str, store: Path | None) -> None:
    """Say of each statement about a thing which version brought it, who and why, and in which words of a source.

    IRI may leave out the base and id/, as in plan/NAME.
    """
    versions = _versions(context, store)
    thing = thing_iri(iri, versions.manifest(versions.current()).base)
    found = blame(versions, thing, _number(number) if number else None, gone=gone)
    options.show(found.to_json() if format_ == "json" else found.to_text())


@command.command("rollback")
@click.argument("number")
@options.message
@options.store
@click.pass_context
def _rollback(context: click.Context, number: str, message: str, store: Path | None) -> None:
    """Publish a new version that holds just what version NUMBER held.

    The versions in between stay. The shapes are not asked again: `dppgraph validate` says what they find today.
    """
    manifest = rollback(_versions(context, store), _number(number), agent=wiring.agent(), message=message)
    said = f"version {manifest.version} sha256:{manifest.digest}"
    click.echo(f"{said} (+{manifest.added} -{manifest.removed} statements, as in version {manifest.of})")


@command.command("pin")
@click.argument("number")
@options.store
@click.pass_context
def _pin(context: click.Context, number: str, store: Path | None) -> None:
    """Have a version never be pruned, such as one that a publication cites."""
    keep_pinned(_versions(context, store), _number(number), pinned=True)
    click.echo(f"version {_number(number)} is never pruned")


@command.command("unpin")
@click.argument("number")
@options.store
@click.pass_context
def _unpin(context: click.Context, number: str, store: Path | None) -> None:
    """Let a pinned version be pruned like others."""
    keep_pinned(_versions(context, store), _number(number), pinned=False)
    click.echo(f"version {_number(number)} may be pruned")


@command.command("prune")
@click.option("--keep", type=click.IntRange(min=1), metavar="K", help="Keep the newest K, instead of the setting's.")
@click.option("--dry-run", is_flag=True, help="Say which versions would be let go, and change nothing.")
@options.store
@click.pass_context
def _prune(context: click.Context, keep: int | None, dry_run: bool, store: Path | None) -> None:
    """Let the files of old versions go; the current one and pinned ones always stay.

    What a version was, and what it changed thing by thing, stays known.
    """
    settings = _settings(context, store)
    newest = keep or settings.keep_versions
    if not newest:
        raise BadCall("all versions are kept: say how many of the newest are, with --keep or DPPGRAPH_KEEP_VERSIONS")
    versions = wiring.versions(settings)
    versions.current()
    if dry_run:
        gone = let_go(versions, newest)
    else:
        with versions.writing("dppgraph versions prune") as writer:
            gone = prune(versions, writer, newest)
    for number in gone:
        click.echo(f"version {number} {'would be' if dry_run else 'is'} let go")
    if not gone:
        click.echo("no version is old enough to be let go")


def _settings(context: click.Context, store: Path | None) -> Settings:
    return read_settings({"store": store or context.obj})


def _versions(context: click.Context, store: Path | None) -> VersionStore:
    return wiring.versions(_settings(context, store))


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise BadParameter(f"{text!r} is no version's number: `dppgraph versions` lists them")
    return int(text)


def _list(versions: VersionStore) -> None:
    current = versions.current()
    pinned = versions.retention().pinned
    for number in reversed(versions.numbers()):
        mark = "*" if number == current else " "
        try:
            said = _line(versions.verified(number) if versions.is_kept(number) else versions.manifest(number))
        except Damaged as error:
            said = f"{number:>4}  {error}"
        else:
            said += "  (pinned)" if number in pinned else "" if versions.is_kept(number) else "  (not kept)"
        click.echo(f"{mark} {said}".rstrip())


def _line(manifest: Manifest) -> str:
    back = f"  (as in version {manifest.of})" if manifest.of else ""
    return (
        f"{manifest.version:>4}  {manifest.created}  +{manifest.added} -{manifest.removed}  "
        f"sha256:{manifest.digest[:12]}  {manifest.agent}  {in_one_line(manifest.message)}".rstrip()
        + back
    )
