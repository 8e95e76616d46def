"""Facts, bodies and readings as the files of ``data/`` have them, the same text for the same table."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

from dppgraph.core.iris import PREFIXES
from dppgraph.core.languages import LANGUAGES
from dppgraph.core.quads import literal
from dppgraph.operations.new.declared import Declared, Plan, token
from dppgraph.operations.new.text import Passage
from dppgraph.operations.new.values import rows_of

_TEMPLATES = Path(__file__).parent / "templates"
_KINDS = {
    "agent": "agent", "approval": "approval", "concept": "concept", "evaluation": "evaluation", "event": "event",
    "finding": "finding", "graph": "graph", "line": "line-of-action", "objective": "objective", "plan": "plan",
    "result": "result", "source": "source", "statement": "statement", "target": "target",
}  # fmt: skip
_ELSEWHERE = {"besluit-resultaat": "http://themis.vlaanderen.be/id/concept/beslissing-resultaatcodes/"}
_USED = re.compile(r'(?<![\w"<:/#.-])([a-z][a-z-]*):(?=[\w])')
_QUOTED = re.compile(r'"(?:[^"\\\n]|\\.)*"|<[^>\s]*>|#.*')
_MARK = "# Written from {} by `dppgraph new`, which writes it anew: delete this line once you edit this file by hand.\n"

Things = Mapping[str, Mapping[str, list[str]]]


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact with its words: the name of its statement, its triple as Turtle writes it, and where the words stand."""

    name: str
    subject: str
    predicate: str
    object: str
    passage: Passage


@dataclass(frozen=True, slots=True)
class Reading:
    """Something about a plan that the page does not say itself.

    Attributes:
        plan: the plan.
        kind: what of it: ``listing`` or ``level``.
        predicate: the property, as Turtle writes it.
        object: its value, likewise.
    """

    plan: Plan
    kind: str
    predicate: str
    object: str

    @property
    def reason(self) -> str:
        """The key, in ``readings.csv``, of why it has to be read so."""
        several = self.kind == "level" and self.plan.levels.several
        return f"{self.kind}-of-several" if several else self.kind


def is_written_here(text: str) -> bool:
    """Whether a file is one that ``dppgraph new`` wrote and nobody took over."""
    before, _, after = _MARK.partition("{}")
    return text.startswith(before) and after in text.partition("\n")[0] + "\n"


def facts_file(table: str, things: Things, facts: Iterable[Fact], declared: Declared) -> str:
    """The facts, and then the words that each rests on.

    Args:
        table: the table's name.
        things: each thing's properties with their values.
        facts: the facts with their words.
        declared: the plans and the page.
    """
    page = token("source", declared.source)
    parts = ["# ===== Part 1: what the page says =====\n", _heading("The page"), thing(page, things[page])]
    mine = {name: _owner(name, declared) for name in things if name != page}
    for plan in [*declared.plans.values(), None]:
        of_plan = [name for name, owner in mine.items() if owner is plan]
        if of_plan:
            parts.append(_heading(plan.title(declared.language) if plan else "What belongs to several plans"))
            parts += [thing(name, things[name]) for name in of_plan]
    parts.append("\n# ===== Part 2: in which words =====\n")
    parts += [_statement(fact, page) for fact in facts]
    return _file("facts.ttl", table, "\n".join(parts))


def bodies_file(table: str, declared: Declared) -> str:
    """The bodies that the table declares, in the graph of concepts and bodies."""
    blocks = []
    for name, body in declared.new_bodies.items():
        labels = [literal(label, language=spoken) for spoken, label in declared.body_labels[name].items()]
        said = {"a": ["foaf:Agent", "org:Organization"], "skos:prefLabel": labels, "foaf:name": labels}
        if body.level:
            said["dpp:policyLevel"] = [declared.iri(body.level)]
        blocks.append(thing(token("agent", name), said))
    return _file("bodies.trig", table, _graph("concepts", blocks))


