"""What belongs to a description, and the names and frames that it is told with."""

import json
import time
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from pyld import jsonld

from dppgraph.core.iris import DEFAULT_BASE, NAMESPACE, PREFIXES
from dppgraph.core.quads import Quad, canonical, parse_line
from dppgraph.core.skolem import skolemised
from dppgraph.errors import StoreUnavailable, Unknown
from dppgraph.operations.build import Built
from dppgraph.operations.describe import Descriptions, Held
from dppgraph.operations.frames import Frames, context_file, read_frames
from dppgraph.operations.sources import Sources, read_data, read_shapes, read_vocabulary
from dppgraph.store.versions import VersionStore
from tests.conftest import BASE, REPOSITORY

ONTOLOGY = REPOSITORY / "ontology"
DPP, DCT, RDF, RDFS, SKOS = (PREFIXES[name] for name in ("dpp", "dct", "rdf", "rdfs", "skos"))
PLAN = f"{BASE}id/plan/vlaams-actieplan-duurzame-overheidsopdrachten-2009-2011"


@pytest.fixture(scope="module")
def frames() -> Frames:
    return read_frames(ONTOLOGY)


@pytest.fixture(scope="module")
def descriptions(built: tuple[VersionStore, Built], frames: Frames) -> Descriptions:
    return Descriptions(built[0].lines(1), frames)


def lines_of(*said: tuple[str, str, str]) -> list[str]:
    """Lines from triples of our own words: ``a`` and ``a#p`` are things, ``title`` and so on properties of ours."""
    words = {"type": f"{RDF}type", "title": f"{DCT}title", "label": f"{SKOS}prefLabel"}
    words |= {word: f"{DCT}{word}" for word in ("temporal", "hasPart", "spatial")}

    def term(word: str) -> str:
        if word.startswith(('"', "_:")):
            return word
        is_ours = word[0].isupper() or word in {said[1] for said in said}
        return f"<{words.get(word, f'{DPP}{word}' if is_ours else f'http://e.org/{word}')}>"

    return canonical(Quad(term(s), term(p), term(o)) for s, p, o in said)


def told(lines: list[str], thing: str, frames: Frames) -> set[str]:
    """The triples of a description, in short: last words only."""

    def short(term: str) -> str:
        return term.strip("<>").rpartition("/")[2].removeprefix("ns#") if term.startswith("<") else term

    found = [parse_line(line) for line in Descriptions(lines, frames).of(f"http://e.org/{thing}").lines]
    return {f"{short(q.subject)} {short(q.predicate).rpartition('#')[2]} {short(q.object)}" for q in found}


def test_a_plan_comes_with_what_hangs_on_it_and_names_what_it_points_at(descriptions: Descriptions) -> None:
    quads = {parse_line(line)._replace(graph="") for line in descriptions.of(PLAN).lines}
    by_subject: dict[str, set[str]] = defaultdict(set)
    for quad in quads:
        by_subject[quad.subject].add(quad.predicate)
    kinds = {subject.split("/id/")[1].partition("/")[0] for subject in by_subject}
    assert {"plan", "line-of-action", "approval", "objective", "target", "result", "evaluation", "agent"} <= kinds
    assert {subject for subject in by_subject if "#" in subject} == {f"<{PLAN}#period>"}
    lines = {quad.subject for quad in quads if quad.predicate == f"<{DPP}position>"}
    assert len(lines) == 6
    assert by_subject[f"<{BASE}id/agent/vlaamse-regering>"] == {f"<{SKOS}prefLabel>", f"<{RDF}type>"}
    assert not kinds & {"statement", "source"}


def test_no_description_grows_with_the_graph(descriptions: Descriptions, built: tuple[VersionStore, Built]) -> None:
    things = Held(built[0].lines(1)).things()
    sizes = {iri: len(descriptions.of(iri).lines) for iri in things if "/id/" in iri}
    assert max(sizes.values()) < 400
    assert max(size for iri, size in sizes.items() if "/id/agent/" in iri or "/id/concept/" in iri) < 40


