"""Finds ontology/, data/ and queries/: in the checkout beside src/, else in the installed wheel."""

from pathlib import Path

from dppgraph.errors import StoreUnavailable

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The folder of that name (``ontology``, ``data`` or ``queries``) that travels with this software.

    Raises:
        StoreUnavailable: the installation lacks it.
    """
    checkout = _PACKAGE.parent.parent
    for candidate in (_PACKAGE / "_resources" / name, checkout / name):
        if candidate.is_dir():
            return candidate
    raise StoreUnavailable(f"this installation of dppgraph lacks its folder {name}/: install it again")
