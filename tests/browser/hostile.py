"""A graph that means harm, in Turtle: what it says is to be shown, and nothing of it is to be done.

It is valid RDF and no more: no shape would pass it. Every text in it has MARK, so that it is found again on a page.
"""

from pathlib import Path

MARK = "⚑"
MANY = 10_000
"""Lines of action of one plan."""
RAN = "window.ran = 1"
"""What would be done, if anything of it were."""

_TEXTS = (
    f"<script>{RAN}</script>",
    f'"><img src=x onerror="{RAN}">',
    f"'><svg onload='{RAN}'></svg>",
    f'<a href="javascript:{RAN}">press</a>',
    f"</title></textarea></script></style><script>{RAN}</script>",
    f'" autofocus onfocus="{RAN}" x="',
    "<b>bold</b> &amp; &lt;i&gt; <!-- ]]> --",
    "{{ 7 * 7 }} {% raw %} %(num)s %s ${7}",
    "\u202eright to left\u202d \u2066\u2067\u2068 never ended",
    "שלום עולם مرحبا بالعالم",
    "\u0301\u0302\u0303\u0304 combined \ufeff\u200b\u200d",
    "unbreakable" * 60,
    f"<base href=//example.org><meta http-equiv=refresh content='0;url=javascript:{RAN}'>",
    "<style>* { display: none }</style><link rel=stylesheet href=//example.org/x.css>",
    "<form action=//example.org><input name=token><button>x</button></form><iframe src=//example.org></iframe>",
)
_LONG = "<i>long</i> words " * 6_000
_UNBROKEN = "x" * 100_000
_IRIS = (
    f"javascript:{RAN}".replace(" ", ""),
    "JaVaScRiPt:alert(1)",
    "data:text/html,%3Cscript%3Ewindow.ran=1%3C/script%3E",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "blob:https://example.org/1",
    "mailto:a@example.org?subject=%22%3E%3Cscript%3E",
    "https://example.org/?a='onmouseover='window.ran=1'&b=%22%3E%3Cscript%3E",
    "https://example.org/" + "long" * 500,
    "urn:x:'onload=window.ran=1",
)
_SLUGS = ("o'hare&x=1;(y)", "%22%3E%3Cscript%3E", "..%2F..%2Fetc", "%E2%80%AEnalp", "план", "a%20b", "1" * 300)
_DATES = (
    '"99999"^^xsd:gYear', '"-5000"^^xsd:gYear', '"0000"^^xsd:gYear', '"2009-13-45"^^xsd:date', '"soon"^^xsd:gYear',
    '"2009-02-30"^^xsd:date', '"2009"', '"12345678901234567890"^^xsd:gYear', '"2010-01-01T00:00:00Z"^^xsd:dateTime',
)  # fmt: skip
_NUMBERS = (
    '"1e308"^^xsd:double', '"-1"^^xsd:decimal', '"99999999999999999999999999999999"^^xsd:integer', '"NaN"^^xsd:double',
    '"much"^^xsd:decimal', "0.5",
)  # fmt: skip

