"""What a changed triple can matter to: never less than what it does matter to."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dppgraph.core.prebinding import with_values
from dppgraph.core.quads import Quad
from dppgraph.errors import BadParameter
from dppgraph.operations.touched import touched
from dppgraph.operations.touched.sparql import sites_of
from dppgraph.store.memory import MemoryStore

BASE = "https://example.org/"
FEATURES = """
SELECT * { ?this :p ?x }
SELECT * { ?this :p ?x . ?x :q ?y . ?y :r 1 }
SELECT * { ?this :p ?x OPTIONAL { ?x :q ?y } }
SELECT * { ?this :p ?x OPTIONAL { ?x :q ?y OPTIONAL { ?y :r ?z } } }
SELECT * { ?a :p ?b OPTIONAL { ?b :q ?this } }
SELECT * { { ?a :q ?b OPTIONAL { ?b :p ?x } } ?x :r ?this }
SELECT * { ?a :q ?b OPTIONAL { ?b :p ?x } ?this :r ?x }
SELECT * { ?this :p ?x OPTIONAL { ?x :q ?y FILTER EXISTS { ?y :r ?z . ?z :p ?this } } }
SELECT * { ?this :p ?x OPTIONAL { ?x :q ?y FILTER NOT EXISTS { ?y :r ?x } } OPTIONAL { ?x :r ?y } }
SELECT * { { ?this :p ?x } UNION { ?x :q ?this } }
SELECT * { ?this :p ?x { ?x :q ?y } UNION { ?x :r ?z . ?z :p ?y } ?y :q ?w }
SELECT * { ?this :p ?x MINUS { ?x :q ?y } }
SELECT * { ?this :p ?x MINUS { ?x :q ?y OPTIONAL { ?y :r ?this } } }
SELECT * { ?this :p ?x OPTIONAL { ?x :q ?y } MINUS { ?z :r ?y OPTIONAL { ?z :p ?x } } }
SELECT * { ?this :p ?x MINUS { ?u :q ?v } }
SELECT * { ?this :p ?x FILTER NOT EXISTS { ?x :q ?y } }
SELECT * { ?this :p ?x FILTER NOT EXISTS { ?x :q ?y FILTER NOT EXISTS { ?y :r ?this } } }
SELECT * { ?this :p ?x FILTER(EXISTS { ?x :q ?y } || EXISTS { ?u :r ?v }) }
SELECT * { ?this :p ?x BIND(IF(EXISTS { ?x :q ?y . ?y :r ?z }, 1, 2) AS ?n) }
SELECT * { ?this :p ?x OPTIONAL { ?x :r ?y } FILTER NOT EXISTS { ?y :q ?w } }
SELECT * { ?this :p/:q/:r ?x }
SELECT * { ?this :p|:q ?x . ?x ^:r ?y }
SELECT * { ?this :p/^:q ?x }
SELECT * { ?this :p+ ?x }
SELECT * { ?this :p* ?x }
SELECT * { ?x :p* ?this }
SELECT * { ?this :q ?y . ?y :p* ?x . ?x :r ?z }
SELECT * { ?this (:p|^:q)+ ?x }
SELECT * { ?this (:p/:q)* ?x . ?this :r ?y }
SELECT * { ?this :q ?y . ?y (:p?/:r) ?x }
SELECT * { ?this !:p ?x }
SELECT * { ?this !(:p|^:q) ?x }
SELECT * { ?this (!:p)+ ?x . ?x :q ?y }
SELECT * { <a> :p* ?this }
SELECT * { ?x :p ?x . ?x :q ?this }
SELECT * { ?this ?p ?x . ?p :q ?y }
SELECT * { ?this :p [ :q ?y ; :r [] ] }
SELECT * { VALUES (?x ?y) { (<a> UNDEF) (UNDEF <b>) } ?this :p ?x . ?x :q ?y }
SELECT * { ?this :p ?x } VALUES ?x { <a> 1 }
SELECT * { BIND(<b> AS ?x) ?this :p ?x . ?x :q ?z }
SELECT * { ?x :p ?y BIND(IRI(CONCAT(STR(?y), "")) AS ?this) FILTER(isIRI(?y)) }
SELECT * { ?x :p ?y BIND(IRI(CONCAT(STR(?x), "")) AS ?z) ?this :q ?z }
SELECT ?this (COUNT(?x) AS ?n) { ?this :p ?y . ?y :q ?x } GROUP BY ?this
SELECT ?this (COUNT(?x) AS ?n) { ?this :p ?y OPTIONAL { ?y :q ?x } } GROUP BY ?this HAVING(COUNT(?x) > 1)
SELECT ?this ?n { ?this :p ?y { SELECT ?y (MIN(?x) AS ?n) { ?y :q ?x . ?x :r ?this } GROUP BY ?y } }
SELECT ?this ?n { ?this :p ?y { SELECT (COUNT(*) AS ?n) { ?y :q ?x } } }
SELECT ?this ?n { ?this :p ?y { SELECT ?y (COUNT(*) AS ?n) { ?y :q ?x OPTIONAL { ?x :r ?z } } GROUP BY ?y } ?y :r ?w }
SELECT ?this ?x { ?this :p ?y { SELECT ?x { ?y :q ?x } } }
SELECT ?this ?x { { SELECT DISTINCT ?this { ?this ?p ?o } } ?this :q ?x FILTER NOT EXISTS { ?x :r ?this } }
SELECT ?this { ?this :p ?y { SELECT ?y { ?y :q ?x } ORDER BY ?y ?x LIMIT 1 } }
SELECT ?this ?x { ?this :p ?x } ORDER BY ?this ?x LIMIT 2
SELECT (?x AS ?this) { ?x :p ?y . ?y :q ?z }
SELECT * { GRAPH ?g { ?this :p ?x } ?g :q ?y }
SELECT * { GRAPH ?g { ?this :p ?x } GRAPH ?h { ?x :q ?y } }
SELECT * { ?this :p ?x GRAPH ?g {} }
SELECT * { ?this :p ?x FILTER(NOT EXISTS { GRAPH ?g { ?x :q ?y } }) }
""".strip().splitlines()
PREFIXES = f"PREFIX : <{BASE}>\n"

NODES = [f"<{BASE}{name}>" for name in "abcd"]
PROPERTIES = [f"<{BASE}{name}>" for name in "pqr"]
QUADS = st.builds(
    Quad,
    st.sampled_from([*NODES, PROPERTIES[0]]),
    st.sampled_from(PROPERTIES),
    st.sampled_from([*NODES, '"1"^^<http://www.w3.org/2001/XMLSchema#integer>', '"x"@nl']),
    st.sampled_from([f"<{BASE}g>", f"<{BASE}a>"]),
)


def by_anchor(text: str, quads: Iterable[Quad]) -> dict[str, Counter[tuple[tuple[str, str], ...]]]:
    found: dict[str, Counter[tuple[tuple[str, str], ...]]] = defaultdict(Counter)
    for row in MemoryStore(quads).select(text, base=BASE):
        if "this" in row:
            found[row["this"]][tuple(sorted(row.items()))] += 1
    return found


Row = Counter[tuple[tuple[str, str], ...]]


def by_given(text: str, quads: Iterable[Quad]) -> dict[str, Row]:
    """What a query finds of each anchor that it is given beforehand, as SHACL does."""
    store = MemoryStore(quads)
    found = {}
    for node in NODES:
        rows = store.select(with_values(text, {"this": node}), base=BASE)
        found[node] = Counter(tuple(sorted(row.items())) for row in rows)
    return found


@pytest.mark.heavy
@pytest.mark.parametrize("text", FEATURES)
@settings(max_examples=4)
@given(
    before=st.sets(QUADS, max_size=12),
    removed=st.sets(QUADS, max_size=2),
    added=st.sets(QUADS, max_size=2),
    pick=st.randoms(),
)
def test_whatever_a_change_matters_to_is_touched(
    text: str, before: set[Quad], removed: set[Quad], added: set[Quad], pick: Random
) -> None:
    text = PREFIXES + text
    if before and pick.random() < 0.8:
        removed = removed | {pick.choice(sorted(before))}
    after = before - removed | added
    union = MemoryStore(before | after)
    changed = [quad[:3] for quad in before ^ after]

    def check(found: Callable[[str, Iterable[Quad]], dict[str, Row]], *, given: bool) -> None:
        old, new = found(text, before), found(text, after)
        mattered = {anchor for anchor in old.keys() | new.keys() if old.get(anchor) != new.get(anchor)}
        sites = sites_of(text, "this", BASE, given=given)
        named = touched(sites, "this", changed, lambda asked: union.select(asked, base=BASE))
        assert named is None or mattered <= named

    check(by_anchor, given=False)
    with suppress(BadParameter):
        check(by_given, given=True)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("?this :p ?x OPTIONAL { ?x :q ?y }", 1),
        ("?this :p ?x MINUS { ?x :q ?y }", 1),
        ("?this :p ?x FILTER NOT EXISTS { ?x :q ?y }", 1),
        ("?this :p ?x . ?x :q* ?y", 2),
        ("?this :p ?x . ?this :q ?y", 0),
    ],
)
def test_a_way_leads_from_each_pattern_to_what_the_query_is_about(text: str, steps: int) -> None:
    found = sites_of(f"{PREFIXES} SELECT ?this {{ {text} }}", "this", BASE)
    assert all(site.way is not None for site in found)
    assert len(next(site.way or () for site in found if "q>" in site.pattern.predicate)) == steps


def test_what_nothing_leads_from_may_touch_all() -> None:
    text = f"{PREFIXES} SELECT ?this {{ ?this :p ?x FILTER NOT EXISTS {{ ?u a :Thing }} }}"
    assert [site.way for site in sites_of(text, "this", BASE)] == [(), None]


@pytest.mark.parametrize("name", ["_0", "_bx", "_s"])
def test_a_query_with_a_variable_named_like_those_that_are_made_is_not_followed(name: str) -> None:
    text = f"{PREFIXES} SELECT ?this {{ ?this :p/:q ?NAME }}"
    followed, unfollowed = (sites_of(text.replace("NAME", one), "this", BASE) for one in (f"x{name}", name))
    assert all(site.way is not None for site in followed)
    assert [site.way for site in unfollowed] == [None]


def test_a_branch_without_the_anchor_says_nothing_of_any_unless_it_is_given() -> None:
    text = f"{PREFIXES} SELECT ?this {{ {{ ?this :p ?x }} UNION {{ ?x :q ?y }} }}"
    assert len(sites_of(text, "this", BASE)) == 1
    assert [site.way for site in sites_of(text, "this", BASE, given=True)] == [(), None]


def test_a_query_says_the_same_however_often_it_is_read() -> None:
    asked = "?this :p ?x FILTER(?x = 1 || EXISTS { ?x :q ?y FILTER NOT EXISTS { ?y :r ?z } })"
    once, again = (sites_of(f"{PREFIXES} SELECT ?this {{ {asked} }}", "this", BASE) for _ in range(2))
    assert once == again
    assert any("r>" in site.pattern.predicate for site in again)
