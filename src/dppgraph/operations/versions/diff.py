"""What one version has that another one has not, as text, JSON or N-Quads."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from dppgraph.core.quads import Delta, changes_of
from dppgraph.store.versions import VersionStore


@dataclass(frozen=True, slots=True)
class Difference:
    """How two versions differ.

    Attributes:
        before: the number of the one.
        after: the number of the other.
        delta: the lines that only ``after`` has, as added, and those that only ``before`` has, as removed.
    """

    before: int
    after: int
    delta: Delta

    @property
    def entities(self) -> Mapping[str, tuple[int, int]]:
        """Entity to how many statements about it were added and removed."""
        return changes_of(self.delta)

    def to_text(self) -> str:
        """A line for the whole, one for each entity, one for each statement."""
        added, removed = map(len, self.delta)
        lines = [f"from version {self.before} to {self.after}: +{added} -{removed} statements"]
        lines += [f"  +{more} -{less}  {entity}" for entity, (more, less) in sorted(self.entities.items())]
        lines += [f"- {line}" for line in self.delta.removed] + [f"+ {line}" for line in self.delta.added]
        return "".join(f"{line}\n" for line in lines)

    def to_json(self) -> str:
        """All of it as one object."""
        said = {
            "before": self.before,
            "after": self.after,
            "entities": {
                entity: {"added": added, "removed": removed}
                for entity, (added, removed) in sorted(self.entities.items())
            },
            "added": self.delta.added,
            "removed": self.delta.removed,
        }
        return json.dumps(said, indent=2, ensure_ascii=False) + "\n"

    def to_nquads(self) -> str:
        """N-Quads of what was added; what was removed is in comments, as no format of RDF can say that."""
        return "".join([f"# - {line}\n" for line in self.delta.removed] + [f"{line}\n" for line in self.delta.added])


def diff(store: VersionStore, before: int, after: int) -> Difference:
    """How two versions differ, whichever of them is older.

    Raises:
        Unknown: there is no such version.
        Gone: one of them was pruned.
        Damaged: their files are not what was published.
    """
    return Difference(before, after, store.between(before, after))
