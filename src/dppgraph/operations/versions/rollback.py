"""Back to what an earlier version held, by a new version: nothing that was published is undone."""

from contextlib import closing
from functools import partial
from typing import Final

from dppgraph import __version__
from dppgraph.errors import BadCall
from dppgraph.operations.harvest import remember
from dppgraph.store.history import History, catch_up
from dppgraph.store.versions import Manifest, Publication, VersionStore

_UNGATED: Final = "none"


def rollback(store: VersionStore, number: int, *, agent: str, message: str = "") -> Manifest:
    """Publishes a new version that holds, to the letter, what an earlier one held.

    The shapes are not asked: they found it good when it was published, and may have become stricter since.

    Args:
        store: the store.
        number: the earlier version.
        agent: who asks.
        message: why.

    Raises:
        BadCall: nothing would change, or the version was never judged, and the current one was.
        Unknown: there is no such version.
        Gone: it was pruned.
        StoreInUse: another process writes to the store.
        StoreUnavailable: the disk did not take it.
        NotBuilt: nothing is published yet.
        Damaged: the current version, the earlier one, or one that they rest on is not what was published.
    """
    with store.writing("dppgraph versions rollback") as writer:
        parent, earlier = store.manifest(store.current()), store.manifest(number)
        if earlier.shapes == _UNGATED and parent.shapes != _UNGATED:
            said = f"version {number} was built with --shapes none, and no shape has ever judged it"
            raise BadCall(f"{said}: build it anew from its files")
        delta = store.between(parent.version, number)
        if not any(delta) and parent.base == earlier.base:
            raise BadCall(f"version {parent.version}, which is current, holds just what version {number} held")
        catch_up(store, store.history_path)
        with closing(History(store.history_path)) as history:
            publication = Publication(
                lines=None,
                delta=delta,
                before=history.at(parent.version),
                agent=agent,
                message=message,
                software=f"dppgraph {__version__}",
                base=earlier.base,
                # The files are those that they were: a build that is due for nothing else is not due for this.
                inputs=store.fingerprint(parent.version),
                findings=earlier.findings,
                data=parent.data,
                shapes=parent.shapes,
                report=store.findings(number),
                kind="rollback",
                of=number,
            )
            return writer.publish(publication, parent.version, remember=partial(remember, store))
