"""Quotes against a text, and against each other."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core import formats
from dppgraph.core.quads import Quad
from dppgraph.errors import BadCall, BadParameter, Unknown
from dppgraph.operations.check_quotes import Quote, check_quotes, disagreements, read_quotes
from dppgraph.store.rdf import parse

BASE = "https://example.org/"
DOCUMENT = "https://example.org/d"


def data(
    *quotes: tuple[str, int, int], document: str = DOCUMENT, sha256: str = "0", length: int | None = None
) -> list[Quad]:
    turtle = (
        """
        PREFIX dpp: <https://w3id.org/dppgraph/ns#>
        PREFIX oa: <http://www.w3.org/ns/oa#>
    """
        + f'<{document}> a dpp:SourceDocument ; dpp:sha256 "{sha256}" .'
    )
    if length is not None:
        turtle += f" <{document}> dpp:length {length} ."
    for number, (text, start, end) in enumerate(quotes, 1):
        turtle += f"""
            <{document}/s{number}> dpp:inDocument <{document}> ; oa:hasSelector
              [ oa:exact {_quoted(text)} ], [ oa:start {start} ; oa:end {end} ] ."""
    return parse(turtle.encode(), formats.TURTLE)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r") + '"'


def how(text: str, *quotes: tuple[str, int, int]) -> list[str]:
    return [misquote.how for misquote in check_quotes(data(*quotes), text.encode(), BASE).misquotes]


def test_a_quote_that_stands_there_passes() -> None:
    check = check_quotes(data(("tekst", 4, 9)), b"een tekst hier", BASE)
    assert (check.document, check.checked, check.misquotes) == (DOCUMENT, 1, [])


def test_the_stated_length_of_this_very_text_has_to_be_right() -> None:
    text = "één".encode()
    sha256 = hashlib.sha256(text).hexdigest()
    for stated, wrong in ((3, False), (5, True), (None, False)):
        check = check_quotes(data(("één", 0, 3), sha256=sha256, length=stated), text, BASE)
        assert (check.length, check.wrong_length) == (3, wrong)
    # Another text may well have another length.
    assert not check_quotes(data(("één", 0, 3), length=5), text, BASE).wrong_length


def test_a_document_that_is_only_named_is_not_asked_for() -> None:
    named = parse(b"<https://example.org/e> a <https://w3id.org/dppgraph/ns#SourceDocument> .", formats.TURTLE)
    assert check_quotes([*data(("een", 0, 3)), *named], b"een andere tekst", BASE).document == DOCUMENT


def test_a_changed_letter_is_shown_with_its_offset() -> None:
    (said,) = how("een tekst", ("tegst", 4, 9))
    assert said == "differs from the text at offset 6: quoted 'tegst', found 'tekst'"


def test_a_moved_quote_is_told_where_it_stands() -> None:
    assert how("een tekst hier", ("tekst", 5, 10)) == ["stands at 4-9, not at 5-10"]


def test_of_two_places_the_nearer_is_told() -> None:
    assert how("ja nee ja nee", ("nee", 9, 12)) == ["stands at 10-13, not at 9-12"]


def test_a_quote_beyond_the_text_is_told_its_length() -> None:
    assert how("kort", ("kort en meer", 0, 12)) == ["ends at 12, but the text has 4 characters"]


def test_a_no_break_space_is_not_a_space() -> None:
    (said,) = how("duurzame\u00a0opdrachten", ("duurzame opdrachten", 0, 19))
    assert said.startswith("differs from the text at offset 8")


def test_offsets_count_code_points_and_not_bytes_or_utf_16_units() -> None:
    assert how("é𝄞 gecoördineerd", ("gecoördineerd", 3, 16)) == []


def test_line_ends_are_letters_like_any_other() -> None:
    assert how("a\r\nb", ("a\r\nb", 0, 4)) == []
    assert how("a\nb", ("a\r\nb", 0, 4)) != []


def test_a_text_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(BadParameter, match=r"not UTF-8 \(byte 1\)"):
        check_quotes(data(), b"a\xff", BASE)


def test_the_document_is_chosen_by_the_texts_hash() -> None:
    one = data(("a", 0, 1), document=DOCUMENT + "1")
    # The SHA-256 of "b".
    other = data(
        ("b", 0, 1), document=DOCUMENT + "2", sha256="3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d"
    )
    check = check_quotes([*one, *other], b"b", BASE)
    assert (check.document, check.same_text, check.misquotes) == (DOCUMENT + "2", True, [])


def test_a_document_that_cannot_be_told_has_to_be_named() -> None:
    both = [*data(document=DOCUMENT + "1"), *data(("x", 0, 1), document=DOCUMENT + "2")]
    with pytest.raises(BadCall, match="--source"):
        check_quotes(both, b"x", BASE)
    assert check_quotes(both, b"x", BASE, DOCUMENT + "2").checked == 1
    with pytest.raises(Unknown, match=r"one of <https://example\.org/d1>"):
        check_quotes(both, b"x", BASE, "https://example.org/other")


def test_an_offset_that_is_no_number_is_left_to_the_shapes() -> None:
    turtle = """PREFIX dpp: <https://w3id.org/dppgraph/ns#> PREFIX oa: <http://www.w3.org/ns/oa#>
      <a:s> dpp:inDocument <a:d> ; oa:hasSelector [ oa:exact "x" ], [ oa:start "first" ; oa:end 1 ] ."""
    assert read_quotes(parse(turtle.encode(), formats.TURTLE), BASE) == []


@given(st.text(min_size=1), st.data())
def test_what_is_cut_from_a_text_stands_in_it_and_agrees_with_itself(text: str, draw: st.DataObject) -> None:
    spans = draw.draw(st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, len(text))), max_size=5))
    quotes = [Quote(str(n), DOCUMENT, text[min(s) : max(s)], min(s), max(s)) for n, s in enumerate(spans)]
    assert disagreements(quotes) == []


def test_overlapping_quotes_that_differ_are_found() -> None:
    one, same, other = Quote("1", "d", "abcd", 0, 4), Quote("2", "d", "cd", 2, 4), Quote("3", "d", "xy", 3, 5)
    assert disagreements([one, same, other]) == [(one, other)]


def test_quotes_of_different_documents_need_not_agree() -> None:
    assert disagreements([Quote("1", "d", "a", 0, 1), Quote("2", "e", "b", 0, 1)]) == []
