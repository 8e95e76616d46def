"""The gate: a change is judged in a child process, and published by this one if the shapes let it pass."""

import logging
import shutil
import tempfile
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from dppgraph import __version__
from dppgraph.core.made import stated_in
from dppgraph.core.quads import Delta, changes_of, parse_line
from dppgraph.errors import Damaged, DppgraphError, ShapeViolation, VersionMismatch
from dppgraph.operations.build import Known, known_of, published
from dppgraph.operations.findings import written
from dppgraph.operations.harvest import remember
from dppgraph.operations.sources import Sources, read_shapes
from dppgraph.operations.validate import Report
from dppgraph.operations.validate.validate import facts_of, raw_results, reasoned
from dppgraph.operations.write.candidate import Judging, candidate
from dppgraph.operations.write.change import Change, Outcome
from dppgraph.operations.write.ready import Ready
from dppgraph.operations.write.remembered import is_kept, read_known, write_known
from dppgraph.operations.write.said import known_of_said, report_of
from dppgraph.store.checkpoint import Held
from dppgraph.store.history import History, catch_up
from dppgraph.store.versions import Manifest, Publication, VersionStore, Writer
from dppgraph.store.versions.files import writable
from dppgraph.store.workers.child import Bounds, Child

_log = logging.getLogger("dppgraph.write")

_AT_ONCE: Final = 500_000
"""Statements that are judged in memory, which takes some two gigabytes for as many."""
_SHOWN: Final = 10_000
"""Statements of a dry run that are told one by one."""


@dataclass(eq=False, slots=True)
class Pending:
    """A change that is being judged; the store's lock and the place are held until it is finished or given up."""

    change: Change
    parent: Manifest
    child: Child
    place: Path
    writer: Writer
    known: Known | None
    held: ExitStack

    def give_up(self) -> None:
        """Changes nothing."""
        self.child.kill()
        self.held.close()


