"""Updates: what the engine's own evaluation comes to, in exact lines; what is refused, and how it is told."""

from contextlib import suppress

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.quads import parse_line
from dppgraph.errors import (
    BadCall,
    BadParameter,
    BadRdf,
    DppgraphError,
    GraphForbidden,
    LoadForbidden,
    QuerySyntax,
    ServiceForbidden,
    Unknown,
)
from dppgraph.store.rdf import engine_quads
from dppgraph.store.updates import patched
from tests.store.updating import State, as_the_engine_has, lines_of

PREFIX = "PREFIX u: <http://u/>\n"


def update(before: str, text: str, *, union: bool = False) -> list[str]:
    """The lines after an update of data in TriG."""
    state = State(before, union=union)
    state.update(PREFIX + text)
    return state.lines


# --- What is there afterwards


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        # What is added is as it is written.
        (
            "",
            'INSERT DATA { u:s u:p 01, 1.50, "1"^^xsd:boolean, 1.e3, +5, "x"^^u:t }',
            '{ u:s u:p 01, 1.50, "1"^^<http://www.w3.org/2001/XMLSchema#boolean>, 1.e3, +5, "x"^^u:t }',
        ),
        ("", "insert data { graph u:g { u:s a u:C } . u:s u:p 1 . GRAPH u:h { } }", "{ u:s u:p 1 } u:g { u:s a u:C }"),
        (
            "",
            "BASE <http://b/> INSERT DATA { <s> u:p '''a\n\"b''', \"\\u00e9\" }",
            "{ <http://b/s> u:p 'a\\n\"b', 'é' }",
        ),
        ("", "INSERT DATA { u:s u:p <<( u:s u:p 01 )>> }", "{ u:s u:p <<( u:s u:p 01 )>> }"),
        ("", "INSERT DATA { u:s u:p 1 ~ u:r {| u:q 2.0 |} }", "{ u:s u:p 1 ~ u:r {| u:q 2.0 |} }"),
        ("", "INSERT { u:s ?p 01 } WHERE { VALUES ?p { u:p u:q } }", "{ u:s u:p 01 ; u:q 01 }"),
        # The engine has one quad for both, and whoever removes what it finds removes both.
        ("{ u:s u:p 1.50 }", "DELETE DATA { u:s u:p 1.5 }", ""),
        ("{ u:s u:p 1.50, 1.5, 2.0 }", "DELETE DATA { u:s u:p 1.50 }", "{ u:s u:p 2.0 }"),
        ("{ u:s u:p 1.50, 2.0 }", "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(?o < 2) }", "{ u:s u:p 2.0 }"),
        ("{ u:s u:p 1.50 }", "DELETE WHERE { ?s ?p ?o }", ""),
        ("{ u:s u:p <<( u:s u:p 01 )>> }", "DELETE DATA { u:s u:p <<( u:s u:p 1 )>> }", ""),
        # Another form is another statement to whoever writes it down, and the same one to whoever copies it.
        ("{ u:s u:p 1.50 }", "INSERT DATA { u:s u:p 1.5 }", "{ u:s u:p 1.50, 1.5 }"),
        ("{ u:s u:p 1.50 }", "DELETE DATA { u:s u:p 1.50 } ; INSERT DATA { u:s u:p 1.5 }", "{ u:s u:p 1.5 }"),
        ("{ u:s u:p 1.50 }", "DELETE { ?s ?p ?o } INSERT { ?s ?p 1.5 } WHERE { ?s ?p ?o }", "{ u:s u:p 1.5 }"),
        ("{ u:s u:p 1.50 }", "DELETE { ?s ?p ?o } INSERT { ?s ?p ?o } WHERE { ?s ?p ?o }", "{ u:s u:p 1.50 }"),
        (
            "{ u:s u:p 1.50, 1.5 }",
            "DELETE { ?s ?p ?o } INSERT { ?s ?p ?o } WHERE { ?s ?p ?o }",
            "{ u:s u:p 1.50, 1.5 }",
        ),
        # A value that comes from one statement alone keeps its form, wherever it goes.
        ("{ u:s u:p 1.50 }", "DELETE { ?s u:p ?o } INSERT { ?s u:q ?o } WHERE { ?s u:p ?o }", "{ u:s u:q 1.50 }"),
        (
            "u:g { u:s u:p 01 }",
            "WITH u:g INSERT { ?s u:q ?o } WHERE { ?s u:p ?o FILTER(?o > 0) }",
            "u:g { u:s u:p 01 ; u:q 01 }",
        ),
        (
            "u:g { u:s u:p 01 }",
            "INSERT { ?s u:q ?o } USING u:g WHERE { ?s u:p ?o }",
            "{ u:s u:q 01 } u:g { u:s u:p 01 }",
        ),
        (
            "u:g { u:s u:p 01 }",
            "INSERT { ?s u:q ?o } WHERE { GRAPH ?g { ?s u:p ?o } }",
            "{ u:s u:q 01 } u:g { u:s u:p 01 }",
        ),
        ("{ u:s u:p 01, 1 }", "INSERT { ?s u:q ?o } WHERE { ?s u:p ?o }", "{ u:s u:p 01, 1 ; u:q 1 }"),
        ("{ u:s u:p 01 }", "INSERT { ?s u:q ?o } WHERE { ?s u:p ?v BIND(?v + 1 AS ?o) }", "{ u:s u:p 01 ; u:q 2 }"),
        # Whole graphs keep every form.
        ("{ u:s u:p 01, 1 }", "MOVE DEFAULT TO u:g", "u:g { u:s u:p 01, 1 }"),
        ("{ u:s u:p 01 } u:g { u:s u:p 1, 2 }", "COPY DEFAULT TO GRAPH u:g", "{ u:s u:p 01 } u:g { u:s u:p 01 }"),
        ("{ u:s u:p 01 } u:g { u:s u:p 1 }", "ADD u:g TO DEFAULT", "{ u:s u:p 01, 1 } u:g { u:s u:p 1 }"),
        ("{ u:s u:p 01 }", "MOVE DEFAULT TO DEFAULT", "{ u:s u:p 01 }"),
        ("{ u:s u:p 1 } u:g { u:s u:p 1 } u:h { u:s u:p 1 }", "CLEAR GRAPH u:g ; DROP DEFAULT", "u:h { u:s u:p 1 }"),
        ("{ u:s u:p 1 } u:g { u:s u:p 1 }", "DROP NAMED", "{ u:s u:p 1 }"),
        ("{ u:s u:p 1 } u:g { u:s u:p 1 }", "CREATE GRAPH u:h ; DROP GRAPH u:h ; CLEAR ALL", ""),
        # A later operation sees what the ones before have done.
        ("", "INSERT DATA { u:s u:p 01 } ; INSERT { ?s u:q ?o } WHERE { ?s u:p ?o }", "{ u:s u:p 01 ; u:q 01 }"),
        ("{ u:s u:p 1 }", "DELETE DATA { u:s u:p 1 } ; INSERT DATA { u:s u:p 1 }", "{ u:s u:p 1 }"),
        (
            "",
            "PREFIX x: <http://u/> INSERT DATA { x:s x:p 1 } ; PREFIX x: <http://v/> INSERT DATA { x:s u:p 1 }",
            "{ u:s u:p 1 . <http://v/s> u:p 1 }",
        ),
        (
            "u:g { u:s u:p 1 }",
            "DELETE WHERE { GRAPH u:g { ?s ?p ?o } } ; INSERT { u:x u:p ?g } WHERE { GRAPH ?g {} }",
            "",
        ),
        # What can be no triple is left out, and the rest is not.
        (
            "{ u:s u:p 1 }",
            'INSERT { ?o u:q 1 . ?s u:q ?none . "x"@en u:q 2 . "x"^^u:t u:q 2 . ?s u:q 3 } WHERE { ?s u:p ?o }',
            "{ u:s u:p 1 ; u:q 3 }",
        ),
        (
            "{ u:s u:p 1 }",
            "INSERT { ?s u:q <<( ?o u:p 1 )>>, <<( ?s u:p ?o )>> } WHERE { ?s u:p ?o }",
            "{ u:s u:p 1 ; u:q <<( u:s u:p 1 )>> }",
        ),
        ("", "LOAD SILENT <http://nowhere.example/> ; INSERT DATA { u:s u:p 1 }", "{ u:s u:p 1 }"),
        (
            "",
            "INSERT DATA { u:s u:service 'SERVICE <http://e/> { LOAD <x> }' }",
            "{ u:s u:service 'SERVICE <http://e/> { LOAD <x> }' }",
        ),
        ("", "", ""),
    ],
)
def test_an_update_comes_to_exact_lines(before: str, text: str, after: str) -> None:
    assert update(before, text) == lines_of(after)


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("INSERT DATA { _:a u:p _:b . _:a u:q _:b . GRAPH u:g { _:a u:p 1 } }", 2),
        ("INSERT { _:a u:p ?v . [] u:p _:a } WHERE { VALUES ?v { 1 2 } }", 4),
        ("INSERT DATA { (1 2) . << u:s u:p 1 >> . << u:s u:p 2 >> u:q () }", 4),
        ("INSERT DATA { [ u:p [ u:q 1 ] ] . [] u:p (1) GRAPH u:g { (2) } }", 5),
        ("INSERT DATA { _:a u:p 1 } ; INSERT DATA { _:b u:p 1 } ; INSERT { ?x u:q 2 } WHERE { ?x u:p 1 }", 2),
    ],
)
def test_a_blank_node_is_another_one_in_each_solution(text: str, nodes: int) -> None:
    lines = update("{ _:a u:p 0 }", text)
    labels = {term for line in lines for term in line.replace("<<( ", "").split() if term.startswith("_:")}
    # The one that was there before, too.
    assert len(labels) == nodes + 1
    ours = pyoxigraph.Store()
    ours.extend(engine_quads(map(parse_line, lines)))
    theirs = pyoxigraph.Store()
    theirs.update(f"{PREFIX} INSERT DATA {{ _:a u:p 0 }} ; {text}" if "_:a" not in text else PREFIX + text)
    assert len(theirs) == len(ours) - ("_:a" in text)


