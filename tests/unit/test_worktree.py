"""A change of files is whole or it is not there, and it never leaves its tree."""

import os
from pathlib import Path
from typing import Any

import pytest

from proposer.errors import RefusedError
from proposer.worktree import File, Worktree


def files(root: Path) -> dict[str, tuple[bytes, int]]:
    return {
        path.relative_to(root).as_posix(): (path.read_bytes() if path.is_file() else b"", path.lstat().st_mode)
        for path in sorted(root.rglob("*"))
    }


@pytest.fixture
def tree(tmp_path: Path) -> Worktree:
    root = tmp_path / "tree"
    (root / "a/b").mkdir(parents=True)
    (root / "a/b/one").write_bytes(b"1")
    (root / "two").write_bytes(b"2")
    (root / "two").chmod(0o640)
    (root / "a/link").symlink_to(tmp_path)
    return Worktree(root)


def test_files_are_changed_made_and_removed_together(tree: Worktree) -> None:
    tree.put(
        {
            "two": (File(data=b"2"), File(data=b"zwei", executable=True)),
            "new/deep/three": (None, File(data=b"3")),
            "a/b/one": (File(data=b"1"), None),
        }
    )
    assert tree.read("two") == File(data=b"zwei", executable=True)
    assert (tree.root / "two").stat().st_mode & 0o777 == 0o750
    assert tree.read("new/deep/three") == File(data=b"3")
    assert tree.read("a/b/one") is None
    assert sorted(path.name for path in tree.root.iterdir()) == ["a", "new", "two"]
    assert [path.name for path in (tree.root / "a").iterdir()] == ["link"]


@pytest.mark.parametrize(
    "path",
    [
        "../x",
        "/x",
        "a/../../x",
        "a//x",
        "",
        ".git/config",
        "a/.GIT/x",
        "a/link/x",
        "a/b/one/x",
        "a/link",
        "a/b",
        "x\0y",
    ],
)
def test_a_path_that_leads_out_or_to_something_else_is_refused(tree: Worktree, path: str) -> None:
    before = files(tree.root)
    for change in ({path: (None, File(data=b""))}, {"two": (File(data=b"2"), None), path: (None, File(data=b""))}):
        with pytest.raises(RefusedError):
            tree.put(change)
    assert files(tree.root) == before


def test_a_file_that_is_not_as_expected_stops_everything(tree: Worktree) -> None:
    before = files(tree.root)
    with pytest.raises(RefusedError, match="two changed in the meantime"):
        tree.put({"new/x": (None, File(data=b"x")), "two": (File(data=b"other"), None)})
    assert files(tree.root) == before


STEPS = [(name, at) for name, count in (("fsync", 2), ("rename", 4), ("mkdir", 2)) for at in range(count)]


@pytest.mark.parametrize(("name", "at"), STEPS, ids=[f"{name}-{at}" for name, at in STEPS])
def test_whatever_step_fails_nothing_is_changed(
    tree: Worktree, name: str, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, real, calls = files(tree.root), getattr(os, name), []

    def failing(*args: Any, **more: Any) -> Any:
        calls.append(args)
        if len(calls) == at + 1:
            raise OSError(28, "No space left on device")
        return real(*args, **more)

    change = {
        "two": (File(data=b"2"), File(data=b"zwei")),
        "n/m/x": (None, File(data=b"x")),
        "a/b/one": (File(data=b"1"), None),
    }
    monkeypatch.setattr(os, name, failing)
    with pytest.raises(OSError, match="No space left"):
        tree.put(change)
    monkeypatch.undo()
    assert files(tree.root) == before
    tree.put(change)
    assert files(tree.root) != before
