"""The candidate: what a change would make of a version, and what the shapes say of it. Runs in a child process."""

import hashlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dppgraph.core.iris import graph_iri
from dppgraph.core.made import stated_in
from dppgraph.core.quads import Delta, applied, canonical, difference, parse_line, subject_of
from dppgraph.errors import GraphForbidden, StoreUnavailable
from dppgraph.operations.build import Known, known_of, published
from dppgraph.operations.sources import Sources, read_shapes
from dppgraph.operations.validate.validate import facts_of, raw_results, reasoned, report_of
from dppgraph.operations.write.change import Body, Delete, Merge, Patch, Put, Request, Update
from dppgraph.operations.write.followed import Parent, followed
from dppgraph.operations.write.graphs import refuse_made_graphs
from dppgraph.operations.write.ready import Ready
from dppgraph.operations.write.said import said_known, said_report
from dppgraph.store.checkpoint import Checkpoint, Held
from dppgraph.store.history import ExactQuads, History
from dppgraph.store.memory import MemoryStore
from dppgraph.store.updates import Document, Stated, Target, deleted, merged_into, patched, put, updated
from dppgraph.store.versions import Manifest, VersionStore
from dppgraph.store.versions.files import writable

INDEX = "index"
"""The folder of the database, in the place of a change."""
_ANEW = "anew"
"""That of another one, where the first was used up on the way to be told that all has to be made anew."""


@dataclass(frozen=True, slots=True)
class Judging:
    """What a change is judged by.

    Attributes:
        store: where the versions are.
        parent: the version that it follows.
        sources: where the shapes and the rules are.
        place: an empty folder for what is made on the way.
        union: whether the default graph of a WHERE is the union of all graphs.
        ready: the rules and the shapes, where a change can be followed by them.
        known: what is known of the parent, likewise.
        held: the parent in the memory of this process, where it is tried there; else it is on a copy of its database.
    """

    store: VersionStore
    parent: Manifest
    sources: Sources
    place: Path
    union: bool
    ready: Ready | None = None
    known: Known | None = None
    held: Held | None = None


def candidate(request: Request, judging: Judging) -> dict[str, Any]:
    """What a change would make, as JSON can say it.

    Returns:
        ``added`` and ``removed``, the lines; ``created``, whether the graph that the request names was not there
        before; ``report``, what the shapes say, or None; ``stated``, the lines that are stated in the graph
        ``catalogue``, or None where they are as before; ``known``, what is known of the outcome,
        beyond what is known of the parent, or None; ``index``,
        the name of the folder in the place that holds the database of the outcome, or None where it was tried in
        memory.

    Raises:
        NotWritten: the disk has no room to try it.
        DppgraphError: the request cannot be taken as it is.
    """
    with writable(judging.store.folder):
        return _candidate(request, judging)


def _candidate(request: Request, judging: Judging) -> dict[str, Any]:
    parent, sources = judging.parent, judging.sources
    tried = judging.held or Checkpoint(judging.store, parent, judging.place / INDEX)
    checkpoint = tried if isinstance(tried, Checkpoint) else None
    with closing(History(judging.store.history_path)) as history, history.still():
        exact = history.at(parent.version)
        target = Target(tried.store, exact, parent.base, judging.union, sources.gated)
        found = _carried_out(request, target)
        outcome = _Outcome(found.delta)
        if sources.gated:
            refuse_made_graphs(found.delta, parent.base)
            following = _followed(found.delta, judging, exact, target)
            outcome = following or _judged(found.delta, judging)
            made = _without(outcome.delta, found.delta)
            if checkpoint and following is None:
                checkpoint = Checkpoint(judging.store, parent, judging.place / _ANEW)
                made = outcome.delta
            if checkpoint:
                checkpoint.apply(made, _about(exact, outcome.delta))

        def lines() -> list[str]:
            return applied(judging.store.lines(parent.version), outcome.delta)

        index = checkpoint.finish(outcome.delta, exact, lines) if checkpoint else None
    return {
        "added": outcome.delta.added,
        "removed": outcome.delta.removed,
        "created": found.created,
        "report": outcome.report,
        "stated": outcome.stated,
        "known": said_known(outcome.known, judging.known) if outcome.known else None,
        "index": index.name if index else None,
    }


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What comes of a change: all of its difference, the report, what is stated in the catalogue, what is known."""

    delta: Delta
    report: dict[str, Any] | None = None
    stated: list[str] | None = None
    known: Known | None = None


def _about(exact: ExactQuads, delta: Delta) -> Callable[[str], list[str]]:
    """Gives the lines of a subject after a change."""
    removed = frozenset(delta.removed)
    return lambda subject: [
        *(line for line in exact.about(subject) if line not in removed),
        *(line for line in delta.added if subject_of(line) == subject),
    ]


def _without(delta: Delta, other: Delta) -> Delta:
    added, removed = (set(lines) for lines in other)
    return Delta(
        [line for line in delta.added if line not in added], [line for line in delta.removed if line not in removed]
    )


def _carried_out(request: Request, target: Target) -> Stated:
    match request:
        case Update():
            return updated(request.text, target, request.default_graphs, request.named_graphs)
        case Put():
            return put(request.graph, _document(request.body), target)
        case Merge():
            return merged_into(request.graph, map(_document, request.bodies), target)
        case Delete():
            return deleted(request.graph, target)
        case Patch():
            return patched(request.graph, request.text, target)


def _document(body: Body) -> Document:
    try:
        data = body.path.read_bytes()
    except OSError as error:
        raise StoreUnavailable(f"{body.name} cannot be read any more ({error.strerror}): send it again") from error
    if body.sha256 and hashlib.sha256(data).hexdigest() != body.sha256:
        raise StoreUnavailable(f"{body.name} was taken away before it was read: send it again")
    return Document(data, body.format, body.name)


def _followed(delta: Delta, judging: Judging, exact: ExactQuads, target: Target) -> _Outcome | None:
    """What follows from a change of what is stated, where that can be told from what it changes."""
    ready, known = judging.ready, judging.known
    if ready is None or known is None:
        return None
    stated = frozenset(judging.store.stated(judging.parent.version) or ())
    if not all(map(stated_in(judging.parent.base, stated), map(parse_line, delta.removed))):
        return None
    found = followed(delta, Parent(exact, stated, known), MemoryStore.over(target.store), ready)
    return _Outcome(found.delta, said_report(found.report), known=found.known) if found else None


def _judged(delta: Delta, judging: Judging) -> _Outcome:
    """What follows from a change of what is stated, and what the shapes say of all of it."""
    parent, sources = judging.parent, judging.sources
    before = judging.store.lines(parent.version)
    quads = list(map(parse_line, before))
    stated_before = judging.store.stated(parent.version) or []
    is_stated = stated_in(parent.base, frozenset(stated_before))
    removed = {quad for quad in map(parse_line, delta.removed) if is_stated(quad)}
    if delta.removed and not (removed or delta.added):
        raise GraphForbidden("what follows from other statements stays as long as these do: change them")
    stated = [quad for quad in quads if is_stated(quad) and quad not in removed]
    stated += map(parse_line, delta.added)
    assembled = reasoned(stated, sources, read_shapes(sources))
    facts = facts_of(assembled)
    results = raw_results(assembled, facts)
    report = report_of(results, assembled, facts)
    lines = published(assembled, sources)
    catalogue = f"<{graph_iri('catalogue', parent.base)}>"
    own = canonical(quad for quad in stated if quad.graph == catalogue)
    known = known_of(assembled, results) if judging.ready else None
    return _Outcome(difference(before, lines), said_report(report), None if own == stated_before else own, known)