def test_the_union_of_all_graphs_is_asked_where_it_is_the_default_graph() -> None:
    data = "{ u:s u:p 1 } u:g { u:s u:p 1, 02 }"
    text = "INSERT { GRAPH u:h { ?s u:p ?o } } WHERE { ?s u:p ?o }"
    assert update(data, text, union=True) == lines_of(data + "u:h { u:s u:p 1, 02 }")
    # A triple in two graphs is one triple of their union.
    counted = "INSERT { u:s u:n ?n } WHERE { SELECT (COUNT(*) AS ?n) { ?s u:p ?o } }"
    assert update(data, counted, union=True) == lines_of(data + "{ u:s u:n 2 }")
    named = counted.replace("WHERE", "USING u:g USING u:h WHERE")
    assert update(data + "u:h { u:s u:p 1 }", named) == lines_of(data + "u:h { u:s u:p 1 } { u:s u:n 2 }")


def test_the_request_says_which_graphs_are_asked() -> None:
    state = State("{ u:s u:p 0 } u:g { u:s u:p 1 } u:h { u:s u:p 2 }")
    text = PREFIX + "INSERT { ?s u:q ?o, ?n } WHERE { ?s u:p ?o OPTIONAL { GRAPH ?g { ?s u:p ?n } } }"
    added = state.update(text, ("http://u/g",), ("http://u/h",)).added
    assert added == lines_of("{ u:s u:q 1, 2 }")


