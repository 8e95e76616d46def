"""``dppgraph query``."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import click

from dppgraph import bundle, wiring
from dppgraph.cli import options
from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.errors import BadCall, BadParameter
from dppgraph.settings import read_settings

_NARROWEST = 8


@click.command("query")
@click.argument("name", required=False, metavar="[NAME|FILE.rq]")
@click.option("-e", "text", metavar="TEXT", help="The query itself.")
@click.option("-p", "parameters", multiple=True, metavar="NAME=VALUE", help="A value for one of the query's variables.")
@click.option(
    "--format",
    "format_",
    default="table",
    metavar="NAME",
    show_default=True,
    help="table, json, csv, tsv, xml; turtle, jsonld, ntriples, rdfxml, trig, nquads.",
)
@click.option("--default-graph", type=click.Choice(["union", "plain"]), default="union", show_default=True)
@options.store
def command(
    name: str | None,
    text: str | None,
    parameters: tuple[str, ...],
    format_: str,
    default_graph: str,
    store: Path | None,
) -> None:
    """Ask a question of queries/ by NAME, a FILE.rq, or the TEXT after -e."""
    from dppgraph.operations.query import ask, substitutions_of, text_of
    from dppgraph.store.interface import QueryRequest
    from dppgraph.store.workers.client import WorkerStore

    if (name is None) == (text is None):
        raise BadCall("name one question or file, or give a text with -e: see `dppgraph query --help`")
    asked = text if text is not None else text_of(name or "", bundle.folder("queries"))
    settings = read_settings({"store": store})
    results, rdf = _formats(format_)
    request = QueryRequest(asked, results, rdf, substitutions=substitutions_of(_parsed(parameters)))
    manifest, damage = wiring.whole_version(wiring.versions(settings))
    for error in damage:
        click.echo(f"dppgraph: {error}; this is version {manifest.version}", err=True)
    limits = wiring.limits(settings, workers=1)
    answered, answer = ask(
        wiring.pool_options(settings, manifest, union=default_graph == "union"),
        lambda address: WorkerStore(address, manifest.version, limits),
        request,
    )
    options.show(_table(json.loads(answer), _short(manifest.base)) if _is_table(format_, answered) else answer)


def _formats(name: str) -> tuple[formats.Format | None, formats.Format | None]:
    if name == "table":
        return formats.JSON, formats.TURTLE
    known = formats.named(name, formats.RESULTS + formats.RDF)
    return (known, None) if known in formats.RESULTS else (None, known)


def _is_table(name: str, answered: formats.Format) -> bool:
    return name == "table" and answered == formats.JSON


def _parsed(parameters: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for parameter in parameters:
        name, equals, value = parameter.partition("=")
        if not equals or not name:
            raise BadParameter(f"-p {parameter}: a parameter is written NAME=VALUE")
        found[name] = value
    return found


def _short(base: str) -> dict[str, str]:
    return {iri: f"{name}:" for name, iri in PREFIXES.items()} | {f"{base}id/": ""}


def _table(said: dict[str, Any], short: dict[str, str]) -> str:
    if "boolean" in said:
        return f"{'yes' if said['boolean'] else 'no'}\n"
    columns = said["head"]["vars"]
    rows = [[_cell(row.get(column), short) for column in columns] for row in said["results"]["bindings"]]
    widths = _widths([columns, *rows])
    lines = [columns, ["-" * width for width in widths], *rows]
    table = (
        "  ".join(_fitted(cell, width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
    return "".join(f"{line}\n" for line in table) + f"({len(rows)} row{'s' * (len(rows) != 1)})\n"


def _cell(term: dict[str, Any] | None, short: dict[str, str]) -> str:
    if term is None:
        return ""
    value = term["value"] if isinstance(term["value"], str) else json.dumps(term["value"], ensure_ascii=False)
    if term["type"] == "uri":
        value = next((name + value[len(iri) :] for iri, name in short.items() if value.startswith(iri)), value)
    return " ".join(value.split())


def _widths(rows: list[list[str]]) -> list[int]:
    """The widths that show all, or, on a terminal too narrow for that, as much as fits."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    screen = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    while screen and sum(widths) + 2 * len(widths) > screen and max(widths, default=0) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _fitted(cell: str, width: int) -> str:
    return cell.ljust(width) if len(cell) <= width else f"{cell[: width - 1]}…"
