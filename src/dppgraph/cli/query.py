"""``dppgraph query``."""

import json
import shutil
import sys
from collections.abc import Callable, Mapping
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
@click.option("-p", "parameters", multiple=True, metavar="NAME=VALUE", help="A value for one of its parameters.")
@click.option("--list", "listing", is_flag=True, help="List the questions with their parameters, and stop.")
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
    listing: bool,
    format_: str,
    default_graph: str,
    store: Path | None,
) -> None:
    """Ask a question of queries/ by NAME, a FILE.rq, or the TEXT after -e.

    A parameter of a question has a type, and is checked; `dppgraph query --list` names them all. In a text or a file
    without such a header -p gives a value to a variable: an IRI, a literal in quotes, or plain text.
    """
    from dppgraph.operations.query import about, ask
    from dppgraph.store.interface import QueryRequest
    from dppgraph.store.workers.client import WorkerStore

    if listing:
        _list()
        return
    if (name is None) == (text is None):
        raise BadCall("name one question or file, or give a text with -e: `dppgraph query --list` lists the questions")
    given = _parsed(parameters)
    asked, values = _asked(name or "", text)
    results, rdf = _formats(format_)
    settings = read_settings({"store": store})
    manifest, damage = wiring.whole_version(wiring.versions(settings))
    for error in damage:
        click.echo(f"dppgraph: {error}; this is version {manifest.version}", err=True)
    terms = values(given, manifest.base)
    limits, spool = wiring.limits(settings, workers=1), wiring.spool(settings)

    def answer_to(request: QueryRequest) -> tuple[formats.Format, bytes]:
        pool = wiring.pool_options(settings, manifest, union=default_graph == "union")
        return ask(pool, lambda address: WorkerStore(address, manifest.version, limits, spool), request)

    answered, answer = answer_to(QueryRequest(asked, results, rdf, substitutions=terms))
    if not _is_table(format_, answered):
        options.show(answer)
        return
    said = json.loads(answer)
    options.show(_table(said, _short(manifest.base)))
    if not said.get("results", {}).get("bindings", [True]):
        for term in (term for term in terms.values() if term.startswith("<")):
            _, known = answer_to(about(term))
            if not json.loads(known)["boolean"]:
                click.echo(f"dppgraph: nothing is said of {term} in version {manifest.version}", err=True)


def _asked(name: str, text: str | None) -> tuple[str, Callable[[Mapping[str, str], str], dict[str, str]]]:
    """The query's text, and what makes terms of the parameters' values and the base."""
    from dppgraph.operations.queries import has_header, question, read_question
    from dppgraph.operations.query import substitutions_of, text_of

    if text is None and not name.endswith(".rq"):
        known = question(name, bundle.folder("queries"))
        return known.text, known.values
    asked = text if text is not None else text_of(name)
    if has_header(asked):
        return asked, read_question(Path(name).stem or "query", asked).values
    return asked, lambda given, _: substitutions_of(given)


def _list() -> None:
    from dppgraph.operations.queries import read_questions

    questions = read_questions(bundle.folder("queries"))
    width = max(map(len, questions), default=0)
    for asked in questions.values():
        click.echo(f"{asked.name:{width}}  {asked.titles['en']}")
        for known in asked.parameters.values():
            value = known.example or known.default
            need = (
                "required"
                if known.required
                else "optional"
                if known.default is None
                else f"{known.default} if not given"
            )
            click.echo(f"{'':{width}}    -p {known.name}={value}  ({need})")


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
        if name in found:
            raise BadParameter(f"the parameter {name} is given twice: give it once")
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