@pytest.mark.parametrize("clause", ["WITH u:g INSERT {} WHERE {}", "INSERT {} USING NAMED u:g WHERE {}"])
def test_graphs_are_said_by_the_request_or_by_the_text(clause: str) -> None:
    with pytest.raises(BadParameter, match="one of both"):
        State().update(PREFIX + clause, ("http://u/g",))
    with pytest.raises(BadParameter, match="absolute IRI"):
        State().update("INSERT {} WHERE {}", ("g",))


# --- The gate


def test_blank_nodes_get_names_behind_the_gate() -> None:
    state = State("u:g { u:s u:p 1 }", gated=True)
    note = "u:note [ u:says 'x' ]"
    text = f"WITH u:g INSERT {{ ?s dct:temporal [ a dct:PeriodOfTime ] ; {note} }} WHERE {{ ?s u:p 1 }}"
    added = state.update(PREFIX + text).added
    assert not [line for line in added if "_:" in line]
    assert len([line for line in added if line.startswith("<http://u/s#period> ")]) == 1
    assert len([line for line in added if line.startswith("<http://base.example/.well-known/genid/")]) == 1
    assert not any(state.update(PREFIX + text))
    with pytest.raises(BadRdf, match="ring"):
        state.update(PREFIX + "INSERT DATA { GRAPH u:g { _:a u:p _:a } }")


