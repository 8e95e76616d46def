"""Which versions are kept: those that are pinned, and those whose files were let go.

A pruned version keeps its manifest and what it changed thing by thing, so that the chain of versions stays whole. What
rests on it gets all its quads first, as a keyframe that came late: its manifest cannot tell of that any more, so the
file ``keyframe.json`` beside it does.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dppgraph.errors import Damaged

RETENTION: Final = "retention.json"
"""Which versions are pinned and pruned: numbers."""
LATE: Final = "keyframe.json"
"""The files that a version got late, with the SHA-256 of each."""
STAYS: Final = frozenset({"manifest.json", "changes.json"})
"""What stays of a version that is pruned."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Which versions are pinned, which pruned.

    Attributes:
        pinned: those that are never pruned.
        pruned: those of which the quads cannot be had any more.
    """

    pinned: frozenset[int] = frozenset()
    pruned: frozenset[int] = frozenset()

    def to_json(self) -> str:
        """As it is written."""
        return json.dumps({"pinned": sorted(self.pinned), "pruned": sorted(self.pruned)}) + "\n"


def read_retention(path: Path) -> Retention:
    """What a file says; everything is kept and nothing pinned where there is none.

    Raises:
        Damaged: it says something else.
    """
    try:
        said = json.loads(path.read_text())
        return Retention(_numbers(said["pinned"]), _numbers(said["pruned"]))
    except FileNotFoundError:
        return Retention()
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Damaged(f"{path} is damaged: it does not say which versions are pinned: put it back") from error


def read_late(folder: Path) -> dict[str, str] | None:
    """The files that a version got late, with their SHA-256; None where it got none.

    Raises:
        Damaged: the file that tells of them is something else.
    """
    path = folder / LATE
    try:
        said: Any = json.loads(path.read_text())
        return {str(name): str(sha256) for name, sha256 in said["files"].items()}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Damaged(f"{path} is damaged: it does not say which files the version got") from error


def _numbers(said: Iterable[int]) -> frozenset[int]:
    return frozenset(int(number) for number in said)
