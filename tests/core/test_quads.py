from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dppgraph.core.quads import Quad, canonical, difference, entity_of, literal, parse_line, subject_of
from dppgraph.errors import BadRdf

# Characters that N-Quads allows in an IRI, those that look like the end of something included.
IRIS = st.text(alphabet="ab/#?()@.:;,'!é☃\u2028", min_size=1).map(lambda text: f"<http://e/{text}>")
BLANK_NODES = st.from_regex(r"_:[a-z][a-z0-9.]*[a-z0-9]", fullmatch=True)
LANGUAGES = st.from_regex(r"[a-z]{2,3}(-[a-z]{2})?(-[a-z0-9]{5,8})?(--(ltr|rtl))?", fullmatch=True)
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"])) | st.text(alphabet='"\\ \n\r\t\u2028\x85.@^<>()_:')
LITERALS = st.one_of(
    TEXTS.map(literal),
    st.builds(lambda text, language: literal(text, language=language), TEXTS, LANGUAGES),
    st.builds(lambda text, iri: literal(text, datatype=iri[1:-1]), TEXTS, IRIS),
)
OBJECTS = st.recursive(
    IRIS | BLANK_NODES | LITERALS,
    lambda terms: st.builds(lambda s, p, o: f"<<( {s} {p} {o} )>>", IRIS | BLANK_NODES, IRIS, terms),
    max_leaves=3,
)
QUADS = st.builds(Quad, IRIS | BLANK_NODES, IRIS, OBJECTS, st.just("") | IRIS | BLANK_NODES)
LINES = st.sets(st.integers(0, 30).map(lambda number: f"<http://e/{number}> <p:p> <o:o> ."))


@given(QUADS)
@example(Quad("<s:s>", "<p:p>", r'"a \" . <g:g> ."', "<g:g>"))
@example(Quad("<s:s>", "<p:p>", r'"\\"', "<g:g>"))
@example(Quad("<s:s>", "<p:p>", '"a\u2028b\x85c"@nl'))
@example(Quad("<s:s>", "<p:p>", '<<( <s:s> <p:p> ")>> <g:g> ." )>>', "<g:g>"))
def test_a_line_is_read_as_the_quad_that_it_was_written_from(quad: Quad) -> None:
    assert parse_line(quad.line()) == quad


@given(QUADS)
def test_a_line_is_one_line_and_begins_with_its_subject(quad: Quad) -> None:
    assert "\n" not in quad.line()
    assert "\r" not in quad.line()
    assert subject_of(quad.line()) == quad.subject


@pytest.mark.parametrize(
    "line",
    [
        "",
        ".",
        "<s:s> <p:p> .",
        "<s:s> <p:p> <o:o>",
        "<s:s> <p:p> <o:o>.",
        "<s:s> <p:p> <o:o> .\n",
        '<s:s> <p:p> "unfinished .',
        '<s:s> <p:p> "unfinished\\" .',
        '<s:s> <p:p> "a"x .',
        "<s:s> <p:p> <<( <s:s> <p:p> <o:o> .",
        "# a comment",
    ],
)
def test_what_is_no_canonical_line_is_refused(line: str) -> None:
    with pytest.raises(BadRdf, match="no line of canonical N-Quads"):
        parse_line(line)


@given(st.text())
def test_no_line_makes_it_fail_otherwise_than_by_refusing(line: str) -> None:
    with suppress(BadRdf):
        parse_line(line)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", '""'),
        ("plan", '"plan"'),
        ('say "yes"', r'"say \"yes\""'),
        ("C:\\new", r'"C:\\new"'),
        ("a\nb\rc\td\be\ff", r'"a\nb\rc\td\be\ff"'),
        ("\x00\x0b\x1f\x7f", r'"\u0000\u000B\u001F\u007F"'),
        ("é ☃ 𝄞 \u2028 \x85", '"é ☃ 𝄞 \u2028 \x85"'),
    ],
)
def test_a_literal_escapes_what_the_canonical_form_escapes_and_nothing_else(text: str, expected: str) -> None:
    assert literal(text) == expected


def test_a_literal_has_a_language_or_a_datatype_or_neither() -> None:
    assert literal("plan", language="nl-BE") == '"plan"@nl-BE'
    assert literal("01", datatype="http://www.w3.org/2001/XMLSchema#integer") == (
        '"01"^^<http://www.w3.org/2001/XMLSchema#integer>'
    )


@given(TEXTS, TEXTS)
def test_two_texts_never_make_the_same_literal(one: str, other: str) -> None:
    assert (literal(one) == literal(other)) is (one == other)


@settings(max_examples=40)
@given(st.lists(QUADS, max_size=4))
def test_the_canonical_form_is_sorted_and_has_each_line_once(quads: list[Quad]) -> None:
    lines = canonical([*quads, *quads])
    assert lines == sorted(set(lines))
    assert lines == canonical(reversed(quads))
    assert {parse_line(line) for line in lines} == set(quads)


@given(LINES, LINES)
def test_a_difference_turns_the_one_into_the_other_and_says_nothing_more(old: set[str], new: set[str]) -> None:
    delta = difference(old, new)
    assert (old - set(delta.removed)) | set(delta.added) == new
    assert set(delta.removed) <= old
    assert not set(delta.added) & old
    assert delta.added == sorted(delta.added)
    assert delta.removed == sorted(delta.removed)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("<http://e/id/plan/x>", "http://e/id/plan/x"),
        ("<http://e/id/plan/x#period>", "http://e/id/plan/x"),
        ("<http://e/id/plan/x#>", "http://e/id/plan/x"),
        ("_:b0", "_:b0"),
    ],
)
def test_a_line_is_about_its_subject_without_the_fragment(subject: str, expected: str) -> None:
    assert entity_of(f"{subject} <p:p> <http://e/o#part> <http://e/g#part> .") == expected
