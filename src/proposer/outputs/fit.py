"""Whether a recorded patch makes in this working tree exactly the change that it made in its run, tried in a store."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from proposer.errors import RefusedError, UsageError
from proposer.git import Git, shown
from proposer.inputs.subject import REGULAR, changes_between
from proposer.inputs.workspace import Workspace
from proposer.outputs.patch import text_of
from proposer.worktree import File, Worktree

__all__ = ["Fit", "fitted", "fitted_to"]

_SECTION = re.compile(rb"(?m)^diff --git (.*)\n")
_HINT = "put your own change of it aside (git stash), or commit it and run the workflow again"


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A patch that fits: the trees before and after it (in the store), and what each file holds before and after."""

    old: str
    new: str
    files: Mapping[str, tuple[File | None, File | None]]

    def kind(self, path: str) -> str:
        """Return what happens to a file, in a word."""
        before, after = self.files[path]
        return "new" if before is None else "removed" if after is None else "changed"


def fitted(workspace: Workspace, tree: Worktree, patch: bytes) -> Fit:
    """Apply a patch to the touched files as they are now, in a private store, and compare what comes of it.

    The difference must be the patch itself, byte for byte. As the patch names every object in full, that means: each
    file was what the run saw, and becomes what the run proposed; nothing is moved, merged or guessed.

    Raises:
        RefusedError: it makes another difference here, or none.
    """
    store = _store(workspace)
    try:
        before = {name: tree.read(name) for name in _names(store, patch)}
        old = _tree(store, Git(cwd=tree.root), before)
    except UsageError as error:
        raise RefusedError(f"the patch cannot be read: {error}", "run the workflow again") from error
    return _applied(store, old, before, patch)


def fitted_to(workspace: Workspace, tree: str, patch: bytes) -> Fit:
    """Apply a patch to a tree of the repository, whose files nobody has checked out; else as `fitted`.

    Args:
        workspace: takes the objects.
        tree: the tree that the run looked at.
        patch: the recorded patch.

    Raises:
        RefusedError: the tree is not here, or the patch makes another difference there, or none.
    """
    store = _store(workspace)
    try:
        entries = store.tree(tree)
        named = {name: entries.get(name) for name in _names(store, patch)}
        data = store.blobs(sorted({entry.oid for entry in named.values() if entry is not None}))
        store("read-tree", tree)
    except UsageError as error:
        raise RefusedError(
            f"the proposal cannot be tried: {error}", "fetch the commit that the run looked at"
        ) from error
    if odd := [name for name, entry in named.items() if entry is not None and entry.mode not in REGULAR]:
        raise RefusedError(f"{shown(odd[0])} is a link or a repository, not a file", "do not use this record")
    before = {
        name: None if entry is None else File(data=data[entry.oid], executable=entry.mode == "100755")
        for name, entry in named.items()
    }
    return _applied(store, store.text("write-tree"), before, patch)


def _store(workspace: Workspace) -> Git:
    """Return git over the workspace's objects, with an index and an empty working tree of its own."""
    empty = workspace.root / "empty"
    empty.mkdir(exist_ok=True)
    return workspace.git().also(GIT_INDEX_FILE=str(workspace.root / "fit.index"), GIT_WORK_TREE=str(empty))


def _names(store: Git, patch: bytes) -> list[str]:
    """Return the paths that a patch touches.

    Raises:
        UsageError: git cannot read it.
    """
    rows = [row.split(b"\t", 2) for row in store("apply", "--numstat", "-z", stdin=patch).split(b"\0") if row]
    if any(len(row) != 3 for row in rows):  # noqa: PLR2004 - added, removed, path
        raise UsageError("git lists a file without a name", "run the workflow again")
    return [os.fsdecode(row[2]) for row in rows]


def _applied(store: Git, old: str, before: Mapping[str, File | None], patch: bytes) -> Fit:
    """Apply a patch to the index, which holds the tree `old`."""
    done = store.call("apply", "--cached", "--whitespace=nowarn", stdin=patch)
    if done.returncode:
        words = done.stderr.decode(errors="backslashreplace").strip().split("\n")[0].removeprefix("error: ")
        raise RefusedError(f"the proposal does not apply: {words[:200]}", _HINT)
    new = store.text("write-tree")
    found = text_of(store, old, new)
    if found != patch:
        raise RefusedError(f"the proposal does not apply: {_unlike(patch, found)} is not what the run saw", _HINT)
    changes = changes_between(store, old, new)
    odd = [change for change in changes if change.status != "D" and change.new_mode not in REGULAR]
    if odd:
        raise RefusedError(
            f"{shown(odd[0].path)} would be a link or a repository, not a file", "do not use this record"
        )
    data = store.blobs([change.new_oid for change in changes if change.status != "D"])
    after = {
        change.path: File(data=data[change.new_oid], executable=change.new_mode == "100755")
        for change in changes
        if change.status != "D"
    }
    return Fit(
        old=old, new=new, files={change.path: (before[change.path], after.get(change.path)) for change in changes}
    )


def _tree(store: Git, user: Git, files: Mapping[str, File | None]) -> str:
    """Write the tree of HEAD with the given files in it, and return it."""
    head = user.text("rev-parse", "HEAD^{tree}")
    store("read-tree", head)
    rows = [f"0 {'0' * len(head)}\t".encode() + os.fsencode(path) + b"\0" for path in files]
    store("update-index", "-z", "--index-info", stdin=b"".join(rows))
    modes = _modes(store, user, head, files)
    rows = []
    for path, file in files.items():
        if file is not None:
            oid = store.text("hash-object", "-w", "--no-filters", "--stdin", stdin=file.data)
            rows.append(f"{modes[path]} {oid}\t".encode() + os.fsencode(path) + b"\0")
    store("update-index", "-z", "--index-info", stdin=b"".join(rows))
    return store.text("write-tree")


def _modes(store: Git, user: Git, head: str, files: Mapping[str, File | None]) -> dict[str, str]:
    """Return the modes of files; HEAD's where git does not ask the file system (git-config(1), core.fileMode)."""
    kept = {}
    if user.call("config", "--type=bool", "--get", "core.fileMode").stdout.strip() == b"false":
        kept = {path: entry.mode for path, entry in store.tree(head).items()}
    found = {path: "100755" if file is not None and file.executable else "100644" for path, file in files.items()}
    return {path: kept.get(path, mode) for path, mode in found.items()}


def _unlike(patch: bytes, found: bytes) -> str:
    """Return the first file for which two patches differ."""
    known = set(_sections(found))
    first = next((section for section in _sections(patch) if section not in known), b"")
    match = _SECTION.match(first)
    return shown(os.fsdecode(match[1])) if match else "a file that it touches"


def _sections(patch: bytes) -> Iterable[bytes]:
    starts = [match.start() for match in _SECTION.finditer(patch)]
    return [patch[start:end] for start, end in zip(starts, [*starts[1:], len(patch)], strict=True)]
