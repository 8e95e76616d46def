"""What PyLD's processor remembers of a context changes nothing of what it comes to."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

from dppgraph.core.iris import PREFIXES
from dppgraph.core.quads import Quad, canonical, literal
from dppgraph.operations.export.jsonld import nodes_of
from dppgraph.operations.export.processor import Remembering
from dppgraph.operations.frames import read_frames
from tests.conftest import BASE, REPOSITORY

CONTEXT = read_frames(REPOSITORY / "ontology").context
NAMES = sorted(name for name in CONTEXT.definitions if not CONTEXT.iri(name).startswith("@"))
IRIS = st.one_of(
    st.sampled_from(NAMES).map(CONTEXT.iri),
    st.sampled_from(
        [f"{BASE}id/plan/a", f"{PREFIXES['dpp']}none", PREFIXES["dpp"], "urn:x", "dpp:x", "mailto:a@e.org"]
    ),
).map(lambda iri: f"<{iri}>")
DATATYPES = st.sampled_from(["integer", "boolean", "date", "anyURI", "string", "langString"])
LITERALS = st.one_of(
    st.sampled_from(["nl", "en", "fr-BE"]).map(lambda tag: literal("text", language=tag)),
    st.builds(
        lambda text, name: literal(text, datatype=f"{PREFIXES['xsd']}{name}"),
        st.sampled_from(["1", "01", "true"]),
        DATATYPES,
    ),
    st.just(literal("text")),
)
QUADS = st.builds(Quad, IRIS, IRIS, st.one_of(IRIS, LITERALS), st.sampled_from(["", "<http://e.org/g>"]))


def outcome(compact: Any, nodes: list[dict[str, Any]], names: dict[str, Any]) -> object:
    try:
        return compact(nodes, {"@version": 1.1} | names, {"graph": True, "skipExpansion": True})
    except jsonld.JsonLdError as error:
        return error.code


MORE: tuple[dict[str, str], ...] = ({}, {"@vocab": PREFIXES["dpp"]}, {"a": "urn:", "a:b": "urn:x"})


@given(
    quads=st.frozensets(QUADS, max_size=12),
    left_out=st.sampled_from((":", "e", "no name has this")),
    more=st.sampled_from(MORE),
)
def test_compacting_comes_to_the_same(quads: frozenset[Quad], left_out: str, more: dict[str, str]) -> None:
    nodes = nodes_of(canonical(quads), CONTEXT)
    there = {name: said for name, said in CONTEXT.definitions.items() if not CONTEXT.is_backwards(name)}
    # Names that look like compact IRIs are among them, or not; and prefixes, which others are written with, always.
    names = {name: said for name, said in there.items() if isinstance(said, str) or left_out not in name} | more
    assert outcome(Remembering().compact, nodes, names) == outcome(jsonld.compact, nodes, names)
