"""What a table declares before it says anything: the page, its language, the plans and the bodies that are new."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from dppgraph.errors import BadParameter
from dppgraph.operations.new.known import Body, Concept, Known, also
from dppgraph.operations.new.level import UNCLEAR, Levels
from dppgraph.operations.new.meant import NOT_ABOUT_PLANS, meant_plans, misnamed
from dppgraph.operations.new.table import Problem, Row, alternatives
from dppgraph.operations.new.values import key, language, slug, tagged, tidy

_PREFIXES: Final = {"line-of-action": "line"}
_LOCAL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
_SHOWN_BODIES = 8
_UNNAMED_LEVEL: Final = "other-unspecified"
_DEFAULT_LANGUAGE: Final = "nl"


@dataclass(slots=True)
class Plan:
    """A plan that the table tells about.

    Attributes:
        token: its IRI as Turtle writes it.
        slug: the last part of its IRI.
        row: the row that declares it; 0 for one that only the graph knows.
        titles: its titles by language.
        lined_elsewhere: whether another page gives it lines already.
        levels: what is said of its policy level.
        last: the part of each kind that was opened last.
        counts: how many parts there are below each, by kind.
        lines: how many lines it has, sub-lines included.
    """

    token: str
    slug: str
    row: int
    titles: dict[str, str] = field(default_factory=dict)
    lined_elsewhere: bool = False
    levels: Levels = field(default_factory=Levels)
    last: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    lines: int = 0

    def title(self, wanted: str) -> str:
        """The title in a language, or else the first."""
        return self.titles.get(wanted) or next(iter(self.titles.values()), self.slug)


def token(kind: str, name: str) -> str:
    """The IRI of a thing of ours as Turtle writes it: ``plan:climate-plan``."""
    return f"{_PREFIXES.get(kind, kind)}:{name}" if _LOCAL.fullmatch(name) else f"<id/{kind}/{name}>"


class Declared:
    """The names that rows may use.

    Attributes:
        language: the page's language, as a code.
        source: the last part of the page's IRI.
        new_bodies: the bodies that the table declares, by the last part of their IRI.
        body_labels: their names by language, likewise.
        plans: the plans that the table tells about, by the name that its column about has for them.
        notes: what whoever wrote the table may want to know.
    """

    def __init__(self, rows: Iterable[Row], known: Known, problems: list[Problem]) -> None:
        self._known = known
        self._problems = problems
        self._rows = list(rows)
        self.language = self._language()
        title = self._first("page title")
        self.source = slug(self.text(title)[0]) if title else ""
        self._page = f"{known.base}id/source/{self.source}"
        self.new_bodies: dict[str, Body] = {}
        self.body_labels: dict[str, dict[str, str]] = {}
        self.plans: dict[str, Plan] = {}
        self._meant: dict[str, str] = {}
        self.notes: list[Problem] = []
        self._declare_page()
        for row in self._rows:
            if row.word.word == "body":
                self._try(row, self._declare_body)
        for row in self._rows:
            if row.word.word == "body name":
                self._try(row, self._name_body)
        self._declare_plans()

    @property
    def names_plans(self) -> bool:
        """Whether some row is about a plan."""
        return any(row.word.about not in NOT_ABOUT_PLANS for row in self._rows)

    def text(self, row: Row) -> tuple[str, str]:
        """The text that a row gives, and its language: its value, or else its words, tidied."""
        return tagged(row.value, self.language) if row.value else (tidy(row.words), self.language)

    def plan_of(self, row: Row) -> Plan:
        """The plan that a row is about.

        Raises:
            BadParameter: it cannot be told.
        """
        if row.about:
            return self.plan(row.about)
        declared = [plan for plan in self.plans.values() if plan.row]
        if len(declared) == 1:
            return declared[0]
        if not declared:
            raise BadParameter("there is no plan in this table: add a row plan, or write a title of the graph in about")
        raise BadParameter(f"about which plan is this? Write one of {', '.join(self.plans)} in about")

    def plan(self, name: str) -> Plan:
        """The plan of that name: one of the table, or one of the graph by its title.

        Raises:
            BadParameter: there is none.
        """
        if found := self.plans.get(self._meant.get(key(name), key(name))):
            return found
        titled = [plan for plan in self.plans.values() if key(name) in {key(title) for title in plan.titles.values()}]
        if titled:
            return titled[0]
        if known := self._known.plan(name):
            return self.plans.setdefault(key(name), self._known_plan(known.iri))
        titles = [title for plan in self._known.plans.values() for title in plan.titles]
        close = alternatives(name, [*self.plans, *titles])
        meant = f"did you mean {' or '.join(close)}? Or " if close else ""
        raise BadParameter(f"there is no plan {name!r}: {meant}add the rows plan and title with {name} in about")

    def body(self, name: str) -> Body:
        """The body of that name.

        Raises:
            BadParameter: there is none.
        """
        if not name:
            raise BadParameter("write the name of the body in value")
        for body in self.new_bodies.values():
            if key(name) in {key(known) for known in body.names}:
                return body
        if known := self._known.body(name):
            return known
        names = {label for body in [*self.new_bodies.values(), *self._known.bodies.values()] for label in body.names}
        shown = alternatives(name, sorted(names)) or sorted(names)[:_SHOWN_BODIES]
        raise BadParameter(
            f"there is no body {name!r}: take one that is known, such as {', '.join(shown)}, or add a row body with "
            f"{name} in about and its level in value"
        )

    def concept(self, scheme: str, name: str) -> Concept:
        """The concept of that name in a list.

        Raises:
            BadParameter: there is none.
        """
        found = self._known.concept(scheme, name) if name else None
        if found:
            return found
        raise BadParameter(_not_listed(name, self.offered(scheme)))

    def level(self, name: str) -> str:
        """The IRI of the policy level of that name: one that a body or a plan can be of.

        Raises:
            BadParameter: there is none.
        """
        found = self.concept("policy-levels", name).iri if name else ""
        if not found or found.endswith(_UNNAMED_LEVEL):
            raise BadParameter(_not_listed(name, self.offered("policy-levels")[:-1]))
        return found

    def offered(self, scheme: str) -> list[str]:
        """The names of a list's concepts to choose from, what names none last."""
        listed = sorted(self._known.concepts[scheme], key=lambda iri: (iri.endswith(_UNNAMED_LEVEL), iri))
        return [next(iter(also(iri)), iri.rpartition("/")[2].partition("-")[2].replace("-", " ")) for iri in listed]

    def name(self, kind: str, plan: Plan, rest: str) -> str:
        """A name for a part of a plan that no other page has given to a part of its own."""
        name = f"{slug(plan.slug)}{rest}"
        elsewhere = self._known.told.get(f"{self._known.base}id/{kind}/{name}", set()) - {self._page}
        return f"{slug(plan.slug)}-{self.source}{rest}" if elsewhere else name

    def iri(self, iri: str) -> str:
        """An IRI as Turtle writes it."""
        inside = iri.removeprefix(f"{self._known.base}id/")
        kind, _, name = inside.partition("/")
        if inside == iri or "/" in name or not name:
            return f"<{iri}>"
        return token(kind, name)

    def _try(self, row: Row, declare: Callable[[Row], None]) -> None:
        try:
            declare(row)
        except BadParameter as error:
            self._problems.append(Problem(row.number, str(error)))

    def _first(self, word: str) -> Row | None:
        return next((row for row in self._rows if row.word.word == word), None)

    def _language(self) -> str:
        row = self._first("page language")
        try:
            return language(row.value)[0] if row else _DEFAULT_LANGUAGE
        except BadParameter:
            # Told where the row itself is read.
            return _DEFAULT_LANGUAGE

    def _declare_page(self) -> None:
        row = self._first("page title")
        if row is None:
            return
        if not self.source:
            self._problems.append(Problem(row.number, "write a title in Latin letters in value: names are made of it"))
        told_address = self._first("page address")
        address = told_address.value if told_address else ""
        known = self._known.pages.get(self._page, address)
        if address and known != address:
            told = f"another page of this title is in the graph, {known}: write in value a title that tells them apart"
            self._problems.append(Problem(row.number, told))

    def _declare_body(self, row: Row) -> None:
        name, spoken = tagged(row.about, self.language)
        if not slug(name):
            raise BadParameter("write the body's name in about")
        if slug(name) in self.new_bodies:
            raise BadParameter(f"{name} is declared twice: remove one of the rows")
        # Known from here on, even if its level is told wrong: one mistake is one message.
        body = self.new_bodies[slug(name)] = Body(f"{self._known.base}id/agent/{slug(name)}", [name], UNCLEAR)
        self.body_labels[slug(name)] = {spoken: name}
        self._refuse_known(name, body)
        level = self.level(row.value) if row.value else None
        known = self._known.bodies.get(body.iri)
        if known and known.level != level:
            raise BadParameter(f"{name} is in the graph with {_level(known)}: remove this row, or correct its level")
        if known:
            told = f"the graph has a body {name!r} already: if it is not this one, name this one more fully"
            self.notes.append(Problem(row.number, told))
        body.level = level

    def _refuse_known(self, name: str, body: Body) -> None:
        known = self._known.body(name)
        if known and known.iri != body.iri:
            iri = known.iri.removeprefix(self._known.base)
            raise BadParameter(
                f"the graph has a body {name!r} already, <{iri}> ({' / '.join(known.names)}): remove this row, or name "
                "yours more fully"
            )

    def _name_body(self, row: Row) -> None:
        body = self.body(tagged(row.about, self.language)[0])
        labels = self.body_labels.get(body.iri.rpartition("/")[2])
        if labels is None:
            raise BadParameter(f"{row.about} is in the graph already: its names are given there")
        name, spoken = tagged(row.value, self.language)
        if not name:
            raise BadParameter("write the name with its language in value, such as City of Ghent@en")
        self._refuse_known(name, body)
        if labels.setdefault(spoken, name) != name:
            raise BadParameter(f"{row.about} has a name in {spoken} already: end this one in its language, such as @en")
        body.names.append(name)

    def _declare_plans(self) -> None:
        titles: dict[str, dict[str, str]] = defaultdict(dict)
        declaring = [row for row in self._rows if row.word.word == "plan"]
        only = key(declaring[0].about) if len(declaring) == 1 else ""
        titling = [row for row in self._rows if row.word.word == "title"]
        self._meant = self._find_meant({key(row.about): row for row in declaring}, titling)
        for row in titling:
            title, spoken = self.text(row)
            name = key(row.about) or only
            titles[self._meant.get(name, name)].setdefault(spoken, title)
        for row in declaring:
            self._try(row, lambda row: self._declare_plan(row, titles[key(row.about)]))

    def _find_meant(self, declaring: dict[str, Row], titling: list[Row]) -> dict[str, str]:
        unknown = defaultdict(list)
        titles = {key(self.text(row)[0]) for row in titling}
        for row in self._rows:
            is_about_plan = row.word.about not in NOT_ABOUT_PLANS or row.word.word == "page topic"
            is_named = key(row.about) in declaring or key(row.about) in titles
            if row.about and is_about_plan and not is_named and not self._known.plan(row.about):
                unknown[key(row.about)].append(row)
        found = meant_plans(unknown, declaring, {key(row.about) for row in titling})
        for name, plan in found.items():
            told = misnamed(unknown[name][0].about, declaring[plan])
            self._problems += [Problem(row.number, told) for row in unknown[name]]
        return found

    def _declare_plan(self, row: Row, titles: dict[str, str]) -> None:
        if key(row.about) in self.plans:
            first = self.plans[key(row.about)].row
            raise BadParameter(f"{row.about or 'this plan'} is declared in row {first} already: take another name")
        name = slug(next(iter(titles.values()), "")) or slug(row.about)
        iri = f"{self._known.base}id/plan/{name}"
        others = [plan.slug for plan in self.plans.values()]
        # Known from here on, whatever is wrong with it: one mistake is one message.
        plan = self.plans[key(row.about)] = self._known_plan(iri)
        plan.row, plan.titles = row.number, titles
        if not titles:
            raise BadParameter("this plan has no title: add a row title")
        if not name:
            raise BadParameter("write a name in Latin letters in about: the plan's address is made of it")
        if name in others:
            raise BadParameter(f"two plans of this table are called {name}: give the second another title")
        told = self._known.told.get(iri, set())
        if told and self._page not in told:
            title = next(iter(titles.values()))
            raise BadParameter(
                f"the graph has a plan of this title, from {min(told)}: if it is this one, remove its rows plan and "
                f"title and write {title!r} in about; if not, write a title that tells them apart in value of row title"
            )

    def _known_plan(self, iri: str) -> Plan:
        """A plan by its IRI, with what the graph knows of it."""
        known = self._known.plans.get(iri)
        titles = {str(number): title for number, title in enumerate(known.titles)} if known else {}
        lined = bool(self._known.lined.get(iri, set()) - {self._page})
        return Plan(self.iri(iri), iri.rpartition("/")[2], 0, titles, lined_elsewhere=lined)


def _not_listed(name: str, offered: list[str]) -> str:
    listed = ", ".join(offered)
    return f"{name!r} is none of the list: write one of {listed}" if name else f"value is empty: write one of {listed}"


def _level(body: Body) -> str:
    return f"level {body.level.rpartition('/')[2].removeprefix('level-')}" if body.level else "no level"
