"""A plan from a table: what a row means, where its words stand, and what is told to whoever made a mistake."""

import csv
import re
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dppgraph.core import formats
from dppgraph.core.iris import NAMESPACE, PREFIXES, graph_iri
from dppgraph.core.quads import Quad, literal
from dppgraph.errors import BadParameter
from dppgraph.operations.check_quotes import check_quotes, read_quotes
from dppgraph.operations.new import Draft, Known, draft, read_known, starter, values
from dppgraph.operations.new.table import Problem, read_table, words
from dppgraph.operations.new.text import PageText
from dppgraph.operations.sources import Sources, read_data, read_vocabulary
from dppgraph.operations.validate import assemble, validate
from dppgraph.store.rdf import literal_text, parse
from tests.conftest import BASE, REPOSITORY

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "new"
RDF = PREFIXES["rdf"]
# A type needs no statement, so the table gives the target none (46b); who drafted what is for Turtle (59).
NOT_IN_TABLE = {("target", f"<{RDF}type>"), ("finding", f"<{PREFIXES['prov']}wasGeneratedBy>")}


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
    assert [(q.graph, q.object) for q in signed] == [
        (f"<{graph_iri('interpretation')}>", f"<{BASE}id/agent/gemeinde-altenfeld>")
    ]
    dates = {literal_text(q.object) for q in quads if q.predicate == f"<{NAMESPACE}decisionDate>"}
    assert dates == {"2022-03-03"}


def test_the_example_converts_and_the_same_table_gives_the_same_bytes(known: Known) -> None:
    first, text = example(known)
    again, _ = example(known)
    assert first.files == again.files
    assert sorted(first.files) == [".bodies.trig", ".ttl"]
    check = check_quotes([], text.encode(), BASE, drafts=quads_of(first))
    assert (check.checked, check.misquotes, check.same_text) == (first.facts, [], True)


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
    "two-levels": ("Stad Kruisdorp;local", "Stad Kruisdorp;provincial", "are of several levels (local, provincial)"),
    "wrong-words": ("Veilig fietsen en stappen", "Veilig fietsen en stapen", "Closest, at 581: “Veilig fietsen en"),
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
    "language": (";;nl;", ";;Vlaams;", "Vlaams is no language here: write nl, fr, de, en"),
    "no-publisher": ("page publisher;", "# page publisher;", "the row page publisher is missing: add it"),
    "about-the-page": ("page language;;", "page language;climate;", "page language is about the page: leave about"),
    "sub-line-first": ("line;climate;;Wonen", "# line;climate;;Wonen", "a sub-line stands below a row line"),
    "more-cells": ("page language;;nl;;;", "page language;;nl;;;;x", "this row has more cells than there are columns"),
    "quantity": ("40 percent", "1.000 percent", "1.000 can be read in two ways"),
    "no-open-end": ("end;climate;2026", "open end;climate;2026", "open end takes no value"),
}

# Told at the row that asks for what is missing, at the table as a whole, or once for each row that is left alone.
ELSEWHERE = {
    "no-approver", "no-target-value", "no-listing", "no-title", "no-publisher",
    "two-levels", "no-level", "sub-line-first",
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
    assert len(problems) <= 3, problems


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
        (b"fact;about;valeu;words\n", "has a column 'valeu': the columns are fact"),
        (b"fact;about;value\n", "lacks the column words"),
        (b'fact;about;value;words\ntitle;;;"x\n', "t.csv:2: this row cannot be read"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(table: bytes, said: str) -> None:
    with pytest.raises(BadParameter, match=re.escape(said)):
        read_table(table, "t.csv")


def test_every_word_has_a_dutch_one_and_a_property_of_the_ontology(sources: Sources) -> None:
    rows = values.rows_of("words.csv")
    assert len(words()) == 2 * len(rows) - sum(values.key(row["word"]) == values.key(row["nl"]) for row in rows)
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
        assert f"| `{row['word']}` | {row['nl']} | {meaning} |" in guide, row["word"]


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
        with pytest.raises(BadParameter, match="Closest, at 0: “Wonen en verbouwen”"):
            page.find(wrong)
    with pytest.raises(BadParameter, match="Nothing there is like them"):
        page.find("xyzxyz")


def test_a_text_that_is_none_is_refused() -> None:
    for data, said in ((b" \n", "t is empty"), (b"\xff", "t is not UTF-8")):
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


def test_a_number_is_kept_as_it_was_meant() -> None:
    assert [literal_text(values.quantity(cell)[0]) for cell in ("40 percent", "2,5 %", "2 500 000 euro", "-3 %")] == [
        "40",
        "2.5",
        "2500000",
        "-3",
    ]
