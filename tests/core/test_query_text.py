import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dppgraph.core.query_text import QueryForm, read_query, tokens, with_columns

# Pieces that begin, end or hide something: any mixture of them is a text to survive.
# fmt: off
PIECES = st.lists(
    st.sampled_from([
        "SELECT", "ASK", "PREFIX", "BASE", "FROM", "SERVICE", "*", "?a", "$b", "ex:a", ":", "_:b", "<", ">", "<http://e>",
        "1", ".", "-", "%", "@en", "<<(", ")>>", "{", "}", "(", ")", "[", "]", "é", "☃", " ", "#", "\n", "\r", "\u2028",
        '"', "'", '"""', "'''", "\\", "\\u0053", "\\U0001D11E", "\\UFFFFFFFF", "\x00", "\ud800",
    ]),
    max_size=30,
).map("".join)
# fmt: on
TEXTS = st.text(alphabet=st.characters()) | PIECES
SKIPPED = re.compile(r"(?:[\x00-\x20]|#[^\r\n]*)*")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT * {}", "select"),
        ("select ?x {}", "select"),
        ("SELECT*{}", "select"),
        ("SELECT?x{}", "select"),
        ("SELECT(1 AS ?x){}", "select"),
        ("ASK{}", "ask"),
        ("Construct { ?s ?p ?o } WHERE {}", "construct"),
        ("DESCRIBE<http://e/x>", "describe"),
        ("INSERT DATA {}", "update"),
        ("DELETE WHERE {}", "update"),
        ("WITH <http://g> DELETE {} WHERE {}", "update"),
        ("LOAD <http://e>", "update"),
        ("CLEAR ALL", "update"),
        ("DROP GRAPH <http://g>", "update"),
        ("CREATE GRAPH <http://g>", "update"),
        ("COPY <http://a> TO <http://b>", "update"),
        ("MOVE <http://a> TO <http://b>", "update"),
        ("ADD <http://a> TO <http://b>", "update"),
        # After a prologue, whatever its names are.
        ("PREFIX ex: <http://e/> ASK {}", "ask"),
        ("prefix : <http://e/> base <http://e/> PREFIX a: <http://a/> DESCRIBE :x", "describe"),
        ("PREFIX select: <http://e/select> ASK { ?s select:x ask:y }", "ask"),
        ("BASE <http://e/>\nSELECT ?x {}", "select"),
        ('VERSION "1.2" CONSTRUCT WHERE {}', "construct"),
        ("PREFIX ex:<http://e/>ASK{}", "ask"),
        ("PREFIX ex: <http://e/> INSERT DATA {}", "update"),
        # After comments.
        ("# SELECT\nASK {}", "ask"),
        ("#INSERT\r\n#DELETE\rSELECT ?x {}", "select"),
        ("PREFIX a: <http://e/#> # ASK\nSELECT ?x {}", "select"),
        # None.
        ("", None),
        ("   # SELECT * {}", None),
        ("hello SELECT * {}", None),
        ("PREFIX a: <http://e/>", None),
        ("?SELECT", None),
        ("'ASK {}'", None),
        ("ex:ASK {}", None),
    ],
)
def test_the_first_keyword_after_the_prologue_says_the_form(text: str, form: QueryForm | None) -> None:
    assert read_query(text).form == form


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ^ {}",
        "SELECT^{}",
        "select distinct ^ where {}",
        "SELECT REDUCED^{}",
        "PREFIX a: <http://e/*> SELECT # *\n DISTINCT # *\n ^ { ?s a:* ?o }",
        "SELECT ^ { { SELECT * {} } }",
    ],
)
def test_the_star_of_the_outermost_select_is_found(text: str) -> None:
    place = text.index("^")
    assert read_query(text.replace("^", "*")).star == place


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?x {}",
        "SELECT (COUNT(*) AS ?n) {}",
        "SELECT ?x { { SELECT * {} } }",
        "SELECT DISTINCT ?x { ?s <p>* ?x }",
        "ASK { { SELECT * {} } }",
        "DESCRIBE * {}",
        "SELECT",
        "SELECT DISTINCT",
        "",
    ],
)
def test_no_other_star_is_taken_for_it(text: str) -> None:
    assert read_query(text).star is None


def test_variables_come_in_order_of_first_appearance_after_the_star() -> None:
    query = read_query(
        '# ?no\nSELECT * { ?b ?a $c . <http://e?x=1> ?p \'?no\' . ?c ?é """?no\n?no""" . ?b ?a ?_1 } # ?no'
    )
    assert query.variables == ("b", "a", "c", "p", "é", "_1")


def test_a_star_is_spelled_out_as_columns() -> None:
    text = "SELECT DISTINCT*{ ?b ?a 'x*y' }"
    assert with_columns(text, read_query(text), ["b", "a"]) == "SELECT DISTINCT ?b ?a { ?b ?a 'x*y' }".replace(
        "{  ", "{ "
    )


