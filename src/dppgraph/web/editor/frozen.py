"""The page at ``/sparql`` where no server answers: the engine and the graph come to the reader's browser."""

from collections.abc import Mapping
from typing import Final

from dppgraph.core import formats
from dppgraph.core.iris import PREFIXES
from dppgraph.operations.dumps import Found
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvest
from dppgraph.operations.queries import Question
from dppgraph.operations.questions import example
from dppgraph.web.pages import Reader
from dppgraph.web.questions.listed import in_groups

_ALL: Final = "all"
_MOST: Final = 1000
"""Rows that are shown; a browser is slow to lay out more, and the answer can be saved whole."""


def frozen_page(
    questions: Mapping[str, Question], harvest: Harvest, dumps: Found | None, reader: Reader, first: str
) -> dict[str, object]:
    """What the page shows.

    Args:
        questions: the named questions.
        harvest: the version.
        dumps: its files, of which one is the graph that is asked.
        reader: who reads it.
        first: the query that it begins with.
    """
    facts = Facts(harvest.published, reader.language)
    file = next((dump.file for dump in dumps.dumps if _is_graph(dump.holds, dump.file)), "") if dumps else ""
    return {
        "query": first,
        "groups": in_groups(questions),
        "texts": {name: example(known, facts) for name, known in questions.items()},
        "prefixes": PREFIXES,
        "base": harvest.manifest.base,
        "dump": f"{harvest.published.url}dumps/{harvest.packed.version}/{file}" if file else "",
        "most": _MOST,
    }


def _is_graph(holds: str, file: str) -> bool:
    return holds == _ALL and file.endswith(f".{formats.NQUADS.extension}")
