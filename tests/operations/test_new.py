"""A plan from a table: what a row means, where its words stand, and what is told to whoever made a mistake."""

import csv
import re
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dppgraph.core import formats
from dppgraph.core.iris import NAMESPACE, PREFIXES, graph_iri
from dppgraph.core.quads import Quad, literal
from dppgraph.errors import BadParameter
from dppgraph.operations.check_quotes import check_quotes, read_quotes
from dppgraph.operations.new import Draft, Known, draft, numbers, read_beside, read_known, starter, values
from dppgraph.operations.new.table import Problem, read_table, words
from dppgraph.operations.new.text import PageText
from dppgraph.operations.new.told import named
from dppgraph.operations.sources import Sources, read_data, read_vocabulary
from dppgraph.operations.validate import assemble, validate
from dppgraph.store.rdf import literal_text, parse
from tests.conftest import BASE, REPOSITORY

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "new"
RDF = PREFIXES["rdf"]
# Who drafted what is for Turtle (59).
NOT_IN_TABLE = {("finding", f"<{PREFIXES['prov']}wasGeneratedBy>")}


@pytest.fixture(scope="module")
def known(sources: Sources) -> Known:
    return read_known(read_data(sources) + read_vocabulary(sources), BASE)


def made(name: str, known: Known, text: Path | None = None) -> Draft:
    page = (text or FIXTURES / f"{name}.txt").read_bytes()
    return draft((FIXTURES / f"{name}.csv").read_bytes(), page, known, table_name=f"{name}.csv", text_name="page")


def example(known: Known) -> tuple[Draft, str]:
    table, text = starter()
    return draft(table.encode(), text.encode(), known, table_name="example.csv", text_name="example.txt"), text


def quads_of(found: Draft) -> list[Quad]:
    assert found.problems == []
    return [
        quad
        for ending, content in found.files.items()
        for quad in parse(
            content.encode(),
            formats.TURTLE if ending == ".ttl" else formats.TRIG,
            base=BASE,
            graph=f"<{graph_iri('source')}>",
        )
    ]


def facts_of(quads: list[Quad]) -> Counter[tuple[str, ...]]:
    """Each quoted fact: what it is about, its property and value, its words and their place; parts of plans by kind."""
    said: dict[str, dict[str, str]] = {}
    for quad in quads:
        if quad.predicate in (f"<{RDF}subject>", f"<{RDF}predicate>", f"<{RDF}object>"):
            said.setdefault(quad.subject.strip("<>"), {})[quad.predicate.rpartition("#")[2][:-1]] = quad.object
    return Counter(
        (
            _named(parts["subject"]),
            parts["predicate"],
            _named(parts["object"]),
            quote.text,
            str(quote.start),
            str(quote.end),
        )
        for quote in read_quotes(quads, BASE)
        for parts in [said[quote.statement]]
    )


def _named(term: str) -> str:
    kind, _, _ = term.removeprefix(f"<{BASE}id/").partition("/")
    own = ("plan", "agent", "concept", "source", term)
    return term if kind in own else kind


def test_the_table_of_the_shipped_page_says_its_facts(shared: Path, sources: Sources, known: Known) -> None:
    text = shared / "seed" / "beleid-2009-2014.txt"
    found = quads_of(made("beleid-2009-2014", known, text))
    page = sources.data / "source" / "beleid-2009-2014.ttl"
    shipped = parse(page.read_bytes(), formats.TURTLE, base=BASE)
    expected = facts_of(shipped)
    left_out = {fact for fact in expected if fact[:2] in NOT_IN_TABLE}
    assert len(left_out) == len(NOT_IN_TABLE)
    assert facts_of(found) == expected - Counter(left_out)
    assert expected.total() == 72

    for property_ in ("sha256", "length"):
        assert {q.object for q in found if q.predicate == f"<{NAMESPACE}{property_}>"} == {
            q.object for q in shipped if q.predicate == f"<{NAMESPACE}{property_}>"
        }
    for plan in {q.subject for q in shipped if q.predicate == f"<{NAMESPACE}hasLineOfAction>"}:
        assert _lines(found, plan) == _lines(shipped, plan)
    listing = [q for q in found if q.predicate == f"<{NAMESPACE}lineListing>" and "interpretation" in q.graph]
    assert [q.object for q in listing] == [f"<{BASE}id/concept/listing-unknown>"]


def _lines(quads: list[Quad], plan: str) -> list[tuple[int, str]]:
    lines = {q.object for q in quads if (q.subject, q.predicate) == (plan, f"<{NAMESPACE}hasLineOfAction>")}
    said = {(q.subject, q.predicate): q.object for q in quads}
    return sorted(
        (int(literal_text(said[line, f"<{NAMESPACE}position>"])), said[line, f"<{PREFIXES['skos']}prefLabel>"])
        for line in lines
    )


