"""The commands of docs/harvest.md, run as they stand there but for the server's address."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clients.conftest import NPM, Node
from tests.conftest import REPOSITORY, Server

pytestmark = pytest.mark.remote

DOCUMENT = (REPOSITORY / "docs" / "harvest.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(sh|python)\n(.*?)^```", DOCUMENT, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(("language", "block"), BLOCKS, ids=[block.split("\n")[0][:60] for _, block in BLOCKS])
def test_each_command_does_what_it_is_there_for(
    server: Server, node: Node, tmp_path: Path, language: str, block: str
) -> None:
    assert node("--version").returncode == 0
    text = block.replace("http://127.0.0.1:8000/", f"http://127.0.0.1:{server.port}/")
    # What npx would fetch is locked and installed.
    text = re.sub(r"^npx ", f"{NPM}/node_modules/.bin/", text, flags=re.MULTILINE)
    # A document that is not there is no success to curl, unless it is told so.
    text = re.sub(r"^curl ", "curl --silent --show-error --fail ", text, flags=re.MULTILINE)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # noqa: TID251 - of those who run the tests
    command = ["bash", "-eu", "-c", text] if language == "sh" else [sys.executable, "-c", text]
    said = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60, env={"PATH": path}
    )
    assert said.returncode == 0, said.stderr
    assert said.stdout or "--remote-name" in block


def test_every_way_in_has_its_commands() -> None:
    listed = re.findall(r"^\| .* \| \[.*\]\(#(.*)\) \|$", DOCUMENT, re.MULTILINE)
    headings = {title.lower().replace(" ", "-") for title in re.findall(r"^## (.*)$", DOCUMENT, re.MULTILINE)}
    assert len(listed) == 10
    assert set(listed) < headings
