"""The branch `codex/ledger`: what is kept of the records of CI jobs, read as objects and never checked out.

`ledger` is a ledger as at a desk; `runs/RUN/` holds record.json and statement.json of each run. The payload of a record
stays with the job that made it. Reading trusts what was verified when it was put there (`proposer.collecting`): whoever
may push to the repository can push to this branch too, as to any other that is not protected.
"""

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from proposer.errors import UsageError
from proposer.git import Entry, Git
from proposer.provenance.document import Document

__all__ = ["BRANCH", "REFERENCE", "Shelf", "of"]

BRANCH = "codex/ledger"
REFERENCE = f"refs/remotes/origin/{BRANCH}"
_NAME = re.compile(r"runs/([0-9]{8}T[0-9]{6}Z-[0-9a-f]{8})/(record|statement)\.json")
_REHEARSALS = ("rehearsal", "cassette")
_MOST = 500
"""Runs that are looked at, newest first."""


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """The runs of the branch, newest first: (run, object of record.json, object of statement.json)."""

    git: Git
    rows: tuple[tuple[str, str, str], ...]

    def documents(self) -> Iterator[Document]:
        """Yield the records, newest first; one that cannot be read says nothing."""
        rows = self.rows[:_MOST]
        data = self.git.blobs(sorted({record for _, record, _ in rows}))
        for _, record, _ in rows:
            with contextlib.suppress(ValidationError):
                yield Document.model_validate_json(data[record])

    def statements(self) -> Iterator[tuple[str, bytes]]:
        """Yield run and statement, newest first."""
        rows = self.rows[:_MOST]
        data = self.git.blobs(sorted({statement for *_, statement in rows}))
        yield from ((run, data[statement]) for run, _, statement in rows)

    def asked_on(self, day: str) -> int:
        """Return how many of these runs asked a model on a day (`YYYYMMDD`, UTC)."""
        wanted = tuple(row for row in self.rows if row[0].startswith(day))
        data = self.git.blobs(sorted({record for _, record, _ in wanted}))
        return sum(_asked(data[record]) for _, record, _ in wanted)


def of(git: Git, reference: str = REFERENCE) -> Shelf | None:
    """Return what the branch holds; None where there is no such branch here."""
    done = git.call("rev-parse", "--verify", "--quiet", "--end-of-options", f"{reference}^{{tree}}")
    if done.returncode:
        return None
    found = dict[str, dict[str, Entry]]()
    try:
        for path, entry in git.tree(done.stdout.decode().strip()).items():
            if (match := _NAME.fullmatch(path)) and entry.mode == "100644":
                found.setdefault(match[1], {})[match[2]] = entry
    except UsageError:
        return None
    rows = [(run, parts["record"].oid, parts["statement"].oid) for run, parts in found.items() if len(parts) > 1]
    return Shelf(git=git, rows=tuple(sorted(rows, reverse=True)))


def _asked(record: bytes) -> bool:
    """Tell whether a record's run asked a model: a script, a recording and an empty change ask none."""
    with contextlib.suppress(ValueError, LookupError, TypeError, AttributeError):
        document: dict[str, Any] = json.loads(record)
        told = document["result"].get("usage") or {}
        provider = str(document["tool"]["provider"]).partition(":")[0]
        return provider not in _REHEARSALS and document["run"]["replay_of"] is None and any(told.values())
    return False
