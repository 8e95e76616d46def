"""What some lines say, arranged for looking up."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from dppgraph.core.iris import PREFIXES, graph_iri
from dppgraph.core.quads import Quad, parse_line, subject_of
from dppgraph.store.rdf import literal_text

A: Final = f"<{PREFIXES['rdf']}type>"
DCAT: Final = PREFIXES["dcat"]
DCT: Final = PREFIXES["dct"]
DATASET: Final = f"<{DCAT}Dataset>"
_OF_USE: Final = frozenset(
    (
        A,
        *(f"<{DCT}{name}>" for name in ("title", "license", "language", "issued", "modified", "rights", "conformsTo")),
    )
)


class Stated:
    """The triples of some lines.

    Args:
        lines: canonical lines, in any order.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._said: dict[str, dict[str, list[str]]] = defaultdict(dict)
        for line in sorted(set(lines)):
            quad = parse_line(line)
            values = self._said[quad.subject].setdefault(quad.predicate, [])
            # The same triple of several graphs stands together, as nothing but the graph tells its lines apart.
            if not values or values[-1] != quad.object:
                values.append(quad.object)
        # Asked once for each file that there is, of which a large version has tens of thousands.
        self._of_type: dict[str, list[str]] = {}
        self._whole: str | None = None

    def about(self, subject: str) -> list[Quad]:
        """The triples with a subject."""
        said = self._said.get(subject, {})
        return [Quad(subject, predicate, value) for predicate, values in said.items() for value in values]

    def objects(self, subject: str, predicate: str) -> list[str]:
        """The values of a property, as terms."""
        return self._said.get(subject, {}).get(f"<{predicate}>", [])

    def one(self, subject: str, predicate: str) -> str:
        """The first value of a property, or an empty string."""
        return next(iter(self.objects(subject, predicate)), "")

    def has(self, subject: str, predicate: str) -> bool:
        """Whether a property is stated."""
        return bool(self.objects(subject, predicate))

    def of_type(self, class_: str) -> list[str]:
        """The things of a class, sorted."""
        if class_ not in self._of_type:
            self._of_type[class_] = [subject for subject, said in self._said.items() if class_ in said.get(A, ())]
        return self._of_type[class_]

    def text(self, subject: str, predicate: str, language: str) -> str:
        """A text in a language, or else in any."""
        values = self.objects(subject, predicate)
        wanted = [value for value in values if value.endswith(f'"@{language}')] or values
        return literal_text(wanted[0]) if wanted else ""

    def whole(self) -> str:
        """The data set that all others are parts of, or an empty string."""
        if self._whole is None:
            spaces = (subject for subject, said in self._said.items() if f"<{PREFIXES['void']}uriSpace>" in said)
            self._whole = next((subject for subject in spaces if DATASET in self._said[subject].get(A, ())), "")
        return self._whole


def catalogue_lines(lines: Iterable[str], base: str) -> Iterator[str]:
    """Those of some lines that are in the graph ``catalogue``."""
    ending = f" <{graph_iri('catalogue', base)}> ."
    return (line for line in lines if line.endswith(ending))


def of_use(lines: Collection[str], base: str) -> Iterator[str]:
    """Those of them that what is computed is made from: a large catalogue says more than memory should hold.

    Of a plan's data set, that is what its files have from it.
    """
    space, of_plans = f"<{PREFIXES['void']}uriSpace>", f"<{base}id/dataset/plan-"
    wholes = {subject_of(line) for line in catalogue_lines(lines, base) if line.split(" ", 2)[1] == space}
    for line in catalogue_lines(lines, base):
        subject, predicate, _ = line.split(" ", 2)
        if predicate in _OF_USE or not subject.startswith(of_plans) or subject in wholes:
            yield line
