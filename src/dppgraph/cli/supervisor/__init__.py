"""The supervisor of ``dppgraph serve``: holds the listening sockets, starts the other processes, replaces the dead.

It answers no request itself. Its children die with it, whatever ends it.

::

    supervisor ──> fronts                 HTTP                       (fronts.py, handover.py)
          └──────> pool parent, one for each version that is asked   (pools.py)
                     └──> workers                                    (memory.py watches them all)
"""

from dppgraph.cli.supervisor.supervisor import Serving, supervise

__all__ = ["Serving", "supervise"]
