"""Every combination of answers gives a repository whose own checks pass as generated."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from bench import Bench
from matrix import SUPPORTED

Benches = Callable[..., Bench]
REQUIREMENTS = Path(__file__).parents[2] / "requirements" / "template.txt"
SESSIONS = ["lint", "types", "tests", "boundaries", "migrations", "guards"]
ELSEWHERE = {
    "proposer": "it is the project itself",
    "pre-commit": "no session runs it",
}
TASKS = ("serve", "migrate", "make-migration", "codex.review", "codex.lock", "codex.doctor", "codex.rules")


def test_its_own_sessions_pass(bench: Benches, combination: str) -> None:
    done = bench(**SUPPORTED[combination]).run("nox", CI="true")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.findall(r"nox > \* (\w+): success", done.stderr) == SESSIONS


def test_its_tasks_are_listed(bench: Benches, combination: str) -> None:
    done = bench(**SUPPORTED[combination]).run("inv", "--list")
    assert done.returncode == 0, done.stderr
    assert [name for name in TASKS if not re.search(rf"(?m)^  {re.escape(name)}\b", done.stdout)] == []


@pytest.mark.parametrize("name", SUPPORTED)
def test_what_an_application_needs_is_pinned_for_these_tests(baked: Callable[..., Path], name: str) -> None:
    text = (baked(**SUPPORTED[name]) / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)["project"]
    pinned = dict(re.findall(r"(?m)^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)", REQUIREMENTS.read_text(encoding="utf-8")))
    for row in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        wanted = Requirement(row)
        if wanted.name not in ELSEWHERE:
            assert wanted.name in pinned, f"add {row} to the group template, then run: nox -s requirements"
            assert pinned[wanted.name] in wanted.specifier
