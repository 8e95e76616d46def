"""From a table and a text to the files that say what the table says."""

from dataclasses import dataclass, field

from dppgraph.operations.new.complete import incomplete
from dppgraph.operations.new.drafting import Drafting
from dppgraph.operations.new.known import Known
from dppgraph.operations.new.table import Problem, read_table
from dppgraph.operations.new.text import PageText
from dppgraph.operations.new.told import told_once
from dppgraph.operations.new.turtle import bodies_file, facts_file, readings_file


@dataclass(frozen=True, slots=True)
class Drafted:
    """A plan of a draft: its IRI, relative to the base, and how many lines of action the draft gives it."""

    iri: str
    lines: int


@dataclass(slots=True)
class Draft:
    """What came of a table.

    Attributes:
        files: what to write, by the ending of its name: ``.ttl`` with the facts for ``data/source/``,
            ``.bodies.trig`` with new bodies for ``data/source/``, ``.interpretation.trig`` with readings for
            ``data/interpretation/``. Empty if there is a problem.
        problems: what is wrong with the table, by row.
        notes: what whoever wrote it may want to know, by row.
        facts: how many facts are quoted.
        plans: the plans that it declares.
    """

    files: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    facts: int = 0
    plans: list[Drafted] = field(default_factory=list)


def draft(table: bytes, text: bytes, known: Known, *, table_name: str, text_name: str) -> Draft:
    """The files that say what a table says, each fact with its words and their place in the page's text.

    Args:
        table: the table, as a spreadsheet saves it.
        text: the page's text, UTF-8.
        known: what the graph holds already.
        table_name: the table's file name, for messages and for the files' first line.
        text_name: likewise the text's.

    Raises:
        BadParameter: the table is no table, or the text no text.
    """
    rows, miswritten = read_table(table, table_name)
    problems: list[Problem] = []
    made = Drafting(rows, PageText(text, text_name), known, problems)
    made.read()
    problems += incomplete(made.told, made.declared)
    # What a row that is miswritten says besides is a guess.
    guessed = {problem.row for problem in miswritten}
    problems = [problem for problem in problems if problem.row not in guessed] + miswritten
    numbers = [row.number for row in rows]
    found = Draft(problems=told_once(problems, numbers), notes=told_once(made.notes, numbers), facts=len(made.facts))
    if not problems:
        found.plans = [Drafted(f"id/plan/{p.slug}", p.lines) for p in made.declared.plans.values() if p.row]
        found.files[".ttl"] = facts_file(table_name, made.things, made.facts, made.declared)
        if made.declared.new_bodies:
            found.files[".bodies.trig"] = bodies_file(table_name, made.declared)
        if made.readings:
            readings = readings_file(table_name, made.readings, made.declared.source, made.signer)
            found.files[".interpretation.trig"] = readings
    return found