def test_all_that_is_said_of_a_thing_is_in_its_description(
    descriptions: Descriptions, built: tuple[VersionStore, Built]
) -> None:
    said = defaultdict(set)
    for line in built[0].lines(1):
        said[line.split(" ", 1)[0].strip("<>").partition("#")[0]].add(line)
    things = Held(built[0].lines(1)).things()
    unnamed = set(said) - set(things)
    assert set(things) < set(said)
    assert all("/.well-known/genid/" in iri for iri in unnamed)
    # Each of them belongs to a thing that has a name.
    above = {parse_line(line).object[1:-1]: iri for iri, lines in said.items() for line in lines}
    for iri in sorted(unnamed)[:5]:
        owner = above[iri]
        while owner in unnamed:
            owner = above[owner]
        assert said[iri] <= set(descriptions.of(owner).lines), iri
    # One of each kind, so that the test stays fast.
    for iri in {iri.rpartition("/")[0]: iri for iri in things}.values():
        assert said[iri] <= set(descriptions.of(iri).lines), iri


def test_the_order_of_the_lines_does_not_matter(built: tuple[VersionStore, Built], frames: Frames) -> None:
    lines = built[0].lines(1)
    one, other = Descriptions(lines, frames).of(PLAN), Descriptions(reversed(list(lines)), frames).of(PLAN)
    assert (one.lines, one.backlinks, one.layout) == (other.lines, other.backlinks, other.layout)


def test_parts_belong_to_their_thing_linked_or_not(frames: Frames) -> None:
    lines = lines_of(
        ("a", "type", "PolicyPlan"), ("a", "temporal", "a#p"), ("a#p", "title", '"p"'), ("a#q", "title", '"q"'),
        ("ab", "title", '"another"'),
    )  # fmt: skip
    assert told(lines, "a", frames) == {"a type PolicyPlan", "a temporal a#p", 'a#p title "p"', 'a#q title "q"'}
    assert told(lines, "a#q", frames) == {'a#q title "q"'}


def test_blank_nodes_are_parts_too(frames: Frames) -> None:
    lines = lines_of(("a", "temporal", "_:b"), ("_:b", "from", "_:c"), ("_:c", "until", "_:b"), ("_:d", "title", '"d"'))
    assert told(lines, "a", frames) == {"a temporal _:b", "_:b from _:c", "_:c until _:b"}


def test_blank_nodes_are_parts_under_the_names_that_they_get(frames: Frames) -> None:
    quads = [
        parse_line(line)
        for line in lines_of(
            ("a", "spatial", "_:b"), ("_:b", "from", '"51"'), ("_:b", "temporal", "_:c"), ("_:c", "until", '"4"'),
            ("d", "temporal", "_:e"), ("_:e", "until", '"5"'),
        )
    ]  # fmt: skip
    lines = canonical(skolemised(quads, BASE))
    assert sum("/.well-known/genid/" in line.split(" ")[0] for line in lines) == 4
    found = Descriptions(lines, frames)
    assert sorted(parse_line(line).object for line in found.of("http://e.org/a").lines if '"' in line) == [
        '"4"',
        '"51"',
    ]
    assert Held(lines).things() == ["http://e.org/a", "http://e.org/d"]


def test_parts_of_what_hangs_on_a_thing_are_told_linked_or_not(frames: Frames) -> None:
    lines = lines_of(
        ("a", "type", "ActionPlan"), ("a", "hasLineOfAction", "l"), ("l", "temporal", "l#a"), ("l#a", "hasPart", "l#b"),
        ("l#b", "from", '"b"'), ("l#b", "hasPart", "l#a"), ("l#c", "from", '"c"'), ("l#c", "hasPart", "_:d"),
        ("_:d", "from", '"d"'), ("a", "succeeds", "z"), ("z", "temporal", "z#p"), ("z#p", "from", '"z"'),
    )  # fmt: skip
    found = told(lines, "a", frames)
    assert {'l#b from "b"', 'l#c from "c"', '_:d from "d"', "l#b hasPart l#a"} <= found
    assert 'z#p from "z"' not in found
    # A part on its own does not tell the others: a term of an ontology is not all of it.
    assert told(lines, "l#a", frames) == {"l#a hasPart l#b"}


def test_a_long_chain_of_parts_is_told_to_its_end(frames: Frames) -> None:
    words = [("a", "temporal", "a#0"), *((f"a#{n}", "hasPart", f"a#{n + 1}") for n in range(600))]
    assert len(told(lines_of(*words), "a", frames)) == 601


