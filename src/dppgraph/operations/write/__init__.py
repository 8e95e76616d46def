"""Writing: a change that is asked for, judged by the shapes, and published as one new version or not at all."""

from dppgraph.operations.write.change import (
    Body,
    Change,
    Delete,
    Merge,
    Outcome,
    Patch,
    Put,
    Request,
    Update,
    Writing,
)
from dppgraph.operations.write.told import told

__all__ = [
    "Body",
    "Change",
    "Delete",
    "Merge",
    "Outcome",
    "Patch",
    "Put",
    "Request",
    "Update",
    "Writing",
    "told",
]