@pytest.mark.parametrize(
    "text",
    ["INSERT DATA { u:s u:p 1 }", "DELETE WHERE { ?s ?p ?o }", "INSERT { ?s u:p 1 } WHERE { GRAPH ?g { ?s ?p ?o } }"],
)
def test_nothing_is_said_outside_of_a_graph_behind_the_gate(text: str) -> None:
    with pytest.raises(GraphForbidden, match="WITH"):
        State("u:g { u:s u:p 1 }", gated=True, union=True).update(PREFIX + text)


# --- What is refused


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("INSERT DATA { <a:s> ", QuerySyntax, "line 1, column 21, where it ends"),
        ("INSERT DATA { } ;\nPREFIX u: <a:>\nDELETE WHERE { ?s ?p }", QuerySyntax, r"line 3, column 22, at '}'"),
        ("CLEAR ALL ; PREFIX u <a:> CLEAR ALL", QuerySyntax, "line 1"),
        ("SELECT * { ?s ?p ?o }", QuerySyntax, "the update does not parse: line 1"),
        ("INSERTDATA { <a:s> <a:p> 1 }", QuerySyntax, "white space"),
        ("INSERT { <a:s> <a:p> ?o } WHERE { SERVICE <http://e/> { ?s ?p ?o } }", ServiceForbidden, "SERVICE"),
        ("INSERT DATA { } ; LOAD <http://127.0.0.1:9/>", LoadForbidden, "POST to /graphs"),
        ("LOAD <file:///etc/passwd> INTO GRAPH <a:g>", LoadForbidden, "POST to /graphs"),
        ("DROP GRAPH <a:none>", Unknown, "<a:none>"),
        ("COPY <a:none> TO DEFAULT", Unknown, "<a:none>"),
        ("CREATE GRAPH <a:g> ; CREATE GRAPH <a:g>", BadCall, "is there already"),
        ("INSERT { <a:s> <a:p> ?o } WHERE { BIND(<a:no-function>(1) AS ?o) }", BadCall, "a:no-function"),
        ("INSERT { <a:s> <a:p> ?o } WHERE { BIND(STRDT('x', rdf:langString) AS ?o) }", BadRdf, "no RDF"),
        ("INSERT DATA { _:a <a:p> 1 } ; INSERT DATA { _:a <a:p> 2 }", QuerySyntax, "blank node _:a"),
        ("{" * 10_000, QuerySyntax, "10000 brackets"),
        (f"INSERT DATA {{ <a:s> <a:p> {'<<( <a:s> <a:p> ' * 20_000}", QuerySyntax, "deep"),
        (f"INSERT DATA {{ {'<< ' * 10_000}", QuerySyntax, "deep"),
        (f"INSERT {{}} WHERE {{ FILTER({'!' * 10_000}true) }}", QuerySyntax, "deep"),
        ('INSERT DATA { <a:s> <a:p> "', QuerySyntax, "line 1"),
        ("INSERT DATA { <a:s> <a:p> '''", QuerySyntax, "line 1"),
        ("INSERT DATA { <a:s> <a:p> '\ud800' }", QuerySyntax, "surrogates"),
        ("INSERT DATA { <a:s> <a:p> '\\uD800' }", QuerySyntax, "line 1"),
    ],
)
def test_what_cannot_be_done_is_told(text: str, error: type[DppgraphError], said: str) -> None:
    state = State()
    with pytest.raises(error, match=said):
        state.update(text)


