"""Judging again after a change: only what can have another verdict now, with the verdicts that a full run would give.

``view`` shows the data after a change, ``graph`` shows that to pySHACL, ``looks`` says where shapes look at the data,
``targets`` what they are about, ``shaped`` judges some nodes, ``again`` brings all results up to date.
"""
