"""Plans of many shapes fit without a change to the ontology, and the mistakes of their authors are told with a cure."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from dppgraph.core import formats
from dppgraph.core.iris import graph_iri
from dppgraph.core.quads import Quad
from dppgraph.operations.check_quotes import read_quotes
from dppgraph.operations.sources import Sources
from dppgraph.operations.validate import Report, Result, assemble, validate
from dppgraph.operations.validate.places import shown
from dppgraph.store.rdf import literal_text, read_file

PLANS = Path(__file__).resolve().parents[1] / "fixtures" / "plans"
FILES = sorted(path for path in PLANS.iterdir() if path.suffix in (".ttl", ".trig"))


@dataclass(frozen=True)
class Mistake:
    """A slip of an author: what is written instead of what, and what must be said of it.

    Attributes:
        name: of the slip; its copy of the fixture and all things in it are called after it.
        plan: the fixture in which it is made.
        slips: within the paragraph that begins with the first text (everywhere, if it is empty) the second text is
            the third instead; an empty second text stands for the whole paragraph.
        check: the shape that finds it.
        words: what the line must say, the cure above all.
        at: what is written on the line that it must name.
    """

    name: str
    plan: str
    slips: tuple[tuple[str, str, str], ...]
    check: str
    words: tuple[str, ...]
    at: str

    def written(self, folder: Path) -> Path:
        """A copy of the fixture with the mistake in it, and with names of its own."""
        (source,) = (path for path in FILES if path.stem == self.plan)
        text = source.read_text(encoding="utf-8")
        for begin, old, new in self.slips:
            start = text.index(begin)
            end = text.index(" .\n", start) + len(" .\n") if begin else len(text)
            paragraph = text[start:end]
            assert old in paragraph, (self.name, old)
            text = text[:start] + (paragraph.replace(old, new) if old else new) + text[end:]
        path = folder / f"{self.name}{source.suffix}"
        path.write_text(self.renamed(text), encoding="utf-8")
        return path

    def renamed(self, text: str) -> str:
        """A text about the things of the fixture, about those of its copy."""
        return text.replace(f":{self.plan}", f":{self.name}").replace(f"/{self.plan}", f"/{self.name}")


MISTAKES = [
    Mistake(
        "succession-turned-round",
        "many-to-many",
        (
            ("    plan:many-to-many-chaleur a", "dpp:succeeds", "dpp:isSucceededBy"),
            ("statement:many-to-many-16 ", "dpp:succeeds", "dpp:isSucceededBy"),
        ),
        "succession-order",
        (
            "starts earlier than plan/succession-turned-round-chaleur",
            "turn dpp:succeeds round",
        ),
        "dpp:isSucceededBy plan:succession-turned-round-climat",
    ),
    Mistake(
        "unknown-plan",
        "plan-inside-plan",
        (("", "dct:isPartOf plan:plan-inside-plan-geheel ;", "dct:isPartOf plan:plan-inside-plan-gehel ;"),),
        "thing-undescribed",
        (
            "No file says what plan/unknown-plan-gehel is",
            "Did you mean plan/unknown-plan-geheel?",
        ),
        "dct:isPartOf",
    ),
    Mistake(
        "year-as-text",
        "gap",
        (("", 'dcat:startDate "2012"^^xsd:gYear', 'dcat:startDate "2012"'),),
        "period-start",
        (
            'write dcat:startDate as "2012"^^xsd:gYear',
            'value: "2012"',
        ),
        'dcat:startDate "2012"',
    ),
    Mistake(
        "end-not-said-to-be-open",
        "open-ended",
        (
            ("", '"2018-07-01"^^xsd:date ;\n        dpp:openEnded true .', '"2018-07-01"^^xsd:date .'),
            ("statement:open-ended-04 ", "", ""),
        ),
        "period-end-known",
        ("write dcat:endDate if a source names the end, or dpp:openEnded true",),
        "#period> a dct:PeriodOfTime",
    ),
    Mistake(
        "month-called-a-year",
        "month-precision",
        (("", '"2016-07"^^xsd:gYearMonth', '"2016-07"^^xsd:gYear'),),
        "period-start",
        ('"2012-07"^^xsd:gYearMonth',),
        'dcat:startDate "2016-07"^^xsd:gYear ;',
    ),
    Mistake(
        "second-date-without-source",
        "conflicting-dates",
        (("statement:conflicting-dates-08 ", "", ""),),
        "approval-dates-told",
        (
            "for 2010-03-25 it is not described which source names it",
            "add a dpp:ExternalStatement or remove the date",
        ),
        '"2010-03-25"^^xsd:date',
    ),
    Mistake(
        "unknown-body",
        "several-issuers",
        (("", "            agent:several-issuers-haute-sille ,", "            agent:several-issuers-haute-sile ,"),),
        "thing-undescribed",
        (
            "agents.ttl",
            "Did you mean agent/unknown-body-haute-sille?",
        ),
        "agent:unknown-body-haute-sile ,",
    ),
    Mistake(
        "line-without-plan",
        "two-tiers",
        (
            ("", "            line:two-tiers-21 ;", "            line:two-tiers-2 ;"),
            ("statement:two-tiers-07 ", "", ""),
        ),
        "line-plan",
        ("write dpp:hasLineOfAction with this line at one plan",),
        "line:line-without-plan-21 a dpp:LineOfAction",
    ),
    Mistake(
        "unknown-unit",
        "several-targets",
        (("", "        dpp:unit concept:unit-percent ;", "        dpp:unit concept:unit-procent ;"),),
        "thing-undescribed",
        ("Did you mean concept/unit-percent?",),
        "dpp:unit concept:unit-procent",
    ),
    Mistake(
        "two-titles-in-one-language",
        "several-languages",
        (("", 'Ruralité 2018-2020"@fr', 'Ruralité 2018-2020"@de'),),
        "plan-title",
        (
            "given twice in one language",
            "write one dct:title per language",
        ),
        "dct:title",
    ),
    Mistake(
        "misspelt-property",
        "presented",
        (("", 'dpp:eventDate "2014-04-03"^^xsd:date ;', 'dpp:eventDat "2014-04-03"^^xsd:date ;'),),
        "property-unknown",
        (
            "The ontology has no property dpp:eventDat",
            "Did you mean dpp:eventDate?",
        ),
        "dpp:eventDat ",
    ),
    Mistake(
        "misspelt-class",
        "circular",
        (("", "clauses-sociales a dpp:PolicyInstrument ;", "clauses-sociales a dpp:PolicyInstrumment ;"),),
        "class-unknown",
        (
            "The ontology has no class dpp:PolicyInstrumment",
            "Did you mean dpp:PolicyInstrument?",
        ),
        "a dpp:PolicyInstrumment",
    ),
    Mistake(
        "quote-not-as-long-as-its-place",
        "communication",
        (("", 'oa:exact "adopted the communication"', 'oa:exact "adopted a communication"'),),
        "quote-length",
        ("write in oa:exact the text between those two places, with every space",),
        "statement:quote-not-as-long-as-its-place-04 a dpp:SourceStatement",
    ),
    Mistake(
        "misspelt-list-of-lines",
        "two-tiers",
        (("", "        dpp:hasLineOfAction\n", "        dpp:hasLineOfActions\n"),),
        "property-unknown",
        (
            "The ontology has no property dpp:hasLineOfActions",
            "Did you mean dpp:hasLineOfAction?",
        ),
        "dpp:hasLineOfActions",
    ),
    Mistake(
        "misspelt-everywhere",
        "open-ended",
        (("", "dpp:approvedIn", "dpp:aprovedIn"),),
        "property-unknown",
        ("Did you mean dpp:approvedIn?",),
        "dpp:aprovedIn approval:",
    ),
    Mistake(
        "misspelt-in-the-statement",
        "open-ended",
        (("", "rdf:predicate dpp:approvedIn", "rdf:predicate dpp:aprovedIn"),),
        "property-unknown",
        ("Did you mean dpp:approvedIn?",),
        "rdf:predicate dpp:aprovedIn",
    ),
    Mistake(
        "property-of-another-vocabulary",
        "gap",
        (("", 'dct:title "Fietsplan 2012-2016"', 'dpp:title "Fietsplan 2012-2016"'),),
        "property-unknown",
        ("Did you mean dct:title?",),
        "dpp:title",
    ),
    Mistake(
        "other-language-than-the-statement",
        "several-languages",
        (
            (
                "",
                '            "Aktionsplan Ländlicher Raum 2018-2020"@de ,',
                '            "Aktionsplan Ländlicher Raum 2018-2020"@nl ,',
            ),
        ),
        "source-statement-asserted",
        ('Did you mean "Aktionsplan Ländlicher Raum 2018-2020"@nl?',),
        "rdf:subject plan:other-language-than-the-statement",
    ),
    Mistake(
        "title-without-language",
        "gap",
        (("", '"Fietsplan 2012-2016"@nl', '"Fietsplan 2012-2016"'),),
        "plan-title",
        ("has no language",),
        'dct:title "Fietsplan 2012-2016" ;',
    ),
    Mistake(
        "same-place-twice",
        "several-languages",
        (("", "dpp:position 2", "dpp:position 1"),),
        "line-position-taken",
        (
            "has place 1",
            "give each line a dpp:position of its own",
        ),
        "plan:same-place-twice-land a dpp:ActionPlan",
    ),
    Mistake(
        "more-than-all",
        "several-targets",
        (("", '"50"^^xsd:decimal', '"150"^^xsd:decimal'),),
        "target-percent",
        ("a percentage outside 0 to 100",),
        "target:more-than-all-anteil a dpp:Target",
    ),
    Mistake(
        "value-with-a-comma",
        "several-targets",
        (("", '"50"^^xsd:decimal', '"50,0"^^xsd:decimal'),),
        "target-value",
        ("as a decimal number",),
        "dpp:targetValue",
    ),
    Mistake(
        "fact-forgotten",
        "plan-inside-plan",
        (("", "    dpp:hasLineOfAction line:plan-inside-plan-1 ;\n", ""),),
        "source-statement-asserted",
        ("add the fact, the same letter by letter",),
        "rdf:subject plan:fact-forgotten",
    ),
    Mistake(
        "statement-forgotten",
        "plan-inside-plan",
        (("statement:plan-inside-plan-09 ", "", ""),),
        "source-fact-stated",
        ("add a dpp:SourceStatement",),
        "dpp:hasLineOfAction line:statement-forgotten-1",
    ),
    Mistake(
        "misspelt-statement",
        "plan-inside-plan",
        (("statement:plan-inside-plan-05 ", "SourceStatement", "SourceStatment"),),
        "class-unknown",
        ("Did you mean dpp:SourceStatement?",),
        "a dpp:SourceStatment",
    ),
    Mistake(
        "statement-without-a-class",
        "plan-inside-plan",
        (("statement:plan-inside-plan-05 ", " a dpp:SourceStatement ;\n    ", " "),),
        "class-missing",
        ("add its class, such as a dpp:LineOfAction or a dpp:SourceStatement",),
        "statement:statement-without-a-class-05 rdf:subject",
    ),
    Mistake(
        "line-without-a-class",
        "several-languages",
        (("", "line:several-languages-1 a dpp:LineOfAction ;\n        skos", "line:several-languages-1 skos"),),
        "class-missing",
        ("add its class, such as a dpp:LineOfAction",),
        "line:line-without-a-class-1 skos:prefLabel",
    ),
    Mistake(
        "misspelt-subject",
        "open-ended",
        (("statement:open-ended-01 ", "open-ended-aankopen", "open-ended-aankoop"),),
        "source-statement-asserted",
        ("Did you mean plan/misspelt-subject-aankopen?",),
        "rdf:subject plan:misspelt-subject",
    ),
    Mistake(
        "misspelt-document",
        "plan-inside-plan",
        (("", "a dpp:SourceDocument", "a dpp:SourceDocumment"),),
        "class-unknown",
        ("Did you mean dpp:SourceDocument?",),
        "a dpp:SourceDocumment",
    ),
    Mistake(
        "unknown-approval",
        "plan-inside-plan",
        (
            (
                "",
                "    dpp:approvedIn approval:plan-inside-plan-deel",
                "    dpp:approvedIn approval:plan-inside-plan-del",
            ),
        ),
        "thing-undescribed",
        ("Did you mean approval/unknown-approval-deel?",),
        "dpp:approvedIn",
    ),
    Mistake(
        "unknown-line",
        "several-languages",
        (("", "            line:several-languages-2 ;", "            line:several-languages-3 ;"),),
        "thing-undescribed",
        ("Did you mean line-of-action/unknown-line-",),
        "line:unknown-line-3",
    ),
    Mistake(
        "line-of-another-plan",
        "two-tiers",
        (
            ("    line:two-tiers-21 a", "line:two-tiers-2 ;", "line:duurzame-overheidsopdrachten-2009-2011-01 ;"),
            ("statement:two-tiers-12 ", "line:two-tiers-2 ;", "line:duurzame-overheidsopdrachten-2009-2011-01 ;"),
        ),
        "line-plan-of-parent",
        ("does not itself belong to that plan",),
        "line:line-of-another-plan-21 a dpp:LineOfAction",
    ),
    Mistake(
        "event-date-as-text",
        "presented",
        (("", '"2014-04-03"^^xsd:date', '"3 april 2014"@nl'),),
        "event-date",
        ('"2012-12-21"^^xsd:date',),
        'dpp:eventDate "3 april 2014"@nl',
    ),
    Mistake(
        "result-forgotten",
        "gap",
        (
            (
                "    approval:gap-2011 a",
                "        besluitvorming:resultaat besluit-resultaat:56312c4b-9d2a-4735-b0b1-2ff14bb524fd ;\n",
                "",
            ),
            ("statement:gap-16 ", "", ""),
        ),
        "source-approval-result",
        ("besluitvorming:resultaat",),
        "approval:result-forgotten-2011 a dpp:Approval",
    ),
    Mistake(
        "circle",
        "gap",
        (
            ("    plan:gap-2005-2009 a", "dpp:sequenceNumber 1", "dpp:succeeds plan:gap-2012-2016"),
            ("statement:gap-02 ", "dpp:sequenceNumber", "dpp:succeeds"),
            ("statement:gap-02 ", "rdf:object 1", "rdf:object plan:gap-2012-2016"),
        ),
        "succession-circle",
        ("turn round",),
        "dpp:succeeds plan:circle-2012-2016",
    ),
    Mistake(
        "open-and-ended",
        "month-precision",
        (
            ("    plan:month-precision-boucle a", "        dct:type concept:type-programme ;\n", ""),
            ("", '"2019-12"^^xsd:gYearMonth .', '"2019-12"^^xsd:gYearMonth ;\n        dpp:openEnded true .'),
            (
                "statement:month-precision-02 ",
                "plan:month-precision-boucle ; rdf:predicate dct:type",
                "<id/plan/month-precision-boucle#period> ; rdf:predicate dpp:openEnded",
            ),
            ("statement:month-precision-02 ", "concept:type-programme", "true"),
        ),
        "period-open-ended-no-end",
        ("remove what the source does not say",),
        "#period> a dct:PeriodOfTime",
    ),
]

# A mistake in each of these plans is judged together with all plans as they should be: a validation costs seconds, and
# every mistake by itself is left to the heavy test.
TOGETHER = ("month-precision", "presented", "circular")


@dataclass(frozen=True)
class Judged:
    """Every plan, and a copy of some with a mistake in it, judged together."""

    report: Report
    copies: dict[str, Path]


def told(report: Report, path: Path) -> list[Result]:
    """The results that an author sees of a file."""
    return [result for result in report.results if result.file == shown(path) and not result.follows]


def check_that_it_is_told(mistake: Mistake, report: Report, path: Path, known: set[tuple[str, str]]) -> None:
    """One line, and that line names the cure and the place; notes and warnings of the plan without it do not count."""
    lines = dict(zip([result for result in report.results if not result.follows], report.lines(), strict=True))
    said = [
        result
        for result in told(report, path)
        if (result.check, result.focus) not in known and (result.severity != "Info" or result.check == mistake.check)
    ]
    assert [result.check for result in said] == [mistake.check], [lines[result] for result in said]
    line = lines[said[0]]
    assert line.startswith(f"{shown(path)}:{said[0].line}: {said[0].severity.lower()} {mistake.check}: "), line
    for words in mistake.words:
        assert words in line, line
    written = path.read_text(encoding="utf-8").splitlines()[said[0].line - 1]
    assert mistake.at in written, line


def known_of(report: Report, mistake: Mistake) -> set[tuple[str, str]]:
    """What is told of the plan without the mistake, said of its copy."""
    (path,) = (path for path in FILES if path.stem == mistake.plan)
    return {(result.check, mistake.renamed(result.focus)) for result in told(report, path)}


@pytest.fixture(scope="module")
def judged(sources: Sources, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    folder = tmp_path_factory.mktemp("mistakes")
    empty = tmp_path_factory.mktemp("no-data")
    first = {mistake.plan: mistake for mistake in reversed(MISTAKES) if mistake.plan in TOGETHER}
    copies = {mistake.name: mistake.written(folder) for mistake in first.values()}
    without_data = Sources(empty, sources.ontology, sources.shapes, sources.base)
    return Judged(validate(assemble(without_data, [*FILES, *copies.values()])), copies)


def test_each_plan_has_a_mistake() -> None:
    assert {mistake.plan for mistake in MISTAKES} == {path.stem for path in FILES}
    assert len({mistake.name for mistake in MISTAKES}) == len(MISTAKES)


@pytest.mark.heavy
def test_every_plan_is_valid_and_a_warning_is_one_that_may_stay(judged: Judged) -> None:
    of_plans = [result for path in FILES for result in told(judged.report, path) if result.severity != "Info"]
    assert [(result.check, result.severity) for result in of_plans] == [("plan-approval", "Warning")]
    assert "If it was only presented or launched, a dpp:PlanEvent says so, and this may stay." in of_plans[0].message(
        "en"
    )


@pytest.mark.heavy
def test_a_mistake_is_told_in_one_line_with_its_place_and_its_cure(judged: Judged) -> None:
    for mistake in MISTAKES:
        if mistake.name in judged.copies:
            known = known_of(judged.report, mistake)
            check_that_it_is_told(mistake, judged.report, judged.copies[mistake.name], known)


@pytest.mark.heavy
def test_what_only_follows_is_counted_and_kept_for_programs(judged: Judged) -> None:
    following = [result for result in judged.report.results if result.follows]
    assert judged.report.summary().endswith(f"(and {len(following)} more that come of these: --format json has them)")
    assert judged.report.to_json().count('"follows": true') == len(following) > 0


def test_every_quote_of_a_plan_stands_in_its_text(sources: Sources) -> None:
    texts = {hashlib.sha256(path.read_bytes()).hexdigest(): path.read_text("utf-8") for path in PLANS.glob("*.txt")}
    quads = quads_of(FILES, sources.base)
    sha256 = {quad.subject: literal_text(quad.object) for quad in quads if quad.predicate.endswith("ns#sha256>")}
    assert set(sha256.values()) == set(texts)
    quotes = read_quotes(quads, sources.base)
    assert {quote.document for quote in quotes} == {subject.strip("<>") for subject in sha256}
    for quote in quotes:
        assert texts[sha256[f"<{quote.document}>"]][quote.start : quote.end] == quote.text


def quads_of(files: Iterable[Path], base: str) -> list[Quad]:
    return [
        quad
        for path in files
        if (format_ := formats.of_file(path.name))
        for quad in read_file(path, format_, graph=f"<{graph_iri('source')}>", base=base)
    ]


@pytest.mark.heavy
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_plan_alone_is_valid_beside_the_shipped_data(sources: Sources, path: Path) -> None:
    report = validate(assemble(sources, [path]))
    assert report.conforms
    assert {result.check for result in told(report, path) if result.severity != "Info"} <= {"plan-approval"}


@pytest.mark.heavy
@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_the_mistake_alone_is_told_in_one_line(
    sources: Sources, judged: Judged, tmp_path: Path, mistake: Mistake
) -> None:
    path = mistake.written(tmp_path)
    check_that_it_is_told(mistake, validate(assemble(sources, [path])), path, known_of(judged.report, mistake))
