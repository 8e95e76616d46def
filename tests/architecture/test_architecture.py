"""What holds of the whole code, beside the arrows that import-linter holds."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

SOURCE = REPOSITORY / "src" / "dppgraph"
MODULES = sorted(SOURCE.rglob("*.py"))
SPARQL = re.compile(r"\b(SELECT|CONSTRUCT|ASK|DESCRIBE)\b.*\{.*\?\w+|^\s*PREFIX\s+\w*:\s*<", re.DOTALL | re.MULTILINE)
BUILDERS = {"open", "Store", "VersionStore", "WorkerStore", "FastAPI", "Popen", "socket", "read_settings", "folder"}
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "base"}


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")


def test_every_module_imports_with_an_empty_environment() -> None:
    names = [name_of(path) for path in MODULES if path.name != "__main__.py"]
    code = f"import importlib\nfor name in {names}: importlib.import_module(name)"
    result = subprocess.run([sys.executable, "-c", code], env={}, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    return {name_of(path): ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}


def test_no_query_is_written_in_python(trees: dict[str, ast.Module]) -> None:
    found = [
        f"{name}, line {node.lineno}: a query belongs in a file"
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SPARQL.search(node.value)
    ]
    assert not found


def test_nothing_is_built_at_import(trees: dict[str, ast.Module]) -> None:
    """A module's own level only defines: no call of ours, no file, process or store."""
    found = [
        f"{name}, line {statement.lineno}: {called}"
        for name, tree in trees.items()
        for statement in tree.body
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr)
        for called in called_in(statement) & BUILDERS
    ]
    assert not found


def called_in(statement: ast.stmt) -> set[str]:
    calls = [node.func for node in ast.walk(statement) if isinstance(node, ast.Call)]
    return {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}


def test_a_modules_name_says_what_it_is() -> None:
    assert not [path for path in MODULES if set(path.relative_to(SOURCE).with_suffix("").parts) & VAGUE]


def test_every_file_of_tests_is_run() -> None:
    for path in (REPOSITORY / "tests").rglob("*.py"):
        if not path.name.startswith("test_"):
            assert "def test_" not in path.read_text(encoding="utf-8"), path


def test_the_lock_files_name_versions_and_hashes_and_no_address() -> None:
    for path in (REPOSITORY / "requirements").iterdir():
        for line in path.read_text(encoding="utf-8").splitlines():
            assert re.match(r"[\w.-]+==\S+( ; .+)? \\$|    --hash=sha256:[0-9a-f]{64}( \\)?$", line), line