def test_a_page_in_french_has_several_issuers_two_tiers_and_no_end(known: Known) -> None:
    found = made("valbrume", known)
    quads = quads_of(found)
    plan = f"<{BASE}id/plan/strategie-d-achats-responsables-de-valbrume>"
    said = {(q.subject, q.predicate.rpartition("#")[2].rpartition("/")[2][:-1], q.object) for q in quads}
    assert len([fact for fact in said if fact[:2] == (plan, "issuedBy")]) == 2
    assert (plan, "type", f"<{BASE}id/concept/type-strategy>") in said
    assert (plan, "title", literal("Strategie voor verantwoord aankopen", language="nl")) in said
    assert (f"{plan[:-1]}#period>", "openEnded", literal("true", datatype=f"{PREFIXES['xsd']}boolean")) in said
    assert {value for _, property_, value in said if property_ == "eventDate"} == {
        literal("2019-07", datatype=f"{PREFIXES['xsd']}gYearMonth"),
        literal("2019-09-01", datatype=f"{PREFIXES['xsd']}date"),
    }
    assert not [fact for fact in said if fact[1] == "approvedIn"]
    lines = [(q.subject.rpartition("-valbrume")[2], literal_text(q.object)) for q in quads if "position" in q.predicate]
    assert lines == [("-01>", "1"), ("-01-01>", "1"), ("-01-02>", "2"), ("-02>", "2")]
    assert {q.object.rpartition("-valbrume")[2] for q in quads if "partOfLine" in q.predicate and "/ns#" in q.predicate}
    bodies = [q for q in quads if q.graph == f"<{graph_iri('concepts')}>"]
    assert literal("Stad Valbrume", language="nl") in {q.object for q in bodies}
    assert "’" in next(note.text for note in found.notes)


def test_a_page_in_german_has_months_and_a_reading_that_a_body_signs(known: Known) -> None:
    found = made("altenfeld", known)
    quads = quads_of(found)
    starts = {q.object for q in quads if q.predicate == f"<{PREFIXES['dcat']}startDate>"}
    assert starts == {literal("2022-07", datatype=f"{PREFIXES['xsd']}gYearMonth")}
    signed = [q for q in quads if q.predicate == f"<{PREFIXES['prov']}wasAttributedTo>"]
    assert {(q.graph, q.object) for q in signed} == {
        (f"<{graph_iri('interpretation')}>", f"<{BASE}id/agent/gemeinde-altenfeld>")
    }
    read = [q for q in quads if q.graph == f"<{graph_iri('interpretation')}>" and "/plan/" in q.subject]
    assert {(q.predicate.rpartition("#")[2], q.object.rpartition("/")[2]) for q in read} == {
        ("lineListing>", "listing-unknown>"),
        ("policyLevel>", "level-local>"),
    }
    whys = {literal_text(q.object) for q in quads if q.predicate == f"<{NAMESPACE}rationale>"}
    assert len(whys) == 4
    assert any("several levels" in why for why in whys)
    dates = {literal_text(q.object) for q in quads if q.predicate == f"<{NAMESPACE}decisionDate>"}
    assert dates == {"2022-03-03"}


def test_the_example_converts_and_the_same_table_gives_the_same_bytes(known: Known) -> None:
    first, text = example(known)
    again, _ = example(known)
    assert first.files == again.files
    assert sorted(first.files) == [".bodies.trig", ".ttl"]
    check = check_quotes([], text.encode(), BASE, drafts=quads_of(first))
    assert (check.checked, check.misquotes, check.same_text) == (first.facts, [], True)


@pytest.mark.heavy
def test_drafts_of_three_pages_conform_by_themselves(sources: Sources, known: Known, tmp_path: Path) -> None:
    """By the shapes that a draft may break, which is quick; the heavy test has them all."""
    (tmp_path / "data" / "source").mkdir(parents=True)
    shapes = tmp_path / "shapes"
    shutil.copytree(sources.ontology / "shapes", shapes)
    for name in ("closed", "concept", "mapping", "terms", "catalogue", "continuity", "succession"):
        (shapes / f"{name}.ttl").unlink()
    alone = Sources(tmp_path / "data", sources.ontology, shapes, BASE)
    report = validate(assemble(alone, _written(known, tmp_path, "valbrume", "altenfeld")))
    assert {(result.check, result.severity) for result in report.results} <= {
        ("stub-level", "Warning"),
        ("plan-period", "Info"),
    }


@pytest.mark.heavy
def test_drafts_added_to_the_shipped_data_break_nothing(
    shared: Path, sources: Sources, known: Known, tmp_path: Path
) -> None:
    seed = made("beleid-2009-2014", known, shared / "seed" / "beleid-2009-2014.txt")
    before = validate(assemble(sources))
    after = validate(assemble(sources, _written(known, tmp_path, "valbrume", "altenfeld")))
    news = {(result.check, result.severity) for result in set(after.results) - set(before.results)}
    assert news <= {("stub-level", "Warning"), ("plan-period", "Info")}

    data = tmp_path / "data"
    for folder, ending in (("source", ".ttl"), ("interpretation", ".interpretation.trig")):
        (data / folder).mkdir(parents=True)
        (data / folder / f"page{ending}").write_text(seed.files[ending], encoding="utf-8")
    assert validate(assemble(Sources(data, sources.ontology, sources.shapes, BASE))).conforms


def _written(known: Known, folder: Path, *names: str) -> list[Path]:
    drafts = {name: made(name, known) for name in names} | {"example": example(known)[0]}
    paths = []
    for name, found in drafts.items():
        assert found.problems == []
        for ending, content in found.files.items():
            paths.append(folder / f"{name}{ending}")
            paths[-1].write_text(content, encoding="utf-8")
    return paths


# --- What is told about a mistake ------------------------------------------------------------------------------------


Told = Callable[..., list[Problem]]


