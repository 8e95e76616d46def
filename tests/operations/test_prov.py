"""Versions and their changes as PROV: what their manifests say, whatever names and messages they have."""

from dataclasses import replace

import pyoxigraph
from hypothesis import given
from hypothesis import strategies as st

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import parse_line
from dppgraph.operations.changes import Version, change_of, told_as_prov
from tests.store.history_of import manifest

URL = "https://data.example.org/a/"
PROV = PREFIXES["prov"]


def named(number: int) -> str:
    return f"<{URL}v{number}>"


def test_a_version_is_a_revision_of_the_one_before_and_a_rollback_rests_on_an_earlier_one() -> None:
    made = replace(manifest(3), parent=2, kind="rollback", of=1, agent="jan", message="back")
    told = {parse_line(line)[:3] for line in told_as_prov([Version(3, made), Version(2, None, "damaged")], named, URL)}
    change, agent = change_of(3, URL), f"<{URL}changes#agent-jan>"
    expected = {
        (named(3), "wasRevisionOf", named(2)),
        (named(3), "wasDerivedFrom", named(1)),
        (named(3), "wasGeneratedBy", change),
        (change, "generated", named(3)),
        (change, "used", named(1)),
        (change, "used", named(2)),
        (change, "wasAssociatedWith", agent),
    }
    assert {(s, f"<{PROV}{p}>", o) for s, p, o in expected} <= told
    assert (agent, f"<{PREFIXES['rdfs']}label>", '"jan"') in told
    assert (change, f"<{PREFIXES['dct']}description>", '"back"') in told
    assert not any(subject == named(2) for subject, _, _ in told)


def test_a_first_version_follows_none_and_one_without_a_message_has_none() -> None:
    told = "\n".join(told_as_prov([Version(1, manifest(1))], named, URL))
    assert not any(
        word in told for word in ("wasRevisionOf", "wasDerivedFrom", "previousVersion", "used", "description")
    )


@given(agent=st.text(max_size=30), message=st.text(min_size=1, max_size=60), kept=st.booleans())
def test_any_name_and_message_come_back_as_they_were(agent: str, message: str, *, kept: bool) -> None:
    made = replace(manifest(1), agent=agent, message=message if kept else "")
    lines = told_as_prov([Version(1, made)], named, URL)
    quads = list(pyoxigraph.parse("".join(f"{line}\n" for line in lines).encode(), pyoxigraph.RdfFormat.N_QUADS))
    texts = {quad.predicate.value: quad.object.value for quad in quads if isinstance(quad.object, pyoxigraph.Literal)}
    assert texts[f"{PREFIXES['rdfs']}label"] == agent
    assert texts.get(f"{PREFIXES['dct']}description") == (message if kept else None)
    others = told_as_prov([Version(1, replace(made, agent=f"{agent}x"))], named, URL)
    all_of_both = map(parse_line, [*lines, *others])
    who = {one.object for one in all_of_both if one.predicate == f"<{PROV}wasAssociatedWith>"}
    assert len(who) == 2, "one agent for each name"
