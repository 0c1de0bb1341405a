"""Merges what the template became into what a repository became, from what both were, with git's own merge."""

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from proposer.errors import UsageError
from proposer.git import Entry, Git
from proposer.inputs.workspace import Workspace

__all__ = ["Merged", "merge", "tree_of"]

_LEAST = (2, 38)
"""The first git whose `merge-tree` merges whole trees (git-merge-tree(1), --write-tree)."""


@dataclass(frozen=True, kw_only=True)
class Merged:
    """The merged tree. `conflicts` are paths that a person must look at, `gone` those that stay deleted."""

    tree: str
    conflicts: tuple[str, ...]
    gone: tuple[str, ...]


def tree_of(workspace: Workspace, folder: Path, leave_out: Collection[str]) -> str:
    """Write a folder into the workspace's store as a tree, but for some paths, whatever its ignore files say."""
    index = workspace.root / f"{folder.name}-{len(list(workspace.root.iterdir()))}.index"
    git = workspace.git().also(GIT_INDEX_FILE=str(index), GIT_WORK_TREE=str(folder))
    inside = Git(cwd=folder, environment=git.environment)
    inside("add", "--all", "--force", "--", ".")
    return without(workspace, inside.text("write-tree"), leave_out)


def without(workspace: Workspace, tree: str, leave_out: Collection[str]) -> str:
    """Return a tree without some paths."""
    return changed(workspace, tree, dict.fromkeys(leave_out))


def changed(workspace: Workspace, tree: str, entries: Mapping[str, Entry | None]) -> str:
    """Return a tree with other entries at some paths; None: with none."""
    git = workspace.git()
    inside = git.also(GIT_INDEX_FILE=str(workspace.root / "changed.index"))
    inside("read-tree", tree)
    zeros = "0" * len(tree)
    rows = [
        f"{entry.mode if entry else 0} {entry.oid if entry else zeros}\t".encode() + os.fsencode(path) + b"\0"
        for path, entry in entries.items()
    ]
    inside("update-index", "-z", "--index-info", stdin=b"".join(rows))
    return inside.text("write-tree")


def merge(workspace: Workspace, *, base: str, ours: str, theirs: str, name: str) -> Merged:
    """Merge three trees; git finds files that were moved.

    A file that was deleted on our side stays deleted, whatever the template made of it.

    Args:
        workspace: its store holds the trees and takes the result.
        base: tree of the template as it was.
        ours: tree of the repository.
        theirs: tree of the template as it is.
        name: name of the template's side, for the markers of conflicts.

    Raises:
        UsageError: git is too old.
    """
    git = workspace.git()
    _check(git)
    root = git.text("commit-tree", base, "-m", "base")
    for side, tree in (("yours", ours), (name, theirs)):
        git("update-ref", f"refs/heads/{side}", git.text("commit-tree", tree, "-p", root, "-m", side))
    options = ("-c", "merge.conflictStyle=diff3", "-c", "merge.renames=true", "-c", "merge.directoryRenames=conflict")
    done = git.call(*options, "merge-tree", "--write-tree", "-z", "--no-messages", "yours", name)
    if done.returncode not in (0, 1):
        raise UsageError(f"git cannot merge: {done.stderr.decode(errors='replace').strip()[:200]}", "see git's message")
    tree, *rows = done.stdout.decode(errors="surrogateescape").split("\0")
    stages: dict[str, set[str]] = {}
    for row in filter(None, rows):
        head, _, path = row.partition("\t")
        stages.setdefault(path, set()).add(head.split()[-1])
    before, mine = git.tree(base), git.tree(ours)
    deleted = [path for path, found in stages.items() if found == {"1", "3"} and path not in mine]
    result = without(workspace, tree, deleted) if deleted else tree
    kept, now = git.tree(theirs), git.tree(result)
    return Merged(
        tree=result,
        conflicts=tuple(sorted(stages.keys() - set(deleted))),
        gone=tuple(sorted(path for path in kept if path in before and path not in mine and path not in now)),
    )


def _check(git: Git) -> None:
    text = git.text("version")
    numbers = re.findall(r"[0-9]+", text)
    if tuple(map(int, numbers[:2])) < _LEAST:
        raise UsageError(f"{text} cannot merge trees", f"install git {'.'.join(map(str, _LEAST))} or newer")
