"""What a property is called in a sentence."""

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.build import Built
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvests
from dppgraph.store.versions import VersionStore
from dppgraph.web.pages.says import says


def test_a_property_is_called_what_the_graph_calls_it_or_what_we_do(built: tuple[VersionStore, Built]) -> None:
    published = Harvests(built[0], "http://localhost/").of(built[1].manifest).published
    dutch, english = Facts(published, "nl"), Facts(published, "en")
    assert says(dutch, f"<{PREFIXES['dpp']}decisionDate>").text == dutch.label(f"<{PREFIXES['dpp']}decisionDate>").text
    assert says(dutch, f"<{PREFIXES['prov']}wasAssociatedWith>").text == "is genomen door"
    assert says(english, f"<{PREFIXES['rdf']}type>") == ("is a", "en")
    assert says(dutch, "<https://elsewhere.example/x>").text == "https://elsewhere.example/x"
    assert says(dutch, f"<{PREFIXES['void']}triples>").text == "void:triples"
