"""VoID statistics (https://www.w3.org/TR/void/): how large the graph is, and which classes have which properties.

They describe all graphs but the one they are in, ``catalogue``, which would otherwise have to count itself. A class
partition says which properties its members have, and where these lead: to members of which classes, or to literals of
which datatype. From this, clients know what can be asked.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from dppgraph.core.iris import PREFIXES, graph_iri
from dppgraph.core.quads import Quad, datatype_of, literal

_A: Final = f"<{PREFIXES['rdf']}type>"
_VOID: Final = "http://rdfs.org/ns/void#"
_VOID_EXT: Final = "http://ldf.fi/void-ext#"
_SERVES: Final = f"<{PREFIXES['dcat']}servesDataset>"
_NAME: Final = 12


def statistics(quads: Iterable[Quad], base: str) -> Iterator[Quad]:
    """The statistics of these quads, in the graph ``catalogue``.

    Args:
        quads: all that a version holds.
        base: the base of the data.
    """
    catalogue = f"<{graph_iri('catalogue', base)}>"
    quads = set(quads)
    served = sorted({quad.object for quad in quads if quad.predicate == _SERVES})
    dataset = served[0] if len(served) == 1 else f"<{base}id/dataset/all>"
    counted = [quad for quad in quads if quad.graph != catalogue]
    return (
        quad._replace(graph=catalogue)
        for quad in (*_whole(dataset, counted, base), *_partitions(dataset, counted, base))
    )


def _whole(dataset: str, quads: list[Quad], base: str) -> Iterator[Quad]:
    triples = {quad[:3] for quad in quads}
    yield Quad(dataset, _A, f"<{_VOID}Dataset>")
    yield Quad(dataset, f"<{_VOID}sparqlEndpoint>", f"<{base}sparql>")
    yield Quad(dataset, f"<{_VOID}uriSpace>", literal(base))
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
    for name, count in counts.items():
        yield _count(dataset, name, count)
    for graph, count in sorted(Counter(quad.graph for quad in quads).items()):
        if graph:
            yield _count(graph, "triples", count)


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
    for class_, count in sorted(members.items()):
        partition = f"<{base}.well-known/void#class-{_name(class_)}>"
        yield Quad(dataset, f"<{_VOID}classPartition>", partition)
        yield Quad(partition, f"<{_VOID}class>", class_)
        yield _count(partition, "entities", count)
        for predicate, ends in sorted(leads[class_].items()):
            property_ = f"{partition[:-1]}-{_name(predicate)}>"
            yield Quad(partition, f"<{_VOID}propertyPartition>", property_)
            yield Quad(property_, f"<{_VOID}property>", predicate)
            yield _count(property_, "triples", sizes[class_, predicate])
            for kind, end in sorted(ends):
                node = f"{property_[:-1]}-{_name(end)}>"
                vocabulary = _VOID if kind == "class" else _VOID_EXT
                yield Quad(property_, f"<{vocabulary}{kind}Partition>", node)
                yield Quad(node, f"<{vocabulary}{kind}>", end)


def _ends(term: str, classes: dict[str, set[str]]) -> list[tuple[str, str]]:
    """Where a property leads: the classes of a thing, or the datatype of a literal."""
    if term.startswith('"'):
        return [("datatype", f"<{datatype_of(term)}>")]
    return [("class", class_) for class_ in classes.get(term, ())]


def _count(subject: str, name: str, count: int) -> Quad:
    return Quad(subject, f"<{_VOID}{name}>", literal(str(count), datatype=f"{PREFIXES['xsd']}integer"))


def _name(term: str) -> str:
    """A name that is readable where the namespace is one of ours, and unique in any case."""
    iri = term[1:-1]
    for prefix, namespace in PREFIXES.items():
        local = iri.removeprefix(namespace)
        if local != iri and local.replace("-", "").replace("_", "").isalnum():
            return f"{prefix}-{local}"
    return hashlib.sha256(iri.encode()).hexdigest()[:_NAME]
