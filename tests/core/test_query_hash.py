"""The hash of a query: what anybody works out with a common tool, and never the same for two queries."""

import hashlib
import subprocess

import pyoxigraph
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dppgraph.core.query_hash import query_hash

QUERY = "SELECT * { ?plan dpp:succeeds ?older }\n# Ééñ"
LINES = ("default-graph-uri urn:a", "named-graph-uri urn:a", "?a <urn:a>")
IRIS = st.sampled_from(["http://e.org/a", "http://e.org/b", "urn:c"])


def test_the_hash_of_a_query_alone_is_that_of_its_text() -> None:
    said = subprocess.run(["/usr/bin/sha256sum"], input=QUERY.encode(), capture_output=True, check=True, timeout=20)
    assert said.stdout.split()[0].decode() == query_hash(QUERY)


def test_what_else_is_asked_stands_above_the_text() -> None:
    lines = 'default-graph-uri urn:a\ndefault-graph-uri urn:b\nnamed-graph-uri urn:c\n?lang "nl"\n?plan <urn:p>\n'
    found = query_hash(QUERY, ["urn:b", "urn:a", "urn:b"], ["urn:c"], {"plan": "<urn:p>", "lang": '"nl"'})
    assert found == hashlib.sha256((lines + QUERY).encode()).hexdigest()


@given(st.text(), st.lists(IRIS), st.lists(IRIS), st.dictionaries(st.sampled_from("abc"), IRIS))
@example("\ud800", [], [], {})
def test_order_and_repetition_make_no_difference(
    text: str, default: list[str], named: list[str], values: dict[str, str]
) -> None:
    found = query_hash(text, default, named, values)
    again = query_hash(text, default[::-1] * 2, named[::-1] * 2, dict(reversed(values.items())))
    assert found == again
    assert len(found) == 64
    assert found != query_hash(f"{text} ", default, named, values)
    assert found != query_hash(text, [*default, "urn:other"], named, values)
    assert found != query_hash(text, default, [*named, "urn:other"], values)
    assert found != query_hash(text, default, named, values | {"d": "<urn:other>"})


@pytest.mark.parametrize("line", LINES)
def test_no_query_begins_as_such_a_line_does(line: str) -> None:
    with pytest.raises(SyntaxError):
        pyoxigraph.Store().query(f"{line}\nASK {{}}")
