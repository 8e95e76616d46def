"""How to cite an answer, as a page says it: the same version, hash and permalink that the answer's headers name."""

from dppgraph.core import formats
from dppgraph.operations.cite import Answered, Citation, citation_of_answer
from dppgraph.operations.facts import Facts, Text
from dppgraph.operations.harvest import Harvest
from dppgraph.web.answers import Content, permalink
from dppgraph.web.cache import Asked
from dppgraph.web.made import Making


def cite_answer(making: Making, harvest: Harvest, facts: Facts, what: Asked, content: Content, title: Text) -> Citation:
    """How to cite an answer that a page shows; it may read from a disk.

    Args:
        making: knows the versions.
        harvest: the version that the page is of.
        facts: what that says.
        what: what was asked.
        content: the answer.
        title: what it is called.

    Raises:
        Damaged: the version's manifest cannot be read.
    """
    current = harvest.manifest
    known = content.version == current.version
    manifest = current if known else making.harvests.versions.manifest(content.version)
    citing = making.sending.citing
    cited = citing.query(what, citing.of(manifest))
    # Whoever follows it from a text is to see a page; a question's form leads to all formats.
    address = cited.permalink
    if not what.place:
        address = permalink(making.url, what, manifest.version, format=formats.HTML.name)
    answered = Answered(manifest, cited.of.licence, address, cited.hash, content.lasting)
    return citation_of_answer(harvest, facts, answered, title)
