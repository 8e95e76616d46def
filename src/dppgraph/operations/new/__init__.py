"""A plan from a table: one row for each fact with its exact words, turned into the files that ``data/`` holds.

People who know plans think in spreadsheets. The table has few columns (``table``); what a row may say is listed in
``words.csv``, and what it opens, such as an approval, in ``things.csv``. Every quote is found in the page's own text
(``text``), so that nobody counts characters. All that is wrong is told at once, one cause once with its rows.

``also.csv`` has the names that people use for the values of short lists, ``readings.csv`` why something that a page
does not say has to be read into it.
"""

from dppgraph.operations.new.draft import Draft, Drafted, draft
from dppgraph.operations.new.known import Known, read_beside, read_known
from dppgraph.operations.new.starter import starter

__all__ = ["Draft", "Drafted", "Known", "draft", "read_beside", "read_known", "starter"]