_PREFIXES = """@base <https://w3id.org/dppgraph/> .
@prefix dpp: <https://w3id.org/dppgraph/ns#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def write_hostile(folder: Path) -> Path:
    """Writes the graph as a folder of data."""
    said = {
        "source/hostile": [*_plans(), *_lines(), *_things(), *_statements()],
        "source/many": _many(),
        "interpretation/hostile": _readings(),
    }
    for name, parts in said.items():
        path = folder / f"{name}.ttl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_PREFIXES + "\n".join(parts), encoding="utf-8")
    return folder


def _literal(text: str, language: str = "") -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{MARK}{escaped}"{"@" if language else ""}{language}'


def _plan(number: int) -> str:
    return f"<id/plan/hostile-{number}>"


def _line(number: int) -> str:
    return f"<id/line-of-action/hostile-{number}>"


def _plans() -> list[str]:
    """Plans with each text as their title, in one language alone, each before the next one, and in a circle."""
    languages = ("nl", "en", "fr", "ar", "")
    found = []
    for number, text in enumerate(_TEXTS):
        start, end = _DATES[number % len(_DATES)], _DATES[(number + 1) % len(_DATES)]
        found.append(
            f"""{_plan(number)} a dpp:ActionPlan , dpp:PolicyInstrument ;
            dct:title {_literal(f"{text} {number}", languages[number % len(languages)])} ;
            dct:alternative {_literal(text)} ; dct:description {_literal(_LONG, "nl")} , {_literal(_UNBROKEN)} ;
            dct:issued {start} ; dpp:sequenceNumber {_NUMBERS[number % len(_NUMBERS)]} ;
            dpp:succeeds {_plan((number + 1) % len(_TEXTS))} , {_plan(0)} ;
            dct:replaces {_plan((number + 2) % len(_TEXTS))} ;
            dpp:issuedBy <id/agent/hostile> ; dpp:appliesTo <id/agent/hostile> , <{_IRIS[0]}> ;
            dpp:policyLevel <{_IRIS[number % len(_IRIS)]}> , <id/concept/hostile> ;
            dpp:approvedIn <id/approval/hostile-{number}> ; dpp:emphasises <id/concept/hostile> ;
            dpp:hasObjective <id/objective/hostile> ; dpp:setsTarget <id/target/hostile> ;
            dpp:contributesTo <id/target/hostile> ;
            dpp:hasResult <id/result/hostile> ; dpp:isFirstFrameworkFor {_literal(text, "nl")} ;
            dpp:hasDocument <{_IRIS[number % len(_IRIS)]}> ; foaf:page <{_IRIS[number % len(_IRIS)]}> ;
            dpp:hasLineOfAction {_line(number)} , {_line(number + 100)} ; dpp:lineListing <id/concept/hostile> ;
            dct:temporal [ a dct:PeriodOfTime ; dcat:startDate {start} ; dcat:endDate {end} ;
              dpp:from {start} ; dpp:until {end} ] .
            <id/approval/hostile-{number}> a dpp:Approval ; dpp:decisionDate {start} , {end} ;
            skos:prefLabel {_literal(text, "en")} ; prov:wasAssociatedWith <id/agent/hostile> , <{_IRIS[0]}> ."""
        )
    found += [
        f"<id/plan/{slug}> a dpp:PolicyPlan , dpp:PolicyInstrument ; dct:title {_literal(f'named oddly {slug}')} ."
        for slug in _SLUGS
    ]
    found.append("<id/plan/nameless> a dpp:PolicyPlan , dpp:PolicyInstrument .")
    found.append(f"[] a dpp:PolicyPlan , dpp:PolicyInstrument ; dct:title {_literal('without an IRI')} .")
    found.append(f"<{_IRIS[0]}> a dpp:PolicyPlan , dpp:PolicyInstrument ; dct:title {_literal('named by a script')} .")
    return found


def _lines() -> list[str]:
    found = []
    for number, text in enumerate(_TEXTS):
        for line in (number, number + 100):
            position = _NUMBERS[number % len(_NUMBERS)]
            found.append(
                f"""{_line(line)} a dpp:LineOfAction ; skos:prefLabel {_literal(f"{text} {line}", "nl")} ;
                dpp:lineOf {_plan(number)} ; dpp:position {position} ; dpp:partOfLine {_line((line + 1) % 100)} ;
                dpp:theme <id/concept/hostile> ."""
            )
    return found


def _things() -> list[str]:
    """A concept, a body, a source and all else that hangs on plans, with every text and every IRI."""
    texts = " , ".join(_literal(text, "nl") for text in _TEXTS)
    iris = " , ".join(f"<{iri}>" for iri in _IRIS)
    return [
        f"<id/concept/hostile> a skos:Concept ; skos:prefLabel {texts} ; skos:definition {texts} ; "
        f"skos:broader <id/concept/hostile> , {iris} ; skos:exactMatch {iris} ; skos:inScheme <id/scheme/hostile> .",
        f"<id/agent/hostile> a foaf:Agent , org:Organization ; skos:prefLabel {texts} ; foaf:name {texts} ; "
        f"foaf:homepage {iris} ; foaf:page {iris} .",
        f"<id/source/hostile> a dpp:SourceDocument ; dct:title {texts} ; foaf:page {iris} ; foaf:topic {_plan(0)} ; "
        f"dct:publisher <id/agent/hostile> ; dpp:length {_NUMBERS[2]} ; dpp:retrieved {_DATES[0]} ; "
        f'dpp:sha256 "{MARK}" .',
        f"<id/objective/hostile> a dpp:Objective ; skos:prefLabel {texts} .",
        f"<id/result/hostile> a dpp:ReportedResult ; skos:prefLabel {texts} .",
        f"<id/target/hostile> a dpp:Target ; skos:prefLabel {texts} ; dpp:targetOf {texts} ; "
        f"dpp:deadline {' , '.join(_DATES)} ; dpp:targetValue {' , '.join(_NUMBERS)} ; dpp:unit <id/concept/hostile> .",
        f"<id/evaluation/hostile> a dpp:Evaluation ; dpp:evaluates {_plan(0)} ; skos:prefLabel {texts} ; "
        "dpp:hasFinding <id/finding/hostile> ; prov:wasAttributedTo <id/agent/hostile> .",
        f"<id/finding/hostile> a dpp:Finding ; dpp:concludes {texts} ; dpp:concerns {_plan(0)} ; "
        "dpp:outcome <id/concept/hostile> .",
        f"<id/event/hostile> a dpp:PlanEvent ; dpp:eventOf {_plan(0)} ; dpp:eventKind <id/concept/hostile> ; "
        f"skos:prefLabel {texts} ; dpp:eventDate {' , '.join(_DATES)} .",
    ]


def _statements() -> list[str]:
    """Quotes with every text, that begin and end anywhere, and one of 100 kB."""
    places = [("-5", "3"), ("10", "2"), ("0", "99999999999999999999"), ('"x"', '"y"')]
    found = []
    for number, text in enumerate([*_TEXTS, _LONG, _UNBROKEN]):
        start, end = places[number % len(places)]
        plan = number % len(_TEXTS)
        found.append(
            f"""<id/statement/hostile-{number}> a dpp:SourceStatement ; rdf:subject {_plan(plan)} ;
            rdf:predicate dpp:hasLineOfAction ; rdf:object {_line(plan)} ; dpp:inDocument <id/source/hostile> ;
            oa:hasSelector [ a oa:TextQuoteSelector ; oa:exact {_literal(text, "nl")} ] ,
              [ a oa:TextPositionSelector ; oa:start {start} ; oa:end {end} ] ."""
        )
    return found


def _many() -> list[str]:
    """A plan with very many lines; every third has a label in one language alone, every tenth has none."""
    numbers = range(1, MANY + 1)
    lines = " , ".join(f"<id/line-of-action/many-{number}>" for number in numbers)
    title = _literal("many lines", "nl")
    found = [
        f"<id/plan/many> a dpp:PolicyPlan , dpp:PolicyInstrument ; dct:title {title} ; dpp:hasLineOfAction {lines} ."
    ]
    for number in numbers:
        language = ("nl", "en", "fr")[number % 3]
        label = f"; skos:prefLabel {_literal(f'line {number}', language)} " if number % 10 else ""
        found.append(
            f"<id/line-of-action/many-{number}> a dpp:LineOfAction {label}; "
            f"dpp:position {number} ; dpp:lineOf <id/plan/many> ."
        )
    return found


def _readings() -> list[str]:
    """Every line continues the one before it, how sure is a number of any size."""
    found = []
    for number, text in enumerate(_TEXTS):
        newer, older = _line(number), _line((number + 1) % len(_TEXTS))
        found.append(
            f"""<id/continuity/hostile-{number}> a dpp:LineContinuity ; dpp:newerLine {newer} ; dpp:olderLine {older} ;
            dpp:continuityKind <id/concept/hostile> ; dpp:confidence {_NUMBERS[number % len(_NUMBERS)]} ;
            dpp:rationale {_literal(text, "en")} ; prov:wasAttributedTo <id/agent/hostile> .
            {newer} dpp:continues {older} ."""
        )
    return found
