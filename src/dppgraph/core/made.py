"""Which statements of a version were made for it, and which were stated by somebody.

Made are: the graph ``inferred``, with what traces its statements to their rules; the rules, described in the graph
``ontology``; the shapes, as files say them; and in the graph ``catalogue`` the statistics, the data sets that follow
from the data, and the examples. The last cannot be told from what is stated there: a version keeps that apart.
"""

from collections.abc import Callable, Container

from dppgraph.core.iris import graph_iri
from dppgraph.core.quads import Quad

TRACE = "id/statement/inferred-"
"""What a statement's name begins with, after the base, that traces an inferred one to its rule."""

RULE = "id/rule/"
"""What a rule's name begins with, after the base."""

UNWRITTEN = "urn:dppgraph:"
"""What the names of graphs begin with that are there while a change is judged: nobody else writes to one."""


def stated_in(base: str, catalogue: Container[str]) -> Callable[[Quad], bool]:
    """Tells of a statement whether somebody stated it.

    Args:
        base: the base of the data.
        catalogue: the lines that are stated in the graph ``catalogue``.
    """
    inferred, shapes, ontology, ours = (
        f"<{graph_iri(name, base)}>" for name in ("inferred", "shapes", "ontology", "catalogue")
    )
    rule = f"<{base}{RULE}"

    def is_stated(quad: Quad) -> bool:
        if quad.graph == ours:
            return quad.line() in catalogue
        if quad.graph == ontology:
            return not quad.subject.startswith(rule)
        return quad.graph not in (inferred, shapes)

    return is_stated


def judged_in(base: str, catalogue: Container[str]) -> Callable[[Quad], bool]:
    """Tells of a statement whether shapes judge it: whether it is stated or inferred.

    Args:
        base: the base of the data.
        catalogue: the lines that are stated in the graph ``catalogue``.
    """
    is_stated = stated_in(base, catalogue)
    inferred = f"<{graph_iri('inferred', base)}>"
    trace = f"<{base}{TRACE}"
    return lambda quad: not quad.subject.startswith(trace) if quad.graph == inferred else is_stated(quad)
