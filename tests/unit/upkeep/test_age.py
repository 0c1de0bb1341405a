"""The age of a pin is that of the commit that moved it."""

import os
import subprocess
from datetime import UTC, date, datetime, timedelta

import pytest

from lab import Lab
from proposer import doctor
from proposer.config import lock as locks
from proposer.config.lockfile import Lock, render
from proposer.upkeep.age import pinned_since


def pin(repo: Lab, version: str, day: str, settings: str = "") -> None:
    lock = Lock(codex_version=version, model="m", effort="e", proposer_version="1", files={settings or "x": "0" * 64})
    repo.write("codex.lock", render(lock))
    repo.write("proposer.toml", settings)
    env = {"PATH": os.environ["PATH"], "HOME": str(repo.home), "GIT_COMMITTER_DATE": f"{day}T12:00:00Z"}
    identity = ("-c", "user.name=lab", "-c", "user.email=lab@localhost")
    for argv in (("add", "-A"), ("commit", "-q", "-m", "pin")):
        subprocess.run(["git", *identity, *argv], cwd=repo.root, env=env, check=True)


def test_the_commit_that_moved_the_version_counts(repo: Lab) -> None:
    assert pinned_since(repo.root) is None
    pin(repo, "0.1.0", "2026-01-02")
    assert pinned_since(repo.root) == date(2026, 1, 2)
    pin(repo, "0.1.0", "2026-03-04", "version = 1\n")
    assert pinned_since(repo.root) == date(2026, 1, 2)
    pin(repo, "0.2.0", "2026-05-06", "version = 1\n")
    assert pinned_since(repo.root) == date(2026, 5, 6)


@pytest.mark.parametrize(
    ("settings", "days", "expected"),
    [
        ("", 90, "ok"),
        ("", 91, "warning"),
        ("[project]\npin_days = 10\n", 11, "warning"),
        ("[project]\npin_days = 0\n", 999, None),
    ],
    ids=["young", "old", "own limit", "never"],
)
def test_the_doctor_warns_of_an_old_pin(repo: Lab, settings: str, days: int, expected: str | None) -> None:
    pin(repo, "0.1.0", "2026-01-02", settings)
    pinned = locks.of_worktree(repo.root)
    today = datetime(2026, 1, 2, tzinfo=UTC).date() + timedelta(days=days)
    found = list(doctor._age(repo.root, pinned, locks.read(pinned.lock_text, "x"), today))  # noqa: SLF001
    assert [one.status for one in found] == ([expected] if expected else [])
    assert all("--upgrade latest" in one.hint for one in found if one.status == "warning")
