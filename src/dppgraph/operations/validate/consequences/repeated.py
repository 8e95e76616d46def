"""The same said twice."""

from collections.abc import Iterator
from typing import Final

from dppgraph.operations.validate.consequences.tables import NAMES, UNSTATED
from dppgraph.operations.validate.consequences.told import Told
from dppgraph.operations.validate.report import Result

_WIDER: Final = {"line-plan-of-parent": "line-plan"}
"""A check to another that says it more plainly where both are broken."""


def repeated(told: Told) -> Iterator[Result]:
    """The same said twice: by two constraints of a shape, or by two shapes of which one is for `source` alone.

    Of two values of a property each is told, and then no more what is said of the property without a value.
    """
    said = set()
    valued = {_message(result) for result in told.results if result.value}
    for result in told.results:
        same = (*_message(result), result.value)
        if result.check not in (*NAMES, *UNSTATED) and (
            same in said or (not result.value and _message(result) in valued)
        ):
            yield result
        said.add(same)
    everywhere = {(result.check, result.focus) for result in told.results}
    for result in told.results:
        wider = _WIDER.get(result.check) or result.check.removeprefix("source-")
        if wider != result.check and (wider, result.focus) in everywhere:
            yield result


def _message(result: Result) -> tuple[object, ...]:
    return (result.check, result.focus, result.path, result.messages)
