"""What a query string says."""

from urllib.parse import parse_qsl, quote, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dppgraph.errors import BadParameter
from dppgraph.web.parameters import decoded

PIECES = st.lists(
    st.sampled_from(
        ["query=", "&", "=", "%20", "%2", "%", "%25", "%2B", "%26", "%3D", "%3a", "%3F", "+", "20", "3F", "a"]
    )
).map("".join)


@given(st.lists(st.tuples(st.text(), st.text())))
def test_what_was_escaped_comes_back(parameters: list[tuple[str, str]]) -> None:
    for escape in (quote, lambda text, *_, **__: quote(text, safe="")):
        assert decoded(urlencode(parameters, quote_via=escape).encode()) == parameters


@given(st.text(alphabet=st.characters(max_codepoint=127)) | PIECES)
@example("a=%2%30&b=%%320&c=%253F&d=%2526")
def test_any_query_string_is_read_as_the_library_reads_it(said: str) -> None:
    try:
        expected = parse_qsl(said, keep_blank_values=True, errors="strict")
    except ValueError:
        with pytest.raises(BadParameter):
            decoded(said.encode())
    else:
        assert decoded(said.encode()) == expected