def test_thousands_of_lines_are_told_in_no_time(frames: Frames) -> None:
    lines = []
    for number in range(4000):
        line = f"<http://e.org/l{number}>"
        lines += [Quad("<http://e.org/a>", f"<{DPP}hasLineOfAction>", line).line()]
        lines += [Quad(line, f"<{DPP}lineOf>", "<http://e.org/a>").line()]
    lines.append(Quad("<http://e.org/a>", f"<{RDF}type>", f"<{DPP}ActionPlan>").line())
    descriptions = Descriptions(lines, frames)
    before = time.process_time()
    assert len(descriptions.of("http://e.org/a").lines) == 8001
    # It took 11 s when each line read the whole plan again for its name; and each line is described on its own too.
    assert all(len(descriptions.of(f"http://e.org/l{number}").lines) == 2 for number in range(0, 4000, 4))
    assert time.process_time() - before < 2


def test_sub_lines_and_findings_nest_and_sub_plans_are_told_without_their_lines(frames: Frames) -> None:
    lines = lines_of(
        ("a", "type", "ActionPlan"), ("a", "hasLineOfAction", "l"), ("l", "hasSubLine", "m"), ("m", "position", '"1"'),
        ("a", "hasPart", "b"), ("b", "title", '"b"'), ("b", "hasLineOfAction", "n"), ("n", "label", '"n"'),
        ("n", "position", '"2"'), ("e", "evaluates", "a"), ("e", "hasFinding", "f"), ("f", "concludes", '"f"'),
        ("f", "outcome", "o"), ("o", "label", '"o"'), ("o", "title", '"also"'), ("o", "position", '"3"'),
    )  # fmt: skip
    assert {
        'm position "1"',
        'b title "b"',
        'n prefLabel "n"',
        'f concludes "f"',
        'o prefLabel "o"',
        'o title "also"',
    } <= told(lines, "a", frames)
    assert not {'n position "2"', 'o position "3"'} & told(lines, "a", frames)


def test_what_hangs_on_a_thing_only_by_its_own_word_is_found(frames: Frames) -> None:
    lines = lines_of(
        ("a", "type", "PolicyInstrument"), ("v", "eventOf", "a"), ("v", "eventDate", '"2009"'),
        ("f", "concerns", "a"), ("f", "concludes", '"f"'), ("g", "concerns", "b"),
    )  # fmt: skip
    assert {'v eventDate "2009"', "v eventOf a", 'f concludes "f"'} <= told(lines, "a", frames)
    assert "g concerns b" not in told(lines, "a", frames)


def test_plans_that_name_each_other_are_not_told_whole(frames: Frames) -> None:
    lines = lines_of(
        ("a", "type", "ActionPlan"), ("a", "succeeds", "b"), ("b", "succeeds", "a"), ("b", "title", '"b"'),
        ("b", "hasLineOfAction", "l"), ("a", "relatesTo", "a"),
    )  # fmt: skip
    assert told(lines, "a", frames) == {"a type ActionPlan", "a succeeds b", 'b title "b"', "a relatesTo a"}


def test_an_objective_says_whose_it_is(descriptions: Descriptions) -> None:
    found = descriptions.of(f"{BASE}id/objective/duurzame-overheidsopdrachten-2009-2011-1")
    assert {(link.predicate, link.told) for link in found.backlinks} == {(f"<{DPP}hasObjective>", f"<{PLAN}>")}
    assert {parse_line(line).predicate for line in found.lines if line.startswith(f"<{PLAN}> ")} == {
        f"<{DPP}hasObjective>", f"<{DCT}title>", f"<{RDF}type>",
    }  # fmt: skip


@pytest.mark.parametrize("iri", [PLAN[:-1], "http://e.org/x", "", "x y", "a> <b"])
def test_of_what_nobody_speaks_there_is_no_description(descriptions: Descriptions, iri: str) -> None:
    with pytest.raises(Unknown, match="nothing is said"):
        descriptions.of(iri)


def test_every_property_and_class_in_use_has_a_name(frames: Frames, sources: Sources) -> None:
    shapes = read_shapes(sources)
    quads = [
        *read_data(sources),
        *read_vocabulary(sources),
        *shapes.merged,
        *(q for s in shapes.by_graph.values() for q in s),
    ]
    context = frames.context
    named = {f"<{context.iri(name)}>" for name in context.definitions if not context.is_backwards(name)}
    used = {quad.predicate for quad in quads} - {f"<{RDF}type>"}
    classes = {quad.object for quad in quads if quad.predicate == f"<{RDF}type>"}
    ours = {quad.subject for quad in quads if quad.predicate == f"<{RDFS}isDefinedBy>"}
    assert len(used) > 100
    assert (used | classes | ours) - named == set()


