"""Updates cut into operations, and blocks written as TriG."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.update_text import Operation, as_trig, cut, leading, names_graphs, parts, variables, verbatim
from dppgraph.errors import QuerySyntax

MARK = "urn:m:"


@pytest.mark.parametrize(
    ("text", "operations"),
    [
        ("", []),
        ("PREFIX a: <b> # ; CLEAR ALL", []),
        ("insert data { <a> <b> '}' }", [Operation("data", "", insert=" <a> <b> '}' ")]),
        ("DELETE DATA{}", [Operation("data", "")]),
        ("DELETE WHERE { ?s ?p ?o # }\n}", [Operation("modify", "", " ?s ?p ?o # }\n", where="{ ?s ?p ?o # }\n}")]),
        (
            "WITH <g> DELETE {?s ?p ?o} INSERT {} USING a:b USING NAMED <n> WHERE {{} {}}",
            [Operation("modify", "", "?s ?p ?o", "", "{{} {}}", "<g>", ("a:b",), ("<n>",))],
        ),
        ("LOAD <a> INTO GRAPH <b>", [Operation("load", "", graphs=("<a>", "<b>"))]),
        ("DROP SILENT GRAPH <a>", [Operation("drop", "", silent=True, graphs=("<a>",))]),
        ("move silent default to a:b", [Operation("move", "", silent=True, graphs=("DEFAULT", "a:b"))]),
        (
            "BASE <b> VERSION '1.2' CLEAR ALL ; prefix : <#> CLEAR NAMED ;",
            [
                Operation("clear", "BASE <b>", graphs=("ALL",)),
                Operation("clear", "BASE <b>\nprefix : <#>", graphs=("NAMED",)),
            ],
        ),
    ],
)
def test_an_update_is_cut_into_operations(text: str, operations: list[Operation]) -> None:
    assert cut(text) == operations


@pytest.mark.parametrize(
    "text",
    ["CLEARALL", "DELETE {} INSERT {}", "CLEAR ALL CLEAR ALL", "INSERT DATA {", "ADD <a> <b>", "\\u0043LEAR ALL"],
)
def test_what_cannot_be_cut_is_told(text: str) -> None:
    with pytest.raises(QuerySyntax, match="white space"):
        cut(text)


def test_declarations_are_found_between_operations_and_nowhere_else() -> None:
    text = "PREFIX a: <b> INSERT DATA { a:x a:y '; PREFIX' } ; PREFIX c: <d>\nBASE <e> CLEAR ALL ; CLEAR ALL"
    assert [(part.prologue, text[part.start : part.end].strip()) for part in parts(text)] == [
        ("PREFIX a: <b>", "INSERT DATA { a:x a:y '; PREFIX' }"),
        ("PREFIX a: <b> PREFIX c: <d> BASE <e>", "CLEAR ALL ; CLEAR ALL"),
    ]


@given(st.text(alphabet="{};PREFIX: <>a'\"\\#BASE\n", max_size=60))
def test_any_text_has_parts_in_order(text: str) -> None:
    found = parts(text)
    assert all(part.start <= part.end <= len(text) for part in found)
    assert [part.start for part in found] == sorted(part.start for part in found)


@pytest.mark.parametrize(
    ("block", "trig"),
    [
        ("?s $p 1.e3", "{ <urn:m:s> <urn:m:p> 1.e3 }"),
        ("a:b a:c .5. a:b a:c 5.", "{ a:b a:c .5 . a:b a:c 5 . }"),
        ("a:b a:c 'x' @nl , 'y' ^^ a:t", "{ a:b a:c 'x'@nl , 'y'^^a:t }"),
        ("a:b a 1 GRAPH ?g { a:b a 2 } . a:b a 3", "{ a:b a 1 } GRAPH <urn:m:g> { a:b a 2 } { a:b a 3 }"),
        ("(1) . (2) a:b 3 . [a:b 4]", "{ ( 1 ) <urn:m:> <urn:m:> . ( 2 ) a:b 3 . [ a:b 4 ] }"),
        (
            "<<?s?p?o>> . <<?s ?p ?o>> a:b 1",
            "{ << <urn:m:s> <urn:m:p> <urn:m:o> >> <urn:m:> <urn:m:> . << <urn:m:s> <urn:m:p> <urn:m:o> >> a:b 1 }",
        ),
        (
            "'x'@nl a:b 1 . 'x'^^a:t a:b 1 . 5 a:b 1 . true a:b 1",
            "{ <urn:m:> a:b 1 . <urn:m:> a:b 1 . <urn:m:> a:b 1 . <urn:m:> a:b 1 }",
        ),
        ("<<( a:b a:c <<( 1 2 3 )>> )>> a:b 1", "{ <urn:m:> a:b 1 }"),
        ("a:b a:c 1 ~ ?r {| a:d 2 |}", "{ a:b a:c 1 ~ <urn:m:r> {| a:d 2 |} }"),
    ],
)
def test_a_block_is_written_as_trig(block: str, trig: str) -> None:
    assert as_trig(block, MARK) == trig


@pytest.mark.parametrize(
    ("block", "trig"),
    [
        ("a:b a:c 1 , 'x'@nl", "{a:b a:c 1 , 'x'@nl\n}"),
        (" graph <a:g> { a:b a:c 1 # }\n }", ""),
        (" graph <a:g> { a:b a:c 1 } ", "GRAPH <a:g> { a:b a:c 1 \n}"),
        ("graph a:g{}", "GRAPH a:g {\n}"),
        ("GRAPH a:g { a:b a:c 1 } a:b a:c 2", ""),
        ("a:b a:c 'x' @nl", ""),
        ("(1) .", ""),
        ("<< a:b a:c 1 >> .", ""),
    ],
)
def test_it_is_known_where_both_say_the_same(block: str, trig: str) -> None:
    assert verbatim(block) == trig


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("{ ?s ?p ?o }", "?s ?p ?o"),
        ("{ ?s ?p ?o FILTER(?o > 1) ?s ?q ?r }", "?s ?p ?o"),
        ("{ ?s ?p 1.5 . ?s a:b/a:c ?o }", "?s ?p 1.5 ."),
        ("{ GRAPH ?g { ?s ?p ?o } OPTIONAL { ?s ?q ?r } }", "GRAPH ?g { ?s ?p ?o }"),
        ("{ ?s a ?o . GRAPH ?g { ?s ?p ?o FILTER(?o > 1) } }", "?s a ?o ."),
        ("{ { ?s ?p ?o } UNION { ?s ?q ?o } }", ""),
        ("{ SELECT ?s { ?s ?p ?o } }", ""),
        ("{ OPTIONAL { ?s ?p ?o } }", ""),
    ],
)
def test_a_pattern_begins_with_triples(where: str, found: str) -> None:
    assert leading(where).strip() == found


def test_variables_and_graphs_are_found() -> None:
    assert variables("?a $b '?c' # ?d", "?a ?e") == ("a", "b", "e")
    assert list(names_graphs("GRAPH <a> {} graph a:b {} GRAPH ?g {} 'GRAPH <c>'")) == ["<a>", "a:b"]
