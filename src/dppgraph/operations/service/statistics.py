"""VoID statistics (https://www.w3.org/TR/void/): how large the graph is, and which classes have which properties.

They describe all graphs but the one they are in, ``catalogue``, which would otherwise have to count itself. A class
partition says which properties its members have, and where these lead: to members of which classes, or to literals of
which datatype. From this, clients know what can be asked. A linkset says where a property leads out of the graph.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from dppgraph.core.iris import PREFIXES, graph_iri
from dppgraph.core.quads import Quad, datatype_of, literal
from dppgraph.operations.service.linksets import linksets
from dppgraph.operations.service.naming import count, name

_A: Final = f"<{PREFIXES['rdf']}type>"
_VOID: Final = PREFIXES["void"]
_VOID_EXT: Final = "http://ldf.fi/void-ext#"
_SERVES: Final = f"<{PREFIXES['dcat']}servesDataset>"
_CATALOG: Final = f"<{PREFIXES['dcat']}Catalog>"
_LISTED: Final = f"<{PREFIXES['dcat']}dataset>"
_PLAN: Final = f"<{PREFIXES['dpp']}PolicyPlan>"


def statistics(quads: Iterable[Quad], base: str) -> Iterator[Quad]:
    """The statistics of these quads, in the graph ``catalogue``.

    Args:
        quads: all that a version holds.
        base: the base of the data.
    """
    catalogue = f"<{graph_iri('catalogue', base)}>"
    quads = set(quads)
    dataset = _described(quads, base)
    counted = [quad for quad in quads if quad.graph != catalogue]
    return (
        quad._replace(graph=catalogue)
        for quad in (
            *(Quad(dataset, f"<{_VOID}rootResource>", root) for root in sorted(_roots(quads))),
            *_whole(dataset, counted, base),
            *_partitions(dataset, counted, base),
            *linksets(dataset, counted, base),
        )
    )


def _described(quads: set[Quad], base: str) -> str:
    """The data set that all of this is: the one that a catalogue lists, else the one that services offer."""
    for predicate in (_LISTED, _SERVES):
        named = {quad.object for quad in quads if quad.predicate == predicate}
        if len(named) == 1:
            return named.pop()
    return f"<{base}id/dataset/all>"


def _roots(quads: set[Quad]) -> set[str]:
    return {quad.subject for quad in quads if quad.predicate == _A and quad.object == _CATALOG}


def _whole(dataset: str, quads: list[Quad], base: str) -> Iterator[Quad]:
    triples = {quad[:3] for quad in quads}
    yield Quad(dataset, _A, f"<{_VOID}Dataset>")
    yield Quad(dataset, f"<{_VOID}sparqlEndpoint>", f"<{base}sparql>")
    yield Quad(dataset, f"<{_VOID}uriSpace>", literal(base))
    plans = sorted(quad.subject for quad in quads if quad.predicate == _A and quad.object == _PLAN)
    if plans:
        yield Quad(dataset, f"<{_VOID}exampleResource>", plans[0])
    for vocabulary in _vocabularies(triples):
        yield Quad(dataset, f"<{_VOID}vocabulary>", f"<{vocabulary}>")
    subjects = {subject for subject, _, _ in triples}
    counts = {
        "triples": len(triples),
        "entities": sum(subject.startswith(f"<{base}") for subject in subjects),
        "distinctSubjects": len(subjects),
        "distinctObjects": len({object_ for _, _, object_ in triples}),
        "properties": len({predicate for _, predicate, _ in triples}),
        "classes": len({object_ for _, predicate, object_ in triples if predicate == _A}),
    }
    for what, number in counts.items():
        yield count(dataset, what, number)
    for graph, number in sorted(Counter(quad.graph for quad in quads).items()):
        if graph:
            yield count(graph, "triples", number)


def _vocabularies(triples: Iterable[tuple[str, str, str]]) -> list[str]:
    used = {term[1:-1] for _, predicate, object_ in triples for term in (predicate, object_ if predicate == _A else "")}
    return sorted({namespace for namespace in PREFIXES.values() if any(iri.startswith(namespace) for iri in used)})


def _partitions(dataset: str, quads: list[Quad], base: str) -> Iterator[Quad]:
    classes: dict[str, set[str]] = defaultdict(set)
    for quad in quads:
        if quad.predicate == _A:
            classes[quad.subject].add(quad.object)
    members = Counter(class_ for those in classes.values() for class_ in those)
    leads: dict[str, dict[str, Counter[tuple[str, str]]]] = defaultdict(lambda: defaultdict(Counter))
    sizes: Counter[tuple[str, str]] = Counter()
    for subject, predicate, object_ in {quad[:3] for quad in quads}:
        for class_ in classes.get(subject, ()):
            sizes[class_, predicate] += 1
            leads[class_][predicate].update(_ends(object_, classes))
    for class_, number in sorted(members.items()):
        partition = f"<{base}.well-known/void#class-{name(class_)}>"
        yield Quad(dataset, f"<{_VOID}classPartition>", partition)
        yield Quad(partition, f"<{_VOID}class>", class_)
        yield count(partition, "entities", number)
        for predicate, ends in sorted(leads[class_].items()):
            property_ = f"{partition[:-1]}-{name(predicate)}>"
            yield Quad(partition, f"<{_VOID}propertyPartition>", property_)
            yield Quad(property_, f"<{_VOID}property>", predicate)
            yield count(property_, "triples", sizes[class_, predicate])
            for kind, end in sorted(ends):
                node = f"{property_[:-1]}-{name(end)}>"
                vocabulary = _VOID if kind == "class" else _VOID_EXT
                yield Quad(property_, f"<{vocabulary}{kind}Partition>", node)
                yield Quad(node, f"<{vocabulary}{kind}>", end)


def _ends(term: str, classes: dict[str, set[str]]) -> list[tuple[str, str]]:
    """Where a property leads: the classes of a thing, or the datatype of a literal."""
    if term.startswith('"'):
        return [("datatype", f"<{datatype_of(term)}>")]
    return [("class", class_) for class_ in classes.get(term, ())]
