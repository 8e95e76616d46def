"""What things are called, by the graph or by us."""

from dppgraph.core.iris import PREFIXES
from dppgraph.operations.build import Built
from dppgraph.operations.facts import Facts
from dppgraph.operations.harvest import Harvests
from dppgraph.store.versions import VersionStore
from dppgraph.web.vocabulary import labels, says


def test_a_property_is_called_what_the_graph_calls_it_or_what_we_do(built: tuple[VersionStore, Built]) -> None:
    published = Harvests(built[0], "http://localhost/").of(built[1].manifest).published
    dutch, english = Facts(published, "nl"), Facts(published, "en")
    assert says(dutch, f"<{PREFIXES['dpp']}decisionDate>").text == dutch.label(f"<{PREFIXES['dpp']}decisionDate>").text
    assert says(dutch, f"<{PREFIXES['prov']}wasAssociatedWith>").text == "is genomen door"
    assert says(english, f"<{PREFIXES['rdf']}type>") == ("is a", "en")
    assert says(dutch, "<https://elsewhere.example/x>").text == "https://elsewhere.example/x"


def test_a_property_without_a_verb_goes_by_its_name(built: tuple[VersionStore, Built]) -> None:
    facts = Facts(Harvests(built[0], "http://localhost/").of(built[1].manifest).published, "nl")
    assert says(facts, f"<{PREFIXES['void']}triples>") == ("aantal uitspraken", "nl")
    assert says(facts, f"<{PREFIXES['void']}noSuchTerm>").text == "void:noSuchTerm"


def test_a_part_goes_by_what_it_is_and_whose(built: tuple[VersionStore, Built]) -> None:
    harvest = Harvests(built[0], "http://localhost/").of(built[1].manifest)
    plan = f"<{harvest.manifest.base}id/plan/vlaams-actieplan-duurzame-overheidsopdrachten-2009-2011>"
    period = f"{plan[:-1]}#period>"
    for language, kind in (("nl", "periode"), ("en", "period")):
        facts = Facts(harvest.published, language)
        assert labels(facts)(period).text == f"{facts.label(plan).text} ({kind})"
        assert labels(facts)(f"{plan[:-1]}#nothing>").text.endswith("#nothing")
