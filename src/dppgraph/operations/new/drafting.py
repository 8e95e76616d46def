"""From the rows of a table to facts and the words that they rest on."""

from collections import defaultdict
from functools import cache
from typing import Final

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import literal
from dppgraph.errors import BadParameter
from dppgraph.operations.new import values
from dppgraph.operations.new.cells import Cells
from dppgraph.operations.new.complete import OPENERS, Opened, Told
from dppgraph.operations.new.declared import Declared, Plan, token
from dppgraph.operations.new.known import Known
from dppgraph.operations.new.level import Decider
from dppgraph.operations.new.once import Once
from dppgraph.operations.new.table import UNREAD, Problem, Row
from dppgraph.operations.new.text import PageText, Passage
from dppgraph.operations.new.turtle import Fact, Reading

_DEFAULT_SIGNER: Final = "agent:dppgraph-editors"
_LINES: Final = ("line", "sub-line")


@cache
def _things() -> dict[str, dict[str, str]]:
    return {row["key"]: row for row in values.rows_of("things.csv")}


class Drafting:
    """The rows, read one after the other.

    Attributes:
        declared: the names that rows may use.
        things: each thing's properties and their values, in order, as Turtle writes them.
        facts: the facts with their words, in order.
        readings: what we read into the page.
        signer: who signs them.
        told: what the rows say and open, to see what is missing.
        notes: what may be worth knowing.
    """

    def __init__(self, rows: list[Row], page: PageText, known: Known, problems: list[Problem]) -> None:
        self.declared = Declared(rows, known, problems)
        self.things: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self.facts: list[Fact] = []
        self.readings: list[Reading] = []
        self.signer = _DEFAULT_SIGNER
        self.told = Told([row.number for row in rows])
        self.notes = self.declared.notes
        self._rows = rows
        self._page = page
        self._problems = problems
        self._source = token("source", self.declared.source)
        self._number = 0
        self._cells = Cells(self.declared)
        self._once = Once()

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
        if row.word is UNREAD:
            self._leave(row)
        elif about == "page":
            self._read_page(row, passage)
        elif about == "new":
            self._type(row, passage)
        elif row.word.opens:
            self._open(row, passage)
        elif about != "body":
            self._read_fact(row, passage)

    def _read_fact(self, row: Row, passage: Passage | None) -> None:
        plan = self.declared.plan_of(row)
        subject = self._subject(row, plan)
        if not subject:
            return
        self._say(subject, row)
        if row.word.word in ("issued by", "approved by"):
            self._take_decider(row, plan)
        if row.word.word == "level":
            plan.levels.row = row
            plan.levels.stated = self._cells.level(row)
        if row.word.value == "target":
            # The words of the row that opened the target said it until here.
            self.facts = [fact for fact in self.facts if (fact.subject, fact.predicate) != (subject, "rdf:type")]
            self._once.forget((subject, "rdf:type", "dpp:Target"))
        said = self._cells.read(row)
        if row.word.words == "optional" and self._is_reading(row, plan, said):
            return
        if row.word.word == "title":
            self._once.refuse_title(row, subject, self.declared.text(row)[1])
        if row.word.property.startswith("^"):
            facts = [(value, property_[1:], subject) for property_, value in said]
        else:
            facts = [(subject, property_, value) for property_, value in said]
        self._state(row, passage, facts)

    def _subject(self, row: Row, plan: Plan) -> str:
        """What a row is about; nothing if that is not there, which is told with the rows that wait for it likewise."""
        about = row.word.about
        if about == "plan":
            return plan.token
        if about == "period":
            period = f"<id/plan/{plan.slug}#period>"
            self._add(plan.token, "dct:temporal", period)
            self._add(period, "a", "dct:PeriodOfTime")
            return period
        if about not in plan.last:
            self.told.waiting.append((plan.token, OPENERS.get(about, about), row))
        return plan.last.get(about, "")

    def _leave(self, row: Row) -> None:
        """Notes whose row cannot be read: what seems to be missing may be in it."""
        try:
            self.told.unread.add(self.declared.plan_of(row).token)
        except BadParameter:
            # A name that no plan has is told where a row that can be read uses it.
            return

    def _say(self, thing: str, row: Row) -> None:
        """Notes that a row says a word of a thing.

        Raises:
            BadParameter: one row says it already, and there can be but one.
        """
        rows = self.told.said[thing, row.word.word]
        rows.append(row)
        if row.word.once and len(rows) > 1:
            raise BadParameter(f"{row.word.word} is said in row {rows[0].number} already: keep one of the two")

    def _take_decider(self, row: Row, plan: Plan) -> None:
        decider = Decider(row.number, row.value)
        (plan.levels.issuers if row.word.word == "issued by" else plan.levels.approvers).append(decider)
        body = self.declared.body(row.value)
        if body.level is None:
            raise BadParameter(f"{row.value} has no level: write one in value of its row body")
        decider.level = body.level

    def _is_reading(self, row: Row, plan: Plan, said: list[tuple[str, str]]) -> bool:
        """Whether a row says what the page does not say itself, which is then kept apart.

        Raises:
            BadParameter: it has words and should not, or the other way round.
        """
        ((property_, value),) = said
        if row.word.value == "listing":
            is_unknown = value.endswith("unknown")
            if is_unknown and row.words:
                raise BadParameter("what the page does not say has no words: leave words empty, or write yes or no")
            if not is_unknown and not row.words:
                raise BadParameter("that the list is complete or not needs the page's words: write them, or unknown")
        if not row.words:
            self.readings.append(Reading(plan, row.word.value, property_, value))
        return not row.words

    def _state(self, row: Row, passage: Passage | None, facts: list[tuple[str, str, str]]) -> None:
        """Adds facts, each with the same words.

        Raises:
            BadParameter: another row has stated them.
        """
        self._once.refuse_facts(row, facts)
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
        self._say(self._source, row)
        if row.word.word == "page title":
            self._page_title(row, passage)
        elif row.word.word == "signed by":
            self.signer = self.declared.iri(self.declared.body(row.value).iri)
        elif row.word.word == "page topic" and not row.value:
            self._state(row, passage, [(self._source, row.word.property, self.declared.plan_of(row).token)])
        else:
            self._state(row, passage, [(self._source, *said) for said in self._cells.read(row)])

    def _page_title(self, row: Row, passage: Passage | None) -> None:
        verbatim = " ".join((passage.words if passage else row.words).split())
        self._state(row, passage, [(self._source, "dct:title", literal(verbatim, language=self.declared.language))])
        title, spoken = self.declared.text(row)
        if row.value and title != verbatim:
            self._add(self._source, "dct:alternative", literal(title, language=spoken))

    # --- A plan and its parts ----------------------------------------------------------------------------------------

    def _type(self, row: Row, passage: Passage | None) -> None:
        plan = self.declared.plan_of(row)
        if plan.row != row.number:
            # Declared twice, which is told.
            return
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
        plan.lines += opened in _LINES and not plan.lined_elsewhere
        parent = plan.last.get("line") if opened == "sub-line" else None
        if opened == "sub-line" and parent is None:
            raise BadParameter("a sub-line stands below a row line of the same plan: add that row")
        made = token(thing["kind"], self._name(row, plan, parent))
        self.told.opened.append(Opened(plan.token, opened, made, row.number))
        plan.last[opened] = made
        repeated = self._once.repeated(row, parent or plan.token, self.declared.text(row)[0])
        if repeated:
            # The rows that belong to it are read all the same.
            self._problems.append(Problem(row.number, repeated))
        self._add(made, "a", thing["class"])
        self._state(row, passage, self._opening_facts(row, plan, made, parent))
        self._label(row, plan, made, thing)
        if opened in _LINES:
            self._place(plan, made, parent)

    def _opening_facts(self, row: Row, plan: Plan, made: str, parent: str | None) -> list[tuple[str, str, str]]:
        property_ = row.word.property
        link = (made, property_[1:], plan.token) if property_.startswith("^") else (plan.token, property_, made)
        facts = [link]
        if parent:
            facts.append((made, "dpp:partOfLine", parent))
        if row.word.opens == "target":
            # What was promised, in full, is asked for by these words.
            facts.append((made, "rdf:type", "dpp:Target"))
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
        if opened in _LINES:
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
            text, spoken = self._cells.worded(row)
            self._add(made, "skos:prefLabel", literal(text, language=spoken))

    def _place(self, plan: Plan, made: str, parent: str | None) -> None:
        plan.last["any line"] = made
        position = plan.counts[f"{parent} sub-line" if parent else f"{plan.token} line"]
        self._add(made, "dpp:position", str(position))
