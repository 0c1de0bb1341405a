"""The folder of a run: private, outside of the repository, gone afterwards, and it sees all borrowed objects."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab import Lab
from proposer.errors import UsageError
from proposer.git import Git
from proposer.inputs import workspace as workspaces
from proposer.inputs.workspace import Workspace, lenders, opened


def test_it_lies_in_the_cache_belongs_to_its_owner_and_is_gone_afterwards(repo: Lab, tmp_path: Path) -> None:
    with opened(repo.root) as made:
        assert made.root.parent == tmp_path / "cache" / "proposer"
        assert made.root.stat().st_mode & 0o777 == 0o700
        assert {made.stage, made.home, made.codex_home, made.store} == set(made.root.iterdir())
    assert list((tmp_path / "cache" / "proposer").iterdir()) == []


def test_a_cache_inside_of_the_repository_is_not_used(
    repo: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(repo.root / "cache"))
    monkeypatch.setattr(workspaces.tempfile, "tempdir", str(tmp_path / "temporary"))
    with opened(repo.root) as made:
        assert made.root.parent == tmp_path / "temporary"


def test_a_user_without_a_home_has_a_workspace_too(repo: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", homeless)
    monkeypatch.setattr(workspaces.tempfile, "tempdir", str(tmp_path))
    with opened(repo.root) as made:
        assert made.root.parent == tmp_path


def test_no_place_at_all_is_a_usage_error(repo: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null")
    monkeypatch.setattr(workspaces.tempfile, "tempdir", "/dev/null/nowhere")
    with pytest.raises(UsageError, match="no run can be made") as caught, opened(repo.root):
        pass
    assert "TMPDIR" in caught.value.hint


def borrowing(repo: Lab, tmp_path: Path, name: str, reference: Path) -> Path:
    """Clone so that the new repository has no objects of its own, and make the path of what it borrows relative."""
    root = tmp_path / name
    repo.git("clone", "-q", "--shared", "--no-checkout", str(reference), str(root))
    own = root / ".git" / "objects"
    (own / "info" / "alternates").write_text(f"../../../{reference.name}/.git/objects\n# a remark\n", encoding="utf-8")
    return root


def test_objects_that_are_borrowed_over_many_steps_are_seen(repo: Lab, tmp_path: Path) -> None:
    place = repo.root
    for number in range(6):  # one more, and git itself gives up
        place = borrowing(repo, tmp_path, f"step{number}", place)
    found = lenders(Git(cwd=place))
    assert len(found) == 7
    assert found[-1] == repo.root / ".git" / "objects"
    with opened(place) as made:
        assert made.git().text("cat-file", "-t", repo.git("rev-parse", "HEAD")) == "commit"


@pytest.mark.parametrize(
    ("name", "copied"),
    [('"quoted"', False), ("#hash", False), ("back\\slash", False), ("größe", False), ("a:b", False),
     ("new\nline", True), ("[x]", True), ("what?", True), ("star*", True), ("caf\udce9", True)],
    ids=ascii,
)  # fmt: skip
def test_a_repository_at_an_odd_path_can_be_borrowed_from(tmp_path: Path, repo: Lab, name: str, copied: bool) -> None:
    """Where Codex could not name the folder, a copy stands in for it."""
    root = tmp_path / name
    repo.git("clone", "-q", "--no-hardlinks", str(repo.root), str(root))
    head = repo.git("rev-parse", "HEAD")
    with opened(root) as made:
        assert made.git().text("cat-file", "-t", head) == "commit"
        assert made.lenders == (made.root / "lent-0" if copied else root / ".git" / "objects",)
        assert all(map(workspaces.is_nameable, (made.root, *made.lenders)))
    assert Git(cwd=root).text("cat-file", "-t", head) == "commit"


def test_a_cache_with_an_odd_name_is_not_used(repo: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "ca[c]he"))
    monkeypatch.setattr(workspaces.tempfile, "tempdir", str(tmp_path))
    with opened(repo.root) as made:
        assert made.root.parent == tmp_path
    (tmp_path / "al[s]o").mkdir()
    monkeypatch.setattr(workspaces.tempfile, "tempdir", str(tmp_path / "al[s]o"))
    with pytest.raises(UsageError, match="cannot work below"), opened(repo.root):
        pass


@given(st.binary(min_size=1, max_size=30).filter(lambda path: b"\0" not in path and not path.startswith(b"#")))
def test_a_quoted_path_reads_back(path: bytes) -> None:
    row = workspaces._quoted(path)  # noqa: SLF001 - its inverse is what git does
    assert b"\n" not in row
    assert workspaces._unquoted(row) == path  # noqa: SLF001


def test_octal_and_letter_escapes_are_read_as_in_c() -> None:
    assert workspaces._unquoted(rb'"a\303\274\t\"\\b"') == 'aü\t"\\b'.encode()  # noqa: SLF001


def test_a_repository_of_sha256_objects_has_a_store_of_the_same_kind(tmp_path: Path, repo: Lab) -> None:
    root = tmp_path / "new-hash"
    root.mkdir()
    subprocess.run(["git", "init", "-q", "--object-format=sha256"], cwd=root, check=True)
    other = Lab(root=root, scratch=repo.scratch, home=repo.home)
    other.write("a.txt", "a\n")
    head = other.commit()
    with opened(root) as made:
        assert len(head) == 64
        assert made.git().text("cat-file", "-t", head) == "commit"


def test_a_workspace_is_swept_after_its_process_was_killed(workspace: Workspace, repo: Lab) -> None:
    """The lock of a killed process is gone; here it is given up by hand."""
    left = workspace.root.with_name("run-left")
    left.mkdir()
    with opened(repo.root):
        assert not left.exists()
        assert workspace.root.exists()
