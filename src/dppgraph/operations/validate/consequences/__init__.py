"""Which results come of others: one mistake is told in one line, though it breaks many a shape.

A misspelt property leaves its own fact without words, the words without a fact, and whatever asks for the right
property empty-handed. Such results stay in the report, marked; they vanish with the mistake or are told once it is
mended. Only a violation that is told itself has consequences, so nothing unacceptable ever goes untold.

``consequences`` takes the steps in their order; each is in the module of its theme. ``told`` is what they share, and
``tables`` what the checks read.
"""

from dppgraph.operations.validate.consequences.consequences import with_consequences

__all__ = ["with_consequences"]
