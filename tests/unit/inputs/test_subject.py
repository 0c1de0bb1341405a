"""What a run is about: object ids that nobody but the caller and the main line have chosen."""

import subprocess
import time
from pathlib import Path

import pytest

from lab import Lab
from proposer.errors import UsageError
from proposer.inputs import subject as subjects
from proposer.inputs.subject import Subject, resolve
from proposer.inputs.workspace import Workspace, opened

SETTINGS = '[project]\ndefault_branch = "{}"\n'


def paths(subject: Subject) -> list[str]:
    return sorted(change.path for change in subject.changes)


def on_topic(repo: Lab) -> str:
    """Leave `main` behind and commit something; return the commit of main."""
    trusted = repo.git("rev-parse", "main")
    repo.git("checkout", "-q", "-b", "topic")
    repo.write("evil.py", "evil = 1\n")
    repo.commit()
    return trusted


def test_without_options_the_fork_point_from_the_main_line_is_trusted(workspace: Workspace, repo: Lab) -> None:
    trusted = on_topic(repo)
    repo.git("checkout", "-q", "main")
    repo.write("later.py", "later = 1\n")
    repo.commit()
    repo.git("checkout", "-q", "topic")
    repo.write("unsaved.py", "unsaved = 1\n")
    found = resolve(workspace)
    assert (found.base, found.kind, found.head) == (trusted, "worktree", None)
    assert paths(found) == ["evil.py", "unsaved.py"]


def test_a_change_does_not_choose_what_it_is_compared_with_by_its_own_settings(workspace: Workspace, repo: Lab) -> None:
    trusted = on_topic(repo)
    repo.write("proposer.toml", SETTINGS.format("topic"))
    repo.commit()
    found = resolve(workspace, default_branch="topic")
    assert (found.base, found.named_by) == (trusted, "")
    assert paths(found) == ["evil.py", "proposer.toml"]


def test_the_main_line_names_the_default_branch(repo: Lab) -> None:
    repo.git("branch", "develop")
    repo.write("proposer.toml", SETTINGS.format("develop"))
    repo.commit()
    with opened(repo.root) as workspace:
        assert resolve(workspace).base == repo.git("rev-parse", "develop")


@pytest.mark.parametrize(
    "commands",
    [
        pytest.param([("tag", "main", "topic")], id="a-tag-called-main"),
        pytest.param([("update-ref", "refs/main", "topic")], id="a-reference-beside-the-branches"),
        pytest.param([("tag", "refs/heads/main", "topic")], id="a-tag-called-like-a-full-reference"),
        pytest.param([("tag", "HEAD", "topic")], id="a-tag-called-head"),
        pytest.param([("update-ref", "refs/heads/HEAD", "topic")], id="a-branch-called-head"),
    ],
)
def test_no_reference_stands_in_for_the_main_line(repo: Lab, commands: list[tuple[str, ...]]) -> None:
    trusted = on_topic(repo)
    for command in commands:
        repo.git(*command)
    with opened(repo.root) as workspace:
        assert resolve(workspace).base == trusted


def test_a_name_that_means_two_commits_is_refused(repo: Lab) -> None:
    on_topic(repo)
    repo.git("tag", "main", "topic")
    with opened(repo.root) as workspace:
        for name in ("main", "main~0", "main^{commit}"):
            with pytest.raises(UsageError, match="more than one commit") as caught:
                resolve(workspace, base=name, head="refs/heads/topic")
            assert "refs/heads/" in caught.value.hint
        found = resolve(workspace, base="refs/heads/main", head="refs/heads/topic")
    assert paths(found) == ["evil.py"]


def test_a_branch_called_like_a_commit_is_refused(repo: Lab) -> None:
    trusted = on_topic(repo)
    repo.git("update-ref", f"refs/heads/{trusted[:10]}", "topic")
    with opened(repo.root) as workspace, pytest.raises(UsageError, match="more than one commit"):
        resolve(workspace, base=trusted[:10], head="refs/heads/topic")


def test_two_names_of_one_commit_are_no_riddle(repo: Lab) -> None:
    on_topic(repo)
    repo.git("tag", "-a", "main", "main", "-m", "the same")
    with opened(repo.root) as workspace:
        assert paths(resolve(workspace, base="main", head="topic")) == ["evil.py"]


