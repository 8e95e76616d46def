"""What came of a change, for programs."""

import json
from typing import Any

from dppgraph.operations.write.change import Outcome


def told(outcome: Outcome) -> dict[str, Any]:
    """An outcome as JSON says it."""
    delta, report = outcome.delta, outcome.report
    return {
        "version": outcome.version,
        "digest": outcome.digest,
        "published": outcome.published,
        "created": outcome.created,
        "added": outcome.added,
        "removed": outcome.removed,
        "entities": {
            entity: {"added": added, "removed": removed} for entity, (added, removed) in outcome.entities.items()
        },
        "delta": {"added": list(delta.added), "removed": list(delta.removed)} if delta is not None else None,
        "report": json.loads(report.to_json()) if report is not None else None,
    }
