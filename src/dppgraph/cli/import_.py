"""``dppgraph import``."""

import hashlib
import re
import shlex
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dppgraph import wiring
from dppgraph.cli import options
from dppgraph.errors import BadCall
from dppgraph.settings import read_settings

if TYPE_CHECKING:
    from dppgraph.operations.stratml import Read, Taken

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")


@dataclass(frozen=True, slots=True)
class _Document:
    """A file that was read, its checksum, and the last part of its plan's IRI."""

    path: Path
    sha256: str
    read: "Read"
    slug: str


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE.xml...")
@click.option("--level", metavar="NAME", help="The plan's level of government, if nothing says it: national, local ...")
@click.option("--lang", metavar="TAG", help="What the texts are in; by default what the document says, or else en.")
@click.option("--url", metavar="ADDRESS", help="Where the document is from; by default the Source that it names.")
@click.option("--retrieved", metavar="DAY", help="When it was fetched, as 2026-11-28; by default today.")
@click.option("--name", metavar="SLUG", help="The last part of the plan's IRI; by default from its body and title.")
@click.option("--replace", is_flag=True, help="Write the files of an earlier import anew.")
@options.data
def command(
    files: tuple[Path, ...],
    level: str | None,
    lang: str | None,
    url: str | None,
    retrieved: str | None,
    name: str | None,
    replace: bool,
    data: Path | None,
) -> None:
    """Add plans from documents in StratML (ISO 17469-1): each becomes Turtle in data/external/.

    Every fact gets the statement that this document says it. What the graph asks and the document cannot say becomes a
    reading in data/interpretation/. What cannot be taken over is told. All files are written, or none.
    """
    from dppgraph.operations.new import read_beside
    from dppgraph.operations.stratml import Given, remember, take_over
    from dppgraph.operations.stratml.files import targets_of, write_all

    _check(files, url, name, lang)
    day = _day(retrieved)
    sources = wiring.sources(read_settings({}), data)
    documents = [_read(path, lang or "", name, sources.base) for path in files]
    _refuse_twins(documents)
    targets = targets_of(sources.data, {document.slug: document.path for document in documents}, replace=replace)
    known, _ = read_beside(sources, [path for pair in targets.values() for path in pair] if replace else [])
    taken: dict[str, Taken] = {}
    for document in documents:
        given = Given(document.path.name, document.sha256, day, document.slug, url or "", level or "")
        taken[document.slug] = take_over(document.read.plan, known, given)
        remember(taken[document.slug], known)
    written = write_all(targets, taken)
    for document in documents:
        _tell(document, taken[document.slug])
    click.echo(f"written: {', '.join(str(options.near(path)) for path in written)}")
    given_data = f" --data {shlex.quote(str(data))}" if data else ""
    click.echo(f"next: dppgraph validate{given_data}")
    click.echo(f'      dppgraph build{given_data} --message "why"')


def _tell(document: _Document, made: "Taken") -> None:
    for note in made.notes:
        click.echo(f"{document.path}: note: {note}", err=True)
    for left in document.read.left + made.left:
        click.echo(f"{document.path}: left out: {left}", err=True)
    click.echo(f"plan: {made.plan} ({made.facts} facts)")


def _read(path: Path, language: str, name: str | None, base: str) -> _Document:
    from dppgraph.operations.stratml import parse, plan_slug, read, read_file

    content = read_file(path)
    found = read(parse(content, str(path)), str(path), language)
    return _Document(path, hashlib.sha256(content).hexdigest(), found, name or plan_slug(found.plan, base))


def _check(files: tuple[Path, ...], url: str | None, name: str | None, lang: str | None) -> None:
    from dppgraph.store.rdf import is_language

    for option, value in (("--url", url), ("--name", name)):
        if value is not None and len(files) > 1:
            raise BadCall(f"{option} is for one document: import them one by one")
    if name is not None and not _SLUG.fullmatch(name):
        raise BadCall(f"{name} cannot be a part of an IRI: take small letters, digits and hyphens")
    if lang is not None and not is_language(lang):
        raise BadCall(f"{lang} is no language tag: write en, nl, fr or another")


def _refuse_twins(documents: list[_Document]) -> None:
    first: dict[str, _Document] = {}
    for document in documents:
        twin = first.setdefault(document.slug, document)
        if twin is not document:
            raise BadCall(
                f"{twin.path} and {document.path} would both be id/plan/{document.slug}: import them one by one, the "
                "second with --name"
            )


def _day(retrieved: str | None) -> str:
    if retrieved is None:
        return datetime.now(UTC).date().isoformat()
    try:
        return date.fromisoformat(retrieved).isoformat()
    except ValueError as error:
        raise BadCall(f"{retrieved} is no day: write it as 2026-11-28") from error
