"""CKAN, which most data portals run, takes the catalogue in: parsed by its own code, in an environment of its own."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from benchmarks.peers.environment import installed
from dppgraph.core import formats
from dppgraph.core.formats import Format
from dppgraph.operations.export import export
from dppgraph.store.writing import serialised
from tests.conftest import BASE, REPOSITORY
from tests.harvest.conftest import Catalogue

pytestmark = [pytest.mark.remote, pytest.mark.timeout(400)]

ENVIRONMENT = REPOSITORY / ".venv-harvesters"
LOCK = REPOSITORY / "requirements" / "harvesters.txt"
SCRIPT = Path(__file__).with_name("ckan_reads.py")
NAMES = {formats.TURTLE: "turtle", formats.RDFXML: "xml", formats.JSONLD: "json-ld", formats.NTRIPLES: "nt"}
"""What rdflib calls a format, which CKAN asks for by its content type."""


def read(document: bytes, format_: Format) -> dict[str, dict[str, Any]]:
    """The data sets by IRI, as CKAN would store them."""
    python = installed(ENVIRONMENT, LOCK) / "python"
    said = subprocess.run([python, str(SCRIPT), NAMES[format_]], input=document, capture_output=True, check=False)
    assert said.returncode == 0, said.stderr.decode()
    return {extra(found, "uri"): found for found in json.loads(said.stdout)}


def extra(dataset: dict[str, Any], key: str) -> str:
    return next((str(said["value"]) for said in dataset["extras"] if said["key"] == key), "")


@pytest.mark.parametrize("format_", NAMES, ids=lambda format_: format_.name)
def test_ckan_imports_every_data_set_with_its_files(catalogue: Catalogue, format_: Format) -> None:
    document = catalogue.document
    written = export(document, format_) if format_ == formats.JSONLD else serialised(document, format_)
    found = read(written, format_)
    stated = {
        line.split(" ")[0].strip("<>") for line in document if line.endswith("<http://www.w3.org/ns/dcat#Dataset> .")
    }
    assert set(found) == stated
    whole = found[f"{BASE}id/dataset/policy-plans"]
    assert whole["title"] in ("Knowledge graph of policy plans", "Kennisgraaf van beleidsplannen")
    assert extra(whole, "publisher_name") in ("dppgraph editors", "redactie van dppgraph")
    assert extra(whole, "contact_url") == f"{BASE}about"
    assert (whole["version"], extra(whole, "temporal_start")[:4]) == ("3", "2008")
    assert whole["license_id"] or extra(whole, "access_rights")
    for resource in (resource for dataset in found.values() for resource in dataset["resources"]):
        _, content = catalogue.files[resource["url"].rpartition("/")[2]]
        assert (resource["download_url"], resource["size"]) == (resource["url"], len(content))
        assert resource["license"].endswith("/licence/CC0")
        assert resource["hash_algorithm"].endswith("sha256")
    for name, plans in found.items():
        assert plans["resources"], name