@pytest.fixture(scope="module")
def told(known: Known) -> Told:
    """What is told of the example's table with one text in it replaced, or with rows added."""

    def told_(old: str = "", new: str = "", *rows: str) -> list[Problem]:
        table, text = starter()
        assert old in table
        table = table.replace(old, new, 1) if old else table
        for row in rows:
            table += f"{row}\n"
        return draft(table.encode(), text.encode(), known, table_name="example.csv", text_name="example.txt").problems

    return told_


MISTAKES = {
    "unknown-fact": ("approved on;", "aproved on;", "there is no fact 'aproved on': did you mean approved on"),
    "no-fact": ("approved on;", ";", "this row has no fact: write one"),
    "unknown-type": (";plan;Klimaatplan", ";nota;Klimaatplan", "'nota' is none of the list: write one of action plan"),
    "unknown-level": ("Kruisdorp;local", "Kruisdorp;city", "'city' is none of the list: write one of european"),
    "unknown-body": (
        "approved by;climate;Gemeenteraad van Kruisdorp",
        "approved by;climate;Stadsraad",
        "there is no body 'Stadsraad': take one that is known, such as ",
    ),
    "body-like-one": (
        "issued by;climate;Stad Kruisdorp",
        "issued by;climate;Stad Kruisdop",
        "or add a row body with Stad Kruisdop in about and its level in value",
    ),
    "unknown-unit": ("40 percent;40 procent", "40 kilo;40 procent", "'kilo' is none of the list: write one of euro"),
    "unknown-plan": ("climate;energy;", "climate;energie;", "there is no plan 'energie': did you mean energy?"),
    "plan-itself": ("climate;energy;", "climate;climate;", "climate is the plan itself"),
    "no-level": ("Stad Kruisdorp;local", "Stad Kruisdorp;", "Stad Kruisdorp has no level: write one in value"),
    "level-of-a-body": (
        "Kruisdorp;local",
        "Kruisdorp;other unspecified",
        "international, local, national, provincial, reg",
    ),
    "wrong-words": (
        "Veilig fietsen en stappen",
        "Veilig fietsen en stapen",
        "Closest, in line 15 of example.txt: “Veilig fietsen en stappen,”",
    ),
    "no-words": (";Op 14 december 2020", ";", "approved on needs the page's own words for it in words"),
    "words-too-many": ("2026-03-31;;", "2026-03-31;Klimaat;", "page retrieved takes no words"),
    "words-twice": (";2021-2026;2", ";2021-2026;", "stands 2 times in the text (1 …tact Klimaatplan [2021-2026] Op 14"),
    "which-too-many": (";2021-2026;2", ";2021-2026;9", "stand 2 times in the text, which asks for number 9"),
    "which-is-no-number": (";2021-2026;2", ";2021-2026;x", "which is 'x': write 1"),
    "bad-date": ("climate;2020-12-14", "climate;14-12-20", "14-12-20 is no date: write 2012, 2012-07 or 2012-07-16"),
    "other-date": ("climate;2020-12-14", "climate;2020-12-15", "the words say 2020-12-14, the value 2020-12-15"),
    "invented-day": ("start;climate;2021", "start;climate;2021-01-01", "the words name no month: write the year alone"),
    "other-year": ("start;climate;2021", "start;climate;2012", "the words do not name the year 2012"),
    "date-at-approved": ("approved;climate;;", "approved;climate;2020-12-14;", "approved takes no value: leave it"),
    "no-approver": ("approved by;", "# approved by;", "this approved lacks approved by: add a row approved by below"),
    "no-target-value": ("target value;", "# target value;", "this target lacks target value"),
    "no-listing": ("lines complete;", "# lines complete;", "this plan has lines: add a row lines complete"),
    "listing-without-words": (";no;zet onder meer in op deze krachtlijnen", ";no;", "needs the page's words: write"),
    "listing-with-words": (";no;zet onder", ";unknown;zet onder", "what the page does not say has no words"),
    "no-title": ("title;energy;", "# title;energy;", "this plan has no title: add a row title"),
    "no-plan-name": ("objective;climate;", "objective;;", "about which plan is this? Write one of climate, energy"),
    "plan-twice": ("plan;energy;", "plan;climate;", "is declared in row 23 already: take another name"),
    "address": ("https://www", "www", "is no web address: write it from https://"),
    "address without a host": ("https://www", "https:///www", "is no web address: write it from https://"),
    "address with a tab": ("https://www", "https://w\tw", "is no web address: write it from https://"),
    "language": (";;nl;", ";;Vlaams;", "Vlaams is no language here: write nl, fr, de, en"),
    "no-publisher": ("page publisher;", "# page publisher;", "the row page publisher is missing: add it"),
    "about-the-page": ("page language;;", "page language;climate;", "page language is about the page: leave about"),
    "sub-line-first": ("line;climate;;Wonen", "# line;climate;;Wonen", "a sub-line stands below a row line"),
    "more-cells": ("page language;;nl;;;", "page language;;nl;;;;x", "this row has more cells than there are columns"),
    "quantity": ("40 percent", "1.000 percent", "1.000 can be read in two ways"),
    "other-figure": ("40 percent;", "45 percent;", "the words say 40, the value 45: correct one of them"),
    "percentage": ("40 percent;40 procent", "140 percent;40 procent", "a percentage is from 0 to 100, and this is 140"),
    "below-nothing": ("40 percent;40 procent", "-40 percent;40 procent", "from 0 to 100, and this is -40: correct it"),
    "no-unit": ("40 percent;", "40;", "the unit is missing: write 40 euro or 40 number or 40 percent"),
    "no-figure": ("40 percent;", "percent;", "value names no number: write the figure and its unit"),
    "no-quantity": ("40 percent;", ";", "value is empty: write the figure and its unit, such as 40 percent"),
    "listing": (
        ";no;zet onder meer",
        ";maybe;zet onder meer",
        "'maybe' is none of the list: write one of yes, no, unk",
    ),
    "unquoted": (
        "sub-line;climate;;een lening voor wie",
        "sub-line;climate;;een lening; voor wie",
        "these need quotation marks around them, as they have a ; in them",
    ),
    "sub-line": ("sub-line;climate;;ren", "sub-lin;climate;;ren", "there is no fact 'sub-lin': did you mean sub-line"),
    "no-open-end": ("end;climate;2026", "open end;climate;2026", "open end takes no value"),
}

