"""Fixtures of the pipeline tests: a wired repository for each test."""

import shutil
from pathlib import Path

import pytest

from lab import Lab, wire
from proposer.config import lockfile
from proposer.invocation import binary


@pytest.fixture(scope="session")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository that every test gets a copy of: three commits, the last two change note.txt."""
    root = tmp_path_factory.mktemp("master") / "repo"
    root.mkdir()
    lab = Lab(root=root, scratch=root.parent, home=root.parent)
    lab.git("init", "-q", "-b", "main")
    wire(root)
    lab.git("add", "-A")
    lab.relock()
    lab.write("note.txt", "guard()\nkeep\n")
    lab.commit("before")
    lab.write("note.txt", "keep\na = 1\n")
    lab.commit("change")
    return root


@pytest.fixture(scope="session")
def known_binary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that knows the digest of the binary already: hashing 300 MB for each test shows nothing more."""
    cache = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(cache))
        found = binary.find()
        pins = lockfile.Lock(codex_version=found.version, model="", effort="", proposer_version="")
        binary.check(found, pins, cached=True)
    return cache / "proposer" / "binary.json"


@pytest.fixture
def lab(master: Path, known_binary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """A copy of the master repository, with a HOME and a cache of its own."""
    root, scratch, home = tmp_path / "repo", tmp_path / "scratch", tmp_path / "home"
    shutil.copytree(master, root, symlinks=True)
    scratch.mkdir()
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    (tmp_path / "cache" / "proposer").mkdir(parents=True, mode=0o700)
    shutil.copyfile(known_binary, tmp_path / "cache" / "proposer" / "binary.json")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "CODEX_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    return Lab(root=root, scratch=scratch, home=home)
