"""Since when something was there, and until when: what is said of a thing, and the thing itself."""

from typing import Final, NamedTuple

from dppgraph.core.quads import Quad
from dppgraph.store.history.history import History

_LAST: Final = "\U0010ffff"

_ABOUT: Final = """
    WITH about AS (
        SELECT id, term, 0 AS place FROM terms WHERE term = :whole
        UNION ALL SELECT id, term, 1 FROM terms WHERE term > :part AND term < :end
    )
"""
_LASTING: Final = f"""
    {_ABOUT}
    SELECT about.term, p.term, o.term, g.term, since, until
    FROM about CROSS JOIN quads ON s = about.id
    JOIN terms AS p ON p.id = quads.p JOIN terms AS o ON o.id = quads.o JOIN terms AS g ON g.id = quads.g
    WHERE since <= :version AND (:gone OR until > :version)
    ORDER BY place, about.term, p.term, o.term, g.term, since LIMIT :limit OFFSET :offset
"""  # noqa: S608 - a part of the text
_COUNT: Final = f"""
    {_ABOUT}
    SELECT COUNT(*) FROM about CROSS JOIN quads ON s = about.id
    WHERE since <= :version AND (:gone OR until > :version)
"""  # noqa: S608 - likewise
_FATE: Final = "SELECT version, present FROM things WHERE iri = ? AND version <= ? ORDER BY version DESC LIMIT 2"
_FIRST: Final = "SELECT MIN(number) FROM versions"


class Lasting(NamedTuple):
    """A quad, and for how long it was there: one that came back is there once for each time.

    Attributes:
        quad: the quad.
        since: the number of the version that brought it.
        until: the number of the one that took it away; None where it was still there.
    """

    quad: Quad
    since: int
    until: int | None


class Fate(NamedTuple):
    """Whether anything was said of a thing, before a version that changed it and in that one; None: not known here."""

    before: bool | None
    after: bool | None


def lasting(
    history: History, iri: str, version: int, *, gone: bool = False, offset: int = 0, limit: int = -1
) -> list[Lasting]:
    """What a version says of a thing and its parts, and since when; the thing first, then by predicate and object.

    Args:
        history: where all versions are.
        iri: the thing.
        version: the version, which must be in there.
        gone: whether what earlier versions said is wanted too.
        offset: how many to leave out.
        limit: how many to give at most; below 0, all.

    Raises:
        Damaged: it cannot be read.
    """
    asked = _asked(iri, version, gone=gone) | {"limit": limit, "offset": offset}
    return [
        Lasting(Quad(*row[:4]), int(row[4]), int(row[5]) if row[5] <= version else None)
        for row in history.ask(_LASTING, asked)
    ]


def count_lasting(history: History, iri: str, version: int, *, gone: bool = False) -> int:
    """How many there are of them.

    Raises:
        Damaged: it cannot be read.
    """
    return int(history.ask(_COUNT, _asked(iri, version, gone=gone))[0][0])


def fate(history: History, iri: str, version: int) -> Fate:
    """What a version did to a thing that it changed.

    Raises:
        Damaged: it cannot be read.
    """
    rows = [(int(number), bool(present)) for number, present in history.ask(_FATE, (iri, version))]
    after = rows.pop(0)[1] if rows and rows[0][0] == version else None
    if rows:
        return Fate(rows[0][1], after)
    # What was there before the first version that is known here, nobody can tell.
    is_known = version == 1 or int(history.ask(_FIRST, ())[0][0]) < version
    return Fate(False if is_known else None, after)


def _asked(iri: str, version: int, *, gone: bool) -> dict[str, object]:
    part = f"<{iri}#"
    return {"whole": f"<{iri}>", "part": part, "end": part + _LAST, "version": version, "gone": gone}