# Told at the row that asks for what is missing, at the table as a whole, or once for each row that is left alone.
ELSEWHERE = {
    "no-approver", "no-target-value", "no-listing", "no-title", "no-publisher",
    "no-level", "sub-line-first",
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_its_row_and_its_cure(told: Told, mistake: str) -> None:
    old, new, said = MISTAKES[mistake]
    problems = told(old, new)
    meant = [problem for problem in problems if said in problem.text]
    assert meant, problems
    table, _ = starter()
    changed = 1 + table[: table.index(old)].count("\n")
    if mistake not in ELSEWHERE:
        assert [problem.row for problem in meant] == [changed]
    assert len(problems) <= 2, problems


ONE_CAUSE = {
    "plan-of-one-row": ("plan;climate;plan", "plan;climat;plan", r"there is no plan 'climate', but climat \(row 23\)"),
    "plan-of-all-rows": ("plan;climate;plan", "plan;foo;plan", r"but foo \(row 23\): .* \(rows 24-34, 39-54\)"),
    "plan-of-some-row": ("\nline;climate;;Veilig", "\nline;climte;;Veilig", r"^there is no plan 'climte', but climate"),
    "no-plan": ("plan;climate;plan", "# plan;climate;plan", r"^there is no plan 'climate'.* \(rows 24-34, 39-54\)$"),
    "misspelt-opener": ("\napproved;", "\naproved;", r"^there is no fact 'aproved': did you mean approved"),
    "unreadable-opener": ("\napproved;", "\nxyzxyz;", r"^there is no fact 'xyzxyz': docs/add-a-plan.md lists them"),
    "no-opener": ("\npresented;", "\n# presented;", r"^this belongs to a row presented .* add that row$"),
    "no-body": (
        "body;Stad Kruisdorp;",
        "# body;Stad Kruisdorp;",
        r"^there is no body 'Stad Kruisdorp': .* \(rows 13, ",
    ),
}


@pytest.mark.parametrize("cause", ONE_CAUSE)
def test_one_cause_is_told_once_with_its_rows(told: Told, cause: str) -> None:
    old, new, said = ONE_CAUSE[cause]
    (problem,) = told(old, new)
    assert re.search(said, problem.text), problem


def test_a_part_that_stands_below_its_rows_is_told_at_the_part(told: Told) -> None:
    row = "approved;climate;;keurde de gemeenteraad het Klimaatplan Kruisdorp 2021-2026 goed;;\n"
    (problem,) = told(row, "", row.strip())
    assert problem.text == "this row stands below those that belong to it (rows 30-31): move it above them"
    assert problem.row > 50


def test_rows_are_named_over_remarks_between_them() -> None:
    assert named([12, 5, 9, 11], [5, 7, 9, 11, 12]) == "rows 5, 9-12"
    assert named([7], [5, 7]) == "row 7"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("start;climate;2020;Op 14 december 2020;;", "start is said in row 25 already: keep one of the two"),
        (
            "title;climate;Kruisdorps plan;Klimaatplan Kruisdorp;;",
            "row 24 gives a title in nl already: another one goes",
        ),
        (
            "line;climate;wonen en verbouwen;Veilig fietsen;;",
            "has this line already: remove one of the two, or tell the",
        ),
        ("objective;climate;;wil de stad haar inwoners helpen om minder energie te verbruiken;;", ""),
        ("issued by;climate;Stad Kruisdorp;Met het plan wil de stad;;", "row 27 says this already: remove one of the"),
        (
            "presented;climate;;stelde de stad het plan voor aan de inwoners;;",
            "says this already: remove one of the two",
        ),
    ],
)
def test_what_is_said_twice_is_told_with_both_rows(told: Told, row: str, said: str) -> None:
    table, _ = starter()
    last = 1 + table.count("\n")
    problems = told("", "", row)
    assert [(problem.row, said in problem.text) for problem in problems] == ([(last, True)] if said else [])


# --- The level of a plan ---------------------------------------------------------------------------------------------

