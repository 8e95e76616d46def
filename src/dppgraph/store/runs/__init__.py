"""More lines than memory should hold: sorted on disk, read again as often as they are needed.

``runs`` takes lines in any order and gives them back sorted, each once; ``lines_file`` is a file of sorted lines that
reads like a list of them, ``looked_up`` finds in it what it says of a thing, ``triples`` are files of what they say
without their graphs; ``regrouped`` puts lines together otherwise than by their subjects.
"""

from dppgraph.store.runs.lines_file import LinesFile, WritingLines, written
from dppgraph.store.runs.looked_up import SortedLines, looked_up
from dppgraph.store.runs.regrouped import regrouped, work_beside
from dppgraph.store.runs.runs import Runs, holding, merged
from dppgraph.store.runs.triples import Triples

__all__ = [
    "LinesFile",
    "Runs",
    "SortedLines",
    "Triples",
    "WritingLines",
    "holding",
    "looked_up",
    "merged",
    "regrouped",
    "work_beside",
    "written",
]
