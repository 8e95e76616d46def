"""From the rows of a table to facts and the words that they rest on."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import literal
from dppgraph.errors import BadParameter
from dppgraph.operations.new import values
from dppgraph.operations.new.complete import incomplete
from dppgraph.operations.new.declared import UNCLEAR, Declared, Plan, token
from dppgraph.operations.new.known import Known
from dppgraph.operations.new.table import Problem, Row, read_table
from dppgraph.operations.new.text import PageText, Passage
from dppgraph.operations.new.turtle import Fact, Reading, bodies_file, facts_file, readings_file

_DEFAULT_SIGNER = "agent:dppgraph-editors"
_EU_LANGUAGE = "http://publications.europa.eu/resource/authority/language/"
_LISTINGS = {"yes": "exhaustive", "ja": "exhaustive", "no": "non-exhaustive", "nee": "non-exhaustive"}
_WEB = ("https://", "http://")


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
    """

    files: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    facts: int = 0


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
    rows, problems = read_table(table, table_name)
    made = _Drafting(rows, PageText(text, text_name), known, problems)
    made.read()
    problems += incomplete(made.opened, made.said, made.declared)
    found = Draft(problems=sorted(set(problems)), notes=made.notes, facts=len(made.facts))
    if not problems:
        found.files[".ttl"] = facts_file(table_name, made.things, made.facts, made.declared)
        if made.declared.new_bodies:
            found.files[".bodies.trig"] = bodies_file(table_name, made.declared)
        if made.readings:
            found.files[".interpretation.trig"] = readings_file(table_name, made.readings, made.declared.source)
    return found


@cache
def _things() -> dict[str, dict[str, str]]:
    return {row["key"]: row for row in values.rows_of("things.csv")}


