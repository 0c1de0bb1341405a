"""Git, called so that a repository decides nothing; and what is said where a repository cannot be used."""

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab import Lab
from proposer import git
from proposer.errors import UsageError
from proposer.git import Git, root_of, shown


def raw_tree(repo: Lab, *entries: tuple[str, str, str]) -> str:
    """Write a tree object as it comes, also one that git itself would never write."""
    data = b"".join(f"{mode} {name}".encode() + b"\0" + bytes.fromhex(oid) for mode, name, oid in entries)
    done = subprocess.run(
        ["git", "hash-object", "-t", "tree", "--literally", "-w", "--stdin"], cwd=repo.root, input=data,
        capture_output=True, check=True,
    )  # fmt: skip
    return done.stdout.decode().strip()


def test_the_root_is_found_from_any_folder_of_it_and_of_a_linked_worktree(repo: Lab, tmp_path: Path) -> None:
    (repo.root / "deep" / "er").mkdir(parents=True)
    repo.git("worktree", "add", "-q", str(tmp_path / "side"))
    assert root_of(repo.root / "deep" / "er") == repo.root
    assert root_of(tmp_path / "side") == tmp_path / "side"


@pytest.mark.parametrize(
    "name", ["plain", "with space", "quo'te\"s", "new\nline", "größe-日本", "ends\n", "#hash", "a:b"]
)
def test_a_repository_may_lie_anywhere(tmp_path: Path, name: str) -> None:
    root = tmp_path / name
    root.mkdir()
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    assert root_of(root) == root


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a git repository") as caught:
        root_of(tmp_path)
    assert "git init" in caught.value.hint


def test_a_bare_repository_is_named_as_such(repo: Lab, tmp_path: Path) -> None:
    repo.git("clone", "-q", "--bare", str(repo.root), str(tmp_path / "bare.git"))
    with pytest.raises(UsageError, match="no working tree") as caught:
        root_of(tmp_path / "bare.git")
    assert "git worktree add" in caught.value.hint


def test_a_checkout_that_says_it_is_bare_names_the_setting(repo: Lab) -> None:
    repo.git("config", "core.bare", "true")
    with pytest.raises(UsageError, match="no working tree") as caught:
        root_of(repo.root)
    assert "git config core.bare false" in caught.value.hint


def test_a_working_tree_elsewhere_is_refused(repo: Lab, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    repo.git("config", "core.worktree", str(tmp_path / "elsewhere"))
    with pytest.raises(UsageError, match="is elsewhere"):
        root_of(repo.root)


def test_the_inside_of_git_is_refused(repo: Lab) -> None:
    with pytest.raises(UsageError, match="belongs to git itself"):
        root_of(repo.root / ".git")


def test_a_repository_of_a_future_format_is_refused_in_gits_words(repo: Lab) -> None:
    repo.git("config", "core.repositoryformatversion", "99")
    with pytest.raises(UsageError, match=r"git refuses this repository: .*99"):
        root_of(repo.root)


@pytest.mark.skipif(os.geteuid() != 0, reason="left out: only root may give a folder to somebody else")
def test_a_repository_of_somebody_else_is_used_where_the_user_vouches_for_it(repo: Lab) -> None:
    for path in (repo.root, repo.root / ".git"):
        os.chown(path, 12345, 12345)
    git._vouched.cache_clear()  # noqa: SLF001 - settings are read once in a process
    with pytest.raises(UsageError, match="belongs to another user") as caught:
        root_of(repo.root)
    assert "safe.directory" in caught.value.hint
    (repo.home / ".gitconfig").write_text(f"[safe]\n\tdirectory = {repo.root}\n", encoding="utf-8")
    git._vouched.cache_clear()  # noqa: SLF001
    assert root_of(repo.root) == repo.root
    git._vouched.cache_clear()  # noqa: SLF001


def test_a_tree_that_names_a_path_twice_is_refused(repo: Lab) -> None:
    first, second = repo.git("hash-object", "-w", "note.txt"), repo.git("rev-parse", "HEAD:note.txt")
    repo.write("other.txt", "other\n")
    second = repo.git("hash-object", "-w", "other.txt")
    tree = raw_tree(repo, ("100644", "a.py", first), ("100644", "a.py", second))
    with pytest.raises(UsageError, match=r"'a\.py' twice"):
        Git(cwd=repo.root).tree(tree)


def test_a_missing_object_names_what_brings_it(repo: Lab) -> None:
    with pytest.raises(UsageError, match="is missing") as caught:
        Git(cwd=repo.root).blobs(["f" * 40])
    assert "--unshallow" in caught.value.hint
    assert "--refetch" in caught.value.hint


def test_settings_of_the_caller_and_of_the_repository_run_nothing(repo: Lab, tmp_path: Path) -> None:
    proof = tmp_path / "ran"
    hook = repo.write("hook", f"#!/bin/sh\ntouch {proof}\n")
    hook.chmod(0o755)
    for key in ("core.fsmonitor", "diff.external", "core.pager", "core.sshCommand"):
        repo.git("config", key, str(hook))
    (repo.root / ".git" / "hooks").mkdir(exist_ok=True)
    for name in ("post-index-change", "post-checkout", "reference-transaction"):
        (repo.root / ".git" / "hooks" / name).symlink_to(hook)
    (repo.home / ".gitconfig").write_text(f"[core]\n\tfsmonitor = {hook}\n", encoding="utf-8")
    user = Git(cwd=repo.root)
    user("status")
    user("add", "--all")
    user("diff-tree", "-p", "HEAD")
    assert not proof.exists()


@given(st.binary(max_size=30).filter(lambda name: b"\0" not in name))
def test_a_name_can_always_be_shown(name: bytes) -> None:
    text = shown(os.fsdecode(name))
    assert text.encode().decode() == text
    try:
        assert text == name.decode()
    except UnicodeDecodeError:
        assert "\\x" in text


def test_a_name_from_nowhere_can_be_shown_too() -> None:
    assert shown("a\ud800b") == "a\\ud800b"
