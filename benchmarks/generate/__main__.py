"""A folder of generated plans, as large as is asked for.

``python -m benchmarks.generate --triples N --seed S --out DIR`` writes it, ``dppgraph build --data DIR`` takes it:
plans of many municipalities and provinces, of Flanders, Belgium and the European Union, in chains of successors;
quoted pages, other documents, readings; in Dutch, French, German and English. What is made depends on the seed alone,
and the smaller folder of a seed is the beginning of the larger one.

N is the number of statements of the version that is built from it, within five in a hundred: what is written here (a
bit more than half of it), what follows by rule, and what a version says of itself. Some 8,500 are the same in all
sizes: the ontology, its concepts, the shapes.
"""

import argparse
import sys
import time
from pathlib import Path
from typing import Final

from benchmarks.generate.files import Folder
from benchmarks.generate.world import plans

ALWAYS: Final = 8_500
"""Statements of a version that do not depend on how many plans there are."""

_CATALOGUE: Final = Path(__file__).resolve().parents[2] / "data" / "catalogue.ttl"


def generate(triples: int, seed: int, out: Path, *, confirming: bool = False, progress: bool = False) -> int:
    """Writes a folder of data.

    Args:
        triples: about how many statements the version has that is built from it.
        seed: decides what is in it.
        out: the folder, which must be empty or not be there yet.
        confirming: whether other documents state facts that are quoted from a page, too, so that two graphs have them.
            In the shipped data none does; where one does, a version keeps the merge of its graphs beside them.
        progress: whether to say on the terminal how far it is.

    Returns:
        How many statements were written.
    """
    built, shown = ALWAYS, time.monotonic()
    with Folder(out, _CATALOGUE) as folder:
        for said, more in plans(seed, confirming=confirming):
            folder.write(said)
            built += more
            if progress and time.monotonic() - shown > 1:
                shown = time.monotonic()
                print(f"\r{built:,} of {triples:,}", end="", file=sys.stderr, flush=True)
            if built >= triples:
                break
    if progress:
        print(f"\r{built:,} of {triples:,}", file=sys.stderr)
    return folder.count


def main() -> None:
    """Generates what the command line asks for."""
    parser = argparse.ArgumentParser(description="Generates a folder of plans.")
    parser.add_argument("--triples", type=int, required=True, help="statements of the version that is built from it")
    parser.add_argument("--seed", type=int, default=1, help="what is in it depends on this alone")
    parser.add_argument("--out", type=Path, required=True, help="the folder, which must be empty or not be there yet")
    parser.add_argument("--confirming", action="store_true", help="let other documents state facts of pages, too")
    asked = parser.parse_args()
    begun = time.monotonic()
    count = generate(asked.triples, asked.seed, asked.out, confirming=asked.confirming, progress=sys.stderr.isatty())
    print(f"{count} statements written in {time.monotonic() - begun:.1f} s")


if __name__ == "__main__":
    main()
