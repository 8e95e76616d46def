"""``dppgraph export``."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

import click

from dppgraph import bundle, wiring
from dppgraph.cli import options
from dppgraph.core import formats
from dppgraph.core.iris import thing_iri
from dppgraph.errors import BadCall
from dppgraph.settings import Settings, read_settings
from dppgraph.store.versions import Manifest, VersionStore, is_many

_STRATML = "stratml"


@click.command("export")
@click.argument("iri", required=False)
@click.option(
    "--format",
    "format_",
    default=None,
    metavar="NAME",
    help="turtle, trig, ntriples, nquads, jsonld, rdfxml; of one plan also stratml.",
)
@click.option("--graph", "graphs", metavar="NAME,...", help="Only these graphs, such as source,inferred.")
@click.option("--out", type=click.Path(path_type=Path), metavar="PATH", help="Write to this file, whole or not at all.")
@click.option(
    "--to-data",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Bring what was written back into these files of data; a new folder begins with those built from.",
)
@click.option("--lang", metavar="TAG", help="With stratml: the language to take, by default the one of the sources.")
@options.store
def command(
    iri: str | None,
    format_: str | None,
    graphs: str | None,
    out: Path | None,
    to_data: Path | None,
    lang: str | None,
    store: Path | None,
) -> None:
    """Write all, one graph or one thing (IRI) as RDF, from the exact quads of the current version.

    A thing comes with its parts and with what hangs on it: a plan with its lines, its approval, its results. The same
    version gives the same bytes. Turtle, N-Triples and RDF/XML cannot name graphs: they get their union.
    A plan with lines of action can also be written in StratML, the standard for strategic plans (ISO 17469-1).
    With --to-data, what changed goes into the files of the data, and all else in them stays as it is written.
    """
    from dppgraph.operations.describe import Descriptions
    from dppgraph.operations.export import export, export_thing, of_graphs
    from dppgraph.operations.frames import read_frames
    from dppgraph.operations.stratml import export_plan

    versions = wiring.versions(read_settings({"store": store}))
    if to_data is not None:
        if iri or format_ or graphs or out:
            raise BadCall("--to-data takes the whole version into a folder: leave the rest out")
        _bring(versions, to_data, read_settings({"store": store}))
        return
    wanted = None if format_ == _STRATML else _format(format_, out)
    _check(iri, lang, stratml=wanted is None)
    manifest, damage = wiring.whole_version(versions)
    for error in damage:
        click.echo(f"dppgraph: {error}; this is version {manifest.version}", err=True)
    names = None if graphs is None else [name.strip() for name in graphs.split(",") if name.strip()]
    if iri is None and wanted is not None and is_many(manifest):
        _stream(versions, manifest, names, wanted, out)
        return
    lines = versions.lines(manifest.version)
    if names is not None:
        lines = of_graphs(lines, names, manifest.base)
    thing = iri and thing_iri(iri, manifest.base)
    if wanted is None:
        written = export_plan(lines, thing or "", manifest.base, lang)
    elif thing is None:
        written = export(lines, wanted)
    else:
        frames = read_frames(bundle.folder("ontology"))
        written = export_thing(Descriptions(lines, frames).of(thing), wanted, frames)
    if out is None:
        options.show(written)
    else:
        _replace(out, lambda file: file.write(written))


def _stream(
    versions: VersionStore, manifest: Manifest, names: list[str] | None, format_: formats.Format, out: Path | None
) -> None:
    """Writes a large version, or some of its graphs, with little of it in memory."""
    from dppgraph.operations.dumps import of_named, write_whole
    from dppgraph.operations.frames import read_frames
    from dppgraph.store.runs import written

    context = read_frames(bundle.folder("ontology")).context

    def write(file: IO[bytes], folder: str) -> None:
        lines: Iterable[str] = versions.stream(manifest.version)
        if names is not None:
            lines = of_named(lines, manifest.graphs, names, manifest.base)
        write_whole(written(lines, Path(folder) / "lines.nq"), format_, context, file, Path(folder))

    if out is not None and not _is_device(out):
        # What is in the making lies on the disk that is to hold the whole.
        with _writing(out), tempfile.TemporaryDirectory(prefix=".dppgraph-", dir=out.parent) as folder:
            _replace(out, lambda file: write(file, folder))
        return
    scratch = Path(tempfile.gettempdir())
    with ExitStack() as held:
        with _writing(scratch):
            folder = held.enter_context(tempfile.TemporaryDirectory(prefix="dppgraph-"))
            file = held.enter_context(tempfile.TemporaryFile(dir=folder))
            # What cannot be said is known before the first byte is out.
            write(file, folder)
            file.flush()
        file.seek(0)
        if out is not None:
            _replace(out, lambda device: shutil.copyfileobj(file, device))
            return
        sys.stdout.flush()
        shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()


def _bring(versions: VersionStore, folder: Path, settings: Settings) -> None:
    from dppgraph.operations.export.data import bring_version

    manifest, damage = wiring.whole_version(versions)
    for error in damage:
        click.echo(f"dppgraph: {error}; this is version {manifest.version}", err=True)
    sources = wiring.sources_of(settings, manifest)
    brought = bring_version(versions, manifest.version, sources, folder)
    for path in brought.changed:
        click.echo(path)
    for quad in brought.elsewhere:
        said = f"{quad.subject} {quad.predicate} {quad.object}"
        click.echo(f"dppgraph: no file of the data can be made to say this, or not to: {said} ({quad.graph})", err=True)
    if brought.elsewhere:
        raise click.exceptions.Exit(1)


def _check(iri: str | None, lang: str | None, *, stratml: bool) -> None:
    if stratml and iri is None:
        raise BadCall("StratML says one plan: name it, as in `dppgraph export id/plan/NAME --format stratml`")
    if lang and not stratml:
        raise BadCall("--lang is for --format stratml: the other formats say every language")


def _format(name: str | None, out: Path | None) -> formats.Format:
    if name is None:
        return (out and formats.of_file(out.name)) or formats.TURTLE
    return formats.named(name, formats.RDF)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BadCall(f"{path} cannot be written: {error.strerror or error}") from error


def _is_device(path: Path) -> bool:
    """Whether it is a device or a pipe, which is written to, and never replaced."""
    return path.exists() and not path.is_file()


def _replace(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    with _writing(path):
        if _is_device(path):
            with path.open("wb") as file:
                write(file)
            return
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                write(file)
                # A temporary file is private; what is exported is as readable as any new file.
                mask = os.umask(0)
                os.umask(mask)
                os.fchmod(file.fileno(), 0o666 & ~mask)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