@given(st.text(alphabet="{}()<>[]?:a._;'\"\\#|@^!-\0\n ", max_size=60).map(lambda text: f"INSERT {{ {text}"))
def test_a_text_is_carried_out_or_told_what_is_wrong_with_it(text: str) -> None:
    with suppress(DppgraphError):
        State("{ u:s u:p 1 }").update(text)


def test_a_long_name_is_a_name() -> None:
    assert len(State().update(f"INSERT DATA {{ <a:{'a' * 1_000_000}> <a:p> '\0' }}").added) == 1


def test_a_large_graph_is_moved_to_the_letter() -> None:
    data = " ".join(f"u:s{number} u:p 0{number} ." for number in range(2_500))
    state = State(f"u:g {{ {data} }} u:h {{ u:s u:p 1 }}")
    state.update(PREFIX + "MOVE u:g TO u:h ; INSERT DATA { GRAPH u:h { u:s0 u:p 0 } }")
    assert state.lines == lines_of(f"u:h {{ {data} u:s0 u:p 0 }}")


# --- The engine's own evaluation comes to the same

TERM = st.sampled_from(["u:s", "u:t", "u:p"])
VALUE = st.sampled_from(
    ["u:s", "1", "01", "1.50", "1.5", '"a"', '"a"@en', "true", '"1"^^xsd:boolean', "<<( u:s u:p 01 )>>"]
)
GRAPH = st.sampled_from(["u:g", "u:h"])
DATA = st.builds("{} {} {} .".format, TERM, TERM, VALUE)
VARIABLE = st.sampled_from(["?a", "?b", "$c"])
PATTERN = st.builds("{} {} {} .".format, TERM | VARIABLE, TERM | VARIABLE, VALUE | VARIABLE)


