"""Which failures were tried already, by whom: an index beside the records, and the statements that were committed."""

import contextlib
import json
import re
from itertools import chain
from pathlib import Path

from proposer.git import Git
from proposer.provenance.record import Store
from proposer.provenance.shelf import Shelf

__all__ = ["before", "keep"]

_FOLDER = "failures"
_SIGNATURE = re.compile(r"[0-9a-f]{64}")
_STATEMENT = re.compile(r"provenance/([0-9]{8}T[0-9]{6}Z-[0-9a-f]{8})\.statement\.json")
_READ = 500
"""Committed statements that are looked at, newest first."""


def before(store: Store, git: Git, tree: str, signature: str, shelf: Shelf | None = None) -> str:
    """Return the run that tried a failure before; empty where none did.

    Args:
        store: the records of this clone.
        git: git over the objects of the subject.
        tree: the subject; what was applied left its statement there, also where the records are elsewhere.
        signature: see `proposer.inputs.failure`.
        shelf: what CI keeps of its runs, outside of any branch that a change could reset.
    """
    with contextlib.suppress(OSError):
        run = _index(store, signature).read_text(encoding="ascii").strip()
        if run:
            return run
    entries = {match[1]: entry.oid for path, entry in git.tree(tree).items() if (match := _STATEMENT.fullmatch(path))}
    newest = sorted(entries, reverse=True)[:_READ]
    data = git.blobs(sorted({entries[run] for run in newest}))
    committed = ((run, data[entries[run]]) for run in newest)
    kept = shelf.statements() if shelf else ()
    return next((run for run, statement in chain(committed, kept) if signature in _tried(statement)), "")


def keep(store: Store, signature: str, run: str) -> None:
    """Take down that a run tried a failure."""
    path = _index(store, signature)
    path.parent.mkdir(exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{run}")
    fresh.write_text(run, encoding="ascii")
    fresh.replace(path)


def _index(store: Store, signature: str) -> Path:
    if not _SIGNATURE.fullmatch(signature):
        raise ValueError(f"{signature!r} is no signature")
    return store.folder / _FOLDER / signature


def _tried(statement: bytes) -> set[str]:
    """Return the failures that a statement says its run tried; one that cannot be read says nothing."""
    with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
        rows = json.loads(statement)["predicate"]["buildDefinition"]["externalParameters"]["untrusted"]
        return {str(row["failure"]) for row in rows if "failure" in row}
    return set()
