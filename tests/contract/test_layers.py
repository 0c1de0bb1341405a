"""One module starts processes, one package imports Invoke, data flows in one direction; no test fakes subprocess."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src" / "proposer").rglob("*.py"))
STARTERS = {"subprocess", "pty", "multiprocessing", "asyncio", "popen2"}
CALLS = re.compile(r"\bos\.(?:system|popen|exec[lv]p?e?|spawn\w+|fork|forkpty|posix_spawnp?)\b(?![\"'])")
"""Not the name of one as text."""


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def fakes(text: str) -> list[str]:
    """Return the lines that put something else in the place of subprocess."""
    return re.findall(r"(?:mock\.patch|monkeypatch\.setattr|mocker\.patch)\([^)\n]*subprocess[^)\n]*", text)


def test_only_one_module_starts_processes() -> None:
    starters = {path.relative_to(ROOT).as_posix() for path in SOURCES if imports(path) & STARTERS}
    calls = {path.relative_to(ROOT).as_posix() for path in SOURCES if CALLS.search(path.read_text(encoding="utf-8"))}
    assert starters == {"src/proposer/process.py"}
    assert calls == set()


def test_only_the_tasks_import_invoke() -> None:
    found = {path.parent.name for path in SOURCES if "invoke" in imports(path)}
    assert found == {"tasks"}


def test_no_test_fakes_subprocess() -> None:
    found = {
        path.name: rows
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if path != Path(__file__) and (rows := fakes(path.read_text(encoding="utf-8")))
    }
    assert found == {}
    assert fakes('monkeypatch.setattr("subprocess.run", fake)\nmock.patch("x.subprocess.Popen")') != []


def test_modules_have_one_noun_and_a_docstring() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}
    assert [path.name for path in SOURCES if path.stem in vague] == []
    assert [
        path.name
        for path in SOURCES
        if path.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ] == []


@pytest.mark.skipif(shutil.which("lint-imports") is None, reason="left out: import-linter is installed in session lint")
def test_an_import_against_the_layers_is_seen(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src")
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    victim = tmp_path / "src" / "proposer" / "git.py"
    victim.write_text(victim.read_text(encoding="utf-8") + "\nimport proposer.workflow\n", encoding="utf-8")
    call = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    env = {"PYTHONPATH": str(tmp_path / "src"), "PATH": ""}
    done = subprocess.run(call, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "proposer.git -> proposer.workflow" in done.stdout