SECOND = "issued by;climate;{};Op 20 januari 2021 stelde de stad;;"
STATED = "level;climate;{};{};;"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([SECOND.format("Gemeenteraad van Kruisdorp")], ""),
        (
            [SECOND.format("Vlaamse Regering")],
            "Vlaamse Regering is regional and Stad Kruisdorp (row 27) is local: add a row level with the plan's level",
        ),
        ([SECOND.format("Vlaamse Regering"), STATED.format("local", "helpen")], ""),
        ([SECOND.format("Vlaamse Regering"), STATED.format("regionaal", "")], ""),
        ([STATED.format("local", "helpen")], ""),
        ([STATED.format("local", "")], "the level follows from Stad Kruisdorp (row 27): remove this row"),
        (
            [STATED.format("regional", "helpen")],
            "this row says regional, and Stad Kruisdorp (row 27) is local: correct",
        ),
        ([SECOND.format("Vlaamse Regering"), STATED.format("andere", "")], "'andere' is none of the list"),
    ],
)
def test_a_level_is_asked_for_where_none_follows(known: Known, rows: list[str], said: str) -> None:
    table, text = starter()
    last = table.count("\n") + len(rows)
    table += "".join(f"{row}\n" for row in rows)
    found = draft(table.encode(), text.encode(), known, table_name="t.csv", text_name="t.txt")
    assert [(problem.row, said in problem.text) for problem in found.problems] == ([(last, True)] if said else [])
    is_read = any(row.startswith("level") and row.endswith(";;;") for row in rows)
    assert (".interpretation.trig" in found.files) == (is_read and not said)


def test_a_level_without_a_body_is_a_reading_with_another_reason(known: Known) -> None:
    table, text = starter()
    table = table.replace("issued by;", "# issued by;").replace("approved", "# approved") + "level;climate;local;;;\n"
    found = draft(table.encode(), text.encode(), known, table_name="t.csv", text_name="t.txt")
    assert found.problems == []
    assert "The source does not say of which level this plan is." in found.files[".interpretation.trig"]


# --- Targets and findings --------------------------------------------------------------------------------------------


def promises(known: Known, *rows: str) -> list[str]:
    table, text = starter()
    table += "".join(f"{row}\n" for row in rows)
    quads = quads_of(draft(table.encode(), text.encode(), known, table_name="t.csv", text_name="t.txt"))
    statements = {q.subject for q in quads if (q.predicate, q.object) == (f"<{RDF}object>", f"<{NAMESPACE}Target>")}
    types = {q.subject for q in quads if (q.predicate, q.object) == (f"<{RDF}predicate>", f"<{RDF}type>")}
    return [quote.text for quote in read_quotes(quads, BASE) if f"<{quote.statement}>" in statements & types]


def test_a_target_has_the_words_of_the_whole_promise(known: Known) -> None:
    whole = "Tegen 2030 moet de uitstoot van de stadsdiensten 40 procent lager liggen dan in 2011"
    assert promises(known) == [whole]
    part = "de uitstoot van de stadsdiensten 40 procent lager liggen"
    assert promises(known, f"target in full;climate;;{part};;") == [part]


def test_a_finding_belongs_to_the_evaluation_that_the_page_names(known: Known, told: Told) -> None:
    rows = [
        "evaluation;climate;;Met het plan;;",
        "evaluation of;climate;energy;Met het plan;;",
        "finding;energy;;inwoners helpen;;",
        "found in;energy;climate;haar inwoners helpen;;",
    ]
    table, text = starter()
    table += "".join(f"{row}\n" for row in rows)
    quads = quads_of(draft(table.encode(), text.encode(), known, table_name="t.csv", text_name="t.txt"))
    (found,) = [q for q in quads if q.predicate == f"<{NAMESPACE}hasFinding>"]
    assert ("/evaluation/" in found.subject, "/finding/" in found.object) == (True, True)
    (problem,) = told("", "", *rows[2:])
    assert problem.text == "there is no row evaluation of climate above this one: add it"


def test_all_mistakes_of_a_table_are_told_in_one_run(told: Told) -> None:
    problems = told("page language;;nl", "page language;;xx", "aproved;climate;;x", "line;climate;;niet in de tekst")
    assert len(problems) == 3
    assert [problem.row for problem in problems] == sorted(problem.row for problem in problems)


def test_a_period_that_ends_before_it_starts_is_told(told: Told) -> None:
    problems = told("start;climate;2021;2021-2026;2", "start;climate;2030;Tegen 2030;")
    assert [problem.text for problem in problems] == ["this plan ends before it starts (2030): correct one of them"]


def test_a_title_that_names_a_period_asks_for_it(told: Told) -> None:
    both = "start;climate;2021;2021-2026;2;\nend;climate;2026;2021-2026;2;\n"
    (problem,) = told(both, "")
    assert problem.text == "the title names a period: add the rows start 2021 and end 2026 with its words"


def test_a_translated_title_is_no_fact(told: Told) -> None:
    (problem,) = told("", "", "title;climate;Climate plan@en;Klimaatplan Kruisdorp 2021-2026;;")
    assert problem.text.startswith("the words do not say this in en")


def test_a_plan_of_the_graph_is_known_by_its_title(told: Told, known: Known) -> None:
    assert told("climate;energy;", "climate;vlaams plan overheidsopdrachten;") == []


