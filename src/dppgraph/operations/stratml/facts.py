"""Facts of a document and readings of it, as the Turtle of ``data/external/`` and ``data/interpretation/``."""

from functools import cache
from pathlib import Path
from string import Template
from typing import Final

from dppgraph.core.quads import literal
from dppgraph.operations.new.declared import token
from dppgraph.operations.new.turtle import prefixed, thing
from dppgraph.operations.new.values import table_rows
from dppgraph.operations.stratml.plan import Texts

_HERE = Path(__file__).parent
_TYPES: Final = ("gYear", "gYearMonth", "date")
_MARK: Final = (
    "# Written from {} by `dppgraph import`, which may write it anew: delete this line once you edit this file.\n"
)


def is_written_here(text: str) -> bool:
    """Whether a file is one that ``dppgraph import`` wrote and nobody took over."""
    before, _, after = _MARK.partition("{}")
    return text.startswith(before) and after in text.partition("\n")[0] + "\n"


class Facts:
    """What a document says: each thing with its properties, and each fact described once.

    Terms are written as Turtle writes them: ``plan:climate``, ``dct:title``, ``"Climate plan"@en``.
    """

    def __init__(self, page: str) -> None:
        """Begins with nothing said.

        Args:
            page: the last part of the document's IRI.
        """
        self.page = token("source", page)
        self._name = page
        self._things: dict[str, dict[str, dict[str, None]]] = {}
        self._stated: dict[tuple[str, str, str], None] = {}
        self._readings: list[tuple[str, str, str]] = []

    @property
    def count(self) -> int:
        """How many facts there are."""
        return len(self._stated)

    def say(self, subject: str, predicate: str, *objects: str) -> None:
        """Adds what needs no statement: a class, a name, a position, and what is said of the document itself."""
        for term in objects:
            self._things.setdefault(subject, {}).setdefault(predicate, {})[term] = None

    def state(self, subject: str, predicate: str, *objects: str) -> None:
        """Adds facts, each with its statement."""
        self.say(subject, predicate, *objects)
        self._stated.update(((subject, predicate, term), None) for term in objects)

    def read_into(self, subject: str, key: str, term: str) -> None:
        """Adds a reading: something that the document does not say; ``key`` is its row in ``readings.csv``."""
        self._readings.append((subject, key, term))

    def external(self, file: str, title: str) -> str:
        """The file of the facts."""
        width = len(str(self.count))
        parts = [f"# ===== Part 1: what the document says: {title} =====\n"]
        parts += [
            thing(name, {predicate: list(terms) for predicate, terms in said.items()})
            for name, said in self._things.items()
        ]
        parts.append("# ===== Part 2: that it says so =====\n")
        for number, (subject, predicate, term) in enumerate(self._stated, 1):
            name = token("statement", f"{self._name}-{number:0{width}}")
            parts.append(
                _template("statement.ttl").substitute(
                    name=name, subject=subject, predicate=predicate, object=term, page=self.page
                )
            )
        return _file("external.ttl", file, "\n".join(parts))

    def interpretation(self, file: str) -> str:
        """The file of the readings; empty if there are none."""
        rows = {row["key"]: row for row in table_rows(_HERE / "readings.csv")}
        parts = []
        for subject, key, term in self._readings:
            row = rows[key]
            parts.append(thing(subject, {row["property"]: [term]}))
            parts.append(
                _template("reading.ttl").substitute(
                    name=token("statement", f"{self._name}-{key}"),
                    subject=subject,
                    predicate=row["property"],
                    object=term,
                    confidence=row["confidence"],
                    nl=literal(row["nl"], language="nl"),
                    en=literal(row["en"], language="en"),
                )
            )
        return _file("interpretation.ttl", file, "\n".join(parts)) if parts else ""


def literals(texts: Texts) -> list[str]:
    """Texts as Turtle writes them."""
    return [literal(text, language=language) for language, text in texts]


def typed(day: str) -> str:
    """A year, month or day as Turtle writes it."""
    return f"{literal(day)}^^xsd:{_TYPES[day.count('-')]}"


def one_each(texts: Texts) -> Texts:
    """The first text of each language, as a name is one for each."""
    first: dict[str, tuple[str, str]] = {}
    for language, text in texts:
        first.setdefault(language.lower(), (language, text))
    return tuple(first.values())


@cache
def _template(name: str) -> Template:
    return Template((_HERE / "templates" / f"{name}.txt").read_text(encoding="utf-8"))


def _file(name: str, file: str, body: str) -> str:
    return f"{_MARK.format(' '.join(file.split()))}{_template(name).template}\n{prefixed(body)}"