class Gate:
    """Where the changes of one store are judged and published.

    Args:
        store: the store.
        sources: gives the shapes and the rules for what follows a version.
        bounds: what judging one change may take.
        union: whether the default graph of a WHERE that names none is the union of all graphs.
        holds: whether a version is held in memory, once changes are prepared for, and changes to it are tried there.

    Attributes:
        store: the store.
    """

    def __init__(
        self,
        store: VersionStore,
        sources: Callable[[Manifest], Sources],
        bounds: Bounds,
        *,
        union: bool = True,
        holds: Callable[[Manifest], bool] = lambda _: False,
    ) -> None:
        self.store = store
        self._sources = sources
        self._bounds = bounds
        self._union = union
        self._ready: Ready | None = None
        self._known: tuple[str, Known] | None = None
        self._holds = holds
        self._held: Held | None = None
        self._is_prepared = False

    def prepare(self) -> None:
        """Reads what changes are judged by, and judges the current version: from then on, changes are followed."""
        self._is_prepared = True
        with suppress(DppgraphError):
            manifest = self.store.manifest(self.store.current())
            sources = self._sources(manifest)
            self._hold(manifest)
            if sources.gated:
                self._ready = Ready.of(sources)
                kept = read_known(self.store, manifest.digest, self._ready) if self._ready else None
                if kept:
                    self._known = (manifest.digest, kept)
                elif manifest.quads <= _AT_ONCE:
                    self._known = self._known_of(manifest, sources)
                    self.remember()
                else:
                    _log.warning(
                        "what was known of version %d is lost: `dppgraph build` finds it out", manifest.version
                    )

    def recall(self) -> "Gate":
        """Goes on with what is kept of the current version, if it is: then changes are followed; gives itself."""
        with suppress(DppgraphError):
            manifest = self.store.manifest(self.store.current())
            sources = self._sources(manifest)
            ready = Ready.of(sources) if sources.gated and is_kept(self.store) else None
            kept = read_known(self.store, manifest.digest, ready) if ready else None
            if kept:
                self._ready, self._known = ready, (manifest.digest, kept)
        return self

    def remember(self) -> None:
        """Keeps what is known of the current version, so that it need not be judged in full by who goes on with it."""
        if self._ready and self._known:
            # It is a cache.
            with suppress(OSError):
                write_known(self.store, self._known[0], self._ready, self._known[1])

    def _known_of(self, manifest: Manifest, sources: Sources) -> tuple[str, Known] | None:
        """What is known of a version, with its digest; None where other files than these were at its making."""
        before = self.store.lines(manifest.version)
        is_stated = stated_in(manifest.base, frozenset(self.store.stated(manifest.version) or ()))
        stated = [quad for quad in map(parse_line, before) if is_stated(quad)]
        remade = reasoned(stated, sources, read_shapes(sources))
        results = raw_results(remade, facts_of(remade))
        return (manifest.digest, known_of(remade, results)) if published(remade, sources) == before else None

    def write(self, change: Change) -> Outcome:
        """Publishes a change as one new version, or changes nothing; as ``Writing.write``, but waits."""
        pending = self.begin(change)
        try:
            pending.child.wait()
        except BaseException:
            pending.give_up()
            raise
        return self.finish(pending)

    def begin(self, change: Change, close: Iterable[int] = ()) -> Pending:
        """Begins to judge a change.

        Args:
            change: the change.
            close: descriptors of this process that the child is not to hold open.

        Raises:
            StoreInUse: another process writes to the store.
            VersionMismatch: the current version is not the expected one.
            StoreUnavailable: the disk or the machine has no room.
            Damaged: the current version is not what was published.
            NotBuilt: nothing is published yet.
            BadRdf: what changes are judged by cannot be read.
        """
        with ExitStack() as held:
            writer = held.enter_context(self.store.writing("dppgraph write"))
            parent = self.store.manifest(self.store.current())
            if change.expected and parent.version not in change.expected:
                meant = " or ".join(map(str, change.expected))
                said = f"version {parent.version} is current, and the change is meant for version {meant}"
                raise VersionMismatch(f"{said}: read it again, and send the change with its tag")
            with writable(self.store.folder):
                place = Path(tempfile.mkdtemp(dir=self.store.unfinished))
            held.callback(shutil.rmtree, place, ignore_errors=True)
            judging = self._judging(parent, place)
            catch_up(self.store, self.store.history_path)
            child = Child(partial(candidate, change.request, judging), self._bounds, close)
            return Pending(change, parent, child, place, writer, judging.known, held.pop_all())

    def _judging(self, parent: Manifest, place: Path) -> Judging:
        sources = self._sources(parent)
        if self._ready and not self._ready.is_of(sources):
            self._ready, self._known = Ready.of(sources), None
        digest, known = self._known or ("", None)
        known = known if digest == parent.digest else None
        self._hold(parent)
        # The child is to have it at hand, too.
        self.store.stated(parent.version)
        return Judging(self.store, parent, sources, place, self._union, self._ready, known, self._held)

    def _hold(self, manifest: Manifest) -> None:
        """Has a version at hand, if it is one that is held."""
        if not (self._is_prepared and self._holds(manifest)):
            self._held = None
        elif self._held is None or self._held.version != manifest.version or self._held.is_stale:
            self._held = Held(self.store.lines(manifest.version), manifest.version)

    def finish(self, pending: Pending) -> Outcome:
        """What came of a change: publishes, and lets go of the store's lock, whatever comes of it.

        Where the child has not ended yet, it is killed.

        Raises:
            ShapeViolation: a shape would be broken.
            DppgraphError: as ``Writing.write``.
        """
        try:
            return self._finished(pending, pending.child.outcome())
        finally:
            pending.held.close()

    def _finished(self, pending: Pending, said: dict[str, Any]) -> Outcome:
        change, parent = pending.change, pending.parent
        delta = Delta(said["added"], said["removed"])
        report = report_of(said["report"]) if said["report"] else None
        entities = changes_of(delta)
        if report and not report.conforms and not change.dry_run:
            raise ShapeViolation(f"nothing is changed: the outcome {report.summary()}", report=report)
        manifest = parent
        if not change.dry_run and any(delta):
            manifest = self._published(pending, delta, report, said)
            since = pending.known
            self._known = (manifest.digest, known_of_said(said["known"], since)) if said["known"] else None
        shown = delta if change.dry_run and sum(map(len, delta)) <= _SHOWN else None
        return Outcome(
            version=manifest.version,
            digest=manifest.digest,
            published=manifest is not parent,
            created=said["created"],
            added=len(delta.added),
            removed=len(delta.removed),
            entities=entities,
            delta=shown,
            report=report,
        )

    def _published(self, pending: Pending, delta: Delta, report: Report | None, said: dict[str, Any]) -> Manifest:
        change, parent = pending.change, pending.parent
        with closing(History(self.store.history_path)) as history:
            publication = Publication(
                lines=None,
                delta=delta,
                before=history.at(parent.version),
                index=pending.place / said["index"] if said["index"] else None,
                indexed=said["index"] is not None,
                stated=said["stated"],
                kind="write",
                agent=change.agent,
                message=change.message,
                software=f"dppgraph {__version__}",
                base=parent.base,
                inputs=parent.inputs,
                findings=report.counts if report else None,
                data=parent.data,
                shapes=parent.shapes,
                report=written(report.findings()) if report else None,
            )
            manifest = pending.writer.publish(publication, parent.version, remember=partial(remember, self.store))
            self._advance(manifest, delta, history)
            return manifest

    def _advance(self, manifest: Manifest, delta: Delta, history: History) -> None:
        """Has what is held follow a version that was published, or not be held; whatever fails, it is published."""
        if self._held and self._held.version == manifest.parent:
            try:
                self._held.advance(manifest.version, delta, history.at(manifest.version).about)
            except (OSError, Damaged) as error:
                self._held = None
                _log.warning("version %s is published, and has to be read anew: %s", manifest.version, error)
