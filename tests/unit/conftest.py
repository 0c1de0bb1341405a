"""Fixtures of the unit tests: a small repository, made with the real git, and a workspace for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import Lab
from proposer.inputs.workspace import Workspace, opened


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """A repository with one commit on `main`; its HOME and its cache are its own."""
    lab = Lab(root=tmp_path / "repo", scratch=tmp_path / "scratch", home=tmp_path / "home")
    for folder in (lab.root, lab.scratch, lab.home):
        folder.mkdir()
    monkeypatch.setenv("HOME", str(lab.home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_DIR"):
        monkeypatch.delenv(name, raising=False)
    lab.git("init", "-q", "-b", "main")
    lab.write("note.txt", "first\n")
    lab.commit("start")
    return lab


@pytest.fixture
def workspace(repo: Lab) -> Iterator[Workspace]:
    """The workspace of a run in that repository."""
    with opened(repo.root) as workspace:
        yield workspace