def test_facts_are_added_to_a_plan_of_the_graph_beside_those_of_its_own_page(known: Known) -> None:
    table, text = starter()
    title = "Vlaams actieplan duurzame overheidsopdrachten 2009-2011"
    head = "".join(
        line for line in table.splitlines(keepends=True) if line.startswith(("fact", "page", "body", "\ufeff"))
    )
    rows = f"objective;{title};;minder energie te verbruiken;;\nlines complete;{title};unknown;;;\n"
    found = draft((head + rows).encode(), text.encode(), known, table_name="t.csv", text_name="t.txt")
    assert [problem.text for problem in found.problems] == [
        "there are no lines to be complete: add rows line, or remove this one"
    ]
    rows = rows.partition("\n")[0] + "\n"
    taken = f"{BASE}id/objective/vlaams-actieplan-duurzame-overheidsopdrachten-2009-2011-1"
    for told, ending in ((known.told, "-2009-2011-1>"), (known.told | {taken: {"x"}}, "-klimaatplan-2021-2026-1>")):
        beside = replace(known, told=told)
        quads = quads_of(draft((head + rows).encode(), text.encode(), beside, table_name="t.csv", text_name="t.txt"))
        (named,) = {quad.object for quad in quads if quad.predicate == f"<{NAMESPACE}hasObjective>"}
        assert named.endswith(ending)
    line = f"line;{title};;Veilig fietsen en stappen,;;\n"
    (problem, *_) = draft((head + line).encode(), text.encode(), known, table_name="t.csv", text_name="t.txt").problems
    assert problem.text.startswith("another page gives this plan its lines already")


def test_a_plan_of_the_same_title_is_not_taken_for_another_pages(known: Known) -> None:
    table, text = starter()

    def told(*documents: str) -> list[Problem]:
        plan = f"{BASE}id/plan/klimaatplan-kruisdorp-2021-2026"
        beside = replace(known, told=known.told | {plan: set(documents)})
        return draft(table.encode(), text.encode(), beside, table_name="t.csv", text_name="t.txt").problems

    (problem,) = told("https://e.org/page")
    assert problem.text.startswith("the graph has a plan of this title, from https://e.org/page: if it is this one")
    own = f"{BASE}id/source/klimaatplan-2021-2026"
    assert told("https://e.org/page", own) == told(own) == []


def test_a_body_of_the_same_name_is_pointed_out(known: Known) -> None:
    table, text = starter()
    table += "body;Vlaamse Regering;regional;;;\n"
    found = draft(table.encode(), text.encode(), known, table_name="t.csv", text_name="t.txt")
    assert found.problems == []
    assert [note.text.partition(":")[0] for note in found.notes] == ["the graph has a body 'Vlaamse Regering' already"]
    (problem,) = draft(
        table.replace("regional", "local").encode(), text.encode(), known, table_name="t.csv", text_name="t.txt"
    ).problems
    assert problem.text.startswith("Vlaamse Regering is in the graph with level regional")


def test_a_body_that_is_known_under_another_name_is_told_with_its_iri(known: Known) -> None:
    table, text = starter()
    for row in ("body;European Commission;european;;;", "body name;Stad Kruisdorp;European Commission@fr;;;"):
        (problem,) = draft(
            f"{table}{row}\n".encode(), text.encode(), known, table_name="t.csv", text_name="t.txt"
        ).problems
        assert "'European Commission' already, <id/agent/europese-commissie>" in problem.text


def test_what_a_draft_replaces_is_not_known(sources: Sources, known: Known, tmp_path: Path) -> None:
    """A corrected table is read as if its files of last time were not in the data."""
    own = tmp_path / "data"
    (own / "source").mkdir(parents=True)
    found, text = example(known)
    for ending, content in found.files.items():
        (own / "source" / f"example{ending}").write_text(content, encoding="utf-8")
    published = replace(sources, data=own)
    table = starter()[0].replace(";;;Klimaatplan 2021-2026;1;", ";;Klimaatplan van Kruisdorp;Klimaatplan 2021-2026;1;")

    def told(drafts: list[Path]) -> tuple[list[Problem], list[Problem], list[str]]:
        beside, replaced = read_beside(published, drafts)
        made_ = draft(table.encode(), text.encode(), beside, table_name="example.csv", text_name="example.txt")
        return made_.problems, made_.notes, [path.name for path in replaced]

    problems, notes, replaced = told([])
    assert (bool(problems), bool(notes), replaced) == (True, True, [])
    drafts = [tmp_path / f"example{ending}" for ending in found.files]
    assert told(drafts) == ([], [], ["example.bodies.trig", "example.ttl"])


def test_the_quotes_of_a_draft_are_compared_and_no_others(sources: Sources, known: Known) -> None:
    found, text = example(known)
    shipped, added = read_data(sources), quads_of(found)
    check = check_quotes(shipped, text.replace("Zonnepanelen", "Zonnepanele").encode(), BASE, drafts=added)
    assert check.document == f"{BASE}id/source/klimaatplan-2021-2026"
    assert (check.checked, len(check.misquotes), check.same_text) == (found.facts, 1, False)
    # A draft that is in the data already is still compared as the draft has it.
    assert check_quotes([*shipped, *added], text.encode(), BASE, drafts=added).checked == found.facts


# --- The table -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_table_is_read_as_spreadsheets_write_it(separator: str, mark: str) -> None:
    text = f'{mark}Fact,About,Value,Words\r\n# a, remark\r\n\r\ntitle,,"x",y\r\n'.replace(",", separator)
    ((row,), problems) = read_table(text.encode(), "t.csv")
    assert (row.number, row.word.word, row.value, row.words, row.which, problems) == (4, "title", "x", "y", None, [])


