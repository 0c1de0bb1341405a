"""The private, disposable folder of one run, outside of every repository."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from proposer.git import Git

__all__ = ["Workspace", "borrow", "opened"]


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """Folders of one run (mode 0700): the stage, a bare repository for its objects, and Codex's homes."""

    root: Path
    repository: Path

    @property
    def stage(self) -> Path:
        """The disposable clone in which Codex works."""
        return self.root / "stage"

    @property
    def store(self) -> Path:
        """A bare repository that borrows the user's objects and takes all new ones."""
        return self.root / "store.git"

    @property
    def home(self) -> Path:
        """HOME of Codex."""
        return self.root / "home"

    @property
    def codex_home(self) -> Path:
        """CODEX_HOME of Codex."""
        return self.root / "codex"

    def git(self) -> Git:
        """Return git over the store: it sees the user's objects and reads none of the user's settings."""
        return Git(cwd=self.store, environment={"GIT_DIR": str(self.store)})


def _parent(repository: Path) -> Path:
    """Return a folder for runs that is not inside the repository, preferring the user's cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "proposer"
    with contextlib.suppress(OSError):
        cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        if os.access(cache, os.W_OK) and not cache.resolve().is_relative_to(repository.resolve()):
            return cache
    return Path(tempfile.gettempdir())


@contextlib.contextmanager
def opened(repository: Path) -> Iterator[Workspace]:
    """Make the workspace of a run and remove it afterwards.

    Args:
        repository: top folder of the user's repository; nothing is written there.
    """
    root = Path(tempfile.mkdtemp(prefix="run-", dir=_parent(repository))).resolve()
    workspace = Workspace(root=root, repository=repository)
    try:
        for folder in (workspace.stage, workspace.home, workspace.codex_home):
            folder.mkdir(mode=0o700)
        plain = Git(cwd=root)
        plain("init", "-q", "--bare", "--template=", str(workspace.store))
        objects = Git(cwd=repository).text("rev-parse", "--path-format=absolute", "--git-path", "objects")
        borrow(workspace.store, Path(objects))
        shallow = Path(Git(cwd=repository).text("rev-parse", "--path-format=absolute", "--git-path", "shallow"))
        if shallow.is_file():
            shutil.copyfile(shallow, workspace.store / "shallow")
        yield workspace
    finally:
        shutil.rmtree(root, ignore_errors=True)
        if root.exists():  # a folder that the model made unreadable for its owner
            for place, _, _ in os.walk(root):
                with contextlib.suppress(OSError):
                    Path(place).chmod(0o700)
            shutil.rmtree(root, ignore_errors=True)


def borrow(git_dir: Path, objects: Path) -> None:
    """Let a repository read another one's objects (gitrepository-layout(5), objects/info/alternates)."""
    info = git_dir / "objects" / "info"
    info.mkdir(parents=True, exist_ok=True)
    text = str(objects)
    if "\n" in text or text.startswith(('"', "#")):
        text = '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    (info / "alternates").write_text(text + "\n", encoding="utf-8")
