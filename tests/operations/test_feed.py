"""The feed: whoever has the latest version object of each entity has the graph, and nothing that was read changes."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import hypothesis.strategies as st
import pyshacl
import pytest
import rdflib
from hypothesis import given

from dppgraph.core import formats
from dppgraph.core.iris import GRAPHS, PREFIXES, graph_iri
from dppgraph.core.quads import Quad, canonical, difference, entity_of, literal, parse_line
from dppgraph.errors import Damaged, Unknown
from dppgraph.operations.build import Built
from dppgraph.operations.feed import FeedReader, make_members, make_missing
from dppgraph.operations.feed import files as feed_files
from dppgraph.operations.feed.moments import moment_of
from dppgraph.store.rdf import parse
from dppgraph.store.versions import Manifest, Publication, VersionStore
from dppgraph.store.writing import serialised
from tests.conftest import BASE, MODIFIED, REPOSITORY

DCT, PROV, RDF, XSD = (PREFIXES[name] for name in ("dct", "prov", "rdf", "xsd"))
TREE, LDES = "https://w3id.org/tree#", "https://w3id.org/ldes#"
DELETE = "<https://www.w3.org/ns/activitystreams#Delete>"
STREAM = f"<{BASE}feed#stream>"
PLAN, OTHER, GENID = f"{BASE}id/plan/x", f"{BASE}id/plan/y", f"{BASE}.well-known/genid/"
P, Q = "<http://example.org/p>", "<http://example.org/q>"
OURS = {f"<{DCT}isVersionOf>", f"<{PROV}generatedAtTime>", f"<{DCT}hasPart>", "<http://schema.org/version>"}
CREATED = "2026-11-28T12:00:00+00:00"


@dataclass
class History:
    """A feed that is made version by version, as a build makes it."""

    folder: Path
    page: int = 250
    created: str = CREATED
    states: list[list[str]] = field(default_factory=list)

    @property
    def versions(self) -> VersionStore:
        return VersionStore(self.folder)

    def add(self, *quads: Quad, delta: bool = True) -> FeedReader:
        lines = canonical(quads)
        before = self.states[-1] if self.states else []
        number = len(self.states) + 1
        manifest = Manifest(
            format=1,
            version=number,
            parent=number - 1 or None,
            parent_sha256=None,
            created=self.created,
            agent="tests",
            message="",
            software="dppgraph",
            base=BASE,
            inputs="",
            digest=hashlib.sha256("\n".join(lines).encode()).hexdigest(),
            quads=len(lines),
            added=0,
            removed=0,
            graphs={},
            findings=None,
            files={},
        )
        make_members(self.versions, manifest, lines, difference(before, lines) if delta else None, page=self.page)
        self.states.append(lines)
        return self.reader(number)

    def reader(self, number: int) -> FeedReader:
        return FeedReader(self.versions, number, index=3)


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path)


def quad(subject: str, predicate: str, object_: str, graph: str = "source") -> Quad:
    return Quad(f"<{subject}>", predicate, object_, f"<{graph_iri(graph, BASE)}>")


class Seen(NamedTuple):
    """What a reader makes of a member."""

    entity: str
    time: str
    version: int
    graph: frozenset[str]
    deleted: bool


def members_of(page: list[str]) -> dict[str, dict[str, set[Quad]]]:
    """Member to the statements of the page by subject, and by its graph as ``""``."""
    quads = [parse_line(line) for line in page]
    names = [quad.object for quad in quads if quad.subject == STREAM and quad.predicate == f"<{TREE}member>"]
    assert len(names) == len(set(names))
    said: dict[str, set[Quad]] = defaultdict(set)
    graphs: dict[str, set[Quad]] = defaultdict(set)
    for found in quads:
        (graphs[found.graph] if found.graph else said[found.subject]).add(found._replace(graph=""))
    return {name: {"": graphs[name]} | said for name in names}


def seen(name: str, said: dict[str, set[Quad]]) -> Seen:
    """A member as a client extracts it by the shape: its star, and those of its parts; entity in its place again."""
    values: dict[str, list[str]] = defaultdict(list)
    for found in said[name]:
        values[found.predicate].append(found.object)
    (entity,), (time,), (number,) = (
        values[f"<{DCT}isVersionOf>"],
        values[f"<{PROV}generatedAtTime>"],
        values["<http://schema.org/version>"],
    )
    deleted = DELETE in values[f"<{RDF}type>"]
    own = {q._replace(subject=entity) for q in said[name] if q.predicate not in OURS and q.object != DELETE}
    own |= {q._replace(subject=entity) for q in said[name] if q.object == DELETE and q.predicate != f"<{RDF}type>"}
    parts = {found for part in values[f"<{DCT}hasPart>"] for found in said[part]}
    graph = frozenset(found.line() for found in own | parts)
    # Both ways of telling it say the same.
    assert graph == {found.line() for found in said[""]}
    assert deleted == (not graph)
    return Seen(entity, time, int(number.split('"')[1]), graph, deleted)


def read_all(reader: FeedReader) -> list[Seen]:
    """All members, page after page."""
    found = []
    for number in range(1, reader.pages + 1):
        page = list(reader.page(number))
        found += [seen(name, said) for name, said in members_of(page).items()]
    return found


def replayed(members: list[Seen]) -> set[str]:
    """The graph of whoever keeps the latest member of each entity."""
    latest: dict[str, Seen] = {}
    for member in members:
        if member.entity not in latest or latest[member.entity].time < member.time:
            latest[member.entity] = member
    return {line for member in latest.values() for line in member.graph}


def union(lines: list[str]) -> set[str]:
    return {parse_line(line)._replace(graph="").line() for line in lines}


def bytes_of(reader: FeedReader) -> dict[str, bytes]:
    nodes = ["", *(str(n) for n in range(1, reader.pages + 1)), *(f"index-{n}" for n in range(1, reader.indexes + 1))]
    return {
        f"{node} {format_.name}": serialised(reader.node(node, named_graphs=format_.named_graphs), format_)
        for node in nodes
        for format_ in (formats.NQUADS, formats.TURTLE)
    }


NODES = [PLAN, OTHER, f"{PLAN}#period", f"{OTHER}#period", f"{PLAN}/more", "http://example.org/v#term"]
NODES += [f"{GENID}{name}" for name in ("aa", "bb", "cc", "aa#quote")]
OBJECTS = [f"<{node}>" for node in NODES] + ['"01"^^<http://www.w3.org/2001/XMLSchema#integer>', '"a\\nb"@nl', DELETE]
OBJECTS += [f"<<( <{PLAN}> {P} <{OTHER}> )>>", '"2026-11-27T00:00:00Z"^^<' + XSD + "dateTime>"]
states = st.lists(
    st.lists(
        st.builds(
            quad,
            st.sampled_from(NODES),
            st.sampled_from([P, Q, f"<{RDF}type>", *sorted(OURS)]),
            st.sampled_from(OBJECTS),
            st.sampled_from(GRAPHS[-2:]),
        ),
        max_size=8,
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.heavy
@given(states, st.integers(1, 4), st.booleans())
def test_the_latest_of_each_entity_are_the_graph_in_every_version(
    tmp_path_factory: pytest.TempPathFactory, versions: list[list[Quad]], page: int, delta: bool
) -> None:
    history = History(tmp_path_factory.mktemp("feed"), page)
    before: dict[str, bytes] = {}
    count = 0
    for state in versions:
        reader = history.add(*state, delta=delta)
        members = read_all(reader)
        assert replayed(members) == union(history.states[-1])
        # Each member is on one page, no page has more than it may, and they come in the order of version and entity.
        assert len(members) == reader.count >= count
        assert members == sorted(members, key=lambda member: (member.version, member.entity[1:-1]))
        assert all(len(members_of(list(reader.page(n)))) <= page for n in range(1, reader.pages + 1))
        # There is a new one of what changed, and of nothing else.
        entities = {member.entity for member in members if member.version == len(history.states)}
        earlier = history.states[-2] if len(history.states) > 1 else []
        assert entities >= {f"<{entity_of(line)}>" for line in changed(earlier, history.states[-1])}
        assert all(one.graph != other.graph for one, other in successive(members))
        now = bytes_of(reader)
        closed = {name for name in before if reader.is_closed(name.split(" ")[0]) and was_closed(before, name)}
        assert {name: now[name] for name in closed} == {name: before[name] for name in closed}
        before, count = now, reader.count


def successive(members: list[Seen]) -> Iterator[tuple[Seen, Seen]]:
    """Each member, with the next one of the same entity."""
    by_entity: dict[str, list[Seen]] = defaultdict(list)
    for member in members:
        by_entity[member.entity].append(member)
    for found in by_entity.values():
        assert not found[0].deleted
        yield from pairwise(found)


def changed(before: list[str], after: list[str]) -> set[str]:
    """The triples that came or went, but for those of nodes that hang on others."""
    return {line for line in union(before) ^ union(after) if GENID not in line.partition(" ")[0]}


def was_closed(nodes: dict[str, bytes], name: str) -> bool:
    return b"immutable>" in nodes[f"{name.split(' ')[0]} nquads"]


@pytest.mark.heavy
@given(states)
def test_a_feed_made_anew_is_the_feed_that_was_made_version_by_version(
    tmp_path_factory: pytest.TempPathFactory, versions: list[list[Quad]]
) -> None:
    one, other = (History(tmp_path_factory.mktemp("feed"), created=created) for created in (CREATED, CREATED))
    for state in versions:
        one.add(*state)
        other.add(*state, delta=False)
    assert bytes_of(one.reader(len(versions))) == bytes_of(other.reader(len(versions)))


def test_a_change_makes_one_member_and_a_deletion_one_that_says_so(history: History) -> None:
    first = [quad(PLAN, P, '"a"'), quad(OTHER, P, '"b"'), quad(f"{PLAN}#period", Q, '"2009"')]
    assert history.add(*first).count == 2
    assert history.add(*first[:2], quad(f"{PLAN}#period", Q, '"2010"')).count == 3
    reader = history.add(first[0])
    *_, plan, other = read_all(reader)
    assert (reader.count, other.entity, other.deleted) == (5, f"<{OTHER}>", True)
    assert plan.graph == {f'<{PLAN}> {P} "a" .'}
    # Whatever comes back is a new version.
    again = history.add(*first[:2])
    assert again.count == 6
    assert replayed(read_all(again)) == union(history.states[-1])


def test_a_statement_that_only_moves_to_another_graph_changes_nothing(history: History) -> None:
    history.add(quad(PLAN, P, '"a"'))
    reader = history.add(quad(PLAN, P, '"a"', "external"), quad(PLAN, P, '"a"', "inferred"))
    assert reader.count == 1
    assert read_all(reader)[0].graph == {f'<{PLAN}> {P} "a" .'}


def test_a_node_without_a_life_of_its_own_goes_with_what_it_hangs_on_however_far_up(history: History) -> None:
    chain = [quad(f"{GENID}{number}", P, f"<{GENID}{number + 1}>") for number in range(1200)]
    reader = history.add(quad(PLAN, P, f"<{GENID}0>"), *chain, quad(f"{GENID}1200", P, '"end"'))
    assert [(member.entity, len(member.graph)) for member in read_all(reader)] == [(f"<{PLAN}>", 1202)]
    # It moves, though nothing is said of it anew.
    reader = history.add(quad(OTHER, P, f"<{GENID}0>"), *chain, quad(f"{GENID}1200", P, '"end"'))
    assert [(member.entity, len(member.graph)) for member in read_all(reader)[1:]] == [
        (f"<{PLAN}>", 0),
        (f"<{OTHER}>", 1202),
    ]


def test_a_node_that_two_things_hold_goes_to_the_second_when_the_first_lets_it_go(history: History) -> None:
    shared = [
        quad(PLAN, P, f"<{GENID}aa>"),
        quad(OTHER, P, f"<{GENID}bb>"),
        quad(f"{GENID}aa", Q, '"a"'),
        quad(f"{GENID}bb", Q, '"b"'),
    ]
    reader = history.add(*shared, quad(f"{GENID}aa", P, f"<{GENID}bb>"))
    assert [len(member.graph) for member in read_all(reader)] == [4, 1]
    # Of the second thing nothing was added or removed.
    assert [len(member.graph) for member in read_all(history.add(*shared))[2:]] == [2, 2]


def test_what_an_entity_says_in_the_words_of_the_feed_is_not_taken_for_the_feeds(history: History) -> None:
    own = [
        quad(PLAN, f"<{DCT}isVersionOf>", f"<{OTHER}>"),
        quad(PLAN, f"<{PROV}generatedAtTime>", f'"1999-01-01T00:00:00Z"^^<{XSD}dateTime>'),
        quad(PLAN, f"<{DCT}hasPart>", f"<{PLAN}#period>"),
        quad(PLAN, f"<{RDF}type>", DELETE),
        quad(PLAN, "<http://schema.org/version>", '"7"'),
    ]
    (member,) = read_all(history.add(*own))
    assert (member.entity, member.version, member.deleted) == (f"<{PLAN}>", 1, False)
    assert member.graph == union(history.states[-1])


def test_no_page_tells_of_a_part_twice(history: History) -> None:
    for year in range(2009, 2013):
        history.add(quad(PLAN, P, '"a"'), quad(f"{PLAN}#period", Q, f'"{year}"'), quad(OTHER, P, f'"{year}"'))
    reader = history.reader(4)
    assert (reader.count, reader.pages) == (8, 4)
    # What has no parts may come again on a page.
    for year in range(3):
        history.add(quad(PLAN, P, '"a"'), quad(f"{PLAN}#period", Q, '"2012"'), quad(OTHER, P, f'"{year}"'))
    assert history.reader(7).pages == 4


def test_blank_nodes_of_a_store_without_the_gate_get_names(history: History) -> None:
    reader = history.add(Quad(f"<{PLAN}>", P, "_:c14n0"), Quad("_:c14n0", Q, '"_:no"'), Quad("_:c14n1", Q, '"b"'))
    found = read_all(reader)
    assert [len(member.graph) for member in found] == [1, 2]
    assert not any("_:" in line.partition('"')[0] for member in found for line in member.graph)


def relations(lines: Iterator[str], node: str = "") -> dict[str, set[tuple[str, str]]]:
    """Node to the kinds of the relations that lead there, with their bounds; all on the right path."""
    quads = [parse_line(line) for line in lines]
    values = {(quad.subject, quad.predicate): quad.object for quad in quads}
    me = f"<{BASE}feed/{node}>" if node else f"<{BASE}feed>"
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for relation in (quad.object for quad in quads if (quad.subject, quad.predicate) == (me, f"<{TREE}relation>")):
        assert values[relation, f"<{TREE}path>"] == f"<{PROV}generatedAtTime>"
        kind = values[relation, f"<{RDF}type>"].removeprefix(f"<{TREE}").removesuffix("Relation>")
        target = values[relation, f"<{TREE}node>"].removeprefix(f"<{BASE}feed/").removesuffix(">")
        found[target].add((kind, values[relation, f"<{TREE}value>"].split('"')[1]))
    return found


def test_the_root_leads_to_every_page_with_its_bounds(tmp_path: Path) -> None:
    history = History(tmp_path, page=2)
    issued = quad(f"{BASE}id/dataset/d", f"<{DCT}issued>", f'"2026-11-23T01:00:00+01:00"^^<{XSD}dateTime>', "catalogue")
    many = [quad(f"{PLAN}{number}", P, '"a"') for number in range(3)]
    history.add(issued, *many)
    first, second = "2026-11-23T00:00:00Z", "2026-11-23T00:00:01Z"
    ge, le = "GreaterThanOrEqualTo", "LessThanOrEqualTo"
    assert relations(history.reader(1).root()) == {"1": {(ge, first), (le, first)}, "2": {(ge, first)}}
    reader = history.add(issued, *many, quad(OTHER, P, '"b"'))
    assert relations(reader.root()) == {
        "1": {(ge, first), (le, first)},
        "2": {(ge, first), (le, first)},
        "3": {(ge, second)},
    }


def test_above_so_many_pages_the_root_leads_to_indexes_which_close_too(tmp_path: Path) -> None:
    history = History(tmp_path, page=1)
    many = [quad(f"{PLAN}{number}", P, '"a"') for number in range(7)]
    reader = history.add(*many)
    assert (reader.pages, reader.indexes) == (7, 3)
    assert set(relations(reader.root())) == {"index-1", "index-2", "index-3"}
    reached = [set(relations(reader.index(number), f"index-{number}")) for number in (1, 2, 3)]
    assert reached == [{"1", "2", "3"}, {"4", "5", "6"}, {"7"}]
    assert [reader.is_closed(node) for node in ("", "1", "7", "index-1", "index-3")] == [
        False,
        True,
        False,
        True,
        False,
    ]
    closed = bytes_of(reader)["index-2 turtle"]
    assert bytes_of(history.add(*many, quad(OTHER, P, '"b"')))["index-2 turtle"] == closed


@pytest.mark.parametrize("node", ["0", "8", "01", "-1", "x", "index-0", "index-4", "1/", "٣", "9" * 5000])
def test_there_is_no_other_node(tmp_path: Path, node: str) -> None:
    history = History(tmp_path, page=1)
    reader = history.add(*(quad(f"{PLAN}{number}", P, '"a"') for number in range(7)))
    with pytest.raises(Unknown):
        list(reader.node(node, named_graphs=True))
    with pytest.raises(Unknown):
        reader.is_closed(node)


def test_the_root_says_what_a_client_has_to_know_and_has_one_view(history: History) -> None:
    reader = history.add(quad(PLAN, P, '"a"'))
    quads = [parse_line(line) for line in reader.root()]
    said = {quad.predicate: quad.object for quad in quads if quad.subject == STREAM}
    assert [quad.object for quad in quads if quad.predicate == f"<{TREE}view>"] == [f"<{BASE}feed>"]
    assert said[f"<{LDES}timestampPath>"] == f"<{PROV}generatedAtTime>"
    assert said[f"<{LDES}versionOfPath>"] == f"<{DCT}isVersionOf>"
    assert said[f"<{LDES}versionDeleteObject>"] == DELETE
    shape = said[f"<{TREE}shape>"]
    assert any(quad.subject == shape and quad.predicate.endswith("shacl#property>") for quad in quads)
    (policy,) = [quad.object for quad in quads if quad.predicate == f"<{LDES}retentionPolicy>"]
    starts = {quad.predicate: quad.object for quad in quads if quad.subject == policy}[f"<{LDES}startingFrom>"]
    assert min(member.time for member in read_all(reader)) == starts
    assert not any("_:" in term for quad in quads for term in quad[:3])


@pytest.mark.heavy
def test_every_member_has_the_shape_that_the_stream_names(built: tuple[VersionStore, Built]) -> None:
    reader = FeedReader(built[0], 1)
    shapes, data = rdflib.Graph(), rdflib.Graph()
    shapes.parse(data=serialised(reader.root(), formats.TURTLE), format="turtle")
    data.parse(data=serialised(reader.page(reader.pages, named_graphs=False), formats.TURTLE), format="turtle")
    (shape,) = shapes.objects(None, rdflib.URIRef(f"{TREE}shape"))
    target = rdflib.URIRef("http://www.w3.org/ns/shacl#targetObjectsOf")
    shapes.add((shape, target, rdflib.URIRef(f"{TREE}member")))
    conforms, _, said = pyshacl.validate(data, shacl_graph=shapes)
    assert conforms, said
    data.remove((None, rdflib.URIRef(f"{DCT}isVersionOf"), None))
    assert not pyshacl.validate(data, shacl_graph=shapes)[0]


def test_a_version_object_is_found_by_its_name(history: History) -> None:
    history.add(quad(PLAN, P, '"a"'))
    reader = history.add(quad(PLAN, P, '"b"'))
    page = list(reader.page(1))
    names = list(members_of(page))
    assert len(names) == 2
    for name in names:
        told = reader.member(name.rpartition("/")[2].strip(">"))
        assert sorted(told or ()) == sorted(line for line in page if name in line and STREAM not in line)
    assert reader.member("0" * 32) is None
    assert reader.member("f" * 32) is None
    assert reader.member("../../etc/passwd") is None
    # To whom version 1 is current, there is no later one.
    later = [name for name in members_of(list(reader.page(1))) if name.startswith(f"<{BASE}id/version/00000002")]
    assert history.reader(1).member(later[0].rpartition("/")[2].strip(">")) is None


Moment = Callable[..., datetime | None]
ISSUED = f"<{BASE}id/dataset/d> <{DCT}issued> {{}} <{graph_iri('catalogue', BASE)}> ."


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ('"2026-11-23T00:00:00Z"^^<{}dateTime>', "2026-11-23T00:00:00Z"),
        ('"2026-11-23T01:30:00.75+01:30"^^<{}dateTime>', "2026-11-23T00:00:00Z"),
        ('"2026-11-23T00:00:00"^^<{}dateTime>', None),
        ('"2026-11-23"^^<{}date>', None),
        ('"-0044-03-15T00:00:00Z"^^<{}dateTime>', None),
        ('"99999-01-01T00:00:00Z"^^<{}dateTime>', None),
        ('"9999-12-31T23:59:59Z"^^<{}dateTime>', None),
        ('"soon"^^<{}dateTime>', None),
        ('"2026-11-23T00:00:00Z"', None),
    ],
)
def test_the_time_of_a_version_is_what_the_catalogue_says_of_itself(told: str, expected: str | None) -> None:
    line = ISSUED.format(told.format(XSD))
    moment = datetime.fromisoformat(expected or CREATED).astimezone(UTC)
    assert moment_of([line], BASE, CREATED, None) == moment
    # Another graph tells of other things.
    assert moment_of([line.replace("/catalogue>", "/source>")], BASE, CREATED, None) == datetime.fromisoformat(CREATED)


def test_no_version_is_as_early_as_the_one_before() -> None:
    line = ISSUED.format(f'"2026-11-23T00:00:00Z"^^<{XSD}dateTime>')
    moments: list[datetime] = []
    for _ in range(3):
        moments.append(moment_of([line], BASE, CREATED, moments[-1] if moments else None))
    assert [after - before for before, after in pairwise(moments)] == [timedelta(seconds=1)] * 2
    later = ISSUED.format(f'"2026-11-24T00:00:00Z"^^<{XSD}dateTime>')
    assert moment_of([line, later], BASE, CREATED, moments[-1]) == datetime(2026, 11, 24, tzinfo=UTC)


def publish(store: VersionStore, *quads: Quad) -> None:
    numbers = store.numbers()
    with store.writing("tests") as writer:
        writer.publish(
            Publication(canonical(quads), "tests", "", "dppgraph", BASE, "", None), numbers[-1] if numbers else None
        )


@pytest.fixture
def published(four_versions: Path, tmp_path: Path) -> VersionStore:
    """A store of four versions without a feed, as an older dppgraph made it."""
    return VersionStore(shutil.copytree(four_versions, tmp_path / "store"))


@pytest.fixture(scope="module")
def four_versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = VersionStore(tmp_path_factory.mktemp("published") / "store")
    issued = quad(f"{BASE}id/dataset/d", f"<{DCT}issued>", f'"2026-11-23T00:00:00Z"^^<{XSD}dateTime>', "catalogue")
    for number in range(4):
        publish(store, issued, quad(PLAN, P, literal(str(number))), quad(f"{OTHER}{number}", Q, '"new"'))
    return store.folder


def test_a_store_without_a_feed_gets_one_from_its_versions(published: VersionStore) -> None:
    reader = FeedReader(published, 4)
    assert replayed(read_all(reader)) == union(published.lines(4))
    assert [member.version for member in read_all(reader)] == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]
    assert replayed(read_all(FeedReader(published, 2))) == union(published.lines(2))


def test_what_is_lost_is_made_again_the_same(published: VersionStore) -> None:
    before = bytes_of(FeedReader(published, 4))
    for left in ([1], [3], [2, 4]):
        for number in left:
            (published.folder / "feed" / f"{number:06d}.sqlite").unlink()
        assert bytes_of(FeedReader(published, 4)) == before
    (published.folder / "feed" / "000002.sqlite").write_bytes(b"nothing of the kind")
    assert bytes_of(FeedReader(published, 4)) == before


def test_what_a_killed_build_left_is_not_taken_for_the_version_that_came_instead(published: VersionStore) -> None:
    make_missing(published, 4)
    killed = History(published.folder, states=[published.lines(number) for number in range(1, 5)])
    killed.add(quad(PLAN, P, '"never published"'))
    publish(published, quad(PLAN, P, '"published"'))
    assert replayed(read_all(FeedReader(published, 5))) == union(published.lines(5))


def test_a_version_that_is_damaged_costs_nothing_but_its_own_members(published: VersionStore) -> None:
    whole = (published.path(2) / "added.nq.gz").read_bytes()
    (published.path(2) / "added.nq.gz").write_bytes(b"damaged")
    with pytest.raises(Damaged):
        published.lines(2)
    lines = canonical([quad(PLAN, P, '"after"')])
    manifest = Manifest(**{name: getattr(published.manifest(4), name) for name in Manifest.__slots__} | {"version": 5})
    make_members(published, manifest, lines)
    reader = FeedReader(published, 5)
    assert {member.version for member in read_all(reader)} == {1, 5}
    assert replayed(read_all(reader)) == union(lines)
    # Mended later, it changes nothing of what was read by then.
    before = bytes_of(reader)
    (published.path(2) / "added.nq.gz").write_bytes(whole)
    make_missing(published, 4)
    assert bytes_of(FeedReader(published, 5)) == before


def test_nothing_is_left_of_a_file_that_the_disk_does_not_take(history: History) -> None:
    def rows() -> Iterator[feed_files.Row]:
        yield 0, "a", "b", b"", []
        raise OSError(28, "No space left on device")

    files = feed_files.FeedFiles(history.folder)
    with pytest.raises(Exception, match="No space left"):
        files.write(rows(), lambda: pytest.fail("it has no head"))
    assert list((history.folder / "feed").iterdir()) == []


SCRIPT = """
import hashlib, sys
from pathlib import Path
from dppgraph.core import formats
from dppgraph.operations.feed import FeedReader
from dppgraph.store.writing import serialised
from dppgraph.store.versions import VersionStore
reader = FeedReader(VersionStore(Path(sys.argv[1])), 1)
for node in ["", *map(str, range(1, reader.pages + 1))]:
    for format_ in formats.RDF:
        content = serialised(reader.node(node, named_graphs=format_.named_graphs), format_)
        print(node, format_.name, hashlib.sha256(content).hexdigest())
