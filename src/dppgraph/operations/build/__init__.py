"""From files to a published version: read, name, infer, validate, publish.

``build`` publishes what ``prepare`` prepares: small data in memory, as they are in ``validate``, and ``large`` data on
disk, where ``reading`` has several processes read them, and ``judged`` another one judge them.
"""

from dppgraph.operations.build.build import Built, build, is_due
from dppgraph.operations.build.prepare import published

__all__ = ["Built", "build", "is_due", "published"]
