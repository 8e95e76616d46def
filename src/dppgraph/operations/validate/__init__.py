"""SHACL over the data: all graphs together, some graphs alone, and quotes against each other.

The judge is pySHACL. Shapes in ``ontology/shapes/*.ttl`` are judged on the union of all graphs, those in
``ontology/shapes/graph/NAME.ttl`` on the graph ``NAME`` alone (a merged graph cannot tell where a statement stands).
"""

from dppgraph.operations.validate.facts import Facts
from dppgraph.operations.validate.report import Report, Result
from dppgraph.operations.validate.validate import Candidate, assemble, report_of, validate

__all__ = ["Candidate", "Facts", "Report", "Result", "assemble", "report_of", "validate"]
