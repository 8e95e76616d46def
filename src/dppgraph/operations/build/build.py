"""From files to a published version: read, name, infer, validate, publish."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from dppgraph import __version__
from dppgraph.errors import Damaged, LaterChanges, NotBuilt, ShapeViolation
from dppgraph.operations.build.known import Known
from dppgraph.operations.build.prepare import prepare
from dppgraph.operations.feed import latest
from dppgraph.operations.findings import written
from dppgraph.operations.harvest import is_made
from dppgraph.operations.sources import Sources
from dppgraph.operations.validate import Report
from dppgraph.store.versions import Harvesting, Manifest, Publication, VersionStore, Writer


@dataclass(frozen=True, slots=True)
class Built:
    """What a build came to.

    Attributes:
        manifest: the version that is current now.
        new: whether this build made it; otherwise nothing had changed.
        report: what the shapes said; None where nothing had to be judged.
        undated: whether the data changed, and state no later date of change than before.
        known: what is known of a large version from making it, which would take long to find out again.
        inputs: the fingerprint of the files that this build read.
    """

    manifest: Manifest
    new: bool
    report: Report | None
    undated: bool = False
    known: Known | None = None
    inputs: str = ""


def build(  # noqa: PLR0913 - all but the first three are said by name
    store: VersionStore,
    writer: Writer,
    sources: Sources,
    *,
    agent: str,
    message: str = "",
    harvesting: Harvesting | None = None,
    is_known: Callable[[Manifest], bool] = lambda _: True,
    progress: Callable[[str], None] = lambda _: None,
) -> Built:
    """Publishes what the files say as a new version, if it says anything new.

    Args:
        store: where to.
        writer: the right to.
        sources: the files.
        agent: who builds.
        message: why.
        harvesting: makes what harvesters take; None for nothing of the kind.
        is_known: whether what is known of a version from making it is still there: if not, it is found out again.
        progress: told what is going on.

    Raises:
        ShapeViolation: a shape is broken; nothing is published.
        BadRdf: a file cannot be read; nothing is published.
        LaterChanges: something was written since the last build that the files have not, or may have been, where a
            version cannot be read; nothing is published.
    """
    fingerprint = sources.fingerprint()
    number, damage = store.newest_whole()
    parent = store.manifest(number) if number else None
    # What came of a change only has the files of the build before it to its name.
    known = parent and (store.fingerprint if parent.kind == "build" else store.remembered)(parent.version)
    if parent and not damage and known == fingerprint and is_known(parent):
        _harvest_if_due(store, writer, parent, harvesting)
        return Built(parent, new=False, report=None)
    with prepare(sources, writer, progress) as prepared:
        report = prepared.report
        if report and not report.conforms:
            raise ShapeViolation(f"nothing is published, the data {report.summary()}", report=report)
        if parent and not damage and parent.base == sources.base and parent.digest == prepared.digest:
            writer.remember(fingerprint, parent.version)
            _harvest_if_due(store, writer, parent, harvesting)
            return Built(parent, new=False, report=report, known=prepared.known, inputs=fingerprint)
        if not writer.drops_writes:
            _refuse_to_drop(store, number or 0, damage)
        progress("publishing")
        publication = Publication(
            lines=prepared.lines,
            agent=agent,
            message=message,
            software=f"dppgraph {__version__}",
            base=sources.base,
            inputs=fingerprint,
            findings=report.counts if report else None,
            data=sources.named_data,
            shapes=sources.named_shapes,
            report=written(report.findings()) if report else None,
            stated=prepared.stated,
            index=prepared.index,
            overview=prepared.overview,
        )
        # What takes long to make is made once others can ask for the rest.
        later = harvesting if prepared.index else None
        manifest = writer.publish(publication, parent.version if parent else None, None if later else harvesting)
        undated = (
            parent is not None
            and not damage
            and _is_undated(prepared.lines, store.stream(parent.version), sources.base)
        )
        if later:
            progress(f"version {manifest.version} is published: making what harvesters take")
            writer.harvest(manifest.version, later, prepared.lines)
    return Built(manifest, new=True, report=report, undated=undated, known=prepared.known, inputs=fingerprint)


def _refuse_to_drop(store: VersionStore, whole: int, damage: Sequence[Damaged]) -> None:
    """Makes sure that no change gets lost that somebody has published, though it cannot be read now.

    Args:
        store: the store.
        whole: the newest version that can be read; 0 for none.
        damage: what is wrong with those after it.

    Raises:
        LaterChanges: not all versions since the last build can be told to be built from files.
    """
    written: list[int] = []
    for number in reversed(store.numbers()):
        # Of one that does not say what made it, nobody knows.
        with suppress(Damaged):
            if store.manifest(number).kind == "build":
                break
        written.append(number)
    if not written:
        return
    which = f"version {written[0]}" if len(written) == 1 else f"versions {written[-1]} to {written[0]}"
    if damage and written[0] > whole:
        # The oldest that is damaged is what the others may rest on.
        raise LaterChanges(
            f"{which} may hold changes that the files do not have, and cannot be read ({damage[-1]}): "
            "put what is damaged back from a backup, or say --drop-writes to go on without them"
        )
    raise LaterChanges(
        f"{which} came of changes that the files do not have: bring them back with `dppgraph export --to-data DIR` "
        "and build that, or say --drop-writes to go on without them"
    )


def _is_undated(lines: Iterable[str], before: Iterable[str], base: str) -> bool:
    """Whether harvesters who go by dates would miss a change."""
    stated, known = latest(lines, base), latest(before, base)
    return known is not None and (stated is None or stated <= known)


def _harvest_if_due(store: VersionStore, writer: Writer, manifest: Manifest, harvesting: Harvesting | None) -> None:
    """Makes what harvesters take of a version, where it was lost, or another dppgraph made it."""
    if harvesting and not is_made(store, manifest):
        writer.harvest(manifest.version, harvesting)


def is_due(store: VersionStore, sources: Sources) -> bool:
    """Whether nothing is built yet, or the files are not those of the current version.

    Raises:
        Damaged: the current version's manifest is not what was published.
    """
    try:
        return store.fingerprint(store.current()) != sources.fingerprint()
    except NotBuilt:
        return True
