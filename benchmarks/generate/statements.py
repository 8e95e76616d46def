"""Statements as lines of N-Quads, by graph, and how many more will follow from them by rule when they are built."""

from collections import defaultdict
from typing import Final

from benchmarks.generate.page import Quote
from dppgraph.core.iris import DEFAULT_BASE, PREFIXES

_DPP: Final = PREFIXES["dpp"]
_RDF: Final = PREFIXES["rdf"]
_OA: Final = PREFIXES["oa"]
_XSD: Final = PREFIXES["xsd"]

A: Final = f"<{_RDF}type>"
EDITORS: Final = f"<{DEFAULT_BASE}id/agent/dppgraph-editors>"
DESCRIBED: Final = 6
"""Statements for each that is inferred: it, and the five that say by which rule."""

Triple = tuple[str, str, str]


def thing(kind: str, slug: str) -> str:
    """The term of a thing of ours."""
    return f"<{DEFAULT_BASE}id/{kind}/{slug}>"


def concept(name: str) -> str:
    """The term of one of the concepts that are shipped."""
    return thing("concept", name)


def term(name: str) -> str:
    """The term for a name with one of the usual prefixes, such as ``dct:title``."""
    prefix, _, local = name.partition(":")
    return f"<{PREFIXES[prefix]}{local}>"


def text(words: str, language: str = "") -> str:
    """Words as a literal."""
    quoted = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"@{language}' if language else f'"{quoted}"'


def typed(value: object, datatype: str) -> str:
    """A value as a literal of one of XSD's datatypes."""
    return f'"{value}"^^<{_XSD}{datatype}>'


def dated(day: str) -> str:
    """A year, a month or a day as a literal of its precision."""
    return typed(day, ("gYear", "gYearMonth", "date")[day.count("-")])


class Statements:
    """What is stated of some plans.

    Args:
        confirming: whether other documents state facts that are quoted from a page, too, so that two graphs have them.

    Attributes:
        lines: graph to its lines, without the graph's name.
        inferred: how many statements will follow from them by rule.
    """

    def __init__(self, *, confirming: bool = False) -> None:
        self.lines: dict[str, list[str]] = defaultdict(list)
        self.inferred = 0
        self._confirming = confirming
        self._facts: set[Triple] = set()
        self._blank = 0

    @property
    def count(self) -> int:
        """How many lines there are."""
        return sum(map(len, self.lines.values()))

    def add(self, graph: str, subject: str, predicate: str, *objects: str) -> None:
        """States something in a graph."""
        self.lines[graph] += [f"{subject} {predicate} {one} .\n" for one in objects]

    def is_new(self, fact: Triple) -> bool:
        """Whether another document may state a fact: no page does, or others confirm it."""
        return self._confirming or fact not in self._facts

    def quoted(self, statement: str, fact: Triple, document: str, quote: Quote) -> None:
        """Describes a fact of the graph ``source`` by the words that it rests on."""
        exact, place = f"_:b{self._blank}", f"_:b{self._blank + 1}"
        self._blank += 2
        self.inferred += 1
        self._facts.add(fact)
        subject, predicate, obj = fact
        self.lines["source"] += (
            f"{statement} {A} <{_DPP}SourceStatement> .\n",
            f"{statement} <{_RDF}subject> {subject} .\n",
            f"{statement} <{_RDF}predicate> {predicate} .\n",
            f"{statement} <{_RDF}object> {obj} .\n",
            f"{statement} <{_DPP}inDocument> {document} .\n",
            f"{statement} <{_OA}hasSelector> {exact} .\n",
            f"{statement} <{_OA}hasSelector> {place} .\n",
            f"{exact} {A} <{_OA}TextQuoteSelector> .\n",
            f"{exact} <{_OA}exact> {text(quote.text)} .\n",
            f"{place} {A} <{_OA}TextPositionSelector> .\n",
            f"{place} <{_OA}start> {typed(quote.start, 'integer')} .\n",
            f"{place} <{_OA}end> {typed(quote.end, 'integer')} .\n",
        )

    def told(self, statement: str, fact: tuple[str, str, str | None], document: str, *, verified: bool = True) -> None:
        """Describes a fact of the graph ``external`` by the document that states it, or that it states some value."""
        subject, predicate, obj = fact
        self.inferred += 1
        said = [
            (A, f"<{_DPP}ExternalStatement>"),
            (f"<{_RDF}subject>", subject),
            (f"<{_RDF}predicate>", predicate),
            *([(f"<{_RDF}object>", obj)] if obj else []),
            (f"<{_DPP}inDocument>", document),
            (f"<{_DPP}verification>", concept(f"verification-{'verified' if verified else 'unverified'}")),
        ]
        self.lines["external"] += [f"{statement} {name} {value} .\n" for name, value in said]

    def read(self, statement: str, fact: Triple, confidence: str, reasons: dict[str, str]) -> None:
        """Describes a fact of the graph ``interpretation`` by who reads it so, how sure, and why."""
        self.add("interpretation", statement, A, f"<{_DPP}InterpretedStatement>")
        for name, value in zip(("subject", "predicate", "object"), fact, strict=True):
            self.add("interpretation", statement, f"<{_RDF}{name}>", value)
        self.signed(statement, confidence, reasons)

    def signed(self, reading: str, confidence: str, reasons: dict[str, str]) -> None:
        """Says how sure a reading is, why, and whose it is."""
        self.add("interpretation", reading, f"<{_DPP}confidence>", typed(confidence, "decimal"))
        said = [text(reason, language) for language, reason in reasons.items()]
        self.add("interpretation", reading, f"<{_DPP}rationale>", *said)
        self.add("interpretation", reading, term("prov:wasAttributedTo"), EDITORS)
