"""What the addresses of these pages say: the page of a list, and a day."""

import re
from datetime import UTC, date, datetime
from typing import Final

from dppgraph.errors import BadParameter
from dppgraph.web.parameters import Parameters, described, number_of

PAGE: Final = described("page", "integer", "a page of the list")
ON: Final = described("on", "string", "the day, as 2013-05-01, for which it is told where plans stand; else today")

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def page_of(parameters: Parameters) -> int:
    """The page of a list, as ``?page=`` says; the first, if it does not.

    Raises:
        BadParameter: it says no number above 0.
    """
    return number_of(parameters, "page") or 1


def day_of(parameters: Parameters) -> date | None:
    """The day that ``?on=`` names; None where it names none.

    Raises:
        BadParameter: it is no day.
    """
    given = [value.strip() for name, value in parameters if name == "on" and value.strip()]
    if not given:
        return None
    bad = BadParameter(f"on is {given[-1][:50]!r}: it must be a day such as 2013-05-01")
    if not _DAY.fullmatch(given[-1]):
        raise bad
    try:
        return date.fromisoformat(given[-1])
    except ValueError as error:
        raise bad from error


def today() -> date:
    """The day that it is in UTC."""
    return datetime.now(UTC).date()


def asked_for(page: int, on: date | None = None) -> dict[str, object]:
    """The parameters of an address, without those that say what goes without saying."""
    return ({"on": on.isoformat()} if on else {}) | ({"page": page} if page > 1 else {})