def test_a_cell_may_hold_line_ends_and_the_row_is_the_spreadsheets() -> None:
    text = 'fact;about;value;words\ntitle;;"a\nb";c\ntitel;;d;e\n'
    rows, _ = read_table(text.encode(), "t.csv")
    assert [(row.number, row.word.word, row.value) for row in rows] == [(2, "title", "a\nb"), (3, "title", "d")]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (b"", "has no rows"),
        (b"fact;about;value;words\ntitle;;\xe9;x\n", "is not UTF-8 (byte 30): in the spreadsheet, save it as"),
        (
            b"\n# x\nfact;about;valeu;words\n",
            "t.csv:3: there is no column 'valeu': the columns are fact, about, value, words, which, note",
        ),
        (b"fact;about;value\n", "t.csv:1: the column words is missing"),
        (b"fact;about;value;words;feit\n", "t.csv:1: the column fact is there twice"),
        (b"PK\x03\x04 and so on", "t.csv is a spreadsheet file: save it as “CSV UTF-8”"),
        (b'fact;about;value;words\ntitle;;;"x\n', "t.csv:2: this row cannot be read"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(table: bytes, said: str) -> None:
    with pytest.raises(BadParameter, match=re.escape(said)):
        read_table(table, "t.csv")


def test_every_word_has_a_dutch_and_a_french_one_and_a_property_of_the_ontology(sources: Sources) -> None:
    rows = values.rows_of("words.csv")
    names = [{values.key(row[column]) for column in ("word", "nl", "fr")} for row in rows]
    assert all(all(row) for row in names)
    # No name stands for two words.
    assert len(words()) == sum(map(len, names))
    ontology = (sources.ontology / "dpp.ttl").read_text(encoding="utf-8")
    things = {row["key"] for row in values.rows_of("things.csv")}
    for row in rows:
        assert None not in row.values(), row
        assert row["about"] in {"page", "body", "new", "plan", "period", "any line", *things}, row
        assert row["opens"] in {"", *things}, row
        prefix, _, name = row["property"].lstrip("^").partition(":")
        assert prefix != "dpp" or re.search(rf"^dpp:{name} a ", ontology, re.MULTILINE), row
        assert not prefix or prefix in PREFIXES, row


def test_the_guide_lists_every_word() -> None:
    guide = (REPOSITORY / "docs" / "add-a-plan.md").read_text(encoding="utf-8")
    for row in values.rows_of("words.csv"):
        meaning = row["meaning"].replace("|", "\\|")
        assert f"| `{row['word']}` | {row['nl']} | {row['fr']} | {meaning} |" in guide, row["word"]


def test_the_names_that_people_use_are_those_of_concepts(known: Known) -> None:
    for row in values.rows_of("also.csv"):
        concepts = [known_ for scheme in known.concepts.values() for known_ in scheme.values()]
        assert [c.iri for c in concepts if c.iri.endswith(f"/{row['concept']}")], row
        scheme = next(s for s, of in known.concepts.items() if f"{BASE}id/concept/{row['concept']}" in of)
        for name in row["names"].split("|"):
            found = known.concept(scheme, name)
            assert found is not None, name
            assert found.iri.endswith(f"/{row['concept']}"), name


def test_the_example_is_a_table_that_spreadsheets_open() -> None:
    table, _ = starter()
    assert table.startswith("\ufeff")
    rows = list(csv.reader(table.removeprefix("\ufeff").splitlines(), delimiter=";"))
    assert {len(row) for row in rows if not row[0].startswith("#")} == {6}
    assert {len(row) for row in rows if row[0].startswith("#")} == {1}


# --- Words in a text -------------------------------------------------------------------------------------------------


@given(st.text(min_size=1, max_size=60), st.data())
def test_words_that_stand_once_in_a_text_are_found_there(text: str, drawn: st.DataObject) -> None:
    start = drawn.draw(st.integers(0, len(text) - 1))
    end = drawn.draw(st.integers(start + 1, len(text)))
    cut = text[start:end]
    assume(cut == cut.strip() != "" and not any("\ud800" <= character <= "\udfff" for character in text))
    assume(len(re.findall(f"(?={re.escape(cut)})", text)) == 1)
    passage = PageText(text.encode(), "t").find(cut)
    assert (passage.words, passage.start, passage.end, passage.as_typed) == (cut, start, end, True)


@pytest.mark.parametrize(
    ("text", "typed", "quoted"),
    [
        ("de duurzame\u00a0 opdrachten", "duurzame opdrachten", "duurzame\u00a0 opdrachten"),
        ("een regel\r\n  verder", "regel verder", "regel\r\n  verder"),
        ("l’action d’abord", "l'action", "l’action"),
        ("2012–2014", "2012-2014", "2012–2014"),
        ("cafe\u0301 noir", "café", "cafe\u0301"),
        ("een (tekst) [hier].", "(tekst) [hier].", "(tekst) [hier]."),
    ],
)
def test_the_quote_is_the_pages_own_where_a_keyboard_has_no_such_character(text: str, typed: str, quoted: str) -> None:
    passage = PageText(text.encode(), "t").find(typed)
    assert text[passage.start : passage.end] == passage.words == quoted


def test_other_letters_are_never_taken_for_the_pages_own() -> None:
    page = PageText(b"Wonen en verbouwen", "t")
    for wrong in ("wonen en verbouwen", "Wonen, en verbouwen", "Wonen verbouwen"):
        with pytest.raises(BadParameter, match="Closest, in line 1 of t: “Wonen en verbouwen”"):
            page.find(wrong)
    with pytest.raises(BadParameter, match="Nothing there is like them"):
        page.find("xyzxyz")


def test_a_long_passage_that_is_shown_in_part_says_so() -> None:
    words_ = "een zin die zo lang is dat hij niet in zijn geheel getoond wordt"
    with pytest.raises(BadParameter, match=r"\[een zin die zo lang is dat hij niet in z…\]"):
        PageText(f"{words_}. {words_}.".encode(), "t").find(words_)


def test_a_text_that_is_none_is_refused() -> None:
    for data, said in ((b" \n", "t is empty"), (b"\xff", "t is not UTF-8"), (b"PK\x03\x04", "t is no plain text")):
        with pytest.raises(BadParameter, match=said):
            PageText(data, "t")


# --- Values ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "quote", "iso"),
    [
        ("2012", "2012-2014", "2012"),
        ("2022", "2021-22", "2022"),
        ("", "tegen 2020", "2020"),
        ("", "op 5 juni 2009", "2009-06-05"),
        ("", "Le 1er août 2014", "2014-08-01"),
        ("", "am 3. März 2022", "2022-03-03"),
        ("", "on March 3, 2022", "2022-03-03"),
        ("", "in juli 2019", "2019-07"),
        ("21/12/2012", "Op 21 december 2012", "2012-12-21"),
        ("5/06/2009", "op 5 juni 2009", "2009-06-05"),
        ("2009-06-05", "op 5 juni", "2009-06-05"),
        ("2009-06-05", "5.6.2009", "2009-06-05"),
        ("2024-02-29", "29 februari 2024", "2024-02-29"),
    ],
)
def test_a_date_is_as_precise_as_its_words(value: str, quote: str, iso: str) -> None:
    assert literal_text(values.date(value, quote)) == iso