class _Drafting:
    """The rows, read one after the other.

    Attributes:
        declared: the names that rows may use.
        things: each thing's properties and their values, in order, as Turtle writes them.
        facts: the facts with their words, in order.
        readings: what we read into the page.
        opened: key, token and row of each part of a plan.
        said: the rows that say a word of a thing, by thing and word.
        notes: what may be worth knowing.
    """

    def __init__(self, rows: list[Row], page: PageText, known: Known, problems: list[Problem]) -> None:
        self.declared = Declared(rows, known, problems)
        self.things: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self.facts: list[Fact] = []
        self.readings: list[Reading] = []
        self.opened: list[tuple[str, str, int]] = []
        self.said: dict[tuple[str, str], list[Row]] = defaultdict(list)
        self.notes = self.declared.notes
        self._rows = rows
        self._page = page
        self._problems = problems
        self._source = token("source", self.declared.source)
        self._signer = _DEFAULT_SIGNER
        self._number = 0
        self._objects: dict[str, Callable[[Row], list[tuple[str, str]]]] = {
            "text": self._text, "label": self._text, "date": self._date, "day": self._day, "integer": self._integer,
            "quantity": self._quantity, "body": self._body, "plan": self._plan, "level": self._concept("policy-levels"),
            "theme": self._concept("themes"), "outcome": self._concept("outcomes"), "true": self._true,
            "address": self._address, "language": self._language,
        }  # fmt: skip

    def read(self) -> None:
        """Reads every row; what is wrong with one does not keep the others from being read."""
        things = self.things[self._source]
        things["a"] = ["dpp:SourceDocument"]
        for row in self._rows:
            try:
                self._read(row, self._passage(row))
            except BadParameter as error:
                self._problems.append(Problem(row.number, str(error)))
        things["dpp:sha256"] = [literal(self._page.sha256)]
        things["dpp:length"] = [str(len(self._page.text))]

    def _passage(self, row: Row) -> Passage | None:
        """The place of a row's words; a problem with them does not keep its value from being read."""
        try:
            passage = self._found(row)
        except BadParameter as error:
            self._problems.append(Problem(row.number, str(error)))
            return None
        if passage and not passage.as_typed:
            self.notes.append(Problem(row.number, f"quoted as the page has it: {passage.words!r}"))
        return passage

    def _found(self, row: Row) -> Passage | None:
        if not row.words and row.word.words == "yes":
            raise BadParameter(f"{row.word.word} needs the page's own words for it in words")
        if row.words and row.word.words == "no":
            raise BadParameter(f"{row.word.word} takes no words: what it says goes in value")
        return self._page.find(row.words, row.which) if row.words else None

    def _read(self, row: Row, passage: Passage | None) -> None:
        about = row.word.about
        if about == "page":
            self._read_page(row, passage)
        elif about == "new":
            self._type(row, passage)
        elif row.word.value == "listing":
            self._listing(row, passage)
        elif row.word.opens:
            self._open(row, passage)
        elif about != "body":
            plan = self.declared.plan_of(row)
            subject = self._subject(row, plan)
            self.said[subject, row.word.word].append(row)
            self._state(row, passage, [(subject, *said) for said in self._objects[row.word.value](row)])
            self._take_level(row, plan)

    def _subject(self, row: Row, plan: Plan) -> str:
        about = row.word.about
        if about == "plan":
            return plan.token
        if about == "period":
            period = f"<id/plan/{plan.slug}#period>"
            self._add(plan.token, "dct:temporal", period)
            self._add(period, "a", "dct:PeriodOfTime")
            return period
        if about not in plan.last:
            opener = {"any line": "line", "approval": "approved"}.get(about, about)
            raise BadParameter(f"{row.word.word} belongs to a row {opener} of the same plan above it: add that row")
        return plan.last[about]

    def _take_level(self, row: Row, plan: Plan) -> None:
        if row.word.word in ("issued by", "approved by"):
            body = self.declared.body(row.value)
            if body.level is None:
                raise BadParameter(f"{row.value} has no level: write one in value of its row body")
            plan.levels |= {body.level} - {UNCLEAR}
        elif row.word.word == "level":
            plan.levels.add(self.declared.concept("policy-levels", row.value).iri)

    def _state(self, row: Row, passage: Passage | None, facts: list[tuple[str, str, str]]) -> None:
        """Adds facts, each with the same words."""
        if passage is None and row.word.words != "no":
            return
        self._number += passage is not None
        for index, (subject, predicate, object_) in enumerate(facts):
            self._add(subject, predicate, object_)
            if passage:
                letter = " bcdefgh"[index].strip()
                name = f"{self.declared.source}-{self._number:02}{letter}"
                self.facts.append(Fact(name, subject, predicate, object_, passage))

    def _add(self, subject: str, predicate: str, object_: str) -> None:
        objects = self.things[subject]["a" if predicate == "rdf:type" else predicate]
        if object_ not in objects:
            objects.append(object_)

    # --- The page ----------------------------------------------------------------------------------------------------

    def _read_page(self, row: Row, passage: Passage | None) -> None:
        if row.about and row.word.word != "page topic":
            raise BadParameter(f"{row.word.word} is about the page: leave about empty")
        self.said[self._source, row.word.word].append(row)
        if row.word.word == "page title":
            self._page_title(row, passage)
        elif row.word.word == "signed by":
            self._signer = self.declared.iri(self.declared.body(row.value).iri)
        elif row.word.word == "page topic" and not row.value:
            self._state(row, passage, [(self._source, row.word.property, self.declared.plan_of(row).token)])
        else:
            self._state(row, passage, [(self._source, *said) for said in self._objects[row.word.value](row)])

    def _page_title(self, row: Row, passage: Passage | None) -> None:
        verbatim = " ".join((passage.words if passage else row.words).split())
        self._state(row, passage, [(self._source, "dct:title", literal(verbatim, language=self.declared.language))])
        title, spoken = self.declared.text(row)
        if row.value and title != verbatim:
            self._add(self._source, "dct:alternative", literal(title, language=spoken))

    # --- A plan and its parts ----------------------------------------------------------------------------------------

    def _type(self, row: Row, passage: Passage | None) -> None:
        plan = self.declared.plan_of(row)
        concept = self.declared.concept("instrument-types", row.value)
        if concept.stands_for:
            class_ = concept.stands_for.replace(PREFIXES["dpp"], "dpp:")
            self._state(row, passage, [(plan.token, "rdf:type", class_)])
        else:
            self._add(plan.token, "a", "dpp:PolicyInstrument")
            self._state(row, passage, [(plan.token, "dct:type", self.declared.iri(concept.iri))])

    def _open(self, row: Row, passage: Passage | None) -> None:
        """A part of a plan, and what follows from its being one."""
        opened = row.word.opens
        if row.word.value == "none" and row.value:
            # The thing is opened all the same: the rows below it belong to something.
            told = f"{row.word.word} takes no value: leave it empty, and write the rows that belong to it below"
            self._problems.append(Problem(row.number, told))
        plan = self.declared.plan_of(row)
        thing = _things()[opened]
        parent = plan.last.get("line") if opened == "sub-line" else None
        if opened == "sub-line" and parent is None:
            raise BadParameter("a sub-line stands below a row line of the same plan: add that row")
        made = token(thing["kind"], self._name(row, plan, parent))
        self.opened.append((opened, made, row.number))
        plan.last[opened] = made
        self._add(made, "a", thing["class"])
        self._state(row, passage, self._opening_facts(row, plan, made, parent))
        self._label(row, plan, made, thing)
        if opened in ("line", "sub-line"):
            self._place(plan, made, parent)

    def _opening_facts(self, row: Row, plan: Plan, made: str, parent: str | None) -> list[tuple[str, str, str]]:
        property_ = row.word.property
        link = (made, property_[1:], plan.token) if property_.startswith("^") else (plan.token, property_, made)
        facts = [link]
        if parent:
            facts.append((made, "dpp:partOfLine", parent))
        predicate, _, object_ = _things()[row.word.opens]["fact"].partition(" ")
        if predicate:
            text, spoken = self.declared.text(row)
            facts.append((made, predicate, literal(text, language=spoken) if object_ == "{words}" else object_))
        return facts

    def _name(self, row: Row, plan: Plan, parent: str | None) -> str:
        opened = row.word.opens
        below = parent or plan.token
        plan.counts[f"{below} {opened}"] += 1
        number = plan.counts[f"{below} {opened}"]
        kind = _things()[opened]["kind"]
        if opened in ("line", "sub-line"):
            if plan.lined_elsewhere:
                raise BadParameter(
                    "another page gives this plan its lines already: write them in Turtle (docs/data.md)"
                )
            if parent:
                return f"{parent.partition(':')[2]}-{number:02}"
            return self.declared.name(kind, plan, f"-{number:02}")
        if opened == "approval" and (day := self._day_of(row)):
            # Other pages that tell of it name it so too.
            return f"{plan.slug}-{day}"
        if kind in ("approval", "event"):
            return self.declared.name(kind, plan, f"-{opened}" + (f"-{number}" if number > 1 else ""))
        return self.declared.name(kind, plan, f"-{number}")

    def _day_of(self, row: Row) -> str:
        """The date of the approval that a row opens, from the row below it."""
        for later in self._rows[self._rows.index(row) + 1 :]:
            if later.about == row.about and later.word.word == "approved":
                break
            if later.about == row.about and later.word.word == "approved on":
                try:
                    return values.date(later.value, later.words).split('"')[1]
                except BadParameter:
                    break
        return ""

    def _label(self, row: Row, plan: Plan, made: str, thing: dict[str, str]) -> None:
        if thing["en"]:
            for spoken in ("nl", "en"):
                label = thing[spoken].format(plan=plan.title(spoken))
                self._add(made, "skos:prefLabel", literal(label, language=spoken))
        else:
            text, spoken = self._worded(row)
            self._add(made, "skos:prefLabel", literal(text, language=spoken))

    def _place(self, plan: Plan, made: str, parent: str | None) -> None:
        plan.lines += 1
        plan.last["any line"] = made
        position = plan.counts[f"{parent} sub-line" if parent else f"{plan.token} line"]
        self._add(made, "dpp:position", str(position))

    def _listing(self, row: Row, passage: Passage | None) -> None:
        plan = self.declared.plan_of(row)
        self.said[plan.token, row.word.word].append(row)
        concept = self.declared.concept("line-listings", _LISTINGS.get(values.key(row.value), row.value))
        listing = self.declared.iri(concept.iri)
        if not listing.endswith("unknown"):
            if not row.words:
                raise BadParameter("that the list is complete or not needs the page's words: write them, or unknown")
            self._state(row, passage, [(plan.token, row.word.property, listing)])
        elif row.words:
            raise BadParameter("what the page does not say has no words: leave words empty, or write yes or no")
        else:
            self.readings.append(Reading(plan, row.word.property, listing, lambda: self._signer))

    # --- Values ------------------------------------------------------------------------------------------------------

    def _text(self, row: Row) -> list[tuple[str, str]]:
        text, spoken = self._worded(row)
        return [(row.word.property, literal(text, language=spoken))]

    def _worded(self, row: Row) -> tuple[str, str]:
        """The text of a row and its language.

        Raises:
            BadParameter: it is in another language than the page's, and not what the page says.
        """
        text, spoken = self.declared.text(row)
        if spoken != self.declared.language and values.key(text) not in values.key(row.words):
            raise BadParameter(
                f"the words do not say this in {spoken}: a translation is no fact of the page, leave it out"
            )
        return text, spoken

    def _date(self, row: Row) -> list[tuple[str, str]]:
        return [(row.word.property, _shortened(values.date(row.value, row.words)))]

    def _day(self, row: Row) -> list[tuple[str, str]]:
        # There are no words to agree with: the value is taken for its own.
        day = _shortened(values.date(row.value, row.value))
        if not day.endswith("xsd:date"):
            raise BadParameter("write the day on which you copied the page, such as 2026-03-31")
        return [(row.word.property, day)]

    def _integer(self, row: Row) -> list[tuple[str, str]]:
        return [(row.word.property, values.integer(row.value).split('"')[1])]

    def _quantity(self, row: Row) -> list[tuple[str, str]]:
        number, unit = values.quantity(row.value)
        concept = self.declared.concept("units", unit)
        return [(row.word.property, _shortened(number)), ("dpp:unit", self.declared.iri(concept.iri))]

    def _body(self, row: Row) -> list[tuple[str, str]]:
        return [(row.word.property, self.declared.iri(self.declared.body(row.value).iri))]

    def _plan(self, row: Row) -> list[tuple[str, str]]:
        if not row.value:
            raise BadParameter("write in value which plan: its name in about, or the title of a plan in the graph")
        other = self.declared.plan(row.value).token
        if row.word.about == "plan" and other == self.declared.plan_of(row).token:
            raise BadParameter(f"{row.value} is the plan itself: write the other plan in value")
        return [(row.word.property, other)]

    def _concept(self, scheme: str) -> Callable[[Row], list[tuple[str, str]]]:
        return lambda row: [(row.word.property, self.declared.iri(self.declared.concept(scheme, row.value).iri))]

    def _true(self, row: Row) -> list[tuple[str, str]]:
        if row.value and values.key(row.value) not in ("yes", "ja", "true"):
            raise BadParameter(f"{row.word.word} takes no value: remove the row if the page does not say so")
        return [(row.word.property, "true")]

    def _address(self, row: Row) -> list[tuple[str, str]]:
        if not row.value.startswith(_WEB) or any(character in row.value for character in ' <>"{}|\\^`\n'):
            raise BadParameter(f"{row.value or 'nothing'} is no web address: write it from https:// to its end")
        return [(row.word.property, f"<{row.value}>")]

    def _language(self, row: Row) -> list[tuple[str, str]]:
        return [(row.word.property, f"<{_EU_LANGUAGE}{values.language(row.value)[1]}>")]


def _shortened(term: str) -> str:
    """A typed literal with a prefixed name for its type."""
    return term.replace(f"<{PREFIXES['xsd']}", "xsd:").removesuffix(">")
