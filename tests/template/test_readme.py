"""The README's own commands, as a reader runs them: a fresh environment, the library as a wheel, no tool of ours."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench import bake, clean
from matrix import SUPPORTED

ROOT = Path(__file__).parents[2]
SESSIONS = ["lint", "types", "tests", "boundaries", "migrations", "guards"]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of what git knows, so that nothing of the working folder gets in."""
    clone, folder = tmp_path_factory.mktemp("clone") / "proposer", tmp_path_factory.mktemp("wheel")
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    code = "import sys, hatchling.build as b; print(b.build_wheel(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], cwd=clone, env=clean(folder), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return folder / done.stdout.strip().splitlines()[-1]


def command(repository: Path, name: str) -> str:
    """Return what the README tells readers to type, exactly as it stands there."""
    text = (repository / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"<!-- command: {name} -->\n```sh\n(.*?)```", text, re.DOTALL)
    assert found is not None, f"README.md has no command {name}"
    return found[1]


def typed(repository: Path, name: str, home: Path) -> str:
    """Run a command of the README in a shell of its own; return what it printed."""
    environment = clean(home, CI="true") | {"PATH": "/usr/local/bin:/usr/bin:/bin"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command(repository, name)], cwd=repository, env=environment, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-8000:]
    return done.stdout


def test_setup_and_tests_pass_from_the_wheel(wheel: Path, tmp_path: Path, combination: str) -> None:
    repository = bake(tmp_path / "repo", SUPPORTED[combination] | {"proposer_source": str(wheel)})
    (tmp_path / "home").mkdir()
    typed(repository, "setup", tmp_path / "home")
    printed = typed(repository, "test", tmp_path / "home")
    assert re.findall(r"nox > \* (\w+): success", printed) == SESSIONS
