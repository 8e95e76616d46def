"""A message is kept as it can be told anywhere, or refused."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core import formats
from dppgraph.core.message import LONGEST, in_one_line, message_of
from dppgraph.core.quads import Quad, literal
from dppgraph.errors import BadParameter
from dppgraph.store.rdf import parse
from dppgraph.store.writing import write


@given(st.text(max_size=20))
def test_what_is_kept_can_be_said_in_rdf_xml_and_in_one_line(text: str) -> None:
    try:
        kept = message_of(text)
    except BadParameter:
        return
    quad = Quad("<a:a>", "<a:b>", literal(kept))
    out = io.BytesIO()
    write([quad.line()], formats.RDFXML, out)
    assert parse(out.getvalue(), formats.RDFXML) == [quad]
    assert "\n" not in in_one_line(kept)


@pytest.mark.parametrize("character", ["\0", "\b", "\x0b", "\x1b", "\x7f", "\x9b", "\udc80", "\uffff"])
def test_a_control_character_is_refused(character: str) -> None:
    with pytest.raises(BadParameter, match=f"U\\+{ord(character):04X}"):
        message_of(f"a{character}b")


def test_line_ends_and_tabs_are_kept() -> None:
    assert message_of("\na\r\nb\rc\td\n") == "a\nb\nc\td"


def test_a_long_message_is_refused() -> None:
    assert len(message_of("x" * LONGEST)) == LONGEST
    with pytest.raises(BadParameter, match="2001"):
        message_of("x" * (LONGEST + 1))


def test_no_terminal_obeys_what_was_kept_before() -> None:
    assert in_one_line("a\x1b[31mb\r\n\tc") == "a [31mb c"
