"""The versions of a store: compared, restored, kept and let go; and who brought what."""

from dppgraph.operations.versions.blame import Blame, Blamed, blame
from dppgraph.operations.versions.brought import brought
from dppgraph.operations.versions.diff import Difference, diff
from dppgraph.operations.versions.prune import LettingGo, keep_pinned, let_go, letting_go, prune
from dppgraph.operations.versions.rollback import rollback

__all__ = [
    "Blame",
    "Blamed",
    "Difference",
    "LettingGo",
    "blame",
    "brought",
    "diff",
    "keep_pinned",
    "let_go",
    "letting_go",
    "prune",
    "rollback",
]
