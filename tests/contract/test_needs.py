"""The table of needs: every file, task and command that it names exists, and no row is missing."""

import re
from pathlib import Path

import pytest

from proposer.tasks import codex

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/explanation/needs.md"
TASKS = {f"codex.{name}" for name in codex.task_names}


def wrong(text: str) -> list[str]:
    """Return what a text names that is not there."""
    found = [int(number) for number in re.findall(r"(?m)^\| (\d+) \|", text)]
    bad = [] if found == list(range(1, len(found) + 1)) else [f"rows {found}"]
    for name in re.findall(r"`([^`]+)`", text):
        if re.fullmatch(r"(?:src|tests|docs|template|schemas)/[\w./-]+", name) and not (ROOT / name).exists():
            bad.append(name)
        task = re.match(r"inv (codex\.[a-z-]+)", name)
        if task and task[1] not in TASKS:
            bad.append(name)
    return bad


def test_the_table_names_what_there_is() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert wrong(text) == []
    assert len(re.findall(r"(?m)^\| \d+ \|", text)) == 60


@pytest.mark.parametrize("poison", ["`tests/unit/test_nothing.py`", "`inv codex.nothing`", "| 99 | a | b |"])
def test_what_there_is_not_is_seen(poison: str) -> None:
    assert wrong(PAGE.read_text(encoding="utf-8") + f"\n{poison}\n")
