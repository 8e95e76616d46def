"""VoID statistics (https://www.w3.org/TR/void/): how large the graph is, and which classes have which properties.

They describe all graphs but the one they are in, ``catalogue``, which would otherwise have to count itself. A class
partition says which properties its members have, and where these lead: to members of which classes, or to literals of
which datatype. From this, clients know what can be asked. A linkset says where a property leads out of the graph.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from dppgraph.core.iris import PREFIXES, graph_iri
from dppgraph.core.quads import Delta, Quad, literal
from dppgraph.operations.service.linksets import linksets
from dppgraph.operations.service.naming import count, name
from dppgraph.operations.service.tally import LISTED, SERVES, A, Tally
from dppgraph.operations.service.tallying import tally_of

_VOID: Final = PREFIXES["void"]
_VOID_EXT: Final = "http://ldf.fi/void-ext#"


def statistics(quads: Iterable[Quad], base: str) -> Iterator[Quad]:
    """The statistics of these quads, in the graph ``catalogue``.

    Args:
        quads: all that a version holds.
        base: the base of the data.
    """
    return counted(tally_of(quads, base))


def counted(tally: Tally) -> Iterator[Quad]:
    """The statistics that sums are, in the graph ``catalogue``."""
    classes = (quad for class_ in sorted(tally.classes) for quad in _partition(tally, class_))
    return _made((*_whole(tally), *classes, *_linksets(tally)), tally)


def statistics_following(before: Tally, after: Tally) -> Delta:
    """What statistics there are of sums that there were not of earlier ones, and the other way round.

    Costs by the classes whose sums differ.
    """
    same = _described(before) == _described(after)
    classes = {
        class_
        for class_ in before.classes.keys() | after.classes.keys()
        if not same or before.classes.get(class_) != after.classes.get(class_)
    }
    links = not same or before.links != after.links
    old, new = (
        {
            *_whole(tally),
            *(quad for class_ in classes & tally.classes.keys() for quad in _partition(tally, class_)),
            *(_linksets(tally) if links else ()),
        }
        for tally in (before, after)
    )
    added, removed = (_made(quads, after) for quads in (new - old, old - new))
    return Delta(*(sorted(quad.line() for quad in quads) for quads in (added, removed)))


def tells_counted(tally: Tally) -> Callable[[Quad], bool]:
    """Tells of a quad that is made in the graph ``catalogue`` whether it is of the statistics that sums are."""
    partition = f"<{tally.base}.well-known/void#"
    whole = frozenset(_made(_whole(tally), tally))
    return lambda quad: quad.subject.startswith(partition) or quad.object.startswith(partition) or quad in whole


def _made(quads: Iterable[Quad], tally: Tally) -> Iterator[Quad]:
    catalogue = f"<{graph_iri('catalogue', tally.base)}>"
    return (quad._replace(graph=catalogue) for quad in quads)


def _described(tally: Tally) -> str:
    """The data set that all of this is: the one that a catalogue lists, else the one that services offer."""
    for predicate in (LISTED, SERVES):
        named = [term for by, term in tally.named if by == predicate]
        if len(named) == 1:
            return named[0]
    return f"<{tally.base}id/dataset/all>"


def _linksets(tally: Tally) -> Iterator[Quad]:
    return linksets(_described(tally), tally.links, tally.base)


def _whole(tally: Tally) -> Iterator[Quad]:
    dataset = _described(tally)
    for root in sorted(term for by, term in tally.named if by == A):
        yield Quad(dataset, f"<{_VOID}rootResource>", root)
    yield Quad(dataset, A, f"<{_VOID}Dataset>")
    yield Quad(dataset, f"<{_VOID}sparqlEndpoint>", f"<{tally.base}sparql>")
    yield Quad(dataset, f"<{_VOID}uriSpace>", literal(tally.base))
    if tally.example:
        yield Quad(dataset, f"<{_VOID}exampleResource>", tally.example)
    for vocabulary in _vocabularies(tally):
        yield Quad(dataset, f"<{_VOID}vocabulary>", f"<{vocabulary}>")
    counts = {
        "triples": tally.properties.total(),
        "entities": tally.sizes["entities"],
        "distinctSubjects": tally.sizes["subjects"],
        "distinctObjects": tally.sizes["objects"],
        "properties": len(tally.properties),
        "classes": len(tally.classes),
    }
    for what, number in counts.items():
        yield count(dataset, what, number)
    for graph, number in sorted(tally.graphs.items()):
        if graph:
            yield count(graph, "triples", number)


def _vocabularies(tally: Tally) -> list[str]:
    used = {term[1:-1] for term in (*tally.properties, *tally.classes)}
    return sorted({namespace for namespace in PREFIXES.values() if any(iri.startswith(namespace) for iri in used)})


def _partition(tally: Tally, class_: str) -> Iterator[Quad]:
    counts = tally.classes[class_]
    leads: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for key in counts:
        if key:
            leads[key[0]] += [(key[1], key[2])] if key[1:] else []
    partition = f"<{tally.base}.well-known/void#class-{name(class_)}>"
    yield Quad(_described(tally), f"<{_VOID}classPartition>", partition)
    yield Quad(partition, f"<{_VOID}class>", class_)
    yield count(partition, "entities", counts[()])
    for predicate, ends in sorted(leads.items()):
        property_ = f"{partition[:-1]}-{name(predicate)}>"
        yield Quad(partition, f"<{_VOID}propertyPartition>", property_)
        yield Quad(property_, f"<{_VOID}property>", predicate)
        yield count(property_, "triples", counts[(predicate,)])
        for kind, end in sorted(ends):
            node = f"{property_[:-1]}-{name(end)}>"
            vocabulary = _VOID if kind == "class" else _VOID_EXT
            yield Quad(property_, f"<{vocabulary}{kind}Partition>", node)
            yield Quad(node, f"<{vocabulary}{kind}>", end)