def test_without_a_star_or_columns_a_text_stays_as_it_is() -> None:
    for text, columns in (("SELECT ?a { ?a ?b ?c }", ["a"]), ("SELECT * {}", [])):
        assert with_columns(text, read_query(text), columns) == text


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?x FROM <http://g> {}",
        "SELECT ?x from named <http://g> {}",
        "SELECT*FROM<http://g>{}",
        "SELECT ?x # FROM\nFROM <http://g> {}",
        "DESCRIBE <http://e/x> FROM <http://g>",
    ],
)
def test_from_is_noticed(text: str) -> None:
    # Where it is not, the union of all graphs is asked instead of the one graph: a wrong answer, and nobody is told.
    assert read_query(text).graphs


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?from { ?from ex:from 'FROM' } # FROM <g>",
        'SELECT * { ?s <http://e/FROM> "FROM"@from, _:FROM }',
        "ASK {}",
    ],
)
def test_what_only_looks_like_from_is_not_taken_for_it(text: str) -> None:
    assert not read_query(text).graphs


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://e> {} }",
        "SELECT * { service silent <http://e> {} }",
        "SELECT * { SeRvIcE ?x {} }",
        "SELECT*{SERVICE<http://e>{}}",
        "SELECT * { ?s ?p ?o.SERVICE<http://e>{} }",
        "SELECT * { SERVICE # a comment\n <http://e> {} }",
        "SELECT * { #\rSERVICE <http://e> {} }",
        "SELECT * { ?s ?p '#' SERVICE <http://e> {} }",
        "SELECT * { ?s ?p '''it's''' SERVICE <http://e> {} }",
        "SELECT * { ?s ?p '\\\\' SERVICE <http://e> {} }",
        'SELECT * { ?s ?p "\\"" SERVICE <http://e> {} }',
        # Without spaces.
        "SELECT * { SERVICEex:y {} }",
        "SELECT * { SERVICESILENTex:y {} }",
        "SELECT * { ?s ?p 'x'SERVICE<http://e>{} }",
        "SELECT * { ?s ?p 1SERVICE<http://e>{} }",
        "SELECT * { ?s ?p 1e5SERVICE<http://e>{} }",
        "SELECT * { ?s ?p trueSERVICE<http://e>{} }",
        "SELECT * { ?s ?p trueSERVICEex:y{} }",
        "SELECT * { ?s ?p 1e5SERVICEex:y{} }",
        # Behind a comparison that looks like an IRI, with a comment that swallows its end.
        "SELECT * { FILTER(?a<?b)SERVICE#>\n<http://e> {} }",
        "SELECT * { FILTER(?a<?b)servicesilent#>\n<http://e> {} }",
        "SELECT * { FILTER(?a<?b)SERVICEex:y#>\n{} }",
        "SELECT * { FILTER(?a<?b)SERVICE?x#>\n{} }",
        "SELECT * { FILTER(?a<?b)SERVICESILENTex:y#>\n{} }",
        "SELECT * { FILTER(?a<ex:b).SERVICEex:y#>\n{} }",
        # Behind escapes of code points.
        "SELECT * { \\u0053ERVICE <http://e> {} }",
        "SELECT * { SERV\\U00000049CE <http://e> {} }",
        "SELECT * { ?s ?p '\\u0027 SERVICE <http://e> {} }",
    ],
)
def test_service_is_caught_in_every_disguise(text: str) -> None:
    assert read_query(text).services


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p 'SERVICE <http://e> {}' }",
        'SELECT * { ?s ?p """a "SERVICE <http://e> {}" b""" }',
        "SELECT * { ?s ?p 'it\\'s SERVICE <http://e> {}' }",
        "SELECT * { ?s ?p ?o } # SERVICE <http://e> {}",
        "SELECT ?service { ?service ?p $SERVICE }",
        "SELECT * { ?s ex:service ?o }",
        "SELECT * { ?s service:of ?o }",
        "SELECT * { ?s a <http://e/SERVICE> }",
        "SELECT * { ?s a <http://e/(public)service> }",
        "SELECT * { _:service ?p ?o }",
        "SELECT * { ?s ?p 'x'@service }",
        "SELECT * { GRAPH service:graph { ?s ?p ?o } }",
        "SELECT * { GRAPH ex:service { ?s ?p ?o } }",
        "PREFIX service: <http://e/service#> SELECT * { ?s a service:Service }",
    ],
)
def test_a_query_that_only_mentions_services_is_answered(text: str) -> None:
    assert not read_query(text).services


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        ("", 0),
        ("ASK {}", 1),
        ("ASK { { ?s ?p [ ?q (1 2) ] } }", 4),
        ("ASK { {} {} () [] }", 2),
        ("ASK { '{{{{' <http://e/((((> } # {{{{", 1),
        ("ASK { <<( ?s ?p <<( ?s ?p ?o )>> )>> }", 3),
        ("}}}}{{", 0),
        ("{" * 10_000, 10_000),
    ],
)
def test_the_depth_is_that_of_brackets_outside_strings_iris_and_comments(text: str, depth: int) -> None:
    assert read_query(text).depth == depth