"""


@pytest.mark.heavy
def test_two_stores_of_the_same_data_have_the_same_feed_whenever_and_wherever(
    built: tuple[VersionStore, Built], tmp_path: Path
) -> None:
    said = []
    for seed in ("1", "2"):
        store = VersionStore(tmp_path / seed)
        manifest = built[0].manifest(1)
        with store.writing("tests") as writer:
            writer.publish(Publication(built[0].lines(1), "tests", "", "dppgraph", manifest.base, seed, None), None)
        environment = {"PATH": os.defpath, "PYTHONHASHSEED": seed, "PYTHONPATH": str(REPOSITORY / "src")}
        command = [sys.executable, "-c", SCRIPT, str(store.folder)]
        said.append(subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout)
    assert said[0] == said[1]
    assert len(said[0].splitlines()) > 18


@pytest.mark.heavy
def test_the_shipped_data_are_in_the_feed_and_every_format_says_the_same(built: tuple[VersionStore, Built]) -> None:
    reader = FeedReader(built[0], 1)
    members = read_all(reader)
    assert replayed(members) == union(built[0].lines(1))
    assert len(members) == len({member.entity for member in members})
    assert {member.time for member in members} == {f'"{MODIFIED}"^^<{XSD}dateTime>'}
    last = reader.pages
    flat = {parse_line(line) for line in reader.page(last, named_graphs=False)}
    for format_ in formats.RDF:
        page = serialised(reader.page(last, named_graphs=format_.named_graphs), format_)
        assert {quad for quad in parse(page, format_) if not quad.graph} == flat, format_
