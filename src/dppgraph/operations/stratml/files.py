"""Where a plan that was imported lies in ``data/``: a file of facts, and one of readings if there are any."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from dppgraph.errors import BadCall
from dppgraph.operations.new.files import refuse_foreign, write_together
from dppgraph.operations.stratml.take_over import Taken


class Targets(NamedTuple):
    """The file for ``data/external/`` and the one for ``data/interpretation/``."""

    external: Path
    interpretation: Path


def targets_of(data: Path, slugs: Mapping[str, Path], *, replace: bool) -> dict[str, Targets]:
    """The files that some plans may become, by the last part of the plan's IRI.

    Args:
        data: the folder of the data.
        slugs: the document that each is from.
        replace: whether files of an earlier import may be written over.

    Raises:
        BadCall: a file is there and stays.
    """
    if not data.is_dir():
        raise BadCall(f"there is no folder {data}: name the folder of the data with --data")
    found = {}
    for slug, document in slugs.items():
        found[slug] = Targets(*(data / folder / f"stratml-{slug}.ttl" for folder in ("external", "interpretation")))
        for path in found[slug]:
            if path.exists() and not replace:
                raise BadCall(f"{path} is there already: --replace writes it anew, --name takes another for {document}")
            refuse_foreign(path)
    return found


def write_all(targets: Mapping[str, Targets], taken: Mapping[str, Taken]) -> list[Path]:
    """Writes the files of some plans, all or none; the paths, in order.

    Raises:
        BadCall: one cannot be written.
    """
    files: dict[Path, str] = {}
    outdated = []
    for slug, made in taken.items():
        files[targets[slug].external] = made.external
        if made.interpretation:
            files[targets[slug].interpretation] = made.interpretation
        else:
            outdated.append(targets[slug].interpretation)
    try:
        for path in files:
            path.parent.mkdir(exist_ok=True)
        write_together(files)
        for path in outdated:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise BadCall(f"{error.filename} cannot be written: {error.strerror}") from error
    return list(files)
