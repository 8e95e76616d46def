"""``dppgraph versions``."""

import json
from pathlib import Path

import click

from dppgraph import wiring
from dppgraph.cli import options
from dppgraph.errors import BadCall, BadParameter, Damaged
from dppgraph.settings import read_settings
from dppgraph.store.versions import Manifest, VersionStore


@click.command("versions")
@click.argument("action", type=click.Choice(["list", "show"]), default="list")
@click.argument("number", required=False)
@options.store
def command(action: str, number: str | None, store: Path | None) -> None:
    """Say what changed when, by whom and why.

    `list` shows all versions, the newest first, and marks the one that is current; `show NUMBER` shows all that one
    says of itself, and what it changed.
    """
    versions = wiring.versions(read_settings({"store": store}))
    if action == "show":
        _show(versions, number)
    elif number is not None:
        raise BadCall(f"`versions list` lists all: for one, `dppgraph versions show {number}`")
    else:
        _list(versions)


def _list(versions: VersionStore) -> None:
    current = versions.current()
    for number in reversed(versions.numbers()):
        mark = "*" if number == current else " "
        try:
            said = _line(versions.verified(number))
        except Damaged as error:
            said = f"{number:>4}  {error}"
        click.echo(f"{mark} {said}".rstrip())


def _show(versions: VersionStore, number: str | None) -> None:
    if number is None or not number.isascii() or not number.isdigit():
        raise BadParameter(f"{number or ''!r} is no version's number: `dppgraph versions` lists them")
    manifest = versions.verified(int(number))
    said = json.loads(manifest.to_json())
    said["changes"] = {
        entity: {"added": added, "removed": removed}
        for entity, (added, removed) in versions.changes(manifest.version).items()
    }
    options.show(json.dumps(said, indent=2, ensure_ascii=False) + "\n")


def _line(manifest: Manifest) -> str:
    return (
        f"{manifest.version:>4}  {manifest.created}  +{manifest.added} -{manifest.removed}  "
        f"sha256:{manifest.digest[:12]}  {manifest.agent}  {manifest.message}"
    )