@pytest.mark.parametrize(
    ("value", "quote", "said"),
    [
        ("", "2012-2014", "write the date in value"),
        ("2012-01-01", "2012-2014", "the words name no month"),
        ("2019-07-01", "in juli 2019", "the words name no day: write the month alone, 2019-07"),
        ("2023-02-29", "29 februari 2023", "there is no day 2023-02-29"),
        ("05/06/2009", "in 2009", "can be read in two ways: write year-month-day, 2009-05-06 or 2009-06-05"),
        ("jul/12", "juli 2012", "jul/12 is no date"),
    ],
)
def test_a_date_that_cannot_be_meant_is_told(value: str, quote: str, said: str) -> None:
    with pytest.raises(BadParameter, match=re.escape(said)):
        values.date(value, quote)


@given(st.text())
def test_a_slug_is_a_part_of_an_iri_and_of_a_prefixed_name(text: str) -> None:
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", values.slug(text))
    assert len(values.slug(text)) <= 100


@pytest.mark.parametrize(
    ("cell", "number", "unit"),
    [
        ("40 percent", "40", "percent"),
        ("2,5 %", "2.5", "%"),
        ("2 500 000 euro", "2500000", "euro"),
        ("-3 %", "-3", "%"),
        ("10,50 euro", "10.5", "euro"),
        ("100", "100", ""),
    ],
)
def test_a_number_is_kept_as_it_was_meant(cell: str, number: str, unit: str) -> None:
    found, named_ = numbers.quantity(cell)
    assert (literal_text(numbers.decimal(found)), named_) == (number, unit)


def test_a_number_that_is_told_in_part_is_asked_for_in_full() -> None:
    with pytest.raises(BadParameter, match="write the number in full: 2500000 euro"):
        numbers.quantity("2,5 miljoen euro")


@pytest.mark.parametrize(
    ("number", "quote"),
    [
        ("45", "45 procent"), ("1200", "1.200 woningen"), ("1.2", "1.200 ton"), ("1.5", "1,5 %"),
        ("2500000", "2 500 000 euros"), ("2500000", "2,5 millions d’euros"), ("2500000.5", "2.500.000,50 euro"),
        ("100", "honderd procent"), ("50", "tegen 2030 de helft"), ("50", "half by 2030"), ("-3", "3 % minder"),
        ("55", "van 40 naar 55 %"), ("2030", "2030 bomen"), ("33", "1/3 van de wagens"), ("12", "d’ici 2025, douze"),
    ],
)  # fmt: skip
def test_a_figure_may_be_what_its_words_say(number: str, quote: str) -> None:
    numbers.compare(Decimal(number), quote, percentage=number in ("45", "50"))


@pytest.mark.parametrize(
    ("number", "quote", "said"),
    [
        ("45", "55 %", "the words say 55, the value 45: correct one of them"),
        ("2.5", "2,5 miljoen euro", "the words say 2500000, the value 2.5"),
        ("500", "2 500 euro", "the words say 2500, the value 500"),
        ("20000", "2000 woningen", "the words say 2000, the value 20000"),
        ("45", "van 40 naar 55 % tegen 2030", "the words say 40 or 55, the value 45: correct one of them, or take the"),
        ("12", "1.200", "the words say 1.2 or 1200, the value 12"),
    ],
)
def test_a_figure_that_its_words_do_not_say_is_told(number: str, quote: str, said: str) -> None:
    with pytest.raises(BadParameter, match=re.escape(said)):
        numbers.compare(Decimal(number), quote, percentage=False)


@given(st.text(), st.integers(0, 10**9))
def test_any_words_can_be_compared(quote: str, number: int) -> None:
    with suppress(BadParameter):
        numbers.compare(Decimal(number), quote, percentage=True)
    numbers.compare(Decimal(number), f"{number} x", percentage=True)
