"""What harvesters take of a version, made once, when it is built, and kept as files beside it.

``make`` makes it, ``pack`` does so after a small change, ``harvest`` reads it, and ``past`` what there is without it;
``harvests`` keeps some open. It is a cache: what is lost is made anew from the version's exact quads.
"""

from dppgraph.operations.harvest.harvest import Harvest, Published
from dppgraph.operations.harvest.harvests import Harvests
from dppgraph.operations.harvest.make import harvesting, is_made, is_packed, remember
from dppgraph.operations.harvest.pack import pack
from dppgraph.operations.harvest.streamed import LONG

__all__ = ["LONG", "Harvest", "Harvests", "Published", "harvesting", "is_made", "is_packed", "pack", "remember"]
