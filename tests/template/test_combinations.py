"""Every combination of answers gives a repository whose own checks pass as generated."""

import re
from collections.abc import Callable

from bench import Bench
from matrix import SUPPORTED

Benches = Callable[..., Bench]
SESSIONS = ["lint", "types", "tests", "boundaries", "migrations", "guards"]
TASKS = ("serve", "migrate", "make-migration", "codex.review", "codex.lock", "codex.doctor", "codex.rules")


def test_its_own_sessions_pass(bench: Benches, combination: str) -> None:
    done = bench(**SUPPORTED[combination]).run("nox", CI="true")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.findall(r"nox > \* (\w+): success", done.stderr) == SESSIONS


def test_its_tasks_are_listed(bench: Benches, combination: str) -> None:
    done = bench(**SUPPORTED[combination]).run("inv", "--list")
    assert done.returncode == 0, done.stderr
    assert [name for name in TASKS if not re.search(rf"(?m)^  {re.escape(name)}\b", done.stdout)] == []
