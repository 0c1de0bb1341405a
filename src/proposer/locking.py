"""Writing and checking the lock of the working tree, and saying what came of it."""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proposer import git
from proposer.config import lock as locks
from proposer.config import lockfile
from proposer.config.lockfile import LOCK_NAME
from proposer.errors import Outcome, UsageError
from proposer.invocation import binary
from proposer.reports.safe import log_line

__all__ = ["Result", "check", "write"]


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a check or a write came to; `rows` holds one sentence per difference or change."""

    action: str
    rows: tuple[str, ...]
    files: int

    @property
    def exit_code(self) -> int:
        """3 where a check found a difference."""
        return Outcome.DRIFTED.exit_code if self.action == "check" and self.rows else 0

    def document(self) -> dict[str, Any]:
        """Return the JSON form (`proposer/lock/v1`)."""
        return {"schema": "proposer/lock/v1", "action": self.action, "exit": self.exit_code, "files": self.files,
                "differences": list(self.rows)}  # fmt: skip

    def show(self) -> None:
        """Print it for people."""
        for row in self.rows:
            sys.stdout.write(f"{'!' if self.action == 'check' else '+'} {' '.join(log_line(row).split())}\n")
        if self.action == "check" and self.rows:
            sys.stderr.write("error: codex.lock and the files differ\n  look at each, then run: inv codex.lock\n")
        elif self.action == "check":
            sys.stdout.write(f"codex.lock fits: {self.files} files\n")
        else:
            sys.stdout.write(f"codex.lock written: {self.files} files; commit it together with what changed\n")


def check(folder: Path) -> Result:
    """Compare the working tree with its own lock, and the binary with it.

    Raises:
        UsageError: there is no lock, or it cannot be read.
    """
    root = git.root_of(folder)
    pinned = locks.of_worktree(root)
    lock = locks.read(pinned.lock_text, "the working tree")
    rows = locks.differences(lock, pinned)
    found = binary.find()
    if found.version != lock.codex_version:
        rows.append(f"codex {found.version} is installed, codex.lock pins {lock.codex_version}")
    return Result(action="check", rows=tuple(rows), files=len(pinned.files))


def write(folder: Path) -> Result:
    """Write the lock of the working tree; model and effort stay as they are, digests and versions are taken anew."""
    root = git.root_of(folder)
    pinned = locks.of_worktree(root)
    before = _before(pinned)
    platform, recorded = binary.platform_key(), binary.recorded_digest()
    known = dict(lockfile.CODEX_SHA256)
    if platform not in known and recorded:
        known[platform] = recorded
    installed = binary.find().version if before and before.codex_version != lockfile.CODEX_VERSION else ""
    lock = locks.fresh(pinned, codex_sha256=known, defaults=before, installed=installed)
    rows = locks.differences(before, pinned) if before else [f"{path} is pinned" for path in sorted(pinned.files)]
    _replace(root / LOCK_NAME, lockfile.render(lock))
    return Result(action="write", rows=tuple(rows), files=len(pinned.files))


def _replace(path: Path, text: str) -> None:
    """Write a file at once, in place of whatever stood there, so that a link is not written through."""
    try:
        if path.is_dir():
            raise UsageError(f"{path.name} is a folder", f"look at it, then remove it: rm -r {path.name}")
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, prefix=".codex-lock-", encoding="utf-8", delete=False
        ) as file:
            file.write(text)
        Path(file.name).chmod(0o644)
        Path(file.name).replace(path)
    except OSError as error:
        raise UsageError(f"{path.name} cannot be written: {error.strerror}", "make the folder writable") from error


def _before(pinned: locks.Pinned) -> lockfile.Lock | None:
    """Return the lock as it was; a malformed one is replaced, but its model must not change without a word."""
    if pinned.lock_text is None:
        return None
    try:
        return lockfile.parse(pinned.lock_text.decode("utf-8"))
    except ValueError as error:
        raise UsageError(
            f"codex.lock cannot be read: {error}",
            "restore it: git checkout codex.lock, or delete it to start anew; then run: inv codex.lock",
        ) from error
