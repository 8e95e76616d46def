"""Signposting as its own library finds it: in the header, in the page, and in the linkset."""

import pytest
import signposting

from tests.conftest import BASE, Server

pytestmark = pytest.mark.remote


@pytest.mark.parametrize(
    "path", ["plan/vlaams-plan-overheidsopdrachten", "dataset/policy-plans", "concept/level-local"]
)
def test_signposts_are_found_in_every_way(server: Server, path: str) -> None:
    address = f"http://127.0.0.1:{server.port}/doc/{path}"
    found = signposting.find_signposting_http(address)
    assert found.citeAs.target == f"{BASE}id/{path}"
    assert {post.target for post in found.describedBy} >= {f"{address}.ttl", f"{address}.jsonld", f"{address}.rdf"}
    assert {post.type for post in found.describedBy} >= {"text/turtle", "application/ld+json"}
    assert found.license.target.startswith("http://publications.europa.eu/resource/authority/licence/")
    assert "https://schema.org/AboutPage" in {post.target for post in found.types}
    assert found.collection.target.startswith(f"http://127.0.0.1:{server.port}/doc/dataset/")
    (linkset,) = found.linksets
    in_set = signposting.find_signposting_linkset(linkset.target).for_context(address)
    assert in_set.citeAs.target == found.citeAs.target
    assert {post.target for post in in_set.describedBy} == {post.target for post in found.describedBy}
    in_page = signposting.find_signposting_html(f"{address}.html")
    assert in_page.citeAs.target == found.citeAs.target
    assert {post.target for post in in_page.describedBy} == {post.target for post in found.describedBy}


def test_a_dataset_has_items(server: Server) -> None:
    address = f"http://127.0.0.1:{server.port}/doc/dataset/policy-plans"
    items = signposting.find_signposting_http(address).items
    assert items
    assert all(post.type for post in items)
