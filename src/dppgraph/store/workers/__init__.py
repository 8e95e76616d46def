"""Queries answered by processes that can be killed, because the engine can neither be timed out nor cancelled.

::

    front ── control socket ──> pool parent      holds the quads in memory, forks workers, kills and reaps them
      └───── one socket each ──> worker, worker   answer one query at a time, in frames

``pool`` runs in the parent, ``worker`` in its children, ``client`` in the front; ``frames`` is what they say.
"""