def quads(triple: st.SearchStrategy[str], graph: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """A block of up to four triples, some of them in graphs."""
    inside = st.builds("GRAPH {} {{ {} }}".format, graph, triple)
    return st.lists(triple | inside, max_size=4).map(" ".join)


PATTERNS = quads(PATTERN, GRAPH | st.just("?g"))
WHERE = st.builds("{{ {} {} }}".format, PATTERNS, st.sampled_from(["", "FILTER(?a != ?b)", "OPTIONAL { ?a u:p ?b }"]))
MODIFY = st.builds(
    "{} {} {} WHERE {}".format,
    st.sampled_from(["", "WITH u:g "]),
    st.builds("DELETE {{ {} }} INSERT {{ {} }}".format, PATTERNS, PATTERNS),
    st.sampled_from(["", "USING u:h", "USING u:g USING NAMED u:h"]),
    WHERE,
)
PLACE = st.sampled_from(["DEFAULT", "u:g", "u:h"])
OPERATION = st.one_of(
    st.builds("INSERT DATA {{ {} }}".format, quads(DATA, GRAPH)),
    st.builds("DELETE DATA {{ {} }}".format, quads(DATA, GRAPH)),
    st.builds("DELETE WHERE {{ {} }}".format, PATTERNS),
    MODIFY,
    st.builds("{} SILENT {} TO {}".format, st.sampled_from(["ADD", "MOVE", "COPY"]), PLACE, PLACE),
    st.builds("CLEAR SILENT {}".format, st.sampled_from(["DEFAULT", "GRAPH u:g", "NAMED", "ALL"])),
)
XSD = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"


def known(data: str) -> str:
    """A block of data as TriG."""
    state = State()
    state.update(f"{PREFIX}INSERT DATA {{ {data} }}")
    said = [(quad.graph, " ".join(quad[:3])) for quad in map(parse_line, state.lines)]
    return "\n".join(f"GRAPH {graph} {{ {triple} }}" if graph else f"{{ {triple} }}" for graph, triple in said)


@given(quads(DATA, GRAPH), st.lists(OPERATION, min_size=1, max_size=4))
def test_the_engine_itself_comes_to_the_same(data: str, operations: list[str]) -> None:
    state = State(known(data))
    store = pyoxigraph.Store()
    store.extend(state.engine())
    state.update(PREFIX + " ; ".join(operations))
    for operation in operations:
        if _copies_nothing(operation, store):
            # SILENT: here it does nothing then, and the engine empties the graph that it would be copied to.
            continue
        store.update(PREFIX + XSD + operation)
        for graph in list(store.named_graphs()):
            # The engine keeps graphs in which nothing is said, and then finds them.
            if next(store.quads_for_pattern(None, None, None, graph), None) is None:
                store.remove_graph(graph)
    assert state.engine() == set(store)


def _copies_nothing(operation: str, store: pyoxigraph.Store) -> bool:
    """Whether it takes from a graph that is not there."""
    graph = pyoxigraph.NamedNode("http://u/g" if "SILENT u:g TO" in operation else "http://u/h")
    return "SILENT u:" in operation and next(store.quads_for_pattern(None, None, None, graph), None) is None


@given(quads(DATA, GRAPH), MODIFY)
def test_what_stays_keeps_its_form(data: str, operation: str) -> None:
    written = {"1", "01", "1.50", "1.5", '"a"@en', "true", '"1"^^xsd:boolean', "<<("}
    insert = operation.partition("INSERT")[2].partition("WHERE")[0]
    state = State(known(data))
    before = set(state.lines)
    state.update(PREFIX + operation)
    after = set(state.lines)
    stays = as_the_engine_has(before) & as_the_engine_has(after)
    if not any(form in insert for form in written):
        assert {line for line in before if as_the_engine_has([line]) <= stays} == {
            line for line in after if as_the_engine_has([line]) <= stays
        }


@given(quads(DATA, GRAPH), quads(DATA, GRAPH))
def test_data_is_added_as_it_is_written(data: str, more: str) -> None:
    state = State(known(data))
    before = state.lines
    state.update(f"{PREFIX}INSERT DATA {{ {more} }}")
    assert state.lines == sorted({*before, *lines_of(known(more))})


# --- A patch of one graph


@pytest.mark.parametrize(
    ("graph", "text", "after"),
    [
        ("http://u/g", "INSERT DATA { u:s u:q 01 }", "{ u:s u:p 0 } u:g { u:s u:p 1 ; u:q 01 } u:h { u:s u:p 2 }"),
        (
            "http://u/g",
            "DELETE { ?s ?p ?o } INSERT { ?s u:q ?o } WHERE { ?s ?p ?o }",
            "{ u:s u:p 0 } u:g { u:s u:q 1 } u:h { u:s u:p 2 }",
        ),
        (
            "http://u/g",
            "WITH u:g DELETE { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }",
            "{ u:s u:p 0 } u:h { u:s u:p 2 }",
        ),
        ("http://u/g", "CLEAR DEFAULT", "{ u:s u:p 0 } u:h { u:s u:p 2 }"),
        (None, "DELETE WHERE { ?s ?p ?o }", "u:g { u:s u:p 1 } u:h { u:s u:p 2 }"),
    ],
)
def test_a_patch_is_about_one_graph(graph: str | None, text: str, after: str) -> None:
    state = State("{ u:s u:p 0 } u:g { u:s u:p 1 } u:h { u:s u:p 2 }")
    target = state.target
    state.take(target, patched(graph, PREFIX + text, target))
    assert state.lines == lines_of(after)


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { GRAPH u:h { u:s u:p 1 } }",
        "DROP ALL",
        "COPY u:h TO DEFAULT",
        "WITH u:h DELETE { ?s ?p ?o } WHERE {}",
        "DELETE {} WHERE { GRAPH u:h { } }",
        "INSERT { GRAPH ?g { ?s ?p ?o } } WHERE { ?s ?p ?o BIND(u:h AS ?g) }",
    ],
)
def test_a_patch_names_no_other_graph(text: str) -> None:
    with pytest.raises(BadCall, match="about one graph"):
        patched("http://u/g", PREFIX + text, State("u:g { u:s u:p 1 }").target)


def test_a_patch_can_make_a_graph() -> None:
    assert patched("http://u/g", PREFIX + "INSERT DATA { u:s u:p 1 }", State().target).created
    assert not patched("http://u/g", PREFIX + "DELETE DATA { u:s u:p 1 }", State().target).created