def test_every_value_in_use_fits_a_name(frames: Frames, built: tuple[VersionStore, Built]) -> None:
    """So that no key of a document is ``dct:issued`` where ``issued`` was meant for another type of value."""
    rules = defaultdict(set)
    for name, said in frames.context.definitions.items():
        rule = said if isinstance(said, dict) else {}
        by_language = "@language" in rule.get("@container", ())
        rules[f"<{frames.context.iri(name)}>"].add("@language" if by_language else rule.get("@type", "@any"))
    for quad in {parse_line(line)._replace(subject="", graph="") for line in built[0].lines(1)}:
        if quad.predicate != f"<{RDF}type>" and "@any" not in rules[quad.predicate]:
            typed = quad.object.rpartition("^^")[2][1:-1].replace(PREFIXES["xsd"], "xsd:")
            kind = "@id" if quad.object.startswith("<") else typed if quad.object.endswith(">") else "@language"
            assert kind in rules[quad.predicate], quad


def test_a_text_that_is_one_by_its_name_is_one_in_each_language(
    frames: Frames, built: tuple[VersionStore, Built]
) -> None:
    definitions = frames.context.definitions.items()
    single = {
        f"<{frames.context.iri(n)}>" for n, said in definitions if "@language" in str(said) and "@set" not in str(said)
    }
    quads = {parse_line(line)._replace(graph="") for line in built[0].lines(1)}
    texts = Counter((q.subject, q.predicate, q.object.rpartition('"')[2]) for q in quads if q.predicate in single)
    assert len(texts) > 500
    assert [text for text, times in texts.items() if times > 1] == []


def test_one_value_or_many_is_told_by_the_name(frames: Frames, sources: Sources) -> None:
    single = {quad.subject for quad in read_vocabulary(sources) if quad.predicate == f"<{DPP}singleValued>"}
    assert len(single) > 20
    # The rules give a period one of each.
    single |= {f"<{DPP}from>", f"<{DPP}until>"}
    for name, said in frames.context.definitions.items():
        iri = f"<{frames.context.iri(name)}>"
        container = said.get("@container", "") if isinstance(said, dict) else ""
        if not frames.context.is_backwards(name) and container != "@language":
            if iri in single:
                assert not container, name
            elif iri.startswith(f"<{NAMESPACE}") and isinstance(said, dict):
                assert "@set" in container, name


def test_the_context_knows_our_prefixes_and_not_where_the_data_is(frames: Frames) -> None:
    definitions = frames.context.definitions
    assert {name: definitions.get(name) for name in PREFIXES} == PREFIXES
    assert context_file(ONTOLOGY).decode().count(DEFAULT_BASE) == 1
    assert definitions["dpp"] == NAMESPACE


def test_the_context_means_to_pyld_what_it_means_to_us(frames: Frames) -> None:
    context = frames.context
    names = [n for n in context.definitions if not context.is_backwards(n) and not context.iri(n).startswith("@")]
    document = {"@context": json.loads(context_file(ONTOLOGY))["@context"], "@type": names}
    assert jsonld.expand(document)[0]["@type"] == [context.iri(name) for name in names]


def test_each_class_of_ours_has_a_frame_and_frames_say_nothing_in_vain(frames: Frames, sources: Sources) -> None:
    classes = {q.subject for q in read_vocabulary(sources) if q.object == f"<{PREFIXES['owl']}Class>"}
    rules = {f"<{DPP}InferenceRule>"}
    assert len(classes) > 15
    assert classes - set(frames.by_class) <= rules
    for path in (ONTOLOGY / "frames").iterdir():
        said = json.loads(path.read_text(encoding="utf-8"))
        assert said.pop("@context") == "../context.jsonld"
        names = [*said.pop("type", []), *_names(said)]
        assert [name for name in names if name not in frames.context.definitions] == [], path


def _names(said: dict[str, object]) -> list[str]:
    found = [name for name in said if name != "@explicit"]
    return found + [name for inner in said.values() if isinstance(inner, dict) for name in _names(inner)]


def test_a_property_is_read_backwards_under_one_name(frames: Frames) -> None:
    backwards = [frames.context.link(n) for n in frames.context.definitions if frames.context.is_backwards(n)]
    assert len(set(backwards)) == len(backwards) > 5


def test_an_installation_without_its_context_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="install dppgraph again"):
        read_frames(tmp_path)
    (tmp_path / "context.jsonld").write_bytes(context_file(ONTOLOGY))
    with pytest.raises(StoreUnavailable, match="install dppgraph again"):
        read_frames(tmp_path)
