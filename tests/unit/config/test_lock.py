"""The lock of a repository: the same files from a commit and from the working tree, links and odd names included."""

from dataclasses import replace
from pathlib import Path

import pytest

from lab import Lab
from proposer import locking
from proposer.config import lock as locks
from proposer.config.lockfile import parse
from proposer.errors import UsageError
from proposer.git import Git

SETTINGS = '[workflows.mine]\nsummary = "s"\nprompt = "prompts/mine.md"\nschema = "schemas/mine.json"\n'


@pytest.fixture
def wired(repo: Lab) -> Lab:
    for name in ("AGENTS.md", "deep/AGENTS.md", "prompts/mine.md", "schemas/mine.json", ".codex/rules/x.rules"):
        repo.write(name, f"{name}\n")
    repo.write("proposer.toml", SETTINGS)
    repo.write(".gitignore", "ignored/\n")
    repo.write("ignored/AGENTS.md", "not ours\n")
    (repo.root / "linked").mkdir()
    (repo.root / "linked" / "AGENTS.md").symlink_to("../AGENTS.md")
    repo.commit()
    return repo


def test_a_commit_and_the_working_tree_pin_the_same_files(wired: Lab) -> None:
    here, there = locks.of_worktree(wired.root), locks.of_tree(Git(cwd=wired.root), "HEAD")
    assert here.files == there.files
    assert sorted(here.files) == [
        ".codex/rules/x.rules", "AGENTS.md", "deep/AGENTS.md", "prompts/mine.md", "proposer.toml", "schemas/mine.json",
    ]  # fmt: skip
    assert (here.lock_text, there.lock_text) == (None, None)


def test_writing_and_checking(wired: Lab) -> None:
    result = locking.write(wired.root)
    assert (result.exit_code, result.files) == (0, 6)
    assert locking.check(wired.root).rows == ()
    wired.write("AGENTS.md", "other\n")
    wired.write("new/AGENTS.md", "new\n")
    (wired.root / "deep" / "AGENTS.md").unlink()
    result = locking.check(wired.root)
    assert result.exit_code == 3
    assert [row.split()[0] for row in result.rows] == ["AGENTS.md", "deep/AGENTS.md", "new/AGENTS.md"]


def test_model_and_effort_survive_a_new_lock(wired: Lab) -> None:
    locking.write(wired.root)
    path = wired.root / "codex.lock"
    text = path.read_text(encoding="utf-8").replace('"gpt-5.5"', '"mine"').replace('"medium"', '"high"')
    path.write_text(text, encoding="utf-8")
    locking.write(wired.root)
    lock = parse(path.read_text(encoding="utf-8"))
    assert (lock.model, lock.effort) == ("mine", "high")


def test_a_file_with_a_name_that_is_no_text_can_be_pinned(wired: Lab) -> None:
    wired.write("caf\udce9/AGENTS.md", "odd\n")
    locking.write(wired.root)
    assert "caf\\xe9/AGENTS.md" in parse((wired.root / "codex.lock").read_text(encoding="utf-8")).files
    assert locking.check(wired.root).rows == ()


def test_a_lock_is_not_written_through_a_link(wired: Lab, tmp_path: Path) -> None:
    (tmp_path / "target").write_text("mine", encoding="ascii")
    (wired.root / "codex.lock").symlink_to(tmp_path / "target")
    locking.write(wired.root)
    assert (tmp_path / "target").read_text(encoding="ascii") == "mine"
    assert not (wired.root / "codex.lock").is_symlink()
    assert not list(wired.root.glob(".codex-lock-*"))


def test_a_folder_in_its_place_is_refused(wired: Lab) -> None:
    (wired.root / "codex.lock").mkdir()
    with pytest.raises(UsageError, match="is a folder"):
        locking.write(wired.root)
    assert not list(wired.root.glob(".codex-lock-*"))


def test_a_malformed_lock_is_not_replaced_without_a_word(wired: Lab) -> None:
    wired.write("codex.lock", "nonsense")
    with pytest.raises(UsageError, match="cannot be read") as caught:
        locking.write(wired.root)
    assert "git checkout codex.lock" in caught.value.hint
    with pytest.raises(UsageError, match="cannot be read"):
        locking.check(wired.root)


def test_a_missing_lock_names_the_command(wired: Lab) -> None:
    with pytest.raises(UsageError, match="is missing") as caught:
        locking.check(wired.root)
    assert "inv codex.lock" in caught.value.hint


def test_settings_that_cannot_be_read_stop_the_lock(wired: Lab) -> None:
    wired.write("proposer.toml", "workflows = 7\n")
    with pytest.raises(UsageError, match=r"proposer\.toml cannot be read"):
        locks.of_worktree(wired.root)


def test_what_is_printed_is_harmless(wired: Lab, capsys: pytest.CaptureFixture[str]) -> None:
    locking.write(wired.root)
    wired.write("a\x1b[31m\n::error::x/AGENTS.md", "odd\n")
    locking.check(wired.root).show()
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert not [line for line in printed.splitlines() if line.lstrip().startswith("::")]


def test_another_library_is_installed_and_another_file_is_looked_at(wired: Lab) -> None:
    locking.write(wired.root)
    pinned = locks.of_worktree(wired.root)
    lock = locks.read(pinned.lock_text, "here")
    rows = locks.differences(replace(lock, proposer_version="0.0.1"), pinned)
    assert locks.mending(rows).startswith("install the proposer that codex.lock pins")
    wired.write("AGENTS.md", "other\n")
    assert locks.mending(locks.differences(lock, locks.of_worktree(wired.root))).startswith("look at the change")
