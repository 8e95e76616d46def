"""What ``/changes``, the feed and ``versions diff`` say of each version of a store, held against each other."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Delta, entity_of, parse_line

_DELETE = "<https://www.w3.org/ns/activitystreams#Delete>"
_MEMBER = "<https://w3id.org/tree#member>"
_OF = f"<{PREFIXES['dct']}isVersionOf>"
_TYPE = f"<{PREFIXES['rdf']}type>"
_TIME = f"<{PREFIXES['prov']}generatedAtTime>"
_VERSION = "<http://schema.org/version>"


@dataclass(frozen=True)
class Told:
    """What ``/changes/N`` says of a thing: what the version did to it, and its statements, as lines."""

    how: str
    added: frozenset[str]
    removed: frozenset[str]


Members = Mapping[str, frozenset[str]]
"""Entity to the triples that its version object says; none where it is gone."""


def members(pages: Iterable[Iterable[str]]) -> list[Members]:
    """The members of each version, from the pages of the feed as N-Quads; they come in the order of the versions."""
    found: dict[int, dict[str, frozenset[str]]] = defaultdict(dict)
    moments: dict[int, set[str]] = defaultdict(set)
    order: list[int] = []
    for page in pages:
        quads = [parse_line(line) for line in page]
        graphs: dict[str, set[str]] = defaultdict(set)
        said: dict[str, dict[str, str]] = defaultdict(dict)
        for quad in quads:
            if quad.graph:
                graphs[quad.graph].add(quad._replace(graph="").line())
            elif quad.predicate in (_OF, _TIME, _VERSION) or quad.object == _DELETE:
                said[quad.subject][quad.predicate] = quad.object
        on_page = []
        for member in sorted(quad.object for quad in quads if quad.predicate == _MEMBER and not quad.graph):
            number, entity = int(said[member][_VERSION].split('"')[1]), said[member][_OF][1:-1]
            assert entity not in found[number], "a version has one member of an entity"
            assert (said[member].get(_TYPE) == _DELETE) == (not graphs[member])
            found[number][entity] = frozenset(graphs[member])
            moments[number].add(said[member][_TIME])
            on_page.append(number)
        order += sorted(on_page)
    assert order == sorted(order)
    assert all(len(times) == 1 for times in moments.values())
    in_time = [min(moments[number]) for number in sorted(moments)]
    assert in_time == sorted(set(in_time))
    return [found[number] for number in range(1, max(found, default=0) + 1)]


def check(number: int, before: set[str], told: Mapping[str, Told], feed: Members, diff: Delta) -> set[str]:
    """Holds what is said of a version against the lines of the one before; gives its own lines.

    The feed tells of statements without their graphs, and so has nothing of a thing of which one only moved.
    """
    added = {line for one in told.values() for line in one.added}
    removed = {line for one in told.values() for line in one.removed}
    assert (added, removed) == (set(diff.added), set(diff.removed)), number
    assert removed <= before
    assert not added & before
    after = (before - removed) | added
    expected: dict[str, frozenset[str]] = {}
    for iri, one in told.items():
        assert {entity_of(line) for line in one.added | one.removed} == {iri}
        was, now = ({line for line in some if entity_of(line) == iri} for some in (before, after))
        assert one.how == ("gone" if not now else "changed" if was else "added"), (number, iri)
        if (triples := plain(now)) != plain(was):
            expected[iri] = triples
    assert feed == expected, number
    return after


def plain(lines: Iterable[str]) -> frozenset[str]:
    """The statements of some lines, without their graphs."""
    return frozenset(parse_line(line)._replace(graph="").line() for line in lines)
