"""The last run of a workflow on the same branch: what it found is carried over to the next one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from proposer.errors import RefusedError
from proposer.git import Git
from proposer.provenance.record import Document, Store
from proposer.provenance.shelf import Shelf

__all__ = ["carried_before"]

_OUTCOMES = ("clean", "findings", "blocked", "incomplete")
_REHEARSALS = ("rehearsal", "cassette")
_MOST = 200
"""Records that are looked at, newest first."""


def carried_before(
    store: Store,
    git: Git,
    *,
    workflow: str,
    branch: str | None,
    base: str,
    rehearsed: bool,
    shelf: Shelf | None = None,
) -> list[dict[str, Any]]:
    """Return what the last run of a workflow on a branch carried; nothing where there is no such run.

    A run counts where it was about the same change: it started from the same base, or what it looked at is not part of
    this base yet. Runs of a scripted model say nothing about those of a real one, and the reverse; replays never count.

    Args:
        store: the records.
        git: git over the workspace's store.
        workflow: its name.
        branch: of this run; without one, no run can be on the same.
        base: trusted commit of this run.
        rehearsed: whether a script or a recording answers this run.
        shelf: what CI keeps of its runs; asked where no record here is about the same change.
    """
    if branch is None:
        return []
    for document in _documents(store, shelf):
        if document.run.name != workflow or document.run.git.branch != branch:
            continue
        kind = document.tool.provider in _REHEARSALS
        if document.run.replay_of or kind != rehearsed or document.run.outcome not in _OUTCOMES:
            continue
        parts = document.run.git
        if parts.base_sha == base or git.call("merge-base", "--is-ancestor", parts.parent_sha, base).returncode:
            rows = document.result.get("carried", [])
            return rows if isinstance(rows, list) else []
    return []


def _documents(store: Store, shelf: Shelf | None) -> Iterator[Document]:
    """Yield the records that are here, then those of the shelf, each newest first."""
    for folder in sorted(store.runs.iterdir(), reverse=True)[:_MOST] if store.runs.is_dir() else ():
        if (document := _read(store, folder)) is not None:
            yield document
    if shelf is not None:
        yield from shelf.documents()


def _read(store: Store, folder: Path) -> Document | None:
    try:
        return store.document(folder) if not next(store.damage(folder), "") else None
    except (RefusedError, OSError):
        return None
