"""The lock of one repository: read from a commit or the working tree, compared with the files, written anew."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from proposer import __version__, digests
from proposer.config import lockfile
from proposer.config.lockfile import LOCK_NAME, Lock
from proposer.config.settings import SETTINGS_NAME
from proposer.errors import UsageError
from proposer.git import Git, shown

__all__ = ["Pinned", "differences", "fresh", "mending", "of_tree", "of_worktree", "read"]


class Pinned:
    """The pinned files of one tree, with the lock, if it has one, and the settings."""

    def __init__(self, files: Mapping[str, bytes], lock_text: bytes | None) -> None:
        self.files = dict(files)
        self.lock_text = lock_text

    @property
    def settings(self) -> bytes | None:
        """The bytes of proposer.toml, or None."""
        return self.files.get(SETTINGS_NAME)

    def digests(self) -> dict[str, str]:
        """Return the SHA-256 of each pinned file by path, as a TOML file can hold it."""
        return {shown(path): digests.of_bytes(data) for path, data in self.files.items()}

    def together(self, prefix: str) -> str | None:
        """Return one SHA-256 over all files below a folder, as canonical JSON of path and digest; None: no files."""
        found = {path: digest for path, digest in self.digests().items() if path.startswith(prefix)}
        return digests.of_json(found) if found else None


def _named(settings: bytes | None) -> list[str]:
    try:
        return lockfile.workflow_files(settings) if settings is not None else []
    except (ValueError, AttributeError, TypeError) as error:
        raise UsageError(f"proposer.toml cannot be read: {error}", "mend the file, then run: inv codex.lock") from error


def of_tree(git: Git, tree: str) -> Pinned:
    """Read the pinned files of a commit or tree."""
    entries = {path: entry for path, entry in git.tree(tree).items() if entry.mode in ("100644", "100755")}
    settings = None
    if SETTINGS_NAME in entries:
        oid = entries[SETTINGS_NAME].oid
        settings = git.blobs([oid])[oid]
    more = _named(settings)
    wanted = {path: entry.oid for path, entry in entries.items() if lockfile.is_pinned(path, more) or path == LOCK_NAME}
    blobs = git.blobs(sorted(set(wanted.values())))
    files = {path: blobs[oid] for path, oid in wanted.items()}
    lock_text = files.pop(LOCK_NAME, None)
    return Pinned(files, lock_text)


def of_worktree(root: Path) -> Pinned:
    """Read the pinned files of the working tree: tracked ones and new ones that git does not ignore.

    Links count for nothing, as they do in a commit.

    Raises:
        UsageError: a pinned file cannot be read.
    """
    listed = Git(cwd=root)("ls-files", "-z", "--cached", "--others", "--exclude-standard").split(b"\0")
    paths = {os.fsdecode(path) for path in listed if path}
    more = _named(_bytes(root, SETTINGS_NAME))
    found = {path: _bytes(root, path) for path in sorted(paths) if lockfile.is_pinned(path, more)}
    return Pinned({path: data for path, data in found.items() if data is not None}, _bytes(root, LOCK_NAME))


def _bytes(root: Path, name: str) -> bytes | None:
    """Return the bytes of a regular file of the working tree, or None where there is none."""
    path = root / name
    if path.is_symlink() or not path.is_file():
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{shown(name)} cannot be read: {error.strerror}", "give its owner the right to read"
        ) from error


def read(text: bytes | None, where: str) -> Lock:
    """Parse a lock.

    Raises:
        UsageError: it is missing or malformed; `where` names the tree in the message.
    """
    if text is None:
        raise UsageError(f"codex.lock is missing in {where}", "run: inv codex.lock, and commit the file")
    try:
        return lockfile.parse(text.decode("utf-8"))
    except ValueError as error:
        raise UsageError(f"codex.lock of {where} cannot be read: {error}", "run: inv codex.lock") from error


def differences(lock: Lock, pinned: Pinned) -> list[str]:
    """Return one sentence for each difference between a lock, the files and the installed library."""
    rows = lockfile.compare(lock, pinned.digests())
    if lock.proposer_version != __version__:
        rows.append(f"proposer {__version__} is installed, codex.lock pins {lock.proposer_version}")
    return rows


def mending(rows: Sequence[str]) -> str:
    """Return what to do about the first of the differences."""
    if rows[0].startswith("proposer "):
        return "install the proposer that codex.lock pins, or look what this one changes and pin it: inv codex.lock"
    return "look at the change, then run: inv codex.lock, and commit codex.lock with it"


def fresh(pinned: Pinned, *, codex_sha256: Mapping[str, str], defaults: Lock | None, installed: str = "") -> Lock:
    """Return the lock that fits the files: model and effort stay as they were.

    Args:
        pinned: the files.
        codex_sha256: digests of this library's own Codex by platform.
        defaults: the lock as it was.
        installed: version of the installed Codex; where it is the one that the lock pins, its pin stays, also when
            this library came with another one.
    """
    kept = defaults if defaults and installed == defaults.codex_version != lockfile.CODEX_VERSION else None
    return Lock(
        codex_version=kept.codex_version if kept else lockfile.CODEX_VERSION,
        model=defaults.model if defaults else "gpt-5.5",
        effort=defaults.effort if defaults else "medium",
        proposer_version=__version__,
        codex_sha256={**kept.codex_sha256} if kept else {**codex_sha256},
        files=pinned.digests(),
    )
