"""What the tests of operations share."""

import pytest

from dppgraph.operations.sources import Sources
from dppgraph.operations.write.ready import Ready


@pytest.fixture(scope="session")
def ready(sources: Sources) -> Ready:
    """What judges changes to the shipped data, read once."""
    found = Ready.of(sources)
    assert found
    return found
