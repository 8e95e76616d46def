"""What harvesters take of a version, made once, when it is built, and kept as files beside it.

``make`` makes it, ``harvest`` reads it. It is a cache: what is lost is made anew from the version's exact quads.
"""

from dppgraph.operations.harvest.harvest import Harvest, Harvests, Published
from dppgraph.operations.harvest.make import harvesting, is_made

__all__ = ["Harvest", "Harvests", "Published", "harvesting", "is_made"]
