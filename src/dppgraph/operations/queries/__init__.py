"""The named questions: one file of ``queries/`` each, whose header says all that there is to know about it.

The header is the comment at the top, a line each::

    # title-nl: ...                 # description-nl: ...
    # title-en: ...                 # description-en: ...
    # columns: plan title depth     (none for a CONSTRUCT)
    # group: plans                  # chart: the column whose numbers are worth a picture (only where one is)
    # param: plan as ?first; iri of dpp:PolicyInstrument; required; example id/plan/x
    # param-plan-nl: ...            # param-plan-en: ...
    # param: lang; language; default nl
    # rdflib: why that engine cannot give the same answer (only where it cannot)

A parameter's value is read as its type says and put in place of its variable (``core/prebinding.py``).
"""

from dppgraph.operations.queries.described import described
from dppgraph.operations.queries.filled import filled
from dppgraph.operations.queries.of_class import Ask, questions_of
from dppgraph.operations.queries.parameters import Parameter
from dppgraph.operations.queries.question import GROUPS, Question
from dppgraph.operations.queries.read import RESERVED, has_header, question, read_question, read_questions, unknown

__all__ = [
    "GROUPS",
    "RESERVED",
    "Ask",
    "Parameter",
    "Question",
    "described",
    "filled",
    "has_header",
    "question",
    "questions_of",
    "read_question",
    "read_questions",
    "unknown",
]
