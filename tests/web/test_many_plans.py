"""Pages of more plans than are shown at once: the shipped ones, where few are many."""

import asyncio
import csv
import io
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from dppgraph import wiring
from dppgraph.errors import Unknown
from dppgraph.operations.build import Built
from dppgraph.operations.freeze import Address
from dppgraph.settings import read_settings
from dppgraph.store.versions import VersionStore
from dppgraph.web.freeze import FrozenPublication, Publishing
from dppgraph.web.freeze.asking import Reply, Request, ask
from dppgraph.web.freeze.reading import Reading
from dppgraph.web.freeze.rewriting import Rewriting
from tests.conftest import BASE

if TYPE_CHECKING:
    from dppgraph.operations.freeze.record import Record
    from dppgraph.operations.harvest import Harvest


class Asking:
    """Asks the application, in this process, so that its bounds can be others."""

    def __init__(self, store: VersionStore, folder: Path) -> None:
        self.settings = read_settings({"store": store.folder, "public_url": "http://localhost:8000/"}, {})
        self.folder = folder

    def __call__(self, path: str, **parameters: str) -> str:
        return self._asked(path, parameters)[0].decode()

    def links(self, path: str, **parameters: str) -> list[str]:
        """The links in the head of an answer to other forms of the same, and to what comes next."""
        found = self._asked(path, parameters)[1]
        return [link for link in found if 'rel="alternate"' in link or 'rel="next"' in link]

    def frozen(self, address: Address) -> tuple[Address, ...]:
        """Where what is frozen of an address leads."""

        async def leads() -> tuple[Address, ...]:
            web = self._web()
            rewriting = Rewriting(Reading(self.settings.public_url, BASE, "2026-11-29", 1))
            publication = FrozenPublication(Publishing(web.answers, cast("Harvest", None), None, rewriting))
            answer = await publication.answer(address, cast("Record", None))
            assert answer
            return answer.leads

        return asyncio.run(leads())

    def _web(self) -> wiring.Web:
        served = wiring.served_versions(self.folder / "pool", 1, self.settings)
        return wiring.web_app(served, self.settings, union=True, writing=self.folder / "nobody")

    def _asked(self, path: str, parameters: dict[str, str]) -> tuple[bytes, list[str]]:
        async def answered() -> tuple[bytes, list[str]]:
            reply: Reply = await ask(self._web().answers, Request(path, tuple(parameters.items()), language="en"))
            body = await reply.body()
            assert reply.status in (200, 404)
            if reply.status == 404:
                raise Unknown(body.decode())
            said = [value.decode() for name, value in reply.headers if name == b"link"]
            return body, [link for value in said for link in value.split(", ")]

        return asyncio.run(answered())


@pytest.fixture
def asking(built: tuple[VersionStore, Built], tmp_path: Path) -> Asking:
    return Asking(built[0], tmp_path)


def test_plans_that_are_too_many_to_choose_from_are_named(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    few = asking("compare")
    assert '<select id="older"' in few
    monkeypatch.setattr("dppgraph.web.compare.endpoint._CHOICES", 1)
    many = asking("compare")
    assert "<select" not in many
    assert re.search(r'<input id="older" name="older" value=""[^>]*required>', many)
    # The rest of the page is the same.
    assert re.findall(r'<a href="[^"]*older=[^"]*"', many) == re.findall(r'<a href="[^"]*older=[^"]*"', few)
    older = next(iter(re.findall(r"older=([^&\"]+)", few)))
    assert f'value="{older}"' not in many


@pytest.mark.heavy
def test_the_data_of_the_timeline_comes_in_pages(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = json.loads(asking("timeline.json"))
    rows = list(csv.DictReader(io.StringIO(asking("timeline.csv"))))
    assert "pages" not in whole
    monkeypatch.setattr("dppgraph.web.timeline.data._PART", 2)
    monkeypatch.setattr("dppgraph.web.timeline.endpoint.PER_PAGE", 1)
    first = json.loads(asking("timeline.json"))
    assert first["page"] == 1
    assert first["pages"] > 1
    pages = [first, *(json.loads(asking("timeline.json", page=str(page))) for page in range(2, first["pages"] + 1))]
    for name in ("plans", "targets", "gaps"):
        assert [one for page in pages for one in page[name]] == whole[name]
    tables = [asking("timeline.csv", page=str(page)) for page in range(1, first["pages"] + 1)]
    found = [row for table in tables for row in csv.DictReader(io.StringIO(table))]
    assert sorted(map(str, found)) == sorted(map(str, rows))
    with pytest.raises(Unknown):
        asking("timeline.json", page=str(first["pages"] + 1))


@pytest.mark.heavy
def test_each_page_of_the_timeline_leads_to_its_data_and_each_page_of_that_to_the_next(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dppgraph.web.timeline.data._PART", 2)
    monkeypatch.setattr("dppgraph.web.timeline.endpoint.PER_PAGE", 1)
    number = len(json.loads(asking("timeline.json"))["plans"]) + 1
    for page in ("1", str(number)):
        links = asking.links("timeline", page=page)
        assert [link for link in links if 'rel="next"' in link] == []
        assert links
        assert not any("page=" in link for link in links)
    for extension in ("json", "csv"):
        assert any(
            f"timeline.{extension}?page=2" in link and "next" in link for link in asking.links(f"timeline.{extension}")
        )
    pages = json.loads(asking("timeline.json"))["pages"]
    assert not any("next" in link for link in asking.links("timeline.json", page=str(pages)))


@pytest.mark.heavy
def test_all_pages_of_the_data_are_frozen(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dppgraph.web.timeline.data._PART", 2)
    monkeypatch.setattr("dppgraph.web.timeline.endpoint.PER_PAGE", 1)
    pages = json.loads(asking("timeline.json"))["pages"]
    assert pages > 2
    address = Address("timeline", "json", "en")
    for page in range(2, pages + 1):
        (address,) = asking.frozen(address)
        assert address == Address("timeline", "json", "en", (("page", str(page)),))
    assert asking.frozen(address) == ()