def test_where_no_main_line_exists_the_branch_of_the_settings_counts_and_is_named(repo: Lab) -> None:
    trusted = repo.git("rev-parse", "HEAD")
    repo.git("branch", "-m", "main", "develop")
    repo.write("new.py", "new = 1\n")
    with opened(repo.root) as workspace:
        found = resolve(workspace, default_branch="develop")
        with pytest.raises(UsageError, match="no default branch found") as caught:
            resolve(workspace)
    assert (found.base, "named the branch develop" in found.named_by) == (trusted, True)
    assert "--base" in caught.value.hint


def test_the_remotes_main_line_comes_first(repo: Lab, tmp_path: Path) -> None:
    repo.git("clone", "-q", str(repo.root), str(tmp_path / "clone"))
    clone = Lab(root=tmp_path / "clone", scratch=repo.scratch, home=repo.home)
    trusted = clone.git("rev-parse", "HEAD")
    clone.write("unpushed.py", "unpushed = 1\n")
    clone.commit()
    with opened(clone.root) as workspace:
        found = resolve(workspace)
    assert (found.base, paths(found)) == (trusted, ["unpushed.py"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param({"base": "-x", "head": "HEAD"}, "not a revision", id="like-an-option"),
        pytest.param({"base": "a b", "head": "HEAD"}, "not a revision", id="with-a-space"),
        pytest.param({"base": "$(x)", "head": "HEAD"}, "not a revision", id="like-a-command"),
        pytest.param({"base": "nowhere", "head": "HEAD"}, "does not exist", id="missing"),
        pytest.param({"base": "main..topic", "head": "HEAD"}, "does not exist", id="a-range"),
        pytest.param({"base": "HEAD:note.txt", "head": "HEAD"}, "not a revision", id="a-file"),
        pytest.param({"base": "HEAD^{tree}", "head": "HEAD"}, "does not exist", id="a-tree"),
        pytest.param({"head": "HEAD"}, "needs --base", id="head-alone"),
        pytest.param({"staged": True, "base": "HEAD"}, "--staged", id="staged-and-base"),
    ],
)
def test_options_that_cannot_be_used(workspace: Workspace, options: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        resolve(workspace, **options)  # type: ignore[arg-type]  # a table of several types
    assert caught.value.hint


def test_commits_without_a_common_ancestor(repo: Lab) -> None:
    repo.git("checkout", "-q", "--orphan", "other")
    repo.commit("other")
    with opened(repo.root) as workspace, pytest.raises(UsageError, match="no common ancestor"):
        resolve(workspace, base="main", head="other")


@pytest.mark.usefixtures("repo")
def test_an_unborn_branch(tmp_path: Path) -> None:
    root = tmp_path / "unborn"
    root.mkdir()
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    with opened(root) as workspace, pytest.raises(UsageError, match="no commit yet"):
        resolve(workspace)


def test_an_unfinished_merge_has_no_index_to_look_at(repo: Lab) -> None:
    on_topic(repo)
    repo.write("note.txt", "theirs\n")
    repo.commit()
    repo.git("checkout", "-q", "main")
    repo.write("note.txt", "ours\n")
    repo.commit()
    with pytest.raises(subprocess.CalledProcessError):
        repo.git("merge", "-q", "topic")
    with opened(repo.root) as workspace, pytest.raises(UsageError, match="unmerged"):
        resolve(workspace, staged=True)


def test_a_snapshot_honours_every_ignore_file_and_changes_nothing(repo: Lab) -> None:
    (repo.home / ".config" / "git").mkdir(parents=True)
    (repo.home / ".config" / "git" / "ignore").write_text("*.secret\n", encoding="ascii")
    (repo.root / ".git" / "info").mkdir(exist_ok=True)
    (repo.root / ".git" / "info" / "exclude").write_text("*.local\n", encoding="ascii")
    repo.write(".gitignore", "*.log\n")
    for name in ("a.secret", "a.local", "a.log", "a.py"):
        repo.write(name, name)
    before = (repo.root / ".git" / "index").read_bytes(), sorted((repo.root / ".git").rglob("*"))
    with opened(repo.root) as workspace:
        found = resolve(workspace)
    assert paths(found) == [".gitignore", "a.py"]
    assert ((repo.root / ".git" / "index").read_bytes(), sorted((repo.root / ".git").rglob("*"))) == before


@pytest.mark.parametrize("place", [".gitconfig", ".config/git/config"])
def test_an_ignore_file_that_the_user_named_is_honoured(repo: Lab, place: str) -> None:
    (repo.home / place).parent.mkdir(parents=True, exist_ok=True)
    (repo.home / place).write_text("[core]\n\texcludesFile = ~/mine\n", encoding="ascii")
    (repo.home / "mine").write_text("*.secret\n", encoding="ascii")
    repo.write("a.secret", "a")
    with opened(repo.root) as workspace:
        assert paths(resolve(workspace)) == []


@pytest.mark.parametrize("sparse_index", ["true", "false"])
def test_a_sparse_checkout_does_not_look_like_removals(repo: Lab, sparse_index: str) -> None:
    repo.write("in/a.txt", "a\n")
    repo.write("out/b.txt", "b\n")
    repo.commit()
    repo.git("config", "index.sparse", sparse_index)
    repo.git("sparse-checkout", "set", "--cone", "in")
    assert not (repo.root / "out").exists()
    repo.write("in/a.txt", "changed\n")
    with opened(repo.root) as workspace:
        assert paths(resolve(workspace)) == ["in/a.txt"]


def test_a_nested_repository_in_the_working_tree_runs_nothing(repo: Lab, tmp_path: Path) -> None:
    proof = tmp_path / "ran"
    hook = repo.write("nested/hook", f"#!/bin/sh\ntouch {proof}\n")
    hook.chmod(0o755)
    nested = Lab(root=repo.root / "nested", scratch=repo.scratch, home=repo.home)
    nested.git("init", "-q")
    nested.write("a.txt", "a\n")
    nested.commit()
    nested.git("config", "core.fsmonitor", str(hook))
    nested.git("config", "core.hooksPath", str(repo.root / "nested"))
    nested.write("a.txt", "b\n")
    with opened(repo.root) as workspace:
        resolve(workspace)
    repo.git("add", "nested")  # the test's own git, to make a submodule of it
    proof.unlink(missing_ok=True)
    with opened(repo.root) as workspace:
        found = resolve(workspace)
    assert paths(found) == ["nested"]
    assert not proof.exists()


def test_a_repository_of_sha256_objects_is_resolved_like_any_other(tmp_path: Path, repo: Lab) -> None:
    root = tmp_path / "new-hash"
    root.mkdir()
    subprocess.run(["git", "init", "-q", "-b", "main", "--object-format=sha256"], cwd=root, check=True)
    other = Lab(root=root, scratch=repo.scratch, home=repo.home)
    other.write("a.txt", "a\n")
    other.commit()
    other.write("b.txt", "b\n")
    other.commit()
    with opened(root) as workspace:
        found = resolve(workspace, base="HEAD~1", head="HEAD")
    assert (paths(found), len(found.tree)) == (["b.txt"], 64)


def test_changes_name_both_sides(workspace: Workspace, repo: Lab) -> None:
    repo.write("note.txt", "second\n")
    (repo.root / "link").symlink_to("note.txt")
    repo.commit()
    found = {change.path: change for change in resolve(workspace, base="HEAD~1", head="HEAD").changes}
    assert (found["note.txt"].status, len(found["note.txt"].oids)) == ("M", 2)
    assert (found["link"].status, found["link"].new_mode, len(found["link"].oids)) == ("A", "120000", 1)
    assert subjects.regular({}, "note.txt") is None


def test_an_edit_of_the_same_size_in_the_second_of_the_commit_is_seen(repo: Lab) -> None:
    repo.write("note.txt", "aaaa\n")
    repo.commit()
    repo.write("note.txt", "bbbb\n")
    time.sleep(1.1)  # git believes an index that is younger than its entries; the copy must not look so
    with opened(repo.root) as workspace:
        assert paths(resolve(workspace)) == ["note.txt"]
