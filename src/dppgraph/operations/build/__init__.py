"""From files to a published version: read, name, infer, validate, publish.

``build`` publishes what ``prepare`` prepares: small data in memory, as they are in ``validate``, and ``large`` data on
disk, where ``reading`` has several processes read them, and ``judging`` another one judge them. What is ``known`` from
making a version is what a change to it goes on with.
"""

from dppgraph.operations.build.build import Built, build, is_due
from dppgraph.operations.build.known import Known, known_of
from dppgraph.operations.build.prepare import is_large, published

__all__ = ["Built", "Known", "build", "is_due", "is_large", "known_of", "published"]
