import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.digest import Digesting, bucket_of, root_of, tree_of
from dppgraph.errors import BadRdf

LINES = st.sets(
    st.builds(lambda subject, object_: f"<http://e/{subject}> <p:p> <o:{object_}> .", st.integers(0, 50), st.text("ab"))
)


def test_the_digest_of_known_lines_never_changes() -> None:
    # A published digest is cited: other software must come to the same one, in any later version too.
    lines = [f'<http://e/{number}> <http://e/p> "plan {number}"@nl <http://e/g> .' for number in range(100)]
    assert root_of(tree_of(lines)) == "8717eaa1fece63e301490d067149ac1c39f076f1256763f2127dd44c047e9b70"


def test_the_digest_of_nothing_is_that_of_an_empty_tree() -> None:
    assert tree_of([]) == {}
    assert root_of({}) == hashlib.sha256(b"root\n").hexdigest()


def test_the_digest_is_made_as_it_is_described() -> None:
    line = "<http://e/a> <p:p> <o:o> ."
    bucket = hashlib.sha256(b"<http://e/a>").hexdigest()[:3]
    leaf = hashlib.sha256(f"bucket\n{line}\n".encode()).hexdigest()
    node = hashlib.sha256(f"node\n{bucket} {leaf}\n".encode()).hexdigest()
    root = hashlib.sha256(f"root\n{bucket[:2]} {node}\n".encode()).hexdigest()
    assert tree_of([line]) == {bucket: leaf}
    assert root_of(tree_of([line])) == root


@given(LINES.flatmap(lambda lines: st.tuples(st.permutations(sorted(lines)), st.permutations(sorted(lines)))))
def test_the_order_of_the_lines_does_not_matter(orders: tuple[list[str], list[str]]) -> None:
    one, other = orders
    assert tree_of(one) == tree_of(other)
    assert root_of(tree_of(one)) == root_of(tree_of(other))


@given(LINES, LINES)
def test_other_lines_have_another_digest(one: set[str], other: set[str]) -> None:
    assert (root_of(tree_of(one)) == root_of(tree_of(other))) is (one == other)


@given(LINES, st.integers(0, 50))
def test_one_more_line_changes_its_bucket_and_the_root_and_no_other_bucket(lines: set[str], subject: int) -> None:
    line = f"<http://e/{subject}> <p:p> <o:new> ."
    before, after = tree_of(lines), tree_of({*lines, line})
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    assert changed == {bucket_of(line)}
    assert root_of(before) != root_of(after)


def test_a_bucket_holds_all_that_is_said_of_a_subject() -> None:
    one, other = "<http://e/a> <p:p> <o:1> .", "<http://e/a> <p:q> <o:2> <g:g> ."
    assert bucket_of(one) == bucket_of(other)
    assert set(tree_of([one, other])) == {bucket_of(one)}


@given(LINES)
def test_the_digest_of_lines_that_pass_by_is_the_same(lines: set[str]) -> None:
    digesting = Digesting()
    for line in sorted(lines):
        digesting.take(line)
    assert digesting.root() == root_of(tree_of(lines))


@pytest.mark.parametrize("lines", [["<a> <b> <c> .", "<a> <b> <c> ."], ["<b> <b> <c> .", "<a> <b> <c> ."], ["x"], [""]])
def test_lines_that_pass_by_are_sorted_and_are_lines(lines: list[str]) -> None:
    digesting = Digesting()
    *before, last = lines
    for line in before:
        digesting.take(line)
    with pytest.raises(BadRdf):
        digesting.take(last)
