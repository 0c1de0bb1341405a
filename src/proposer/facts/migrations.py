"""The migrations of a change as facts: what each file does, whether it can be undone, and where it stands."""

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from proposer.facts.ground import Ground
from proposer.facts.operations import Migration, parsed
from proposer.facts.places import holds_migrations
from proposer.git import Git, shown
from proposer.inputs.patches import sizes_of
from proposer.inputs.subject import REGULAR, Change

__all__ = ["of"]

_STATUS = {"A": "added", "D": "removed"}
_LARGEST_BYTES = 1_000_000


def of(ground: Ground) -> dict[str, Any]:
    """Return `files` (a row for each migration), `unread` (what could not be told) and `forks` (two ends)."""
    git, subject = ground.git, ground.subject
    wanted = [change for change in subject.changes if _possible(change)]
    texts = _texts(git, [change.new_oid if change.new_mode.strip("0") else change.old_oid for change in wanted])
    rows: list[dict[str, Any]] = []
    unread: list[dict[str, str]] = []
    folders: set[str] = set()
    for change in wanted:
        name = shown(change.path)
        oid = change.new_oid if change.new_mode.strip("0") else change.old_oid
        try:
            found = parsed(texts[oid], PurePosixPath(name).stem) if oid in texts else None
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            found = None
            if holds_migrations(name):
                unread.append({"file": name, "why": f"it is not Python: {type(error).__name__}"})
            continue
        if found is None:
            if holds_migrations(name) and (oid not in texts or name.endswith(".sql")):
                unread.append({"file": name, "why": "it is not a migration of Django or Alembic"})
            continue
        if found.unread:
            unread.append({"file": name, "why": found.unread})
        folders.add(str(PurePosixPath(change.path).parent))
        rows.append(_row(name, change, found))
    return {
        "files": rows,
        "unread": unread,
        "forks": [fork for folder in sorted(folders) for fork in _forks(git, subject.tree, folder)],
    }


def _possible(change: Change) -> bool:
    mode = change.new_mode if change.new_mode.strip("0") else change.old_mode
    return mode in REGULAR and (change.path.endswith(".py") or holds_migrations(change.path))


def _texts(git: Git, oids: Sequence[str]) -> dict[str, str]:
    sizes = sizes_of(git, sorted(set(oids)))
    small = sorted(oid for oid, size in sizes.items() if size <= _LARGEST_BYTES)
    return {oid: data.decode("utf-8", errors="replace") for oid, data in git.blobs(small).items()}


def _row(name: str, change: Change, found: Migration) -> dict[str, Any]:
    operations = [
        {
            "line": row.line,
            "operation": row.name,
            "target": row.target,
            "care": list(row.care),
            "irreversible": row.irreversible,
        }
        for row in found.operations
    ]
    final = [
        f"{row.name} {row.target}".strip() + f" (line {row.line}): {row.irreversible}"
        for row in found.operations
        if row.irreversible
    ]
    return {
        "file": name, "framework": found.framework, "status": _STATUS.get(change.status, "changed"),
        "operations": operations, "irreversible": final, "plan": found.plan,
    }  # fmt: skip


def _forks(git: Git, tree: str, folder: str) -> list[str]:
    """Say where the migrations of a folder end in more than one: nobody knows then which comes last."""
    prefix = "" if folder == "." else f"{folder}/"
    entries = {
        path: entry
        for path, entry in git.tree(tree).items()
        if path.startswith(prefix) and "/" not in path[len(prefix) :] and path.endswith(".py") and entry.mode in REGULAR
    }
    texts = _texts(git, [entry.oid for entry in entries.values()])
    known: list[Migration] = []
    for path, entry in entries.items():
        try:
            found = parsed(texts.get(entry.oid, ""), PurePosixPath(path).stem)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        if found is not None and found.name:
            known.append(found)
    names = Counter(row.name for row in known)
    followed = {name for row in known for name in row.after}
    ends = sorted(name for name in names if name not in followed)
    doubled = sorted(name for name, count in names.items() if count > 1)
    told = [f"{shown(folder)}: {len(ends)} migrations come last: {', '.join(ends)}"] if len(ends) > 1 else []
    return [*told, *(f"{shown(folder)}: two migrations are called {name}" for name in doubled)]
