"""Moves the pin of Codex: another version is tried beside the pinned one, and pinned as a whole or not at all."""

import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from proposer import git as gits
from proposer import process
from proposer.config import lock as locks
from proposer.config.lockfile import Lock
from proposer.errors import EXIT_REFUSED, RefusedError, StopError, UsageError
from proposer.git import Git
from proposer.inputs import workspace as workspaces
from proposer.inputs.subject import REGULAR, snapshot
from proposer.inputs.workspace import Workspace
from proposer.invocation import binary as binaries
from proposer.relay.tape import MANIFEST
from proposer.reports.safe import log_line
from proposer.upkeep import pinning
from proposer.upkeep.comparison import Difference, compare
from proposer.worktree import Worktree

__all__ = ["CHANGELOG", "Report", "upgrade"]

CHANGELOG = "https://github.com/openai/codex/releases"
_VERSION = re.compile(r"[0-9]+(\.[0-9]+)+([.-]?(a|b|rc|alpha|beta|dev|post)[.-]?[0-9]*)?")
_SECONDS = 3600.0
_KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "HOME", "SSL_CERT_FILE", "SSL_CERT_DIR")


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a trial came to, and which files were written."""

    old: str
    new: str
    differences: tuple[Difference, ...]
    files: tuple[str, ...] = ()
    recordings: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether something breaks."""
        return any(one.breaks for one in self.differences)

    @property
    def exit_code(self) -> int:
        """7 where something breaks."""
        return EXIT_REFUSED if self.refused else 0

    def document(self) -> dict[str, Any]:
        """Return the JSON form (`proposer/upgrade/v1`)."""
        return {
            "schema": "proposer/upgrade/v1",
            "exit": self.exit_code,
            "old": self.old,
            "new": self.new,
            "changelog": CHANGELOG,
            "differences": [vars(one) for one in self.differences],
            "files": list(self.files),
            "recordings": list(self.recordings),
        }

    def show(self) -> None:
        """Print it for people."""
        rows = [f"codex {self.old} -> {self.new}; what changed upstream: {CHANGELOG}"]
        rows += [f"{'!' if one.breaks else '~'} {one.line()}" for one in self.differences]
        rows += [] if self.differences else ["no difference was seen"]
        rows += [f"{path} was recorded with {self.old}: record it anew" for path in self.recordings]
        rows += [f"+ {path}" for path in self.files]
        if self.files:
            rows.append(f"Next: pip install '{pinning.WHEEL}=={self.new}', inv codex.doctor, commit these files.")
        sys.stdout.write("".join(f"{' '.join(log_line(row).split())}\n" for row in rows))
        if self.refused:
            broken = sum(one.breaks for one in self.differences)
            sys.stderr.write(f"error: codex {self.new} breaks {broken} thing(s) here; nothing was changed\n"
                             "  stay with the pin, or mend what is marked with ! first\n")  # fmt: skip