def readings_file(table: str, readings: Iterable[Reading], source: str, signer: str) -> str:
    """The readings, each described by a statement that says whose it is, how sure and why.

    Args:
        table: the table's name.
        readings: the readings.
        source: the last part of the page's IRI.
        signer: whose readings they are, as Turtle writes it.
    """
    reasons = {row["key"]: row for row in rows_of("readings.csv")}
    blocks = []
    for reading in readings:
        reason = reasons[reading.reason]
        blocks.append(thing(reading.plan.token, {reading.predicate: [reading.object]}))
        said = {
            "name": token("statement", f"{source}-{reading.plan.slug}-{reason['name']}"),
            "plan": reading.plan.token,
            "predicate": reading.predicate,
            "object": reading.object,
            "confidence": reason["confidence"],
            "signer": signer,
        }
        said |= {
            spoken: literal(reason[spoken].format(lines=reading.plan.lines), language=spoken) for spoken in LANGUAGES
        }
        blocks.append(_template("reading.ttl").substitute(said))
    return _file("interpretation.trig", table, _graph("interpretation", blocks))


def _owner(name: str, declared: Declared) -> Plan | None:
    """The plan whose part a thing is, by its name."""
    local = name.strip("<>").removeprefix("id/plan/").partition("#")[0]
    local = local if name.startswith("<") else name.partition(":")[2]
    owners = [plan for plan in declared.plans.values() if local == plan.slug or local.startswith(f"{plan.slug}-")]
    return max(owners, key=lambda plan: len(plan.slug), default=None)


def _heading(title: str) -> str:
    line = f"# --- {' '.join(title.split())} "
    return f"\n{line}{'-' * max(3, 119 - len(line))}\n"


def thing(name: str, said: Mapping[str, list[str]]) -> str:
    """A thing with its properties, in order, as Turtle; all in it is written as Turtle writes it."""
    classes = said.get("a", [])
    lines = [f"{name} a {' , '.join(classes)}"] if classes else [name]
    for predicate, objects in said.items():
        if predicate != "a":
            several = "\n        " if len(objects) > 1 else " "
            lines.append(f"    {predicate}{several}" + " ,\n        ".join(objects))
    joined = " ;\n".join(lines)
    return (joined if classes else joined.replace(" ;\n    ", " ", 1)) + " .\n"


def _statement(fact: Fact, page: str) -> str:
    return _template("statement.ttl").substitute(
        name=token("statement", fact.name),
        subject=fact.subject,
        predicate=fact.predicate,
        object=fact.object,
        page=page,
        words=literal(fact.passage.words),
        start=fact.passage.start,
        end=fact.passage.end,
    )


@cache
def _template(name: str) -> Template:
    return Template((_TEMPLATES / f"{name}.txt").read_text(encoding="utf-8"))


def _graph(name: str, blocks: Iterable[str]) -> str:
    # Not splitlines(): a literal may hold a character that Python, but not Turtle, counts as a line's end.
    indented = re.sub(r"(?m)^(?=.)", "    ", "\n".join(blocks))
    return f"graph:{name} {{\n\n{indented}\n}}\n"


def prefixed(body: str) -> str:
    """Turtle below the prefixes that it uses: the usual ones, and one for each kind of our IRIs."""
    used = set(_USED.findall(_QUOTED.sub(" ", body)))
    known = PREFIXES | _ELSEWHERE | {prefix: f"id/{kind}/" for prefix, kind in _KINDS.items()}
    width = max(len(prefix) for prefix in used) + 1
    lines = [f"@prefix {prefix + ':':<{width}} <{known[prefix]}> .\n" for prefix in known if prefix in used]
    return f"{''.join(lines)}\n\n{body}"


def _file(name: str, table: str, body: str) -> str:
    """A file: what it is, the prefixes that it uses, and what it says."""
    return f"{_MARK.format(' '.join(table.split()))}{_template(name).template}\n{prefixed(body)}"