@given(TEXTS)
@example("?a<?b)SERVICE#>\n<http://e>")
@example('"""' + '""')
@example("'\\")
def test_no_text_makes_it_fail_and_its_tokens_cover_all_but_space_and_comments(text: str) -> None:
    read_query(text)
    end = 0
    for token in tokens(text):
        assert token.text
        assert text.startswith(token.text, token.start)
        assert SKIPPED.fullmatch(text, end, token.start)
        end = token.start + len(token.text)
    assert SKIPPED.fullmatch(text, end)


@given(PIECES)
def test_what_is_found_in_a_text_is_found_behind_a_comment_too(text: str) -> None:
    assert read_query(f"# ' \" <\n{text}").form == read_query(text).form
    assert read_query(f"# ' \" <\n{text}").services == read_query(text).services


@pytest.mark.parametrize(
    ("start", "piece", "end"),
    [
        ("", '"', ""),
        ("", "'''", ""),
        ('"""', '""a', ""),
        ("'", "\\", ""),
        ("", "'\\", ""),
        ("", "<a", ""),
        ("<", "a", ""),
        ("", "<<(", ""),
        ("", "a:", ""),
        ("a", ".-", ""),
        ("ex:", "%", ""),
        ("_:", "a.", ""),
        ("'a'", "@a-", ""),
        ("", "1.", ""),
        ("", "SERVICE<", ""),
        ("", "SERVICE:", "{"),
        ("SELECT * FROM <http://g> {", "{", ""),
        ("", "#", ""),
        ("", "\\u", ""),
        ("", "\\u0020", "SERVICE"),
        # An IRI that may hide a comparison and a keyword.
        ("?a<?b", ")", ">"),
        ("?a<?b", ")", "service>"),
        ("?a<?b", ")service", ">"),
        ("?a<?b", ")service#", ">"),
        ("service", "<a#'>", ""),
        ("service", "<'a'>'", ""),
        ("service", "a:<#>.", "\n"),
        ("service", "\\'''", ""),
        ("service '''\n", "\\'''\n", ""),
        ("service", "'''\\''' ", ""),
        ("", "'\\\n", ""),
    ],
)
@pytest.mark.timeout(10)
def test_a_hostile_text_is_read_in_linear_time(start: str, piece: str, end: str) -> None:
    # No clock: were it quadratic, sixty thousand characters would take longer than this test may.
    read_query(start + piece * (60_000 // len(piece)) + end)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT (NOW() AS ?now) {}",
        "SELECT (now ( ) AS ?n) {}",
        "SELECT * { FILTERRAND() < 0.5 }",
        "SELECT (UUID#\n() AS ?id) {}",
        "SELECT (STRUUID() AS ?id) {}",
        "SELECT (BNODE('a') AS ?b) {}",
        "SELECT (\\u004EOW() AS ?now) {}",
        "SELECT * { SERVICE <http://e/> { ?a ?b ?c } }",
        "SELECT * { \\u0053ERVICE <http://e/> { ?a ?b ?c } }",
    ],
)
def test_a_query_that_asks_clock_chance_or_others_does_not_last(text: str) -> None:
    assert not read_query(text).lasting


@pytest.mark.parametrize("text", ["SELECT * { ?a foaf:knows ?b }", "SELECT ?known { ?known a ex:Brands }", "ASK {}"])
def test_any_other_query_lasts(text: str) -> None:
    assert read_query(text).lasting


@given(TEXTS)
@example("# a\nPREFIX e: <http://e/> SELECT DISTINCT * { ?a ?b ?c }")
@example("SELECT")
@example("PREFIX")
def test_a_text_that_is_read_as_far_as_its_form_says_the_same_as_one_that_is_read_whole(text: str) -> None:
    # What is not ASCII is read whole, in a comment too.
    short, whole = read_query(text), read_query(f"{text}\n# é")
    assert (short.form, short.star, short.graphs, short.services, short.glued, short.lasting) == (
        whole.form, whole.star, whole.graphs, whole.services, whole.glued, whole.lasting,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "deeper"),
    [("{ ( [", True), ("{ } ( ) [ ]", False), ("'{{{' {", False), ("{{{", True), ("{{", False)],
)
def test_a_text_is_deeper_than_two_where_its_brackets_nest_so(text: str, deeper: bool) -> None:
    assert read_query(text).is_deeper_than(2) == deeper