def upgrade(
    folder: Path, version: str, *, environment: Mapping[str, str], on_step: Callable[[str], None], drills: str = "*"
) -> Report:
    """Try another Codex and, where nothing breaks, pin it.

    Args:
        folder: somewhere inside the repository.
        version: a version of the wheel `openai-codex-cli-bin`, or `latest`.
        environment: the caller's.
        on_step: told what happens, for people.
        drills: which drills are tried, as a pattern; empty: none.

    Raises:
        UsageError: no such version, or a lock that is missing or does not fit.
        RefusedError: a file changed while the trial ran.
    """
    if version != pinning.LATEST and not _VERSION.fullmatch(version):
        raise UsageError(f"{version[:60]!r} is no version", f"look at the versions: pip index versions {pinning.WHEEL}")
    root = gits.root_of(folder)
    lock = _lock(root)
    if version == lock.codex_version:
        return Report(old=version, new=version, differences=())
    with tempfile.TemporaryDirectory(prefix="proposer-upgrade-") as place, workspaces.opened(root) as workspace:
        scratch = Path(place)
        on_step(f"installing codex {version} in a scratch folder")
        tried = pinning.install(version, scratch / "site", environment=environment)
        if tried.version == lock.codex_version:
            return Report(old=lock.codex_version, new=tried.version, differences=())
        pinned = _pinned(lock, scratch / "pinned-site", environment)
        tree = snapshot(workspace, everything=True)
        sides = []
        for name, number, site in (("pinned", lock.codex_version, pinned), ("tried", tried.version, tried.site)):
            on_step(f"trying codex {number}: runs, rules, drills")
            folders = (scratch / name, scratch / "tape")
            sides.append(_observed(workspace, tree, folders, site, drills=drills, environment=environment))
        differences = tuple(compare(sides[0], sides[1], lock))
        report = Report(old=lock.codex_version, new=tried.version, differences=differences)
        if report.refused:
            return report
        digests = pinning.digests_of(tried, lock, binaries.platform_key(), scratch, environment=environment)
        changes = pinning.rewritten(root, lock, tried.version, digests, environment=environment)
        try:
            Worktree(root).put(changes)
        except OSError as error:
            message = f"the working tree cannot be written: {error.strerror}; nothing was changed"
            raise RefusedError(message, "make room and give its owner the right to write, then run again") from error
    recordings = tuple(sorted(path for path in _tracked(root) if path.endswith(f"/{MANIFEST}")))
    return replace(report, files=tuple(sorted(changes)), recordings=recordings)


def _pinned(lock: Lock, target: Path, environment: Mapping[str, str]) -> Path | None:
    """Return where the pinned Codex is; None: it is what is installed here."""
    try:
        binaries.check(binaries.find(), lock, cached=False)
    except (StopError, UsageError):
        found = pinning.install(lock.codex_version, target, environment=environment)
        wanted = lock.codex_sha256.get(binaries.platform_key(), found.sha256)
        if found.sha256 != wanted:
            raise UsageError(
                f"codex {lock.codex_version} of the index is not the one that codex.lock pins",
                "look at who changed it, before anything else",
            ) from None
        return target
    return None


def _tracked(root: Path) -> list[str]:
    return Git(cwd=root).text("ls-files", "-z").split("\0")


def _lock(root: Path) -> Lock:
    pinned = locks.of_worktree(root)
    lock = locks.read(pinned.lock_text, "the working tree")
    if rows := locks.differences(lock, pinned):
        raise UsageError(rows[0], "look at it, run: inv codex.lock, then try the upgrade again")
    return lock


def _observed(
    workspace: Workspace,
    tree: str,
    folders: tuple[Path, Path],
    site: Path | None,
    *,
    drills: str,
    environment: Mapping[str, str],
) -> dict[str, Any]:
    """Observe one Codex in a process of its own, over a copy of the repository whose lock pins it."""
    place, tape = folders
    copy, folder = place / "repository", place / "scratch"
    folder.mkdir(parents=True)
    _copied(workspace, tree, copy)
    kept = {name: value for name, value in environment.items() if name in _KEPT}
    paths = [str(site) if site else "", environment.get("PYTHONPATH", "")]
    env = {**kept, "XDG_CACHE_HOME": str(place / "cache"), "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    argv = [sys.executable, "-P", "-m", "proposer.upkeep.behaviour", str(copy), str(folder), drills, str(tape)]
    done = process.run(argv, env=env, cwd=copy, timeout=_SECONDS)
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip().splitlines()
        raise UsageError(f"the trial ended early: {(told or ['no reason given'])[-1][:300]}", "run: inv codex.doctor")
    return dict(json.loads(done.stdout))


def _copied(workspace: Workspace, tree: str, target: Path) -> None:
    """Write a tree as a repository with one commit; links are left out, as they are for a lock."""
    git = workspace.git()
    entries = [entry for entry in git.tree(tree).values() if entry.mode in REGULAR]
    blobs = git.blobs(sorted({entry.oid for entry in entries}))
    for entry in entries:
        path = target / entry.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(blobs[entry.oid])
        path.chmod(0o755 if entry.mode == "100755" else 0o644)
    copy = Git(cwd=target)
    copy("init", "-q", "-b", "main", "--template=")
    copy("add", "--all", "--force")
    copy("commit", "-q", "--no-gpg-sign", "--no-verify", "-m", "copy")
