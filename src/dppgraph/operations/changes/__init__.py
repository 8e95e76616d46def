"""What changed when, by whom and why: the list of versions, what each changed thing by thing, and both as PROV."""

from dppgraph.operations.changes.changes import Change, ChangedThing, Ordered, change, list_versions
from dppgraph.operations.changes.prov import change_of, named_of, told_as_prov
from dppgraph.operations.changes.version import Version, Versions, version_of

__all__ = [
    "Change",
    "ChangedThing",
    "Ordered",
    "Version",
    "Versions",
    "change",
    "change_of",
    "list_versions",
    "named_of",
    "told_as_prov",
    "version_of",
]
